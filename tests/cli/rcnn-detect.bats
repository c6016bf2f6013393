bats_require_minimum_version 1.5.0

# A detector that has learnt two photographs by heart.
setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 3 --size 64x96 -o d
	jq '.images |= .[:2] | [.images[].id] as $i |
		.annotations |= map(select(.image_id | IN($i[])))' \
		d/coco_train.json >two.json
	cat >tiny.yaml <<-'END'
		MODEL:
		  TYPE: generalized_rcnn
		  CONV_BODY: FPN.add_fpn_ResNet18_conv5_body
		  NUM_CLASSES: 4
		  FASTER_RCNN: True
		  NORM: batch
		RESNETS:
		  WIDTH_PER_GROUP: 8
		FPN:
		  FPN_ON: True
		  MULTILEVEL_ROIS: True
		  MULTILEVEL_RPN: True
		  DIM: 16
		  ROI_CANONICAL_SCALE: 56
		  RPN_ANCHOR_START_SIZE: 8
		FAST_RCNN:
		  ROI_BOX_HEAD: fast_rcnn_heads.add_roi_2mlp_head
		  ROI_XFORM_METHOD: RoIAlign
		  ROI_XFORM_RESOLUTION: 7
		  ROI_XFORM_SAMPLING_RATIO: 2
		  MLP_HEAD_DIM: 32
		SOLVER:
		  TYPE: adam
		  LR_POLICY: cosine
		  BASE_LR: 0.002
		  CLIP_NORM: 10
		  MAX_ITER: 300
		  WARM_UP_ITERS: 2
		TRAIN:
		  DATASETS: ('train',)
		  SCALES: (96,)
		  MAX_SIZE: 200
		  BATCH_SIZE_PER_IM: 32
		  RPN_BATCH_SIZE_PER_IM: 32
		  RPN_STRADDLE_THRESH: -1
		  RPN_PRE_NMS_TOP_N: 100
		  RPN_POST_NMS_TOP_N: 50
		  USE_FLIPPED: False
		  FREEZE_AT: 0
		  SNAPSHOT_ITERS: 1000
		TEST:
		  SCALE: 96
		  MAX_SIZE: 200
		  RPN_PRE_NMS_TOP_N: 100
		  RPN_POST_NMS_TOP_N: 50
		OUTPUT_DIR: o
	END
	rcnn-train -q --threads 1 -c tiny.yaml --dataset train=two.json:d \
		>metrics.jsonl
	cp "d/$(jq -r '.images[0].file_name' two.json)" x.jpg
	# the photograph lying on its side, and the note to turn it
	printf '{"path":"x.jpg","boxes":[{"bbox":[0,0,64,96]}]}' |
		bbcrop -f png -o . >/dev/null
	mv x_1.png x.png
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	model=o/model_final.safetensors
	detect=(rcnn-detect -q --threads 1 -w "$model")
}

# A JPEG with EXIF's orientation in front.
with_orientation() {
	printf '\xff\xd8\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08'
	# shellcheck disable=SC2059
	printf "\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x0$1\x00\x00"
	printf '\x00\x00\x00\x00'
	tail -c +3 "$2"
}

@test "boxes and size are added, other keys pass" {
	run --separate-stderr "${detect[@]}" \
		<<<'{"z":{"k":[1,null]},"path":"x.jpg","id":"9007199254740993"}'
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[ "$(jq -c 'keys_unsorted' <<<"$output")" = \
		'["z","path","id","width","height","boxes"]' ]
	[ "$(jq -c '[.z, .path, .id, .width, .height]' <<<"$output")" = \
		'[{"k":[1,null]},"x.jpg","9007199254740993",64,96]' ]
	jq -e '.boxes | length > 0 and all(.score > 0.5 and .score <= 1 and
		.bbox[0] >= 0 and .bbox[1] >= 0 and
		.bbox[0] + .bbox[2] <= 64 and .bbox[1] + .bbox[3] <= 96)' \
		<<<"$output"
	[ "$(jq -c '.boxes[0] | keys_unsorted' <<<"$output")" = \
		'["bbox","category","category_id","score"]' ]
	# names and numbers belong together
	[ "$(jq -c '[.boxes[] | [.category_id, .category]] - [[1,"upper"],
		[2,"lower"],[3,"full"]]' <<<"$output")" = '[]' ]
	[ "$(jq '.boxes | map(.score) | . == (sort | reverse)' \
		<<<"$output")" = true ]
}

@test "what was learnt is found" {
	"${detect[@]}" --results two.json --root d >r.json
	[ "$(coco-eval --json two.json r.json | jq '.AP50 > 0.9')" = true ]
}

@test "with bf16 the same is found, a little differently" {
	"${detect[@]}" --dtype f32 --results two.json --root d >f32.json
	"${detect[@]}" --dtype bf16 --results two.json --root d >bf16.json
	run ! cmp f32.json bf16.json
	# auto is one of them
	"${detect[@]}" --results two.json --root d >auto.json
	cmp auto.json f32.json || cmp auto.json bf16.json
	[ "$(coco-eval --json two.json bf16.json | jq '.AP50 > 0.9')" = true ]
	jq -es '.[0][0].score - .[1][0].score | fabs < 0.05' f32.json bf16.json
}

@test "--results takes the model's threshold, for all of the file's pictures" {
	"${detect[@]}" --results two.json --root d >r.json
	[ "$(jq -c '[.[].image_id] | unique' r.json)" = \
		"$(jq -c '[.images[].id] | unique' two.json)" ]
	jq -e 'all(.score > 0.05) and all(.category_id | IN(1, 2, 3))' r.json
	"${detect[@]}" --results two.json --root d -t 0.6 >few.json
	[ "$(jq -c . few.json)" = \
		"$(jq -c 'map(select(.score > 0.6))' r.json)" ]
	"${detect[@]}" --results two.json --root d -t 1 >none.json
	[ "$(jq -c . none.json)" = '[]' ]
	coco-eval --json two.json none.json
}

@test "--results meets the categories by their names" {
	jq '(.categories[], .annotations[]) |= (
		if .name then .id += 40 else .category_id += 40 end)' \
		two.json >far.json
	"${detect[@]}" --results far.json --root d >r.json
	[ "$(coco-eval --json far.json r.json | jq '.AP50 > 0.9')" = true ]
	jq '.categories[1].name = "trousers"' two.json >odd.json
	run "${detect[@]}" --results odd.json --root d
	[ "$status" = 65 ]
	[[ $output == *"'odd.json' has no category 'lower'"* ]]
}

@test "-t and --max-dets" {
	"${detect[@]}" -t 0 --max-dets 1000 <<<x.jpg >all
	"${detect[@]}" -t 0 --max-dets 3 <<<x.jpg >three
	"${detect[@]}" --threshold=0.7 <<<x.jpg >sure
	[ "$(jq '.boxes | length' three)" = 3 ]
	[ "$(jq -c '.boxes[:3]' all)" = "$(jq -c .boxes three)" ]
	[ "$(jq -c '.boxes | map(select(.score > 0.7))' all)" = \
		"$(jq -c .boxes sure)" ]
}

@test "the same, whatever came before it" {
	printf '%s\n' x.jpg x.png x.jpg | "${detect[@]}" >got
	cmp <(sed -n 1p got) <(sed -n 3p got)
	cmp <(sed -n 2p got) <("${detect[@]}" <<<x.png)
}

@test "it streams: a record before the end of the input" {
	mkfifo in
	"${detect[@]}" <in >out 3>&- &
	pid=$!
	exec 7>in
	echo x.jpg >&7
	for ((i = 0; i < 600; i++)); do
		[ ! -s out ] || break
		sleep 0.05
	done
	kill -0 "$pid"
	[ "$(wc -l <out)" = 1 ]
	jq -e '.path == "x.jpg"' out
	exec 7>&-
	wait "$pid"
}

@test "every photograph that cannot be used is told with its line" {
	head -c 900 x.jpg >torn.jpg
	: >empty.jpg
	mkdir -p folder.jpg
	echo "no picture" >text.jpg
	run --separate-stderr "${detect[@]}" <<-END
		torn.jpg
		empty.jpg
		none.jpg
		folder.jpg
		text.jpg
		{"path":
		{"path":3}
		x.jpg
	END
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 1 ]
	jq -e '.path == "x.jpg"' <<<"$output"
	[ "${#stderr_lines[@]}" = 7 ]
	for i in {1..7}; do
		[[ ${stderr_lines[i - 1]} == \
			"rcnn-detect: standard input:$i: "* ]]
	done
	for name in torn empty none folder text; do
		[[ $stderr == *"$name.jpg"* ]]
	done
}

@test "--strict stops at the first with the status that fits" {
	head -c 900 x.jpg >torn.jpg
	run --separate-stderr "${detect[@]}" --strict <<<$'torn.jpg\nx.jpg'
	[ "$status" = 65 ]
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" = 1 ]
	run --separate-stderr "${detect[@]}" --strict <<<none.jpg
	[ "$status" = 66 ]
}

@test "a PNG named .jpg and a CMYK JPEG are photographs too" {
	cp x.png png.jpg
	cp "$BATS_TEST_DIRNAME/../data/cmyk.jpg" .
	printf '%s\n' png.jpg cmyk.jpg | "${detect[@]}" >got
	[ "$(jq -c '[.path, .width, .height]' got | xargs)" = \
		'[png.jpg,64,96] [cmyk.jpg,48,72]' ]
	# the pixels are the photograph's, and so are the boxes
	[ "$(sed -n 1p got | jq -c .boxes)" = \
		"$("${detect[@]}" <<<x.png | jq -c .boxes)" ]
}

@test "a photograph that EXIF turns is seen as it is shown" {
	with_orientation 1 x.jpg >up.jpg
	[ "$("${detect[@]}" <<<up.jpg | jq -c .boxes)" = \
		"$("${detect[@]}" <<<x.jpg | jq -c .boxes)" ]
	with_orientation 6 x.jpg >side.jpg
	[ "$("${detect[@]}" <<<side.jpg | jq -c '[.width, .height]')" = \
		'[96,64]' ]
	# turned by 180 degrees, twice
	with_orientation 3 x.jpg >down.jpg
	"${detect[@]}" -t 0 <<<down.jpg | jq -e '.boxes | length > 0'
}

@test "--root, and files of records as operands" {
	echo x.jpg >list
	(cd d && rcnn-detect -q --threads 1 --root .. -w "../$model" \
		../list - <<<x.jpg) >got
	[ "$(wc -l <got)" = 2 ]
	cmp <(head -n 1 got) <(tail -n 1 got)
	[ "$(head -n 1 got)" = "$("${detect[@]}" list)" ]
	run "${detect[@]}" none.jsonl
	[ "$status" = 66 ]
}

@test "an unreadable photograph of --results is told, the others count" {
	jq '.images[0].file_name = "gone.jpg"' two.json >gone.json
	run --separate-stderr "${detect[@]}" --results gone.json --root d
	[ "$status" = 1 ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == *gone.jpg* ]]
	[ "$(jq -c '[.[].image_id] | unique | length' <<<"$output")" = 1 ]
	run --separate-stderr "${detect[@]}" --strict --results gone.json \
		--root d
	[ "$status" = 66 ]
}

@test "a photograph of another size than --results has is told" {
	jq '.images[0].height -= 1' two.json >low.json
	run --separate-stderr "${detect[@]}" --results low.json --root d
	[ "$status" = 1 ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == *" has 64 by 96 pixels, not 64 by 95 as in low.json" ]]
	[ "$(jq -c '[.[].image_id] | unique | length' <<<"$output")" = 1 ]
	# where no size is told, any will do
	jq 'del(.images[].width, .images[].height)' two.json >any.json
	"${detect[@]}" --results any.json --root d |
		cmp - <("${detect[@]}" --results two.json --root d)
}

# st HEADER: a safetensors file of that header
st() {
	local length=${#1}
	# shellcheck disable=SC2059
	printf "\\x$(printf %02x $((length % 256)))\\x$(
		printf %02x $((length / 256)))\\0\\0\\0\\0\\0\\0%s" "$1"
}

@test "what is no model of ours is 65, with the reason" {
	head -c 5000 "$model" >cut.safetensors
	st '{"__metadata__":{"format":"pt"}}' >other.safetensors
	st '{"__metadata__":{"format":"deepstyle-rcnn","config":"SOLVR: 1",'`
		`'"categories":"[]","iteration":"3"}}' >config.safetensors
	: >none.safetensors
	for file in x.png x.jpg cut.safetensors other.safetensors \
		config.safetensors none.safetensors; do
		run --separate-stderr rcnn-detect -w "$file" <<<x.jpg
		[ "$status" = 65 ]
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr == "rcnn-detect: "*"$file"* ]]
	done
	run rcnn-detect -w gone.safetensors
	[ "$status" = 66 ]
}

# edit FILTER [BYTES]: the model with its header changed, cut after its data's
# first BYTES
edit() {
	local length
	length=$(od -An -tu8 -N8 "$model")
	st "$(tail -c +9 "$model" | head -c "$length" | jq -c "$1")"
	tail -c +$((9 + length)) "$model" | head -c "${2:-1000000000}"
}

@test "weights that do not fit their own description: 65, and what is wrong" {
	local fc6=roi_heads.box_head.fc6.weight last
	last=$(tail -c +9 "$model" | head -c "$(od -An -tu8 -N8 "$model")" |
		jq -r 'del(.__metadata__) | to_entries |
			max_by(.value.data_offsets[1]) |
			"\(.key) \(.value.data_offsets[0])"')
	declare -A why=(
		["del(.[\"${last% *}\"])"]="no tensor '${last% *}'"
		['.["backbone.body.conv1.weight"].shape |= reverse']="is [7,7,3,8]"
		[".[\"$fc6\"].dtype = \"I32\""]="is I32"
		[".[\"$fc6\"].dtype = \"F99\""]="unknown dtype"
		[".[\"$fc6\"].data_offsets = [0,4]"]="4 bytes of data"
		['.__metadata__.categories = "[]"']="0 categories, but 4"
		['.__metadata__.categories = "[3]"']="needs id and name"
		['.__metadata__.categories |= sub("lower"; "upper")']="twice"
		['del(.__metadata__)']="no detector of ours"
		['.__metadata__.format = "deepstyle-dcgan"']="no detector of ours"
		['.__metadata__.config |= sub("DIM: 16"; "DIM: 4096")']="not 4096 by"
		['.__metadata__.config |= sub("HEAD_DIM: 32"; "HEAD_DIM: 65536")']="not 65536 by"
		['.__metadata__.config |= sub("ResNet18"; "ResNet50")']="is [8,3,7,7]"
		['.__metadata__.config |= sub("MAX_ITER: 300"; "MAX_ITER: x")']="MAX_ITER"
		['.__metadata__.config |= sub("NS: .detectron.\n"; "NS: x\n")']="MODEL.CONVENTIONS"
	)
	for filter in "${!why[@]}"; do
		if [[ $filter == "del(.["* ]]; then
			edit "$filter" "${last#* }" >bad.safetensors
		else
			edit "$filter" >bad.safetensors
		fi
		run --separate-stderr timeout 20 rcnn-detect \
			-w bad.safetensors <<<x.jpg
		echo "$filter: $status $stderr"
		[ "$status" = 65 ]
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr == "rcnn-detect: "*"bad.safetensors"*"${why[$filter]}"* ]]
	done
	# a weight that is no number
	edit . | head -c -4 >bad.safetensors
	printf '\xff\xff\xff\xff' >>bad.safetensors
	run --separate-stderr rcnn-detect -w bad.safetensors <<<x.jpg
	[ "$status" = 65 ]
	[[ $stderr == *"'${last% *}' has 1 values that are not finite" ]]
	printf x | cat "$model" - >bad.safetensors
	run --separate-stderr rcnn-detect -w bad.safetensors <<<x.jpg
	[ "$status" = 65 ]
	[[ $stderr == *"1 bytes at its end belong to no tensor" ]]
}

# same FILE FILE: the same boxes, but for rounding
same() {
	jq -ne --slurpfile a "$1" --slurpfile b "$2" '
		def flat: [.[] | [.path, .width, (.boxes[] |
			.category_id, .score, .bbox[])] | .[]];
		($a | flat) as $x | ($b | flat) as $y |
		($x | length) == ($y | length) and
		all(range($x | length); ($x[.] == $y[.]) or
			(($x[.] | type) == "number" and
			($x[.] - $y[.] | fabs) < 0.01))'
}

@test "--batch: the same boxes in the same order, and the same complaints" {
	with_orientation 6 x.jpg >side.jpg
	printf '%s\n' x.jpg side.jpg none.jpg x.png '{"path":' side.jpg x.jpg \
		x.png side.jpg >list
	run --separate-stderr "${detect[@]}" list
	[ "$status" = 1 ]
	echo "$output" >one
	told=$stderr
	for n in 2 3 8; do
		run --separate-stderr "${detect[@]}" --batch $n list
		[ "$status" = 1 ]
		[ "$stderr" = "$told" ]
		same one <(echo "$output")
	done
	"${detect[@]}" --results two.json --root d --batch 2 >r.json
	[ "$(coco-eval --json two.json r.json | jq '.AP50 > 0.9')" = true ]
	jq '.images[0].file_name = "gone.jpg"' two.json >gone.json
	run --separate-stderr "${detect[@]}" --batch 2 --results gone.json \
		--root d
	[ "$status" = 1 ]
	[[ $stderr == *gone.jpg* ]]
}

@test "--batch waits for no line that is not there" {
	mkfifo inb
	"${detect[@]}" --batch 8 <inb >out 3>&- &
	pid=$!
	exec 7>inb
	for n in 1 2; do
		echo x.jpg >&7
		for ((i = 0; i < 600; i++)); do
			[ "$(wc -l <out)" != $n ] || break
			sleep 0.05
		done
		[ "$(wc -l <out)" = $n ]
	done
	exec 7>&-
	wait "$pid"
}

@test "--flip sees a photograph and its mirror image as mirror images" {
	with_orientation 2 x.jpg >mirrored.jpg
	"${detect[@]}" -t 0.001 <<<x.jpg >plain
	"${detect[@]}" -t 0.001 --flip <<<x.jpg >one
	"${detect[@]}" -t 0.001 --flip <<<mirrored.jpg >other
	run ! same plain one
	jq -c '.path = "mirrored.jpg" |
		.boxes |= map(.bbox[0] = 64 - .bbox[0] - .bbox[2])' one >turned
	# of equals, either may be first
	sorted='.boxes |= sort_by(.score, .bbox[0])'
	same <(jq -c "$sorted" turned) <(jq -c "$sorted" other)
}

@test "--scales: other sizes add what they find" {
	"${detect[@]}" <<<x.jpg >plain
	# its own size once more adds nothing
	"${detect[@]}" --scales 96 <<<x.jpg | cmp - plain
	"${detect[@]}" -t 0.05 --scales '(64, 160)' <<<x.jpg >more
	run ! same plain more
	"${detect[@]}" -t 0.05 --scales 64,160 <<<x.jpg | cmp - more
	"${detect[@]}" -t 0.05 --scales 64,160 --flip <<<x.jpg >all
	run ! same more all
}

@test "--flip and --scales alone, whatever the model has that is off" {
	off='TEST.BBOX_AUG'
	nn-info --config "$model" | grep -qx "$off.ENABLED: False"
	edit '.__metadata__.config |= (
		sub("BBOX_AUG.SCALES: [^\n]*"; "BBOX_AUG.SCALES: [64, 160]") |
		sub("BBOX_AUG.H_FLIP: False"; "BBOX_AUG.H_FLIP: True"))' \
		>dormant.safetensors
	nn-info --config dormant.safetensors | grep -qx "$off.H_FLIP: True"
	nn-info --config dormant.safetensors |
		grep -qx "$off.SCALES: \[64, 160\]"
	for how in --flip "--scales 80"; do
		# shellcheck disable=SC2086
		"${detect[@]}" -t 0.001 $how <<<x.jpg >plain
		# shellcheck disable=SC2086
		rcnn-detect -q --threads 1 -w dormant.safetensors -t 0.001 \
			$how <<<x.jpg | cmp - plain
	done
}

@test "--soft-nms: what overlaps stays, with less of its score" {
	"${detect[@]}" -t 0.05 <<<x.jpg >hard
	for method in linear gaussian; do
		"${detect[@]}" -t 0.05 --soft-nms $method <<<x.jpg >$method
		jq -se '(.[0].boxes | length) <= (.[1].boxes | length) and
			.[0].boxes[0] == .[1].boxes[0] and
			all(.[1].boxes[]; .score >= 0.05) and
			(.[1].boxes | map(.score) | . == (sort | reverse))' \
			hard $method
	done
	run ! cmp linear gaussian
	# without a threshold, Detectron's for what is left
	"${detect[@]}" --results two.json --root d >few.json
	"${detect[@]}" --results two.json --root d --soft-nms linear >r.json
	jq -es '(.[0] | length) < (.[1] | length) and
		(.[1] | all(.score >= 0.0001) and any(.score < 0.05))' \
		few.json r.json
}

@test "--vote moves boxes, and nothing else" {
	"${detect[@]}" <<<x.jpg >plain
	"${detect[@]}" --vote 0.5 <<<x.jpg >voted
	run ! cmp plain voted
	cmp <(jq -c 'del(.boxes[].bbox)' plain) \
		<(jq -c 'del(.boxes[].bbox)' voted)
}

@test "--vote-score: the sum of what agrees, and who is asked wrongly" {
	"${detect[@]}" --vote 0.5 <<<x.jpg >voted
	"${detect[@]}" --vote 0.5 --vote-score ID <<<x.jpg | cmp - voted
	"${detect[@]}" --vote 0.5 --vote-score QUASI_SUM:0 <<<x.jpg >sum
	"${detect[@]}" --vote 0.5 --vote-score AVG <<<x.jpg >mean
	jq -es '[.[].boxes | map(.score) | max] |
		.[1] > .[0] and .[2] < .[0]' voted sum mean
	for args in "--vote-score AVG" "--vote 0.5 --vote-score MOST" \
		"--vote 0.5 --vote-score AVG:x" \
		"--vote 0.5 --vote-score TEMP_AVG:0"; do
		# shellcheck disable=SC2086
		run --separate-stderr "${detect[@]}" $args <<<x.jpg
		[ "$status" = 64 ]
		[ -n "$stderr" ]
	done
}

@test "wrong command lines are refused" {
	for args in "" "-w $model -t 2" "-w $model -t x" "-w $model -x" \
		"-w $model --max-dets 0" "-w $model --results two.json x" \
		"-w $model --batch 0" "-w $model --scales 3" \
		"-w $model --scales x" \
		"-w $model --soft-nms hard" "-w $model --vote 0" \
		"-w $model --vote 2"; do
		# shellcheck disable=SC2086
		run --separate-stderr rcnn-detect $args </dev/null
		[ "$status" = 64 ]
		[ -n "$stderr" ]
	done
	CUDA_VISIBLE_DEVICES='' run "${detect[@]}" --device cuda </dev/null
	[ "$status" = 69 ]
	run "${detect[@]}" --dtype f7 </dev/null
	[ "$status" = 64 ]
}

@test "no input, no output" {
	run --separate-stderr "${detect[@]}" </dev/null
	[ "$status" = 0 ]
	[ -z "$output$stderr" ]
}

@test "outputs that fail: 74 when full, a closed pipe is quiet" {
	run bash -c '"$@" <<<x.jpg >/dev/full' - "${detect[@]}"
	[ "$status" = 74 ]
	run bash -c '"$@" --results two.json --root d >/dev/full' - \
		"${detect[@]}"
	[ "$status" = 74 ]
	run --separate-stderr bash -c 'set -o pipefail
		yes x.jpg | head -n 200 | "$@" | head -n 1' - "${detect[@]}"
	[ "$status" = 141 ]
	[ "${#lines[@]}" = 1 ]
	[ -z "$stderr" ]
	# Within a bash of its own: run would open its pipes in the gap.
	run bash -c '"$@" <&-' - "${detect[@]}"
	[ "$status" = 74 ]
	[[ $output == "rcnn-detect: "* ]]
}
