# What deepstyle.mk makes, and when: programs that compute for long are
# replaced by scripts that tell how they were called.
bats_require_minimum_version 1.5.0

setup() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	mk=$(realpath "$BATS_TEST_DIRNAME/../../pipelines/deepstyle.mk")
	cd "$BATS_TEST_TMPDIR" || exit
	mkdir bin
	ln -s "$(realpath "$BIN")"/* bin/
	stand_ins
	bin/dfsynth -q -n 10 --size 80x120 -o set
	echo "MODEL:" >cfg.yaml
}

# stand_in NAME: a program that tells its name; its work is on stdin.
stand_in() {
	rm -f "bin/$1"
	{
		printf '#!/bin/bash\necho "%s" >>calls\n' "$1"
		printf 'echo "%s $*" >>arguments\n' "$1"
		cat
	} >"bin/$1"
	chmod +x "bin/$1"
}

stand_ins() {
	stand_in rcnn-train <<'END'
while [ "$1" != OUTPUT_DIR ]; do shift; done
touch "$2/model_iter0000010.safetensors"
[ ! -e broken ] || exit 74
echo >"$2/model_final.safetensors"
echo '{"loss":1}'
END
	# On every photograph a garment; one record is rejected.
	stand_in rcnn-detect <<'END'
if [[ $* == *--results* ]]; then
	echo '[]'
	exit
fi
while read -r path; do
	printf '{"path":"%s","width":80,"height":120,"boxes":[{"bbox":[1,2,' \
		"$path"
	printf '40,50],"category":"full","category_id":3,"score":0.9}]}\n'
done <"${!#}"
exit 1
END
	stand_in dcgan-train <<'END'
while [ "$1" != -o ]; do shift; done
echo >"$2/model.safetensors"
[ ! -e broken ] || exit 74
END
	stand_in dcgan-sample <<'END'
while [ "$1" != -o ]; do shift; done
mkdir "$2"
cp set/img/*/img_00000001.jpg "$2/1.jpg"
echo "{\"path\":\"$2/1.jpg\",\"seed\":1}"
END
}

# chain [WORD]...: make it, and leave in $calls which stand-ins were called.
chain() {
	rm -f calls arguments
	run --separate-stderr make -s -f "$mk" BIN=bin DEEPFASHION=set OUT=out \
		CFG=cfg.yaml "$@"
	calls=$(cat calls 2>/dev/null | tr '\n' ' ')
}

# Newer than all that was made.
renew() {
	sleep 0.02
	touch "$@"
}

@test "everything is made, in its order" {
	chain
	[ "$status" = 0 ]
	[ "$calls" = "rcnn-train rcnn-detect rcnn-detect dcgan-train `
		`dcgan-sample dcgan-sample " ]
	[ -z "$output" ]
	[[ $stderr == *"==> detector"*"==> lookbook"* ]]
	[[ $stderr == *"AP) @[ IoU=0.50 "* ]]
	[ "$(jq '.AP50' out/eval.json)" = 0 ]
	[ "$(wc -l <out/crops.jsonl)" = 10 ]
	[ -s out/crops/img_00000010_1.png ]
	[ -s out/drawn/img_00000010_1.jpg ]
	# Sheet, sample, ten crops, drawings and photographs.
	[ "$(wc -l <out/page.jsonl)" = 32 ]
	[[ $(head -n 1 out/lookbook.html) == "<!doctype html>"* ]]
	[ -z "$(find out -name '*.part' -o -name '*.new')" ]
}

@test "a second run makes nothing" {
	chain
	find out -printf '%p %T@\n' | sort >before
	chain
	[ "$status" = 0 ]
	[ -z "$calls" ]
	find out -type f -printf '%p %T@\n' | sort >after
	[ -z "$(grep -vxFf before after)" ]
}

@test "the data set is left as it is" {
	find set -printf '%p %T@\n' | sort >before
	chain
	find set -printf '%p %T@\n' | sort | cmp - before
}

@test "boxes of every garment are used where there are any" {
	chain detector
	grep -q 'train=set/coco_train.json:set ' arguments
	[ ! -e out/train.json ]
	rm set/coco_*.json
	chain detector
	[ "$status" = 0 ]
	grep -q 'train=out/train.json:set ' arguments
	grep -q 'val=out/val.json:set ' arguments
	[ "$(jq '.images | length' out/train.json)" = 8 ]
	[ "$(jq '.images | length' out/val.json)" = 2 ]
}

@test "what is changed is made again, with what follows and nothing else" {
	chain
	renew cfg.yaml
	chain
	[ "$calls" = "rcnn-train rcnn-detect rcnn-detect dcgan-train `
		`dcgan-sample dcgan-sample " ]
	renew set/coco_val.json
	chain
	[ "$calls" = "rcnn-detect " ]
	renew set/img/*/img_00000003.jpg
	chain
	[ "$calls" = "rcnn-detect dcgan-train dcgan-sample dcgan-sample " ]
	rm set/img/*/img_00000003.jpg
	chain
	[ "$calls" = "rcnn-detect dcgan-train dcgan-sample dcgan-sample " ]
	[ "$(wc -l <out/crops.jsonl)" = 9 ]
	[ "$(find out/crops -type f | wc -l)" = 9 ]
	rm out/sheet.jsonl
	chain
	[ "$calls" = "dcgan-sample " ]
}

@test "so is what a knob turns" {
	chain
	chain SAMPLES=3
	[ "$calls" = "dcgan-sample dcgan-sample " ]
	chain SAMPLES=3
	[ -z "$calls" ]
	chain SAMPLES=3 GAN_IMAGES=7
	[ "$calls" = "dcgan-train dcgan-sample dcgan-sample " ]
	grep -q -- '--images 7 ' arguments
	chain SAMPLES=3 GAN_IMAGES=7 TRAIN_KEYS="TRAIN.SCALES '(192,)'"
	[[ $calls == "rcnn-train "* ]]
	grep -qF 'TRAIN.SCALES (192,)' arguments
	chain SAMPLES=3 GAN_IMAGES=7 TRAIN_KEYS="TRAIN.SCALES '(192,)'" PAGE=2
	[ -z "$calls" ]
	# Sheet, sample, two crops, drawings and photographs.
	[ "$(wc -l <out/page.jsonl)" = 8 ]
}

@test "training that was interrupted goes on where it was" {
	touch broken
	chain detector
	[ "$status" = 2 ]
	touch out/detector/mine
	chain detector
	rm broken
	chain
	[ "$status" = 0 ]
	[ -e out/detector/mine ]
	[ ! -e out/detector.old ]
	touch broken
	chain GAN_IMAGES=7
	[ "$status" = 2 ]
	touch out/generator/mine
	rm broken
	chain GAN_IMAGES=7
	[ "$calls" = "dcgan-train dcgan-sample dcgan-sample " ]
	[ -e out/generator/mine ]
	grep -q -- '--resume' arguments
	[ -e out/generator.old/trained ]
}

@test "training with other data begins afresh, and the old model is kept" {
	chain detector
	touch out/detector/mine
	renew set/coco_train.json
	chain detector
	[ "$status" = 0 ]
	[ ! -e out/detector/mine ]
	[ -e out/detector.old/mine ]
	[ -e out/detector.old/model_final.safetensors ]
}

@test "detection goes on behind the photographs that it has" {
	mkdir photos
	touch photos/{1..2001}.jpg
	chain detections PHOTOS=photos
	[ "$status" = 0 ]
	[ "$calls" = "rcnn-train rcnn-detect rcnn-detect rcnn-detect " ]
	cp out/detections.jsonl whole
	[ "$(wc -l <whole)" = 2001 ]
	# As an interruption leaves it.
	rm out/detections.jsonl out/detections/found.000001
	echo '{"path":' >out/detections/part
	chain detections PHOTOS=photos
	[ "$calls" = "rcnn-detect " ]
	cmp out/detections.jsonl whole
}

@test "a name with blanks is a name" {
	mkdir "set/img/a b"
	mv set/img/*/img_00000002.jpg "set/img/a b/c d.jpg"
	chain crops
	[ "$status" = 0 ]
	[ -s "out/crops/c d_1.png" ]
}

@test "without photographs, annotations or a data set it says so" {
	chain detections PHOTOS=bin
	[ "$status" = 2 ]
	[[ $stderr == *"no photographs in bin"* ]]
	chain DEEPFASHION=nowhere
	[ "$status" = 2 ]
	[[ $stderr == *"no folder 'nowhere'"* ]]
	chain DEEPFASHION=
	[ "$status" = 2 ]
	rm -r set/Anno set/coco_*.json
	chain annotations
	[ "$status" = 2 ]
	[[ $stderr == *df2coco:*Anno* ]]
	[ ! -e out/train.json ]
}

@test "help tells the stages" {
	run make -s -f "$mk" help
	[ "$status" = 0 ]
	[[ $output == *"detector "*"rcnn-train"*"lookbook "* ]]
}
