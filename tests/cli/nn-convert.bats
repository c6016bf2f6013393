bats_require_minimum_version 1.5.0

# What is taken are the files of tests/golden/weights.py, and a detector of
# ours of the smallest size.
setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	data=$(realpath "$BATS_TEST_DIRNAME/../data")
	export PATH data
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 5 --size 64x96 -o d
	rcnn-train -q --threads 1 -c "$BATS_TEST_DIRNAME/../../pipelines/conf/small.yaml" \
		--dataset train=d/coco_train.json:d RESNETS.WIDTH_PER_GROUP 4 \
		FPN.DIM 8 FAST_RCNN.MLP_HEAD_DIM 16 SOLVER.MAX_ITER 1 \
		TRAIN.SCALES 64 TRAIN.MAX_SIZE 128 TRAIN.IMS_PER_BATCH 1 \
		TRAIN.EVAL_ITERS 0 OUTPUT_DIR o MODEL.CONVENTIONS torchvision \
		PIXEL_ORDER rgb PIXEL_MEANS 123.675,116.28,103.53 \
		PIXEL_STDS 58.395,57.12,57.375 >metrics
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
}

# fails STATUS WORDS...: nn-convert of bad ends so, saying that, without a file
fails() {
	local status=$1 words=$2
	shift 2
	rm -f out
	run --separate-stderr "-$status" nn-convert "$@"
	[[ $stderr == *"$words"* ]] || { echo "$stderr"; false; }
	[ ! -e out ]
}

@test "a body is the same from PyTorch's, Detectron's and Detectron2's files" {
	nn-convert -q "$data/body.pth" a
	for f in body_old.pth body.pkl body2.pkl; do
		nn-convert -q "$data/$f" b
		for x in a b; do
			nn-info -s $x | jq -c 'select(.name)' >$x.tensors
		done
		cmp a.tensors b.tensors
		# and whose pixels and strides they want, goes with them
		nn-info --config b | sed -nE \
			's/^(MODEL.CONVENTIONS|PIXEL_ORDER): //p'
	done >wants
	[ "$(xargs <wants)" = "torchvision rgb detectron bgr detectron2 bgr" ]
	nn-info a | jq -es '.[0].tensors == 100 and
		.[1].name == "backbone.body.conv1.weight" and
		.[1].shape == [1, 3, 7, 7]'
}

@test "it says what it found" {
	run --separate-stderr -0 nn-convert "$data/body.pkl" a
	[[ $stderr == *"a body, FPN.add_fpn_ResNet18_conv5_body, `
		`conventions of detectron"* ]]
}

@test "a detector to torchvision and back" {
	nn-convert -q --as torchvision o/model_final.safetensors there
	[ "$(nn-info there | jq -rs '.[0].metadata.format')" = pt ]
	nn-convert -q --categories d/coco_train.json there back \
		FPN.ROI_CANONICAL_SCALE 112
	nn-info back | jq -es '.[0].metadata | .categories | fromjson |
		map(.name) == ["upper", "lower", "full"]'
	# the tensors come back, but for roundings in the first
	for f in o/model_final.safetensors back; do
		nn-info -s "$f" | jq -c 'select(.name) |
			[.name, .shape, (.min, .max, .mean | . * 1e4 | round)]' \
			>"$(basename "$f").txt"
	done
	cmp model_final.safetensors.txt back.txt
}

@test "a .pth for PyTorch is the same as safetensors" {
	nn-convert -q --as torchvision o/model_final.safetensors there
	nn-convert -q --as torchvision o/model_final.safetensors there.pth
	[ ! -e there.pth.safetensors ]
	nn-convert -q there back
	nn-convert -q there.pth back.pth.safetensors
	cmp back back.pth.safetensors
	# a zip archive to others, too
	! command -v unzip || unzip -tq there.pth
}

@test "DCGANs of PyTorch's example: in, drawn with, out again" {
	nn-convert -q --arch dcgan --discriminator "$data/netD.pth" \
		"$data/netG.pth" gan
	nn-info gan | jq -es '.[0].metadata | .nz == "5" and .ngf == "1" and
		.ndf == "1" and .steps == "0"'
	dcgan-sample -q -w gan -n 1 -o drawn
	for out in a.pth a.safetensors; do
		nn-convert -q --arch dcgan --as pytorch \
			--discriminator "d$out" gan "g$out"
		nn-convert -q --arch dcgan --discriminator "d$out" "g$out" back
		cmp gan back
	done
	run --separate-stderr -0 nn-convert --arch dcgan "$data/netG.pth" gan
	[[ $stderr == *"the discriminator is new"* ]]
	fails 65 "is a discriminator" --arch dcgan "$data/netD.pth" out
	fails 65 "no generator" --arch dcgan "$data/body.pth" out
	fails 65 "no discriminator" --arch dcgan --discriminator \
		"$data/body.pth" "$data/netG.pth" out
	fails 65 "no checkpoint of dcgan-train" --arch dcgan --as pytorch \
		o/model_final.safetensors out
}

@test "names that DataParallel wrote" {
	# netG.pth has them
	[ "$(grep -ac module.main.0.weight "$data/netG.pth")" = 1 ]
	sed 's/layer4.1.bn2.bias/layer4.1.bn2.bia_/' "$data/netG.pth" >cut
	nn-convert -q --arch dcgan cut gan
}

@test "keys and norms: their small number moves into the variances" {
	nn-convert -q --bn-eps 0.5 "$data/body.pth" a
	nn-info -s a | jq -es '.[] | select(.name ==
		"backbone.body.bn1.running_var") | .min * 1000 | round == 1500'
	fails 78 "unknown key 'SOLVER.BASE'" "$data/body.pth" out SOLVER.BASE 1
	fails 78 "SOLVER.BASE_LR" "$data/body.pth" out SOLVER.BASE_LR x
}

@test "usage" {
	fails 64 "IN, OUT" "$data/body.pth"
	fails 64 "IN, OUT" "$data/body.pth" out SOLVER.BASE_LR
	fails 64 "--arch" --arch yolo "$data/body.pth" out
	fails 64 "--arch dcgan has no keys" --arch dcgan "$data/body.pth" out \
		SOLVER.BASE_LR 1
	fails 64 "--as" --arch dcgan --as torchvision "$data/body.pth" out
	fails 64 "--as" --as pytorch "$data/body.pth" out
	fails 64 "is for --arch dcgan" --discriminator a "$data/body.pth" out
	fails 64 "--as" --as caffe "$data/body.pth" out
	fails 66 "cannot open" none.pth out
	fails 65 "a body without a detector" --as torchvision \
		"$data/body.pth" out
	run -73 nn-convert -q "$data/body.pth" /proc/none/out
}

@test "a pickle that would run a program is only read" {
	printf '\x80\x02cos\nsystem\nX\x0a\0\0\0touch owned\x85R.' >p
	fails 65 "" p out
	{
		printf '\x80\x02}X\x05\0\0\0modelcos\nsystem\n'
		printf 'X\x0b\0\0\0touch owned\x85Rs.'
	} >p
	fails 65 "no tensors in it" p out
	printf '\x80\x02(i__builtin__\neval\n.' >p
	fails 65 "opcode 0x69" p out
	[ ! -e owned ]
}

@test "what is broken is refused, with the reason" {
	# FILE KEEP WORDS
	while read -r file keep words; do
		head -c "$keep" "$data/$file" >cut
		fails 65 "$words" cut out || { echo "$file $keep"; false; }
	done <<-'END'
		body.pth 30000 a broken zip archive
		body.pth 5 a broken zip archive
		body_old.pth 20000 it is cut off
		body_old.pth 9000 the end of the file
		body.pkl 9000 the end of the file
		body2.pkl 100 the end of the file
		body.pkl 1 no safetensors file
	END
	: >cut
	fails 65 "no safetensors file" cut out
	echo '{"a": 1}' >cut
	fails 65 "no safetensors file" cut out
	# the same length of another type of data
	sed 's/FloatStorage/LongStorage /' "$data/body_old.pth" >cut
	fails 65 "" cut out
	# a tensor that is missing
	sed 's/layer4.1.bn2.bias/layer4.1.bn2.bia_/' "$data/body_old.pth" >cut
	fails 65 "layer4.1.bn2.bias" cut out
	# blocks that are missing
	sed 's/layer4.1./layer9.1./g' "$data/body_old.pth" >cut
	fails 65 "no ResNet that we know" cut out
}
