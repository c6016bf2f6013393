bats_require_minimum_version 1.5.0

# Bad configurations, data sets and weights, in tables: each ends the program
# with the status and the words that stand before it, and leaves nothing.
setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	root=$(realpath "$BATS_TEST_DIRNAME/../..")
	export PATH root
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 3 --size 64x96 -o d
	# A net of the smallest size for the body of tests/data, a detector of
	# it, and the same of other classes.
	cp "$root/tests/data/detectron/deepstyle-R-50.yaml" tiny.yaml
	sed -i -e 's/ResNet50/ResNet18/' -e 's/coco_deepfashion3_//' \
		-e 's/^FPN:/&\n  DIM: 8/' -e 's/(800,)/(64,)/' \
		-e 's/^FAST_RCNN:/&\n  MLP_HEAD_DIM: 8/' -e '/WEIGHTS/d' \
		-e 's/^NUM_GPUS:/RESNETS: {WIDTH_PER_GROUP: 1}\n&/' tiny.yaml
	rcnn-train -q --threads 1 -c tiny.yaml \
		--dataset train=d/coco_train.json:d --metrics /dev/null \
		SOLVER.MAX_ITER 1 OUTPUT_DIR o
	mv o/model_final.safetensors good.safetensors
	nn-convert -q "$root/tests/data/body.pkl" body.safetensors
	jq '.categories += [{id: 9, name: "hat"}]' d/coco_train.json >four.json
	printf '\x80\x02}X\x05\0\0\0modelcos\nsystem\nX\x0b\0\0\0%s' \
		'touch owned' >hostile.pkl
	printf '\x85Rs.' >>hostile.pkl
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
}

# train ARGUMENT...: a step of the tiny net
train() {
	rcnn-train -q --threads 1 --dataset train=d/coco_train.json:d \
		--metrics /dev/null "$@" SOLVER.MAX_ITER 1 OUTPUT_DIR o
}

# refused STATUS WORDS COMMAND...: it ends so, in one line that says that, and
# leaves no weights
refused() {
	local status=$1 words=$2
	shift 2
	rm -rf o owned out
	run --separate-stderr "-$status" "$@"
	[[ $stderr == *"$words"* ]] ||
		{ printf '%s\nnot: %s\n' "$stderr" "$words"; false; }
	[[ ${stderr_lines[-1]} =~ ^rcnn-(train|detect):\  ]]
	[ "$(find o -name '*.safetensors' 2>/dev/null | wc -l)" = 0 ]
	[ ! -e owned ]
	[ ! -e out ]
}

# spoil FILE SEDSCRIPT: a copy of good.safetensors in which as many bytes as
# before say something else
spoil() {
	LC_ALL=C sed "$2" good.safetensors >"$1"
	[ "$(stat -c %s "$1")" = "$(stat -c %s good.safetensors)" ]
	run -1 cmp -s "$1" good.safetensors
}

@test "what is to be refused begins as something good" {
	train -c tiny.yaml TRAIN.WEIGHTS good.safetensors
	[ -e o/model_final.safetensors ]
	find d -name '*.jpg' | head -n 1 |
		rcnn-detect -q --threads 1 -w good.safetensors >out.jsonl
	[ "$(wc -l <out.jsonl)" = 1 ]
	rm -r o
	train -c tiny.yaml TRAIN.WEIGHTS body.safetensors
}

@test "configuration files: 78, with file and line" {
	lines=$(wc -l <tiny.yaml)
	at=$((lines + 1))
	# words that are said of the file | what is added to it
	while IFS='|' read -r words text; do
		{
			cat tiny.yaml
			printf '%b' "$text"
		} >bad.yaml
		refused 78 "bad.yaml:$words" train -c bad.yaml
	done <<-END
		$at: unknown key 'SOLVR'|SOLVR: 1\n
		$((at + 1)): unknown key 'KRCNN.NUM_KEYPOINT'; did you mean 'KRCNN.NUM_KEYPOINTS'|KRCNN:\n  NUM_KEYPOINT: 1\n
		$at: unknown key 'TRAIN.WEIGHT'; did you mean 'TRAIN.WEIGHTS'|TRAIN.WEIGHT: a\n
		$at: unknown key 'MODEL.BASE_LR'; did you mean 'SOLVER.BASE_LR'|MODEL.BASE_LR: 1\n
		$at: 'NUM_GPUS' was given on line |NUM_GPUS: 1\n
		$at: 'SOLVER' was given on line |SOLVER:\n  GAMMA: 1\n
		$at: RNG_SEED: an integer|RNG_SEED: soon\n
		$at: RNG_SEED: an integer|RNG_SEED: 1.5\n
		$at: RNG_SEED: an integer|RNG_SEED: -1\n
		$at: SOLVER.CLIP_NORM: a number|SOLVER.CLIP_NORM: .nan\n
		$at: TRAIN.USE_FLIPPED: True or False|TRAIN.USE_FLIPPED: maybe\n
		$at: TRAIN.RPN_BATCH_SIZE_PER_IM: an integer|TRAIN.RPN_BATCH_SIZE_PER_IM: (1, 2)\n
		$at: FPN.RPN_ASPECT_RATIOS: numbers|FPN.RPN_ASPECT_RATIOS: (1, x)\n
		$at: FPN.RPN_ASPECT_RATIOS: a list|FPN.RPN_ASPECT_RATIOS: (1, 2\n
		$at: 'RNG_SEED' is a key, not a section|RNG_SEED: {A: 1}\n
		$at: tags are not read|RNG_SEED: !!python/object:os.system 1\n
		$at: anchors and aliases|RNG_SEED: &a 1\n
		$((at + 1)): found unexpected end of stream|RNG_SEED: 'x\n
		$at: |\tRNG_SEED: 1\n
		$at: a second document|---\nRNG_SEED: 1\n
		$at: control characters are not allowed|RNG_SEED: \a\n
	END
}

@test "configurations that contradict themselves: 78, naming the key" {
	: >empty.yaml
	refused 78 "MODEL.FASTER_RCNN must be True" train -c empty.yaml
	while read -r words key value; do
		refused 78 "$words" train -c tiny.yaml "$key" "$value"
	done <<-'END'
		MODEL.MASK_ON MODEL.MASK_ON True
		MODEL.CONV_BODY MODEL.CONV_BODY VGG16.add_VGG16_conv5_body
		MODEL.NUM_CLASSES MODEL.NUM_CLASSES 81
		RESNETS.NUM_GROUPS RESNETS.NUM_GROUPS 32
		SOLVER.STEPS SOLVER.STEPS (0,9,8)
		SOLVER.STEPS_EPOCHS SOLVER.STEPS_EPOCHS (1,2)
		SOLVER.LRS SOLVER.LR_POLICY steps_with_lrs
		TRAIN.DATASETS TRAIN.DATASETS ('nowhere',)
		TRAIN.DATASETS TRAIN.DATASETS ()
		TEST.DATASETS TRAIN.EVAL_ITERS 1
		'SOLVER.BASE_RL' SOLVER.BASE_RL 1
		SOLVER.BASE_LR SOLVER.BASE_LR fast
	END
	refused 78 "say the same thing" train -c <(cat tiny.yaml
		echo "SOLVER.WARM_UP_EPOCHS: 1"
		echo "SOLVER.WARM_UP_IMAGES: 1")
	refused 66 "none.yaml" train -c none.yaml
	refused 64 "KEY VALUE" train -c tiny.yaml SOLVER.BASE_LR 1 RNG_SEED
}

@test "data sets" {
	jq 'del(.annotations[0].bbox)' d/coco_train.json >nobox.json
	jq '.annotations[0].bbox = [1, 2, "x", 4]' d/coco_train.json >text.json
	jq '.annotations[0].category_id = 77' d/coco_train.json >class.json
	jq '.annotations[0].image_id = 1e6' d/coco_train.json >image.json
	jq '.annotations = []' d/coco_train.json >nothing.json
	jq '.images[1].id = .images[0].id' d/coco_train.json >twice.json
	head -c 300 d/coco_train.json >cut.json
	: >empty.json
	while read -r status ann dir words; do
		refused "$status" "$words" rcnn-train -q --threads 1 \
			-c tiny.yaml --dataset "train=$ann:$dir" \
			--metrics /dev/null SOLVER.MAX_ITER 1 OUTPUT_DIR o
	done <<-'END'
		66 none.json d 'none.json'
		66 d/coco_train.json none 'none'
		65 d/coco_train.json . photographs
		65 empty.json d empty.json
		65 cut.json d cut.json
		65 nobox.json d bbox
		65 text.json d bbox
		65 class.json d 77
		65 image.json d 1000000
		65 twice.json d twice.json
		65 nothing.json d nothing
		78 four.json d NUM_CLASSES is 4, but 'four.json' has 4 categories
	END
}

@test "weights that a training is to begin with" {
	size=$(stat -c %s good.safetensors)
	head -c "$((size - 4))" good.safetensors >short
	head -c 7 good.safetensors >header
	: >empty
	spoil gone 's/"rpn.head.cls_logits.bias"/"rpn.head.cls_logits.bia_"/'
	spoil shape 's/"roi_heads.box_head.fc7.bias":{"dtype":"F32","shape":\[8\]/"roi_heads.box_head.fc7.bias":{"dtype":"F32","shape":[9]/'
	spoil config 's/SOLVER.BASE_LR: /SOLVER.BASE_XX: /'
	head -c 9000 "$root/tests/data/body.pkl" >short.pkl
	head -c 30000 "$root/tests/data/body.pth" >short.pth
	sed 's/res4_1_branch2b_w/res4_1_branch2b_x/' \
		"$root/tests/data/body.pkl" >gone.pkl
	cp d/coco_train.json text
	while IFS='|' read -r status weights more words; do
		# shellcheck disable=SC2086
		refused "$status" "$words" train -c tiny.yaml \
			TRAIN.WEIGHTS "$weights" $more
	done <<-END
		66|none.safetensors||'none.safetensors'
		65|empty||no safetensors file
		65|header||no safetensors file
		65|short||'short'
		65|text||no safetensors file
		65|gone||rpn.head.cls_logits.bias
		65|shape||'shape'
		65|config||SOLVER.BASE_XX
		65|hostile.pkl||no tensors in it
		65|short.pkl||the end of the file
		65|short.pth||a broken zip archive
		65|gone.pkl||res4_1_branch2b_w
		65|good.safetensors|FPN.DIM 16|[8,1,1,1], [16,1,1,1] expected
		65|good.safetensors|MODEL.CONV_BODY FPN.add_fpn_ResNet34_conv5_body|MODEL.CONV_BODY is FPN.add_fpn_ResNet34
		65|$root/tests/data/body.pkl|MODEL.CONV_BODY FPN.add_fpn_ResNet50_conv5_body|is of FPN.add_fpn_ResNet18_conv5_body
		65|body.safetensors|RESNETS.WIDTH_PER_GROUP 2|WIDTH_PER_GROUP 1
		78|http://127.0.0.1/a.pkl||http needs a SHA-256
		78|good.safetensors|TRAIN.WEIGHTS_SHA256 abc|'abc' is no SHA-256
	END
}

@test "weights of other classes: refused, or the last layers begin anew" {
	set -- -c tiny.yaml --dataset "train=four.json:d" \
		MODEL.NUM_CLASSES 5 TRAIN.WEIGHTS good.safetensors
	other() {
		rcnn-train --threads 1 --metrics /dev/null "$@" \
			SOLVER.MAX_ITER 1 SOLVER.BASE_LR 0 OUTPUT_DIR o
	}
	refused 65 "tells 4 classes apart, MODEL.NUM_CLASSES is 5: with `
		`TRAIN.NEW_CLASSES" other "$@"
	run --separate-stderr -0 other "$@" TRAIN.NEW_CLASSES True
	[[ $stderr == *"; 4 of 130 tensors are not in it"* ]]
	for f in good.safetensors o/model_final.safetensors; do
		nn-info -s "$f" | jq -c 'select(.name == (
			"roi_heads.box_head.fc7.weight",
			"backbone.fpn.layer_blocks.0.0.weight")) | .mean'
	done >means
	[ "$(sort -u means | wc -l)" = 2 ]
}

@test "models that are to detect" {
	size=$(stat -c %s good.safetensors)
	head -c "$((size / 2))" good.safetensors >half
	spoil gone 's/"rpn.head.cls_logits.bias"/"rpn.head.cls_logits.bia_"/'
	spoil classes 's/MODEL.NUM_CLASSES: 4/MODEL.NUM_CLASSES: 5/'
	spoil names 's/\\"name\\":\\"upper\\"/\\"nama\\":\\"upper\\"/'
	spoil config 's/SOLVER.BASE_LR: /SOLVER.BASE_XX: /'
	while IFS='|' read -r status model words; do
		refused "$status" "$words" rcnn-detect -q -w "$model" </dev/null
	done <<-END
		66|none|'none'
		65|half|half
		65|gone|rpn.head.cls_logits.bias
		65|classes|3 categories, but 5 classes
		65|names|"categories" needs id and name
		65|config|unknown key 'SOLVER.BASE_XX'
		65|body.safetensors|no detector of ours
		65|$root/tests/data/body.pth|no safetensors file
		65|hostile.pkl|no safetensors file
		78|http://127.0.0.1/m|http needs a SHA-256
	END
	XDG_CACHE_HOME=$PWD/cache refused 69 "is not in '$PWD/cache/deepstyle'" \
		rcnn-detect -w https://host.invalid/m --offline </dev/null
}
