bats_require_minimum_version 1.5.0

# Drawn photographs: the lower garments in them are the real pictures, in two
# lists, the photographs as a whole are others; and a generator that has learnt
# next to nothing.
setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH OMP_NUM_THREADS=1
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 150 --size 80x120 -o d
	coco2jsonl d/coco_train.json >all.jsonl
	bbcrop -q -c lower --root d -o lower all.jsonl | jq -r .path >lower.txt
	head -47 lower.txt >real.txt
	sed -n 48,71p lower.txt >more.txt
	find d/img -name '*.jpg' | sort | head -24 >other.txt
	dcgan-train -q -j 1 --size 32x48 --ngf 4 --ndf 4 -b 4 -n 8 -o m \
		d/img >/dev/null
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	out=$BATS_TEST_TMPDIR/out
}

score() {
	gan-score -q -j 1 --size 32x48 "$@"
}

# holds FILTER: of the record on standard input
holds() {
	jq -e "$1" >/dev/null
}

@test "real pictures, others, and noise are in this order" {
	score real.txt more.txt >same
	score real.txt other.txt >differ
	for m in SWD FD-rand1 KD-rand1 nnd; do
		jq -s -e --arg m $m 'map(.metrics[$m]) |
			.[0].value < .[1].value and
			.[1].value < .[1].noise and
			.[0].noise == .[1].noise and
			.[0].floor == .[1].floor' same differ
	done
	# the floor is what real pictures get
	holds '.metrics | .SWD | .value < 1.3 * .floor and
		.floor < 1.3 * .value' <same
	holds '.metrics | .recall.value > 0.6 and .recall.noise == 0' <same
	holds '.metrics | .SWD.value > 1.3 * .SWD.floor and
		.recall.value < 0.6 and ."1nn".value > 0.6 and ."1nn".noise == 1 and .copies.value == 0' <differ
	holds '.n == 23 and .floor_n == 23 and .real_pictures == 47 and
		.fake_pictures == 24 and .width == 32 and .height == 48 and
		(.swd_levels | length) == 2' <same
}

@test "copies are seen" {
	score real.txt real.txt | holds '.metrics |
		.copies.value == 1 and ."1nn".value < 0.5 and
		.SWD.value == 0 and .nnd.value == 0 and
		.precision.value == 1 and .copies.floor < 0.5'
	# in another order, among others
	{
		tail -8 real.txt
		head -8 other.txt
	} >half.txt
	score real.txt half.txt | holds '.metrics.copies.value == 0.5'
}

@test "a generator draws what is needed" {
	score --seed 7 real.txt m/model.safetensors >model
	dcgan-sample -q -j 1 -w m/model.safetensors --seed 7 -n 24 -o "$out" \
		>/dev/null
	score --seed 7 real.txt "$out" >files
	diff <(jq 'del(.fake)' model) <(jq 'del(.fake)' files)
	# the size is the generator's
	[ "$(gan-score -q -j 1 --seed 7 real.txt m/model.safetensors)" = \
		"$(cat model)" ]
	run --separate-stderr score --size 64x64 real.txt m/model.safetensors
	[ "$status" = 64 ]
	[[ $stderr == *"32x48, not 64x64"* ]]
}

@test "the same input gives the same bytes, whatever the threads" {
	score --seed 3 real.txt other.txt >one
	OMP_NUM_THREADS=2 gan-score -q -j 2 --size 32x48 --seed 3 \
		--real real.txt --fake other.txt >two
	cmp one two
	score --seed 4 real.txt other.txt >three
	run cmp -s one three
	[ "$status" = 1 ]
	score -n 14 real.txt other.txt |
		holds '.real_pictures == 14 and .fake_pictures == 14 and
			.n == 7'
}

@test "features are kept in a file, and serve their own pictures only" {
	score --save-features "$out.safetensors" real.txt other.txt >one
	score --real-features "$out.safetensors" real.txt other.txt >two
	cmp one two
	run --separate-stderr score --real-features "$out.safetensors" \
		<(tac real.txt) real.txt
	[ "$status" = 65 ]
	[[ $stderr == *"features of other pictures than "* ]]
	run --separate-stderr score --real-features "$out.safetensors" \
		more.txt real.txt
	[ "$status" = 65 ]
	[[ $stderr == *"features of 47 pictures, but 'more.txt' has 24"* ]]
	# features by another
	run --separate-stderr score --random-seed 2 \
		--real-features "$out.safetensors" real.txt other.txt
	[ "$status" = 65 ]
	[[ $stderr == *"are of 'rand1', but here it is 'rand2'"* ]]
	# features alone: all but what needs pixels
	score --save-features "$out.2.safetensors" other.txt real.txt \
		>/dev/null
	gan-score -q "$out.safetensors" "$out.2.safetensors" >alone
	holds '.metrics.SWD == null and .features == "rand1"' <alone
	[ "$(jq .metrics.recall.value alone)" = \
		"$(jq .metrics.recall.value one)" ]
	# one side of them needs pictures on the other, and what makes features
	score "$out.safetensors" other.txt |
		holds '.metrics."FD-rand1".value > 0'
}

# npy SHAPE: an array of f4, whose values are on standard input
npy() {
	printf '\223NUMPY\001\000\166\000%-117s\n' \
		"{'descr': '<f4', 'fortran_order': False, 'shape': $1, }"
	cat
}

@test "features as NumPy writes them" {
	score --save-features "$out.safetensors" real.txt other.txt >one
	tail -c $((47 * 128 * 4)) "$out.safetensors" | npy "(47, 128)" >r.npy
	gan-score -q r.npy "$out.safetensors" >two && false
	score --real-features r.npy real.txt other.txt >two && false
	score --save-features "$out.2.safetensors" other.txt real.txt \
		>/dev/null
	tail -c $((24 * 128 * 4)) "$out.2.safetensors" |
		npy "(24, 128)" >o.npy
	gan-score -q r.npy o.npy >two
	[ "$(jq -c '[.features, .metrics.recall.value,
		.metrics."FD-file".value]' two)" = \
		"$(jq -c '["file", .metrics.recall.value,
			.metrics."FD-rand1".value]' one)" ]
	for shape in "(47, 127)" "(47," "(-1, 128)" "47" \
		"(99999999999999999999, 128)"; do
		npy "$shape" <<<"x" >bad.npy
		run --separate-stderr gan-score -q bad.npy o.npy
		[ "$status" = 65 ]
		[[ $stderr == *bad.npy* ]]
	done
}

@test "a detector's features are called after its file" {
	rcnn-train -q --threads 1 \
		--cfg "$BATS_TEST_DIRNAME/../../pipelines/conf/demo.yaml" \
		--dataset train=d/coco_train.json:d RESNETS.WIDTH_PER_GROUP 8 \
		FPN.DIM 16 FAST_RCNN.MLP_HEAD_DIM 16 TRAIN.IMS_PER_BATCH 1 \
		SOLVER.MAX_ITER 2 OUTPUT_DIR "$out" >/dev/null
	w=$out/model_final.safetensors
	name=$(sha256sum "$w" | head -c 8)
	score -w "$w" -n 24 real.txt other.txt >one
	jq -e --arg n "$name" '.features == $n and
		(.metrics | ."FD-\($n)".value > 0 and has("KD-\($n)") and
			(keys | map(select(test("FID|KID"))) == []))' one
	gan-score -q --size 32x48 --features "$w" -n 24 real.txt other.txt |
		cmp - one
	# and tell dcgan-sample what is near
	run --separate-stderr dcgan-sample -q -w m/model.safetensors -n 2 \
		--nearest real.txt --features "$w" -o "$out/n"
	[ "$status" = 0 ]
	jq -e -s 'all(.nearest.distance > 0)' <<<"$output"
}

@test "only the standard Inception file makes it the FID" {
	w=$BATS_TEST_DIRNAME/../data/inception.safetensors
	name=inception-$(sha256sum "$w" | head -c 8)
	score --features "$w" --save-features "$out.safetensors" -n 12 \
		real.txt other.txt >one
	jq -e --arg n "$name" '.features == $n and
		(.metrics | ."FD-\($n)".value > 0 and has("KD-\($n)") and
			(keys | map(select(test("FID|KID"))) == []))' one
	# a file of features that says it is of that one
	sed "s/$name/inception-6726825d/" "$out.safetensors" >"$out.std"
	mv "$out.std" "$out.safetensors"
	gan-score -q "$out.safetensors" "$out.safetensors" | jq -e '
		.features == "inception-6726825d" and
		(.metrics | has("FID") and has("KID") and has("KID-std") and
			(keys | map(select(test("^[FK]D"))) == []))'
	# one that is damaged
	sed 's/Mixed_6c.branch7x7_2.bn.bias/Mixed_6c.branch7x7_2.bn.bios/' \
		"$w" >"$out.safetensors"
	run --separate-stderr gan-score -q --features "$out.safetensors" \
		real.txt other.txt
	[ "$status" = 65 ]
	[[ $stderr == *"'Mixed_6c.branch7x7_2.bn.bias' is missing"* ]]
}

@test "a damaged picture is left out, and told of" {
	{
		cat real.txt
		echo nowhere.png
	} >list
	run --separate-stderr score list more.txt
	[ "$status" = 1 ]
	[[ $stderr == *list:48:*nowhere.png* ]]
	[ "$(jq .real_pictures <<<"$output")" = 47 ]
	run --separate-stderr score --strict list more.txt
	[ "$status" = 66 ]
	[ -z "$output" ]
}

@test "what cannot be compared is an error" {
	head -5 real.txt >few
	run --separate-stderr score few real.txt
	[ "$status" = 65 ]
	[[ $stderr == *"5 real pictures are too few"* ]]
	run --separate-stderr score real.txt few
	[ "$status" = 65 ]
	[[ $stderr == *"5 drawn pictures are too few"* ]]
	run --separate-stderr score real.txt none
	[ "$status" = 66 ]
	mkdir -p empty
	run --separate-stderr score real.txt empty
	[ "$status" = 66 ]
	run --separate-stderr score real.txt d/coco_train.json
	[ "$status" != 0 ]
	printf '\002\0\0\0\0\0\0\0{}' >odd.safetensors
	run --separate-stderr score real.txt odd.safetensors
	[ "$status" = 65 ]
	run --separate-stderr score -w m/model.safetensors real.txt more.txt
	[ "$status" = 65 ]
	[[ $stderr == *"no detector of ours"* ]]
	for more in "" "--save-features $out"; do
		# shellcheck disable=SC2086
		run --separate-stderr gan-score -q -j 1 --size 8x7 $more \
			real.txt more.txt
		[ "$status" = 64 ]
		[[ $stderr == *"8x7 are too small"*"8 pixels" ]]
	done
	gan-score -q -j 1 --size 8x8 real.txt more.txt | holds .metrics
}

@test "failing outputs end it" {
	run bash -c 'gan-score -q -j 1 --size 16x16 "$1" "$2" >/dev/full' - \
		real.txt more.txt
	[ "$status" = 74 ]
	run score --save-features d/coco_train.json/x real.txt more.txt
	[ "$status" = 73 ]
	# standard input is not looked at
	gan-score -q --size 16x16 real.txt more.txt <&- >/dev/null
	# unless it is asked for
	cat more.txt | score real.txt - | holds '.fake_pictures == 24'
}

@test "wrong command lines are refused" {
	for args in "" "real.txt" "real.txt more.txt x" "-n 3 real.txt more.txt" \
		"--size 0x1 real.txt more.txt" "-w a --features b x y" \
		"-n 20 --real-features f real.txt more.txt" \
		"--device tpu real.txt more.txt"; do
		# shellcheck disable=SC2086
		run --separate-stderr gan-score $args
		[ "$status" = 64 ]
		[ -n "$stderr" ]
	done
}
