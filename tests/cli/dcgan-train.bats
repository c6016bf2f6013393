bats_require_minimum_version 1.5.0

setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 8 --size 80x120 -o d
	small --save-every 8 -n 24 -o whole d/img >whole.jsonl
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	out=$BATS_TEST_TMPDIR/out
}

teardown() {
	[ -z "${pid:-}" ] || kill -KILL "$pid" 2>/dev/null || true
}

tiny='-q -j 1 --preset pytorch --ngf 4 --ndf 4 -b 4'

small() {
	# shellcheck disable=SC2086
	dcgan-train $tiny "$@"
}

# head_of FILE: the JSON that a weights file begins with
head_of() {
	tail -c +9 "$1" | head -c "$(od -An -tu8 -N8 "$1")"
}

# meta FILE KEY
meta() {
	head_of "$1" | jq -r ".__metadata__.$2"
}

# Records without what depends on the clock
timeless() {
	jq -c 'select(has("step")) | del(.images_per_s, .eta_s)' "$@"
}

# until_there FILE PID
until_there() {
	until [ -s "$1" ]; do
		kill -0 "$2" || return 1
		sleep 0.01
	done
}

@test "a run leaves its checkpoint, samples and records" {
	[ "$(jq -c 'select(.step) | [.images, .step]' whole.jsonl |
		paste -sd ' ')" = \
		"[4,1] [8,2] [12,3] [16,4] [20,5] [24,6]" ]
	[ "$(jq -c 'keys_unsorted' whole.jsonl | sort -u)" = \
		'["images","spread","collapsed"]
["images","step","loss_d","loss_g","d_real","d_fake",'`
		`'"d_fake_after","sign","grad_d","grad_g","r1","r2",'`
		`'"augment","skipped","saturated","images_per_s","eta_s"]' ]
	jq -es 'map(select(.step)) | all(.loss_d > 0 and .loss_g > 0 and .d_real > 0 and
		.d_real < 1 and .images_per_s > 0)' whole.jsonl
	cmp whole.jsonl whole/metrics.jsonl
	[ "$(ls whole whole/samples | tr '\n' ' ')" = \
		"whole: metrics.jsonl model.safetensors "`
		`"model_00000016.safetensors model_00000024.safetensors "`
		`"samples "`
		`" whole/samples: 00000024.png " ]
	[ "$(meta whole/model.safetensors images)" = 24 ]
	[ "$(meta whole/model.safetensors steps)" = 6 ]
	[ "$(meta whole/model.safetensors pictures)" = 8 ]
	[ "$(head_of whole/model.safetensors | jq -c \
		'.["generator.main.0.weight"].shape')" = "[100,32,4,4]" ]
}

@test "same seed, same bytes; another seed, others" {
	small -n 24 -o "$out" d/img >/dev/null
	cmp "$out/model.safetensors" whole/model.safetensors
	cmp "$out/samples/00000024.png" whole/samples/00000024.png
	small --seed 2 -n 4 -o "$out/2" d/img >"$out/2.jsonl"
	run cmp <(timeless "$out/2.jsonl") <(timeless whole.jsonl | head -n 1)
	[ "$status" = 1 ]
}

@test "bf16 learns what f32 learns" {
	small --dtype bf16 -n 24 -o bf16 d/img >bf16.jsonl
	jq -es '[.[:length / 2], .[length / 2:]] | transpose |
		all((.[0].loss_d - .[1].loss_d) / .[0].loss_d | fabs < 0.1) and
		any(.[0].loss_d != .[1].loss_d)' \
		<(timeless whole.jsonl) <(timeless bf16.jsonl)
	# many: so small a net's pictures are nearly grey
	for type in bf16 f32; do
		dcgan-sample -q -j 1 -w bf16/model.safetensors --dtype $type \
			-n 24 -o s$type
	done
	run ! diff -rq sbf16 sf32
	run small --dtype f8 -n 24 -o f8 d/img
	[ "$status" = 64 ]
}

@test "N steps, resumed for M, are N+M" {
	small -n 8 -o "$out" d/img >/dev/null
	# records of a step that is not in the checkpoint, and half of one
	printf '{"images":12,"step":3}\n{"ima' >>"$out/metrics.jsonl"
	dcgan-train -q -j 1 --resume -n 24 -o "$out" d/img >"$out/more.jsonl"
	cmp "$out/model.safetensors" whole/model.safetensors
	cmp <(timeless "$out/metrics.jsonl") <(timeless whole.jsonl)
	cmp <(timeless "$out/more.jsonl") <(timeless whole.jsonl | tail -n 4)
}

@test "killed at any moment, resumed, it is as if never killed" {
	# shellcheck disable=SC2086
	dcgan-train $tiny -n 1000000 --save-every 8 -o "$out" d/img \
		>/dev/null 3>&- &
	pid=$!
	until_there "$out/model.safetensors" $pid
	kill -KILL $pid
	wait $pid || true
	n=$(($(meta "$out/model.safetensors" images) + 16))
	dcgan-train -q -j 1 --resume -n $n -o "$out" d/img >/dev/null
	small -n $n -o "$out/straight" d/img >/dev/null
	cmp "$out/model.safetensors" "$out/straight/model.safetensors"
	cmp <(timeless "$out/metrics.jsonl") \
		<(timeless "$out/straight/metrics.jsonl")
}

@test "so with every preset, augmentation that adapts, and labels" {
	export OMP_WAIT_POLICY=passive
	find d/img -name '*.jpg' | sort | awk '{
		printf "{\"path\":\"%s\",\"brand\":\"%d\"}\n", $0, NR % 3 }' \
		>"$BATS_TEST_TMPDIR/brands.jsonl"
	for how in "--preset radford2015" \
		"--preset radford2015 --augment auto --flip --ema" \
		"--preset pytorch --augment auto --labels brand" \
		"--preset garment --size 32x48 --labels brand"; do
		rm -rf "$out"
		# shellcheck disable=SC2206
		run=(dcgan-train -q -j 1 $how --ngf 4 --ndf 4 -b 4)
		"${run[@]}" -n 1000000 --span 64 --save-every 8 -o "$out" \
			"$BATS_TEST_TMPDIR/brands.jsonl" >/dev/null 3>&- &
		pid=$!
		until_there "$out/model.safetensors" $pid
		kill -KILL $pid
		wait $pid || true
		n=$(($(meta "$out/model.safetensors" images) + 24))
		"${run[@]}" --resume -n $n -o "$out" \
			"$BATS_TEST_TMPDIR/brands.jsonl" >/dev/null
		"${run[@]}" -n $n --span 64 -o "$out/straight" \
			"$BATS_TEST_TMPDIR/brands.jsonl" >/dev/null
		cmp "$out/model.safetensors" "$out/straight/model.safetensors"
		cmp <(timeless "$out/metrics.jsonl") \
			<(timeless "$out/straight/metrics.jsonl")
	done
}

@test "SIGTERM saves first, SIGUSR1 saves and goes on" {
	# shellcheck disable=SC2086
	dcgan-train $tiny -n 1000000 --save-every 1000000 \
		--sample-every 1000000 -o "$out" d/img >/dev/null 3>&- &
	pid=$!
	until_there "$out/metrics.jsonl" $pid
	[ ! -e "$out/model.safetensors" ]
	kill -USR1 $pid
	until_there "$out/model.safetensors" $pid
	first=$(meta "$out/model.safetensors" images)
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" = 143 ]
	last=$(timeless "$out/metrics.jsonl" | tail -n 1 | jq .images)
	[ "$last" -ge "$first" ]
	[ "$(meta "$out/model.safetensors" images)" = "$last" ]
	dcgan-train -q -j 1 --resume -n $((last + 4)) -o "$out" d/img |
		jq -es "last.images == $last + 4"
}

@test "sheets every N images, and at the end" {
	small -n 16 --sample-every 12 -o "$out" d/img >/dev/null
	[ "$(ls "$out/samples" | paste -sd ' ')" = "00000012.png 00000016.png" ]
}

@test "25 times all pictures unless told; the rest of them is a batch" {
	ls d/img/*/*.jpg | head -n 3 | small -b 2 -o "$out" >"$BATS_TEST_TMPDIR/r"
	[ "$(head -n 3 "$BATS_TEST_TMPDIR/r" | jq .images | paste -sd ' ')" = \
		"2 3 5" ]
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/r" | jq .images)" = 75 ]
}

@test "pictures by folder, by file, by record and by bare path" {
	mkdir -p "$out/p/deep"
	i=0
	for f in d/img/*/*.jpg; do
		i=$((i + 1))
		cp "$f" "$out/p/deep/$i.jpg"
	done
	mv "$out/p/deep/1.jpg" "$out/p/really-a-jpg.png"
	mv "$out/p/deep/2.jpg" "$out/p/no-ending"
	cp "$out/p/deep/3.jpg" "$out/p/deep/.hidden.jpg"
	echo "no picture" >"$out/p/notes.txt"
	small -n 4 -o "$out/folder" "$out/p" >/dev/null
	[ "$(meta "$out/folder/model.safetensors" pictures)" = 8 ]
	{
		echo '{"path":"deep/3.jpg"}'
		echo deep/4.jpg
	} >"$out/list.jsonl"
	small -n 4 --root "$out/p" -o "$out/mixed" "$out/list.jsonl" \
		"$out/p/no-ending" - <<<"really-a-jpg.png" >/dev/null
	[ "$(meta "$out/mixed/model.safetensors" pictures)" = 4 ]
}

@test "pictures that cannot be used are named and skipped" {
	mkdir -p "$out/p"
	cp d/img/*/img_0000000[1-4].jpg "$out/p"
	head -c 900 "$out/p/img_00000001.jpg" >"$out/p/cut.jpg"
	: >"$out/p/empty.png"
	run --separate-stderr small -n 4 -o "$out/o" "$out/p"
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 2 ]
	[ "${#stderr_lines[@]}" = 2 ]
	[[ ${stderr_lines[0]} == "dcgan-train: "*cut.jpg* ]]
	[[ ${stderr_lines[1]} == "dcgan-train: "*empty.png* ]]
	[ "$(meta "$out/o/model.safetensors" pictures)" = 4 ]
	ls "$out"/p/img* >"$out/list"
	printf 'none.jpg\n{"path":1}\n' >>"$out/list"
	run --separate-stderr small -n 4 -o "$out/r" "$out/list"
	[ "$status" = 1 ]
	[[ $stderr == *"$out/list:5: "*none.jpg* ]]
	[[ $stderr == *"$out/list:6: "*path* ]]
	run --separate-stderr small --strict -n 4 -o "$out/s" "$out/list"
	[ "$status" = 65 ]
	[ ! -e "$out/s/model.safetensors" ]
}

@test "too few pictures are not learnt from" {
	for n in 0 1; do
		run --separate-stderr small -o "$out" < <(ls d/img/*/* |
			head -n $n)
		[ "$status" = 66 ]
		[[ $stderr == *"at least 2 pictures are needed; $n could"* ]]
		[ ! -e "$out/model.safetensors" ]
	done
	# Closed for the program only: run's own pipe would take the place.
	export tiny
	run bash -c 'dcgan-train $tiny -o "$1" <&-' - "$out"
	[ "$status" != 0 ]
	run --separate-stderr small -o "$out" no-such-folder
	[ "$status" = 66 ]
}

@test "a run is not overwritten, and is resumed as what it was" {
	run --separate-stderr small -n 24 -o whole d/img
	[ "$status" = 73 ]
	[[ $stderr == *--resume* ]]
	for args in "--seed 2" "-b 8" "--ngf 8"; do
		# shellcheck disable=SC2086
		run --separate-stderr dcgan-train --resume $args -o whole d/img
		[ "$status" = 64 ]
		[[ $stderr == *"the checkpoint has "* ]]
	done
	# enough was shown already
	cp -R whole "$out"
	run --separate-stderr dcgan-train -q -j 1 --resume -n 24 -o "$out" d/img
	[ "$status" = 0 ]
	[ -z "$output" ]
	cmp "$out/model.safetensors" whole/model.safetensors
	# nothing to resume: begun anew, and said
	run --separate-stderr dcgan-train --ngf 4 --ndf 4 -b 4 --resume -n 4 \
		-o "$out/new" d/img
	[ "$status" = 0 ]
	[[ $stderr == *"nothing in '$out/new' to resume"* ]]
}

@test "a loss that is not finite ends the run, the checkpoint stays" {
	cp -R whole "$out"
	w=$out/model.safetensors
	printf '\377\377\377\177' | dd of="$w" bs=1 conv=notrunc status=none \
		seek=$(($(od -An -tu8 -N8 "$w") + 8))
	cp "$w" "$out/before"
	run --separate-stderr dcgan-train -q -j 1 --resume -n 48 -o "$out" d/img
	[ "$status" = 65 ]
	[[ $stderr == "dcgan-train: step 7, after 24 images: "*"not finite" ]]
	[ -z "$output" ]
	cmp "$w" "$out/before"
}

@test "a damaged checkpoint is refused" {
	cp -R whole "$out"
	w=$out/model.safetensors
	truncate -s -100 "$w"
	run --separate-stderr dcgan-train -q -j 1 --resume -o "$out" d/img
	[ "$status" = 65 ]
	[[ $stderr == *"$w"* ]]
	printf '\002\0\0\0\0\0\0\0{}' >"$w"
	run --separate-stderr dcgan-train -q -j 1 --resume -o "$out" d/img
	[ "$status" = 65 ]
	[[ $stderr == *"$w"*"no checkpoint of dcgan-train"* ]]
}

@test "records go to a file instead" {
	small --metrics "$out.jsonl" -n 4 -o "$out" d/img >"$out.stdout"
	[ ! -s "$out.stdout" ]
	cmp "$out.jsonl" "$out/metrics.jsonl"
	small --metrics - -n 4 -o "$out/2" d/img | jq -es 'all(.images == 4)'
}

@test "failing outputs end it" {
	run bash -c 'dcgan-train -q -j 1 --ngf 4 --ndf 4 -o "$1" d/img >/dev/full' \
		- "$out"
	[ "$status" = 74 ]
	run --separate-stderr small --metrics /dev/full -o "$out/2" d/img
	[ "$status" = 74 ]
	run small -o whole.jsonl/x d/img
	[ "$status" = 73 ]
	# a closed pipe
	run bash -c 'dcgan-train $2 -o "$1" d/img |
		head -n 1 | jq .step; echo ${PIPESTATUS[0]}' - "$out/3" "$tiny"
	[ "${lines[0]}" = 1 ]
	[ "${lines[1]}" = 141 ]
}

@test "wrong command lines are refused" {
	for args in "" "-o x --preset wgan" "-o x --size 65x64" \
		"-o x --loss l2" "-o x --r1 much" "-o x --augment 2" \
		"-o x --d-norm" "-o x --latent cube" "-o x -n 0" "-o x --device tpu" "-o x --nothing"; do
		# shellcheck disable=SC2086
		run --separate-stderr dcgan-train $args </dev/null
		[ "$status" = 64 ]
		[ -n "$stderr" ]
		[ ! -e x ]
	done
	run --separate-stderr dcgan-train -o x --preset wgan </dev/null
	[[ $stderr == *"'wgan' is not available; these are: garment, pytorch, "`
		`"radford2015" ]]
	run --separate-stderr dcgan-train -o x --size 100x150 </dev/null
	[[ $stderr == *"100x150 cannot be made"*"such as 96x144"* ]]
	for args in "--device cuda" "--device cpu --dtype tf32"; do
		# shellcheck disable=SC2086
		CUDA_VISIBLE_DEVICES='' run dcgan-train -o x $args d/img
		[ "$status" = 69 ]
		[ "${#lines[@]}" = 1 ]
	done
	CUDA_VISIBLE_DEVICES='' run dcgan-train -v --ngf 4 --ndf 4 -b 4 -n 4 \
		-o "$out" d/img
	[ "$status" = 0 ]
	[[ $output == *"computing on the CPU: "* ]]
}

@test "threads and device may be named" {
	small -j 1 --device cpu -n 4 -o "$out" d/img | jq -es '.[0].step == 1'
}

garment='-q -j 1 --ngf 4 --ndf 4 -b 4'

@test "the default draws tall pictures, and its run goes on where it was killed" {
	export OMP_WAIT_POLICY=passive
	# shellcheck disable=SC2086
	dcgan-train $garment -n 16 -o "$out/straight" d/img >/dev/null
	[ "$(meta "$out/straight/model.safetensors" preset)" = garment ]
	[ "$(head_of "$out/straight/model.safetensors" | jq -c \
		'.["ema.main.0.weight"].shape')" = "[128,32,6,4]" ]
	# shellcheck disable=SC2086
	dcgan-train $garment -n 16 --save-every 8 -o "$out/broken" d/img \
		>/dev/null 3>&- &
	pid=$!
	until_there "$out/broken/model.safetensors" $pid || true
	kill -KILL $pid || true
	wait $pid || true
	dcgan-train -q -j 1 --resume -n 16 -o "$out/broken" d/img >/dev/null
	cmp "$out/straight/model.safetensors" "$out/broken/model.safetensors"
	cmp <(timeless "$out/straight/metrics.jsonl") \
		<(timeless "$out/broken/metrics.jsonl")
}

@test "parts of a recipe are chosen one by one, for any preset" {
	i=0
	for args in "--ema" "--augment 0.5 --flip --colour" \
		"--no-d-norm --r1 auto" "--no-d-norm --r1 0.1 --r2 0.1 --loss rp" \
		"--loss hinge --upsample" "--latent sphere --nz 7" \
		"--lr 1e-3 --lr-d 1e-3 --lr-end 0.5 --span 8" \
		"--preset garment --size 32x48 --no-upsample --no-ema --r1 0" \
		"--preset radford2015 --no-d-norm --r2 1"; do
		i=$((i + 1))
		# shellcheck disable=SC2086
		small $args -n 8 -o "$out/$i" d/img >"$out.jsonl"
		jq -es 'map(select(.step)) | length == 2 and
			all(.skipped == 0 and .loss_d > -9)' "$out.jsonl"
	done
	[ "$(meta "$out/4/model.safetensors" loss)" = rp ]
	[ "$(meta "$out/6/model.safetensors" latent)" = sphere ]
	[ "$(meta "$out/8/model.safetensors" ema)" = false ]
	timeless "$out/2/metrics.jsonl" | jq -e '.augment == 0.5'
	timeless "$out/4/metrics.jsonl" | jq -e '.r1 > 0 and .r2 > 0'
	timeless "$out/1/metrics.jsonl" | jq -e '.r1 == 0 and .augment == 0'
}

@test "labels come from records; those without count as any" {
	i=0
	for f in d/img/*/*.jpg; do
		i=$((i + 1))
		brand=$((i % 2)) extra=
		[ $i = 3 ] || extra=",\"source\":{\"query\":\"q$brand\"}"
		echo "{\"path\":\"$f\",\"year\":$((2017 + brand))$extra}"
	done >"$BATS_TEST_TMPDIR/list.jsonl"
	run --separate-stderr dcgan-train -j 1 --ngf 4 --ndf 4 -b 4 -n 8 \
		--labels year,source.query -o "$out" \
		"$BATS_TEST_TMPDIR/list.jsonl"
	[ "$status" = 0 ]
	[[ $stderr == *'1 of 8 pictures have no "source.query"'* ]]
	[ "$(meta "$out/model.safetensors" labels)" = \
"year	2018	4
year	2017	4
source.query	q1	3
source.query	q0	4" ]
	[ "$(head_of "$out/model.safetensors" | jq -c \
		'.["discriminator.main.8.weight"].shape')" = "[5,32,6,4]" ]
	dcgan-train -q -j 1 --labels year,source.query --resume -n 12 \
		-o "$out" "$BATS_TEST_TMPDIR/list.jsonl" >/dev/null
	run --separate-stderr dcgan-train -q -j 1 --resume -n 16 \
		-o "$out" "$BATS_TEST_TMPDIR/list.jsonl"
	[ "$status" = 64 ]
	[[ $stderr == *"--labels: the pictures have 0, but the checkpoint "* ]]
	run --separate-stderr dcgan-train -q -j 1 --labels brand \
		-o "$out/2" "$BATS_TEST_TMPDIR/list.jsonl"
	[ "$status" = 65 ]
	[[ $stderr == *'no record has "brand"'* ]]
}

@test "what is drawn is measured by pictures that were held out" {
	dfsynth -q -n 24 --seed 3 --size 80x120 -o "$out/d"
	small --held-out 20 --score-every 8 -n 16 -o "$out/run" "$out/d/img" \
		>"$out.jsonl"
	jq -es 'map(select(.SWD)) | length == 2 and
		all(.SWD > .SWD_floor and (.precision | type) == "number")' \
		"$out.jsonl"
	[ "$(meta "$out/run/model.safetensors" pictures)" = 4 ]
	[ -s "$out/run/best.safetensors" ]
	# the same numbers when it was resumed
	small --held-out 20 --score-every 8 -n 8 -o "$out/two" "$out/d/img" \
		>/dev/null
	small --resume --held-out 20 --score-every 8 -n 16 -o "$out/two" \
		"$out/d/img" >/dev/null
	cmp "$out/run/model.safetensors" "$out/two/model.safetensors"
	cmp <(jq -c 'select(.SWD)' "$out/run/metrics.jsonl") \
		<(jq -c 'select(.SWD)' "$out/two/metrics.jsonl")
	run --separate-stderr small --held-out 24 -n 8 -o "$out/3" "$out/d/img"
	[ "$status" = 66 ]
	[[ $stderr == *"those held out among them" ]]
	run --separate-stderr small --size 6x6 --held-out 20 -o "$out/3" \
		"$out/d/img"
	[ "$status" = 64 ]
	[[ $stderr == *"6x6 are too small"*"8 pixels" ]]
}

@test "odd pictures: all of one colour, few, of any size" {
	mkdir -p "$out"
	for size in 64x600 90x64 600x64; do
		dfsynth -q -n 2 --seed 1 --size $size -o "$out/$size"
	done
	mkdir "$out/flat"
	echo '{"path":"'"$(ls "$out"/90x64/img/*/* | head -n 1)"'",'`
		`'"boxes":[{"bbox":[0,0,1,1]}]}' |
		bbcrop -q -f png -o "$out/flat/img" >/dev/null
	run --separate-stderr dcgan-train -j 1 --ngf 4 --ndf 4 -b 4 -n 8 \
		-o "$out/run" "$out"/*/img
	[ "$status" = 0 ]
	[[ $stderr == *"1 of 7 pictures are of one colour"* ]]
	[[ $stderr == *"7 pictures are too few: it will learn them by heart"* ]]
}

@test "the last checkpoints are kept, as many as asked for" {
	small --save-every 4 --keep 3 -n 24 -o "$out" d/img >/dev/null
	[ "$(cd "$out" && echo model_*)" = "model_00000016.safetensors "`
		`"model_00000020.safetensors model_00000024.safetensors" ]
	cmp "$out/model.safetensors" "$out/model_00000024.safetensors"
	small --save-every 4 --keep 0 -n 8 -o "$out/none" d/img >/dev/null
	[ "$(cd "$out/none" && echo model*)" = model.safetensors ]
}
