# The whole chain on tiny data, with the real programs: a few steps of
# training, which need not teach anything.
bats_require_minimum_version 1.5.0

setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	BIN=$(realpath "$BIN")
	PIPELINES=$(realpath "$BATS_TEST_DIRNAME/../../pipelines")
	PATH=$BIN:$PATH
	export BIN PIPELINES PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 16 --size 96x128 -o set
	# Every region is a box: with a model of no sense there are crops too.
	chain >log 2>&1 || cat log >&2
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
}

chain() {
	make -s -f "$PIPELINES/deepstyle.mk" DEEPFASHION=set OUT=out \
		CFG="$PIPELINES/conf/demo.yaml" TRAIN_KEYS="SOLVER.MAX_ITER 4 \
		SOLVER.STEPS 0 TRAIN.SNAPSHOT_ITERS 2 TRAIN.EVAL_ITERS 0 \
		TRAIN.IMS_PER_BATCH 2 TEST.SCORE_THRESH 0.0" \
		SCORE=0 CROP_SCORE=0 GAN_IMAGES=32 GAN_BATCH=8 \
		GAN_FLAGS='--ngf 8 --ndf 8' SAMPLES=3 SHEET=2x2 PAGE=4 Q=-q "$@"
}

@test "every stage leaves what the next one needs" {
	[ -s out/detector/model_final.safetensors ]
	jq -e 'type == "object"' out/detector/metrics.jsonl
	jq -e '.AP50 >= -1 and .AP50 <= 1' out/eval.json
	[ "$(wc -l <out/detections.jsonl)" = 16 ]
	[ "$(jq -s 'map(.boxes | length) | add > 0' out/detections.jsonl)" = \
		true ]
	[ -s out/crops.jsonl ]
	while read -r crop; do
		[ -s "$crop" ]
	done < <(jq -r .path out/crops.jsonl)
	[ -s out/generator/model.safetensors ]
	[ "$(wc -l <out/samples.jsonl)" = 3 ]
	[ -s "$(jq -r .path out/sheet.jsonl)" ]
	[ "$(wc -l <out/page.jsonl)" -ge 9 ]
	[ -s out/lookbook.html ]
}

@test "a second run makes nothing" {
	find out -type f -printf '%p %T@\n' | sort >before
	chain
	find out -type f -printf '%p %T@\n' | sort | diff before -
}

@test "new validation data are evaluated, and the models stay" {
	find out -name '*.safetensors' -printf '%p %T@\n' | sort >before
	touch set/coco_val.json
	chain
	find out -name '*.safetensors' -printf '%p %T@\n' | sort | diff before -
	[ out/eval.json -nt set/coco_val.json ]
}

@test "the same again gives the same bytes" {
	find out/crops out/samples out/sheet -type f -exec sha256sum {} + |
		sort >before
	sha256sum out/detector/model_final.safetensors out/results.json \
		out/generator/model.safetensors out/lookbook.html >>before
	rm -r out
	chain
	sha256sum -c --quiet before
}

@test "a detector's crops go through pipes into the generator, with labels" {
	find set -name '*.jpg' | head -n 6 |
		rcnn-detect -q -w out/detector/model_final.safetensors -t 0 \
			--max-dets 2 |
		bbcrop -q -t 0 --aspect 2:3 --size 32x48 -o piped |
		dcgan-train -q -j 1 --size 32x48 --ngf 4 --ndf 4 -b 4 -n 8 \
			--labels category -o gan >gan.jsonl
	[ "$(jq -s 'map(select(.step)) | length' gan.jsonl)" = 2 ]
	[ "$(find piped -name '*.png' -o -name '*.jpg' | wc -l)" -ge 6 ]
	dcgan-sample -q -w gan/model.safetensors -n 2 -o drawn | jq -es \
		'length == 2 and all(.width == 32 and .height == 48)'
}
