bats_require_minimum_version 1.5.0

setup() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	cd "$BATS_TEST_TMPDIR" || exit
}

# All that is below a folder, by content.
sums() {
	(cd "$1" && find . -type f | LC_ALL=C sort | xargs sha256sum)
}

@test "the layout is DeepFashion's" {
	dfsynth -q -n 7 --size 80x120 -o d
	for list in Anno/list_bbox.txt Anno/list_category_img.txt \
		Eval/list_eval_partition.txt; do
		[ "$(head -n 1 "d/$list")" = 7 ]
		[ "$(wc -l <"d/$list")" = 9 ]
	done
	[ "$(sed -n 2p d/Anno/list_bbox.txt)" = \
		"image_name  x_1  y_1  x_2  y_2" ]
	# Every line: a file that is there and a box inside of it.
	tail -n +3 d/Anno/list_bbox.txt | while read -r name x1 y1 x2 y2 rest; do
		[ -s "d/$name" ]
		[[ $name =~ ^img/[A-Za-z_-]+/img_0000000[1-7].jpg$ ]]
		[ -z "$rest" ]
		[ "$((10#$x1))" -lt "$((10#$x2))" ]
		[ "$((10#$y1))" -lt "$((10#$y2))" ]
		[ "$((10#$x2))" -le 80 ]
		[ "$((10#$y2))" -le 120 ]
	done
	[ "$(find d/img -name '*.jpg' | wc -l)" = 7 ]
	[ "$(find d -name '*.tmp*' | wc -l)" = 0 ]
}

@test "the fifty categories have their types" {
	dfsynth -q -n 1 --size 64x64 -o d
	[ "$(head -n 1 d/Anno/list_category_cloth.txt)" = 50 ]
	[ "$(awk 'NR > 2 { n[$2]++ } END { print n[1], n[2], n[3] }' \
		d/Anno/list_category_cloth.txt)" = "20 16 14" ]
	[ "$(awk 'NR == 3 + 41 - 1 { print $1 }' \
		d/Anno/list_category_cloth.txt)" = Dress ]
}

@test "the label is the largest garment of the COCO files" {
	dfsynth -q -n 10 --size 80x120 -o d
	[ "$(jq -r '.images | length' d/coco_train.json)" = 8 ]
	[ "$(jq -r '.images | length' d/coco_val.json)" = 2 ]
	[ "$(jq -c '[.categories[].name]' d/coco_val.json)" = \
		'["upper","lower","full"]' ]
	# name x1 y1 x2 y2 of the largest box of each image
	jq -rs '.[] | . as $c | .images[] | . as $i |
		[$c.annotations[] | select(.image_id == $i.id)] |
		max_by(.area) | [$i.file_name, .bbox[0], .bbox[1],
		.bbox[0] + .bbox[2], .bbox[1] + .bbox[3]] | join(" ")' \
		d/coco_train.json d/coco_val.json | sort >coco
	awk 'NR > 2 { print $1, $2+0, $3+0, $4+0, $5+0 }' \
		d/Anno/list_bbox.txt | sort >list
	diff coco list
	# and each image is where the partition says
	jq -r '.images[].file_name' d/coco_val.json | sort >coco
	awk '$2 == "val" { print $1 }' d/Eval/list_eval_partition.txt |
		sort >list
	diff coco list
}

@test "the same seed gives the same bytes, another seed others" {
	dfsynth -q -n 4 -s 9 --size 64x96 -o a
	dfsynth -q -n 4 --seed=9 --size=64x96 -o b
	dfsynth -q -n 4 -s 10 --size 64x96 -o c
	diff <(sums a) <(sums b)
	run diff <(sums a) <(sums c)
	[ "$status" = 1 ]
}

@test "photographs do not depend on how many there are" {
	dfsynth -q -n 3 --size 64x96 -o few
	dfsynth -q -n 6 --size 64x96 -o many
	(cd few && find img -name '*.jpg') | while read -r name; do
		cmp "few/$name" "many/$name"
	done
}

@test "a set is drawn over an older one" {
	dfsynth -q -n 3 --size 64x96 -o d
	sums d >before
	dfsynth -q -n 3 --size 64x96 -o d
	diff before <(sums d)
}

@test "wrong command lines are refused" {
	for args in "" "-n 3" "-o d" "-n 0 -o d" "-n x -o d" "-n 3 -o d more" \
		"-n 3 -o d --size 63x64" "-n 3 -o d --size 64" "-n 3 -o d -x"; do
		# shellcheck disable=SC2086
		run --separate-stderr dfsynth $args
		[ "$status" = 64 ]
		[ -n "$stderr" ]
		[ -z "$output" ]
	done
	[ ! -e d ]
}

@test "a folder that cannot be made is 73" {
	: >file
	run --separate-stderr dfsynth -n 1 --size 64x64 -o file/d
	[ "$status" = 73 ]
	[[ $stderr == "dfsynth: "*file* ]]
}

@test "it needs no standard input and prints nothing" {
	run --separate-stderr dfsynth -q -n 1 --size 64x64 -o d <&-
	[ "$status" = 0 ]
	[ -z "$output$stderr" ]
	run dfsynth --help
	[ "$status" = 0 ]
	[[ $output == "usage: dfsynth "* ]]
	run bash -c 'dfsynth --help >/dev/full'
	[ "$status" = 74 ]
}
