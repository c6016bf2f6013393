bats_require_minimum_version 1.5.0

# Detectron's configuration files, with the keys and values that the originals
# have (tests/data/detectron): they are read, dumped and trained by as they
# are, but for overrides that shrink them.
setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	root=$(realpath "$BATS_TEST_DIRNAME/../..")
	export PATH root
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 5 --size 64x96 -o d
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	o=$BATS_TEST_TMPDIR/o
	small=(MODEL.NUM_CLASSES 4 TRAIN.DATASETS "('train',)"
		RESNETS.WIDTH_PER_GROUP 1 FPN.DIM 8 FAST_RCNN.MLP_HEAD_DIM 8
		TRAIN.SCALES "(64,)" TRAIN.BATCH_SIZE_PER_IM 8 TRAIN.WEIGHTS ""
		OUTPUT_DIR "$o")
}

# file NAME: of Detectron or DeepStyle
file() {
	echo "$root/tests/data/detectron/$1.yaml"
}

# train NAME ARGUMENT...: by that file, shrunk
train() {
	local name=$1
	shift
	rcnn-train --threads 1 -c "$(file "$name")" \
		--dataset train=d/coco_train.json:d "$@" "${small[@]}"
}

# dumped KEY FILE ARGUMENT...: the value of a key in force
dumped() {
	local key=$1 name=$2
	shift 2
	rcnn-train -q -c "$(file "$name")" --dump-config "$@" |
		sed -n "s/^$key: //p"
}

@test "every file is read whole, and its dump is read back to the same" {
	for name in "$root"/tests/data/detectron/*.yaml; do
		run --separate-stderr rcnn-train -c "$name" --dump-config
		[ "$status" = 0 ]
		# nothing in them is without effect
		[ -z "$stderr" ]
		echo "$output" >dump.yaml
		rcnn-train -c dump.yaml --dump-config | cmp - dump.yaml
	done
}

@test "what the originals say is in force" {
	[ "$(dumped SOLVER.STEPS deepstyle-R-50)" = "[0, 240000, 320000]" ]
	[ "$(dumped TRAIN.IMS_PER_BATCH deepstyle-R-50)" = 2 ]
	[ "$(dumped RESNETS.STRIDE_1X1 R-101-FPN_2x)" = True ]
	[ "$(dumped RESNETS.STRIDE_1X1 X-101-32x8d-FPN_1x)" = False ]
	[ "$(dumped RESNETS.NUM_GROUPS X-101-32x8d-FPN_1x)" = 32 ]
	[ "$(dumped RESNETS.WIDTH_PER_GROUP X-101-32x8d-FPN_1x)" = 8 ]
	[ "$(dumped TEST.SCALES X-101-32x8d-FPN_2x)" = "[800]" ]
	[ "$(dumped TRAIN.WEIGHTS deepstyle-X-101-32x8d)" = "'https://`
		`dl.fbaipublicfiles.com/detectron/ImageNetPretrained/`
		`20171220/X-101-32x8d.pkl'" ]
}

@test "each of them trains a step" {
	for name in R-50-FPN_1x R-50-FPN_2x R-101-FPN_1x R-101-FPN_2x \
		X-101-32x8d-FPN_1x X-101-32x8d-FPN_2x deepstyle-R-50 \
		deepstyle-R-101 deepstyle-X-101-32x8d; do
		train "$name" -q SOLVER.MAX_ITER 1 >out 2>err
		jq -es 'length == 1 and .[0].loss > 0' out
		rm -r "$o"
	done
}

@test "the configuration in force lies in the weights" {
	train X-101-32x8d-FPN_1x -q SOLVER.MAX_ITER 1 SOLVER.GAMMA 0.25 \
		>out 2>err
	nn-info --config "$o/model_final.safetensors" >in.yaml
	grep -qx 'SOLVER.GAMMA: 0.25' in.yaml
	grep -qx 'RESNETS.NUM_GROUPS: 32' in.yaml
	rcnn-train -c in.yaml --dump-config | cmp - in.yaml
	run --separate-stderr -65 nn-info --config d/coco_train.json
	run --separate-stderr -64 nn-info --config
	printf '\x10\0\0\0\0\0\0\0{"__metadata__":{}}' >plain
	truncate -s 24 plain
	printf '\x02\0\0\0\0\0\0\0{}' >plain
	run --separate-stderr -65 nn-info --config plain
	[[ $stderr == *"no configuration in it"* ]]
}

@test "a rate that the linear rule does not give is told of, once" {
	# name, batch, what is said
	while IFS='|' read -r name more words; do
		# shellcheck disable=SC2086
		run --separate-stderr -0 train "$name" SOLVER.MAX_ITER 1 $more
		if [ -n "$words" ]; then
			[[ $stderr == *"$words"* ]]
			[ "$(grep -c "linear rule" <<<"$stderr")" = 1 ]
		else
			[[ $stderr != *"linear rule"* ]]
		fi
		rm -r "$o"
	done <<-'END'
		deepstyle-R-50||
		deepstyle-X-101-32x8d||SOLVER.BASE_LR 0.01 is 8 times the rate of the linear rule, which is 0.00125 for 1 photograph a step
		R-50-FPN_1x||SOLVER.BASE_LR 0.02 is 8 times the rate of the linear rule, which is 0.0025 for 2 photographs a step (0.02 for 16); NUM_GPUS is 8 and one device runs here: --scale fits the schedule
		R-50-FPN_1x|--scale|
		R-50-FPN_1x|SOLVER.BASE_LR 0.005|
		R-50-FPN_1x|SOLVER.BASE_LR 0.0012|SOLVER.BASE_LR 0.0012 is 0.48 times
		R-50-FPN_1x|SOLVER.TYPE adam|
		R-50-FPN_1x|MODEL.NORM batch TRAIN.FREEZE_AT 0|
	END
}

@test "SNAPSHOT_ITERS is divided by NUM_GPUS, as in Detectron" {
	train R-50-FPN_1x -q --metrics m SOLVER.MAX_ITER 3 \
		TRAIN.SNAPSHOT_ITERS 16
	# and one at the end
	[ "$(find "$o" -name 'model_iter*' -printf '%f\n' | sort | xargs)" = \
		"model_iter0000002.safetensors model_iter0000003.safetensors" ]
}

@test "--scale: 8 GPUs' schedule for what runs here" {
	[ "$(dumped SOLVER.BASE_LR R-50-FPN_1x --scale)" = 0.0025 ]
	[ "$(dumped SOLVER.MAX_ITER R-50-FPN_1x --scale)" = 720000 ]
	[ "$(dumped SOLVER.STEPS R-50-FPN_1x --scale)" = \
		"[0, 480000, 640000]" ]
	[ "$(dumped SOLVER.WARM_UP_ITERS R-50-FPN_1x --scale)" = 4000 ]
	[ "$(dumped NUM_GPUS R-50-FPN_1x --scale)" = 1 ]
	[ "$(dumped SOLVER.BASE_LR X-101-32x8d-FPN_1x --scale)" = 0.00125 ]
	# another batch, and what the command line sets
	set -- --scale TRAIN.IMS_PER_BATCH 4 SOLVER.WARM_UP_ITERS 7
	[ "$(dumped SOLVER.BASE_LR R-50-FPN_1x "$@")" = 0.005 ]
	[ "$(dumped SOLVER.MAX_ITER R-50-FPN_1x "$@")" = 360000 ]
	[ "$(dumped SOLVER.WARM_UP_ITERS R-50-FPN_1x "$@")" = 7 ]
	# nothing changes where nothing differs
	[ "$(dumped SOLVER.MAX_ITER deepstyle-R-50 --scale)" = 360000 ]
}

@test "schedules in epochs and images follow data and batch" {
	# 4 photographs; so many of what and how many a step: steps
	while read -r key value batch steps; do
		run --separate-stderr -0 train deepstyle-R-50 --metrics m \
			"$key" "$value" TRAIN.IMS_PER_BATCH "$batch"
		[ "$(jq -s '.[-1].iter' m)" = "$steps" ]
		[[ $stderr == *"$steps steps of $batch of 4 photographs"* ]]
		rm -r "$o" m
	done <<-'END'
		SOLVER.MAX_EPOCHS 1 2 2
		SOLVER.MAX_EPOCHS 1.5 1 6
		SOLVER.MAX_IMAGES 7 2 4
	END
	train deepstyle-R-50 -q --metrics m SOLVER.MAX_EPOCHS 2 \
		SOLVER.STEPS_EPOCHS "(0, 1, 1.5)" SOLVER.WARM_UP_IMAGES 2 \
		TRAIN.LOG_ITERS 1 TRAIN.SNAPSHOT_EPOCHS 1 SOLVER.BASE_LR 0.0025
	[ "$(jq -s -c 'map(.lr * 1e6 | round)' m)" = "[833,2500,250,25]" ]
	[ -e "$o/model_iter0000002.safetensors" ]
	nn-info --config "$o/model_final.safetensors" |
		grep -qx 'SOLVER.STEPS: \[0, 2, 3\]'
	# resumed with the same command, it is over
	train deepstyle-R-50 -q --metrics m SOLVER.MAX_EPOCHS 2
}

@test "the command line has the last word, whatever the unit" {
	set -- deepstyle-R-50 SOLVER.MAX_EPOCHS 3 SOLVER.MAX_ITER 5
	[ "$(dumped SOLVER.MAX_EPOCHS "$@")" = 0 ]
	[ "$(dumped SOLVER.MAX_ITER "$@")" = 5 ]
	set -- deepstyle-R-50 SOLVER.MAX_IMAGES 3 SOLVER.MAX_EPOCHS 5
	[ "$(dumped SOLVER.MAX_IMAGES "$@")" = 0 ]
	set -- deepstyle-R-50 SOLVER.STEPS_EPOCHS "(0, 2)" SOLVER.STEPS "(0, 9)"
	[ "$(dumped SOLVER.STEPS_EPOCHS "$@")" = "[]" ]
}

@test "keys without effect are named, once each, and no others are" {
	{
		cat "$(file deepstyle-R-50)"
		echo "DATA_LOADER:"
		echo "  NUM_THREADS: 4"
		echo "MEMONGER: True"
		echo "KRCNN: {NUM_KEYPOINTS: 17}"
	} >more.yaml
	at=$(wc -l <more.yaml)
	run --separate-stderr -0 rcnn-train -c more.yaml --dump-config \
		--scale DATA_LOADER.NUM_THREADS 2 USE_NCCL True USE_NCCL False
	[ "$stderr" = "rcnn-train: more.yaml:$((at - 2)): `
		`DATA_LOADER.NUM_THREADS has no effect
rcnn-train: more.yaml:$((at - 1)): MEMONGER has no effect
rcnn-train: more.yaml:$at: KRCNN.NUM_KEYPOINTS has no effect
rcnn-train: USE_NCCL has no effect
rcnn-train: a schedule for 2 photographs a step, scaled to 2" ]
}

@test "our own files are in order, and in the rule" {
	for name in "$root"/pipelines/conf/{r50,r101,x101}-fpn.yaml; do
		run --separate-stderr -0 rcnn-train --threads 1 -c "$name" \
			--dataset train=d/coco_train.json:d \
			--dataset val=d/coco_val.json:d "${small[@]}" \
			SOLVER.MAX_ITER 1 TRAIN.EVAL_EPOCHS 0
		[[ $stderr != *"linear rule"* && $stderr != *"effect"* ]]
		rm -r "$o"
	done
}
