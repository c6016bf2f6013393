bats_require_minimum_version 1.5.0

# A detector of the smallest size, four steps on four photographs.
setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 5 --size 64x96 -o d
	cp "$BATS_TEST_DIRNAME/../data/tiny.yaml" .
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	o=$BATS_TEST_TMPDIR/o
	command=(rcnn-train -q --threads 1 -c tiny.yaml
		--dataset train=d/coco_train.json:d
		--dataset val=d/coco_val.json:d)
}

# Options and KEY VALUE pairs, which come last.
train() {
	"${command[@]}" "$@" OUTPUT_DIR "$o"
}

# The same on the photographs of a COCO file of the test's own.
train_on() {
	local ann=$1
	shift
	rcnn-train -q --threads 1 -c tiny.yaml --dataset "train=$ann:d" "$@" \
		OUTPUT_DIR "$o"
}

# Train in the background until so many steps are told, or the run is over;
# $pid is its number.
train_until() {
	local steps=$1
	shift
	"${command[@]}" "$@" OUTPUT_DIR "$o" >/dev/null 3>&- &
	pid=$!
	while kill -0 "$pid" 2>/dev/null &&
		[ "$(steps "$o/metrics.jsonl" | wc -w)" -lt "$steps" ]; do
		sleep 0.02
	done
}

# The iterations of a file of metrics, in its order.
steps() {
	[ ! -f "$1" ] || jq -r 'select(has("loss")).iter' "$1" | xargs
}

checkpoints() {
	find "$o" -name 'model_iter*.safetensors' -printf '%f\n' | sort | xargs
}

@test "records, one a step, and the files it promises" {
	train TRAIN.EVAL_ITERS 2 >out
	cmp out "$o/metrics.jsonl"
	[ "$(steps out)" = "1 2 3 4" ]
	[ "$(jq -rs '.[0] | keys_unsorted | join(" ")' out)" = "iter lr loss`
		` loss_rpn_cls loss_rpn_bbox loss_cls loss_bbox accuracy_cls`
		` fg_regions grad_norm images_per_s data_wait eta_s memory_mib" ]
	[ "$(jq -r 'select(has("AP")) | [.iter, has("AP50")] | join(" ")' out |
		xargs)" = "2 true 4 true" ]
	jq -es 'map(select(has("AP"))) | all((.val_loss - .val_loss_rpn_cls -
		.val_loss_rpn_bbox - .val_loss_cls - .val_loss_bbox | fabs)
		< 1e-5 and .val_loss > 0)' out
	jq -es 'map(.data_wait // empty) | all(. >= 0 and . <= 1)' out
	jq -es 'map(select(has("loss"))) | all(
		(.loss - .loss_rpn_cls - .loss_rpn_bbox - .loss_cls -
			.loss_bbox | fabs) < 1e-5 and .loss > 0)' out
	# cosine, warmed up from a third of it
	[ "$(jq -rs 'map(.lr // empty | . * 1e6 | round) | join(" ")' out)" = \
		"3333 5690 5000 1464" ]
	[ "$(ls "$o")" = "metrics.jsonl
model_best.safetensors
model_final.safetensors
model_iter0000002.safetensors
model_iter0000004.safetensors" ]
}

@test "the same seed gives the same bytes, another seed others" {
	train --metrics "$o/m" >out
	[ ! -s out ]
	cmp "$o/m" "$o/metrics.jsonl"
	cp "$o/model_final.safetensors" "$BATS_TEST_TMPDIR/first"
	rm -r "$o"
	train >/dev/null
	cmp "$o/model_final.safetensors" "$BATS_TEST_TMPDIR/first"
	rm -r "$o"
	train RNG_SEED 4 >/dev/null
	run cmp -s "$o/model_final.safetensors" "$BATS_TEST_TMPDIR/first"
	[ "$status" = 1 ]
}

@test "bf16 learns what f32 learns, from f32 weights" {
	train --dtype f32 SOLVER.MAX_ITER 3 TRAIN.EVAL_ITERS 0 >f32.jsonl
	rm -r "$o"
	train --dtype bf16 SOLVER.MAX_ITER 3 TRAIN.EVAL_ITERS 0 >bf16.jsonl
	# later steps choose other regions
	jq -es '[.[:length / 2], .[length / 2:]] | transpose |
		all((.[0].loss - .[1].loss) / .[0].loss | fabs < 0.02) and
		any(.[0].loss != .[1].loss)' f32.jsonl bf16.jsonl
	nn-info "$o/model_final.safetensors" | jq -es 'map(select(.dtype)) |
		length > 0 and all(.dtype == "F32")'
}

@test "the memory that a run will need is told, and is what it holds" {
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml \
		--dataset train=d/coco_train.json:d OUTPUT_DIR "$o" \
		SOLVER.MAX_ITER 3 TRAIN.EVAL_ITERS 0
	[ "$status" = 0 ]
	need=$(sed -n 's/.*memory for .* activations \([0-9]*\),.*/\1/p' \
		<<<"$stderr")
	[ "$need" -gt 0 ]
	jq -es --argjson need "$need" 'map(.memory_mib) | max |
		. <= $need + 2 and . >= $need / 2 - 1' <<<"$output"
}

@test "killed and resumed is as if it had never stopped" {
	for norm in batch group; do
		set -- SOLVER.MAX_ITER 8 TRAIN.EVAL_ITERS 3 MODEL.NORM $norm \
			GROUP_NORM.NUM_GROUPS 4
		train "$@" >/dev/null
		mv "$o" "$o.whole"
		for step in 1 3 6; do
			train_until $step "$@"
			kill -9 "$pid" || true
			wait "$pid" || true
		done
		train "$@" >/dev/null
		[ "$(steps "$o/metrics.jsonl")" = "1 2 3 4 5 6 7 8" ]
		[ "$(jq -r 'select(has("AP")).iter' "$o/metrics.jsonl" |
			xargs)" = "3 6 8" ]
		for file in final best iter0000006; do
			cmp "$o/model_$file.safetensors" \
				"$o.whole/model_$file.safetensors"
		done
		rm -r "$o" "$o.whole"
	done
}

@test "SIGTERM saves and ends it; what follows is the same" {
	set -- SOLVER.MAX_ITER 40 TRAIN.SNAPSHOT_ITERS 1000
	train "$@" >/dev/null
	mv "$o" "$o.whole"
	train_until 2 "$@"
	kill -TERM "$pid"
	wait "$pid" && false || [ $? = 143 ]
	[ "$(checkpoints | wc -w)" = 1 ]
	[ ! -e "$o/model_final.safetensors" ]
	train "$@" >/dev/null
	cmp "$o/model_final.safetensors" "$o.whole/model_final.safetensors"
	[ "$(steps "$o/metrics.jsonl")" = "$(steps "$o.whole/metrics.jsonl")" ]
}

@test "SIGTERM in an evaluation saves too, and it is made up for" {
	# one step, and then only evaluation
	jq '.images = [range(400) as $i | .images[0] + {id: $i}] |
		.annotations = [.annotations[0] + {image_id: 0}]' \
		d/coco_val.json >many.json
	set -- --dataset many=many.json:d SOLVER.MAX_ITER 3 \
		TRAIN.EVAL_ITERS 1 TRAIN.SNAPSHOT_ITERS 1000 \
		TEST.DATASETS "('many',)"
	train_until 1 "$@"
	kill -TERM "$pid"
	wait "$pid" && false || [ $? = 143 ]
	[ "$(checkpoints)" = model_iter0000001.safetensors ]
	train "$@" TEST.DATASETS "('val',)" >out
	[ "$(jq -c '[.iter, has("AP")]' "$o/metrics.jsonl" | xargs)" = \
		"[1,false] [1,true] [2,false] [2,true] [3,false] [3,true]" ]
}

@test "SIGUSR1 writes a checkpoint and goes on" {
	train_until 2 SOLVER.MAX_ITER 30 TRAIN.SNAPSHOT_ITERS 1000
	kill -USR1 "$pid"
	wait "$pid"
	# and one at the end
	[ "$(checkpoints | wc -w)" = 2 ]
	[ "$(steps "$o/metrics.jsonl" | wc -w)" = 30 ]
	[ -e "$o/model_final.safetensors" ]
}

@test "the best of all is kept, over a resumption too" {
	train SOLVER.MAX_ITER 4 TRAIN.EVAL_ITERS 2 >/dev/null
	best=$(jq -s 'map(.AP // empty) | max' "$o/metrics.jsonl")
	cp "$o/model_best.safetensors" "$BATS_TEST_TMPDIR/best"
	# Where no photograph is of its size nothing is found: that is not
	# better, as the checkpoint knows.
	jq '.images[].width += 1' d/coco_val.json >never.json
	train --dataset never=never.json:d TEST.DATASETS "('never',)" \
		SOLVER.MAX_ITER 6 TRAIN.EVAL_ITERS 2 >/dev/null
	[ "$(jq -r 'select(has("AP")).iter' "$o/metrics.jsonl" | xargs)" = \
		"2 4 6" ]
	[ "$(jq -s 'map(.AP // empty) | max' "$o/metrics.jsonl")" = "$best" ]
	cmp "$o/model_best.safetensors" "$BATS_TEST_TMPDIR/best"
}

@test "two photographs are learnt by heart" {
	jq '.images |= .[:2] | [.images[].id] as $i |
		.annotations |= map(select(.image_id | IN($i[])))' \
		d/coco_train.json >two.json
	for how in "sgd SOLVER.BASE_LR 0.02" "adam SOLVER.BASE_LR 0.002"; do
		# shellcheck disable=SC2086
		train_on two.json SOLVER.MAX_ITER 80 TRAIN.SCALES "(64,)" \
			TRAIN.USE_FLIPPED False SOLVER.TYPE $how >out
		jq -es 'map(.loss) | (.[:5] | add) > 2 * (.[-5:] | add)' out
		jq -es '.[-10:] | (map(.accuracy_cls) | add / length) > 0.8' out
		rm -r "$o"
	done
}

@test "a pyramid of other levels, and a body that stays" {
	train FPN.RPN_MIN_LEVEL 3 FPN.RPN_MAX_LEVEL 5 FPN.ROI_MIN_LEVEL 3 \
		FPN.ROI_MAX_LEVEL 4 >out
	[ "$(steps out)" = "1 2 3 4" ]
	jq -es 'all(.loss > 0 and .loss_rpn_bbox > 0)' out
	rm -r "$o"
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml \
		--dataset train=d/coco_train.json:d SOLVER.MAX_ITER 1 \
		TRAIN.FREEZE_CONV_BODY True OUTPUT_DIR "$o"
	[ "$status" = 0 ]
	# rpn: 3x3 and 1x1 to 3 and 12; head: 7x7 and 1x1 to 32, 4 and 16
	trained=$(((9 * 16 + 1) * 16 + (16 + 1) * 15 +
		(49 * 16 + 1) * 32 + (32 + 1) * 32 + (32 + 1) * 20))
	[[ $stderr == *" $trained trained values "* ]]
}

@test "the last step leaves a checkpoint: the run is over, or goes on from it" {
	set -- TRAIN.SNAPSHOT_ITERS 2 TRAIN.EVAL_ITERS 0
	train "$@" SOLVER.MAX_ITER 3 >/dev/null
	[ "$(checkpoints)" = \
		"model_iter0000002.safetensors model_iter0000003.safetensors" ]
	train "$@" SOLVER.MAX_ITER 3 >out
	[ ! -s out ]
	train "$@" SOLVER.MAX_ITER 4 >out
	[ "$(steps out)" = 4 ]
	# more devices than steps between checkpoints: after every step
	rm -r "$o"
	train "$@" SOLVER.MAX_ITER 3 NUM_GPUS 8 >/dev/null
	[ "$(checkpoints | wc -w)" = 3 ]
}

@test "a run that begins anew beside a longer one keeps its checkpoints" {
	set -- TRAIN.SNAPSHOT_ITERS 1 TRAIN.EVAL_ITERS 0 TRAIN.KEEP_SNAPSHOTS 2
	train "$@" SOLVER.MAX_ITER 5 >/dev/null
	train "$@" SOLVER.MAX_ITER 3 TRAIN.AUTO_RESUME False >/dev/null
	[ "$(checkpoints | xargs -n 1 | tr -cd '0-9\n' | xargs)" = \
		"0000002 0000003 0000004 0000005" ]
}

@test "what a killed run had begun to write is removed" {
	mkdir -p "$o"
	sleep 0 &
	wait $!
	for name in model_iter0000007 model_final model_best notes; do
		echo x >"$o/$name.safetensors.tmp.$!"
	done
	echo x >"$o/model_final.safetensors.tmp.$$"
	train SOLVER.MAX_ITER 1 TRAIN.EVAL_ITERS 0 >/dev/null
	[ "$(find "$o" -name '*.tmp.*' -printf '%f\n' | sort | xargs)" = \
		"model_final.safetensors.tmp.$$ notes.safetensors.tmp.$!" ]
}

@test "a checkpoint of other categories is refused, weights are told" {
	train SOLVER.MAX_ITER 1 TRAIN.EVAL_ITERS 0 >/dev/null
	jq '.categories[1].name = "hat"' d/coco_train.json >hat.json
	run --separate-stderr train_on hat.json SOLVER.MAX_ITER 2
	[ "$status" = 65 ]
	[[ $stderr == *"model_iter0000001.safetensors' has category 2 "`
		`"'lower' where the data have 2 'hat'"* ]]
	cp "$o/model_final.safetensors" start.safetensors
	o=$o.hat
	set -- SOLVER.MAX_ITER 1 SOLVER.BASE_LR 0 TRAIN.WEIGHTS start.safetensors
	run --separate-stderr train_on hat.json "$@"
	[ "$status" = 0 ]
	[[ $stderr == *"calls class 2 'lower', the data 'hat'"* ]]
	o=$o.new
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml \
		--dataset train=hat.json:d "$@" TRAIN.NEW_CLASSES True \
		OUTPUT_DIR "$o"
	[ "$status" = 0 ]
	[[ $stderr == *"; 4 of "*" tensors are not in it"* ]]
	[[ $stderr != *"calls class"* ]]
}

@test "each way to vary photographs reaches the loader" {
	set -- SOLVER.MAX_ITER 1 TRAIN.EVAL_ITERS 0
	train "$@" >plain.jsonl
	for how in "JITTER 0.5" "HUE 0.3" "CROP 0.5" "STRETCH 1" "ERASE 1"; do
		rm -r "$o"
		# shellcheck disable=SC2086
		train "$@" TRAIN.$how >varied.jsonl
		jq -es '.[0].loss > 0 and .[1].loss > 0 and
			.[0].loss != .[1].loss' plain.jsonl varied.jsonl
	done
}

@test "it begins with the weights of another run" {
	train SOLVER.MAX_ITER 2 >/dev/null
	cp "$o/model_final.safetensors" start.safetensors
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml \
		--dataset train=d/coco_train.json:d SOLVER.MAX_ITER 1 \
		SOLVER.BASE_LR 0 TRAIN.WEIGHTS start.safetensors \
		OUTPUT_DIR "$o.next"
	[ "$status" = 0 ]
	[[ $stderr == *"'start.safetensors'; 0 of "* ]]
	run train TRAIN.WEIGHTS none.safetensors TRAIN.AUTO_RESUME False
	[ "$status" = 66 ]
}

@test "--dump-config is read back by --cfg" {
	train --dump-config SOLVER.BASE_LR 0.125 >a.yaml
	grep -qx 'SOLVER.BASE_LR: 0.125' a.yaml
	[ ! -e "$o" ]
	rcnn-train --cfg a.yaml --dump-config >b.yaml
	cmp a.yaml b.yaml
}

@test "wrong configurations are 78, with file and line" {
	{
		cat tiny.yaml
		echo "SOLVR: {}"
	} >odd.yaml
	run rcnn-train --cfg odd.yaml --dump-config
	[ "$status" = 78 ]
	[[ $output == "rcnn-train: odd.yaml:$(wc -l <odd.yaml): "*SOLVR* ]]
	run train SOLVER.BASE_RL 0.1
	[ "$status" = 78 ]
	[[ $output == *"SOLVER.BASE_RL"* ]]
	run train SOLVER.BASE_LR fast
	[ "$status" = 78 ]
	[[ $output == *"SOLVER.BASE_LR"* ]]
	run train MODEL.NUM_CLASSES 51
	[ "$status" = 78 ]
	[[ $output == *"NUM_CLASSES is 51, but 'd/coco_train.json' has 3"* ]]
	run train MODEL.MASK_ON True
	[ "$status" = 78 ]
	run train TRAIN.DATASETS "('nowhere',)"
	[ "$status" = 78 ]
	[[ $output == *"TRAIN.DATASETS"*nowhere* ]]
	[ ! -e "$o" ]
}

@test "wrong command lines are 64, devices that are not there 69" {
	for args in "-c tiny.yaml SOLVER.BASE_LR" "" "-c tiny.yaml -x" \
		"-c tiny.yaml --dataset train" "-c tiny.yaml --threads x" \
		"-c tiny.yaml --dataset =a:b" "-c tiny.yaml --dataset train=`
			`d/coco_train.json:d --dataset train=a:b"; do
		# shellcheck disable=SC2086
		run --separate-stderr rcnn-train $args
		[ "$status" = 64 ]
		[ "${#stderr_lines[@]}" = 1 ]
		[ -z "$output" ]
	done
	CUDA_VISIBLE_DEVICES='' run train --device cuda
	[ "$status" = 69 ]
}

@test "inputs that are not there are 66" {
	run rcnn-train -c none.yaml
	[ "$status" = 66 ]
	run train_on none.json
	[ "$status" = 66 ]
	[[ $output == *"'none.json'"* ]]
	run rcnn-train -c tiny.yaml --dataset train=d/coco_train.json:none \
		OUTPUT_DIR "$o"
	[ "$status" = 66 ]
}

@test "a data set that lacks what it must have is 65" {
	for cut in .images .annotations .categories '.images[1].file_name' \
		'.images[1].width' '.annotations[2].bbox'; do
		jq "del($cut)" d/coco_train.json >cut.json
		run train_on cut.json
		[ "$status" = 65 ]
		[[ $output == *cut.json* ]]
		key=${cut##*.}
		[[ $output == *"${key/width/size}"* ||
			$output == *"${key/file_name/file name}"* ]]
	done
	head -c 300 d/coco_train.json >cut.json
	run train_on cut.json
	[ "$status" = 65 ]
	jq '.annotations[0].category_id = 77' d/coco_train.json >cut.json
	run train_on cut.json
	[ "$status" = 65 ]
	[[ $output == *77* ]]
	jq '.annotations = []' d/coco_train.json >cut.json
	run train_on cut.json
	[ "$status" = 65 ]
}

@test "boxes outside of their pictures are told and dropped" {
	jq '.annotations[0].bbox = [900, 5, 20, 20] |
		.annotations[1].bbox = [40, 40, 900, 900]' \
		d/coco_train.json >outside.json
	run --separate-stderr rcnn-train -v --threads 1 -c tiny.yaml \
		--dataset train=outside.json:d SOLVER.MAX_ITER 1 \
		OUTPUT_DIR "$o"
	[ "$status" = 0 ]
	[[ $stderr == *"outside.json: annotation "*"900,5,20,20"* ]]
	[[ $stderr == *"train: 1: reaches beyond its picture: clipped"* ]]
	[[ $stderr == *"train: 1: lies outside of its picture: left out"* ]]
	jq -e '.loss > 0' <<<"$output"
}

@test "a truncated photograph is told, and training goes on" {
	cp -r d torn
	torn=torn/$(jq -r '.images[1].file_name' d/coco_train.json)
	truncate -s 700 "$torn"
	run --separate-stderr rcnn-train -q --threads 1 -c tiny.yaml \
		--dataset train=torn/coco_train.json:torn OUTPUT_DIR "$o"
	[ "$status" = 0 ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == "rcnn-train: "*"$torn"* ]]
	[ "$(steps "$o/metrics.jsonl")" = "1 2 3 4" ]
	find torn -name '*.jpg' -exec truncate -s 0 {} +
	run rcnn-train -q -c tiny.yaml --threads 1 \
		--dataset train=torn/coco_train.json:torn OUTPUT_DIR "$o.none"
	[ "$status" = 65 ]
}

@test "a photograph of the evaluation that cannot be read is told" {
	cp -r d broken
	: >"broken/$(jq -r '.images[0].file_name' d/coco_val.json)"
	run --separate-stderr train \
		--dataset broken=broken/coco_val.json:broken \
		TEST.DATASETS "('broken',)" TRAIN.EVAL_ITERS 4
	[ "$status" = 0 ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == *broken/img* ]]
	jq -es '.[-1].AP == 0' "$o/metrics.jsonl"
	[ -e "$o/model_final.safetensors" ]
}

@test "a photograph of the evaluation of another size is told" {
	jq '.images[0].width += 1' d/coco_val.json >wide.json
	run --separate-stderr train --dataset wide=wide.json:d \
		TEST.DATASETS "('wide',)" SOLVER.MAX_ITER 1 TRAIN.EVAL_ITERS 1
	[ "$status" = 0 ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == *" has 64 by 96 pixels, not 65 by 96 as in wide.json" ]]
}

@test "a loss that is no number ends it, the checkpoint stays" {
	train SOLVER.MAX_ITER 2 >/dev/null
	sum=$(sha256sum "$o/model_iter0000002.safetensors")
	run --separate-stderr train SOLVER.MAX_ITER 60 SOLVER.BASE_LR 100 \
		SOLVER.CLIP_NORM 0 TRAIN.SNAPSHOT_ITERS 1000 TRAIN.MAX_SKIPS 0
	[ "$status" = 65 ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr =~ ^rcnn-train:\ iteration\ ([0-9]+):\ (loss_[a-z_]+|the\ gradient)\ is\ -?(nan|inf),\ photographs\ [0-9]+\ \'img/.*\'\ [0-9]+\ \'img/.*\.jpg\'$ ]]
	# the step that failed is the one after the last that was told
	[ "${BASH_REMATCH[1]}" = "$(steps "$o/metrics.jsonl" | wc -w |
		awk '{ print $1 + 1 }')" ]
	[ "$(checkpoints)" = model_iter0000002.safetensors ]
	[ "$(sha256sum "$o/model_iter0000002.safetensors")" = "$sum" ]
}

# One step at a rate that leaves nothing of the weights.
explode=(SOLVER.LR_POLICY steps_with_lrs SOLVER.STEPS "(0, 4, 5)"
	SOLVER.LRS "(0.01, 100, 0.01)" SOLVER.CLIP_NORM 0
	SOLVER.WARM_UP_ITERS 0 SOLVER.MAX_ITER 14 SOLVER.WEIGHT_DECAY 1
	SOLVER.MOMENTUM 1 TRAIN.SNAPSHOT_ITERS 4)

@test "weights that are no good are rolled back, and it is told" {
	run --separate-stderr train "${explode[@]}"
	echo "$stderr"
	[ "$status" = 0 ]
	[[ $stderr == *"passed over, 1 of at most 3 in a row"* ]]
	[[ $stderr == *"passed over, 3 of at most 3 in a row"* ]]
	[[ $stderr == *"back to the weights of $o/model_iter0000004."* ]]
	[ "$(jq -r .skipped "$o/metrics.jsonl" | grep -v null | xargs)" = \
		"1 2 3" ]
	# nothing of what was bad is left
	jq -es '.[-1].iter == 14 and .[-1].loss < 100' "$o/metrics.jsonl"
	cp "$o/model_final.safetensors" "$BATS_TEST_TMPDIR/whole"
	# killed at any time, it comes to the same end
	rm -r "$o"
	for step in 2 6; do
		train_until $step "${explode[@]}" 2>/dev/null
		kill -9 "$pid" || true
		wait "$pid" || true
	done
	train "${explode[@]}" >/dev/null
	cmp "$o/model_final.safetensors" "$BATS_TEST_TMPDIR/whole"
}

@test "a run that can't be saved gives up, and says what to try" {
	run --separate-stderr train SOLVER.MAX_ITER 60 SOLVER.BASE_LR 100 \
		SOLVER.CLIP_NORM 0 TRAIN.SNAPSHOT_ITERS 1000
	[ "$status" = 65 ]
	[[ $stderr == *"back to the weights of the beginning"* ]]
	[[ ${stderr_lines[-1]} == *"3 batches in a row, again"*"SOLVER.BASE_LR"* ]]
	[ ! -e "$o/model_final.safetensors" ]
}

@test "killed in the middle of an epoch, with all that is kept beside" {
	set -- SOLVER.MAX_ITER 11 TRAIN.EVAL_ITERS 4 TRAIN.SNAPSHOT_ITERS 3 \
		SOLVER.EMA_DECAY 0.9 TRAIN.KEEP_SNAPSHOTS 2 --loaders 3
	train "$@" >/dev/null
	mv "$o" "$o.whole"
	for step in 2 5 8; do
		train_until $step "$@"
		kill -9 "$pid" || true
		wait "$pid" || true
	done
	train "$@" --loaders 1 >/dev/null
	for file in final best iter0000009 iter0000011; do
		cmp "$o/model_$file.safetensors" \
			"$o.whole/model_$file.safetensors"
	done
	[ "$(checkpoints)" = \
		"model_iter0000009.safetensors model_iter0000011.safetensors" ]
	nn-info "$o/model_iter0000009.safetensors" | grep -q '"ema\.'
}

@test "the average of the weights is what is saved at the end" {
	train >/dev/null
	cp "$o/model_final.safetensors" "$BATS_TEST_TMPDIR/plain"
	rm -r "$o"
	train SOLVER.EMA_DECAY 0.99 >/dev/null
	cmp -s "$o/model_final.safetensors" "$BATS_TEST_TMPDIR/plain" && false
	# what it is an average of is not changed by it
	train SOLVER.EMA_DECAY 0 SOLVER.MAX_ITER 4 >/dev/null
	cmp <(tail -c 1000 "$o/model_final.safetensors") \
		<(tail -c 1000 "$BATS_TEST_TMPDIR/plain")
}

@test "patience ends it, and a run that is over says so" {
	set -- SOLVER.MAX_ITER 40 SOLVER.BASE_LR 0 TRAIN.EVAL_ITERS 2 \
		TRAIN.PATIENCE 3
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml \
		--dataset train=d/coco_train.json:d \
		--dataset val=d/coco_val.json:d "$@" OUTPUT_DIR "$o"
	[ "$status" = 0 ]
	[[ $stderr == *"3 validations without a better AP"* ]]
	[ "$(jq -r 'select(has("AP")).iter' "$o/metrics.jsonl" | xargs)" = \
		"2 4 6 8" ]
	[ -e "$o/model_final.safetensors" ]
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml \
		--dataset train=d/coco_train.json:d \
		--dataset val=d/coco_val.json:d "$@" OUTPUT_DIR "$o"
	[ "$status" = 0 ]
	[[ $stderr == *"a run that is over"* ]]
	[ -z "$output" ]
}

@test "pictures without objects are learnt from when they are kept" {
	jq '[.images[0].id] as $i |
		.annotations |= map(select(.image_id | IN($i[]) | not))' \
		d/coco_train.json >empty.json
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml \
		--dataset train=empty.json:d SOLVER.MAX_ITER 8 \
		TRAIN.IMS_PER_BATCH 1 OUTPUT_DIR "$o"
	[ "$status" = 0 ]
	[[ $stderr == *"train: 1: has no object to learn: left out"* ]]
	[[ $stderr == *" 3 photographs to learn from"* ]]
	jq -es 'length == 8 and all(.fg_regions > 0)' <<<"$output"
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml \
		--dataset train=empty.json:d SOLVER.MAX_ITER 8 \
		TRAIN.IMS_PER_BATCH 1 TRAIN.KEEP_EMPTY True OUTPUT_DIR "$o.k"
	[ "$status" = 0 ]
	[[ $stderr == *" 4 photographs to learn from"* ]]
	jq -es 'any(.fg_regions == 0 and .loss_bbox == 0 and .loss > 0)' \
		<<<"$output"
}

# One of every kind of trouble.
spoil() {
	cp -r d spoilt
	jq '.annotations as $a | .images as $im |
		.annotations[0].bbox = [10, 10, -5, 20] |
		.annotations[1].bbox = [10, 10, 0, 20] |
		.annotations[2].bbox = [900, 10, 5, 20] |
		.annotations[3].bbox = [-4, 10, 30, 20] |
		.annotations += [
			$a[0] + {id: 901, category_id: 77},
			$a[0] + {id: 902, image_id: 7777},
			$a[0] + {id: 903, iscrowd: 1, area: 100},
			$a[1] + {id: $a[0].id},
			$a[1] + {id: 905, bbox: [1, 2, 3]}] |
		.images[1].width += 1' spoilt/coco_train.json >spoilt/ann.json
	rm "spoilt/$(jq -r '.images[2].file_name' d/coco_train.json)"
	truncate -s 20 "spoilt/$(jq -r '.images[3].file_name' \
		d/coco_train.json)"
}

@test "--lint tells all that is wrong, by id" {
	spoil
	run --separate-stderr rcnn-train -c tiny.yaml --lint \
		--dataset train=spoilt/ann.json:spoilt TRAIN.LINT headers \
		OUTPUT_DIR "$o"
	[ "$status" = 1 ]
	[ "$(jq -r .kind <<<"$output" | grep -v empty | sort | xargs)" = \
		"crossing crowd flat gone item lost lost negative outside`
		` size twice unreadable" ]
	[ "$(jq -r 'select(.kind == "negative").annotation' <<<"$output")" = \
		"$(jq .annotations[0].id d/coco_train.json)" ]
	[[ $(jq -r 'select(.kind == "lost").message' <<<"$output") == \
		*"annotation 901: category 77 is not there"* ]]
	[[ $(jq -r 'select(.kind == "item").message' <<<"$output") == \
		*"annotation 905"* ]]
	jq -es 'all(.set == "train") and
		any(.kind == "crossing" and .fate == "clipped" and
			.bbox == [-4, 10, 30, 20])' <<<"$output"
	[[ $stderr == *"train: 2: belongs to nothing that is there: refused"* ]]
	[ ! -e "$o" ]
	# decoding finds what headers do not show
	cp -r d cut
	f=cut/$(jq -r '.images[0].file_name' d/coco_train.json)
	truncate -s "$(($(stat -c %s "$f") / 2))" "$f"
	run rcnn-train -q -c tiny.yaml --lint \
		--dataset train=cut/coco_train.json:cut TRAIN.LINT headers
	[ "$status" = 0 ]
	run rcnn-train -q -c tiny.yaml --lint \
		--dataset train=cut/coco_train.json:cut TRAIN.LINT photos
	[ "$status" = 1 ]
	[ "$(jq -r .kind <<<"$output")" = unreadable ]
}

@test "bad boxes are fixed, dropped, or refused" {
	[ -d spoilt ] || spoil
	spoilt() {
		run --separate-stderr rcnn-train --threads 1 -c tiny.yaml \
			--dataset train=spoilt/ann.json:spoilt "$@" \
			SOLVER.MAX_ITER 1 OUTPUT_DIR "$o"
	}
	spoilt
	[ "$status" = 65 ]
	[[ ${stderr_lines[-1]} == *"; and 3 more: --lint tells them all" ]]
	[ ! -e "$o" ]
	spoilt TRAIN.BAD_BOXES drop TRAIN.KEEP_EMPTY True
	[ "$status" = 0 ]
	[[ $stderr == *"train: 1: reaches beyond its picture: left out"* ]]
	jq '.annotations[0].bbox = [-4, 4, 30, 20]' d/coco_train.json >c.json
	train_on c.json SOLVER.MAX_ITER 1 >/dev/null
	run train_on c.json TRAIN.BAD_BOXES fail
	[ "$status" = 65 ]
	[[ $output == *"c.json: annotation "*" box -4,4,30,20 reaches beyond"* ]]
	run train TRAIN.BAD_BOXES mend
	[ "$status" = 78 ]
	[[ $output == *"TRAIN.BAD_BOXES"*"fix drop fail"* ]]
}

@test "--sanity says whether a set-up can learn" {
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml --sanity 2 \
		--dataset train=d/coco_train.json:d TRAIN.SCALES "(64,)" \
		SOLVER.TYPE adam SOLVER.BASE_LR 0.002 OUTPUT_DIR "$o"
	[ "$status" = 0 ]
	[[ $stderr == *"it learns: after "* ]]
	jq -es '.[-1] | .loss < 0.3 and .found == .objects and .objects >= 2' \
		<<<"$output"
	[ ! -e "$o" ]
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml --sanity 1 \
		--dataset train=d/coco_train.json:d TRAIN.SCALES "(64,)" \
		SOLVER.BASE_LR 0 OUTPUT_DIR "$o"
	[ "$status" = 1 ]
	[[ $stderr == *"it does not learn: after 1000 steps the loss is"* ]]
}

@test "--sanity: the first of SOLVER.LRS, and no box that was left out" {
	jq '.images |= .[:1] | .images[0].id as $i |
		.annotations |= map(select(.image_id == $i)) |
		.annotations += [.annotations[0] + {id: 77,
			bbox: [-4, 4, 30, 20]}]' d/coco_train.json >cross.json
	n=$(jq '.annotations | length - 1' cross.json)
	run --separate-stderr rcnn-train --threads 1 -c tiny.yaml --sanity 1 \
		--dataset train=cross.json:d TRAIN.SCALES "(64,)" \
		TRAIN.BAD_BOXES drop SOLVER.TYPE adam SOLVER.BASE_LR 0 \
		SOLVER.LR_POLICY steps_with_lrs SOLVER.STEPS "(0, 5)" \
		SOLVER.LRS "(0.002, 0)" OUTPUT_DIR "$o"
	[ "$status" = 0 ]
	[[ $stderr == *"and all $n objects of 1 pictures"* ]]
}

@test "a run that is too large for the machine does not begin" {
	# It is laid out in addresses, which cost memory there.
	ldd "$(command -v rcnn-train)" | grep -q libasan &&
		skip "under AddressSanitizer"
	run train TRAIN.IMS_PER_BATCH 1024 TRAIN.SCALES "(2048,)" \
		TRAIN.MAX_SIZE 4096
	[ "$status" = 71 ]
	[[ $output =~ [0-9]+\ MiB\ of\ memory\ are\ needed,\ and.*has\ [0-9]+:.*IMS_PER_BATCH ]]
}

@test "a full disk keeps the last good checkpoint, and says which" {
	train SOLVER.MAX_ITER 2 >/dev/null
	sum=$(sha256sum "$o/model_iter0000002.safetensors")
	# files of 64 KiB at most
	run bash -c 'trap "" XFSZ; ulimit -f 64; rcnn-train -q --threads 1 \
		-c tiny.yaml --dataset train=d/coco_train.json:d \
		SOLVER.MAX_ITER 6 OUTPUT_DIR "$1" >/dev/null' - "$o"
	echo "$output"
	[ "$status" = 74 ]
	[[ $output == *"model_iter0000004.safetensors"*"go on from '$o/model_iter0000002.safetensors'"* ]]
	[ "$(checkpoints)" = model_iter0000002.safetensors ]
	[ "$(sha256sum "$o/model_iter0000002.safetensors")" = "$sum" ]
}

@test "smaller decoding learns too, and other pixels" {
	dfsynth -q -n 2 --size 256x384 -o big
	on() {
		rcnn-train -q --threads 1 -c tiny.yaml \
			--dataset train=big/coco_train.json:big "$@" \
			SOLVER.MAX_ITER 2 OUTPUT_DIR "$o"
	}
	on >whole.jsonl
	rm -r "$o"
	on PIXEL_SHRINK True >shrunk.jsonl
	jq -es '.[0].loss != .[2].loss and (.[0].loss - .[2].loss | fabs) < 0.3' \
		whole.jsonl shrunk.jsonl
	# it is kept with the weights
	nn-info "$o/model_final.safetensors" | grep -q 'PIXEL_SHRINK: True'
}

@test "a checkpoint that is damaged, or of another shape, is 65" {
	train SOLVER.MAX_ITER 2 >/dev/null
	run train FPN.DIM 8
	[ "$status" = 65 ]
	[[ $output == *model_iter0000002.safetensors*expected* ]]
	truncate -s 5000 "$o/model_iter0000002.safetensors"
	run train
	[ "$status" = 65 ]
	[[ $output == *model_iter0000002.safetensors* ]]
	# what a killed run leaves behind is not looked at
	mv "$o/model_iter0000002.safetensors" \
		"$o/model_iter0000003.safetensors.tmp.1"
	train >/dev/null
	[ "$(steps "$o/metrics.jsonl")" = "1 2 3 4" ]
}

@test "outputs that fail: 74 full, 73 cannot be made" {
	run bash -c 'rcnn-train -q --threads 1 -c tiny.yaml --dataset \
		train=d/coco_train.json:d OUTPUT_DIR "$1" >/dev/full' - "$o"
	[ "$status" = 74 ]
	run train --metrics /dev/full
	[ "$status" = 74 ]
	[[ $output == *"/dev/full"* ]]
	run bash -c 'rcnn-train -c tiny.yaml --dump-config >/dev/full'
	[ "$status" = 74 ]
	: >"$BATS_TEST_TMPDIR/file"
	o=$BATS_TEST_TMPDIR/file/o
	run train
	[ "$status" = 73 ]
}

@test "a closed pipe ends it; standard input is not needed" {
	run bash -c 'set -o pipefail; rcnn-train -q --threads 1 -c tiny.yaml \
		--dataset train=d/coco_train.json:d OUTPUT_DIR "$1" <&- |
		head -n 1' - "$o"
	[ "$status" = 141 ]
	[ "${#lines[@]}" = 1 ]
	run rcnn-train --help
	[ "$status" = 0 ]
	[[ $output == "usage: rcnn-train "* ]]
}
