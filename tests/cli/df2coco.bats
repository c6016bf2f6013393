bats_require_minimum_version 1.5.0

# Six drawn photos of 80x120 in DeepFashion's layout, and their rows.
setup() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	cd "$BATS_TEST_TMPDIR" || exit
	dfsynth -q -n 6 --size 80x120 --seed 5 -o d
	boxes=d/Anno/list_bbox.txt
	labels=d/Anno/list_category_img.txt
	parts=d/Eval/list_eval_partition.txt
	names=()
	while read -r name _; do names+=("$name"); done < <(tail -n +3 "$boxes")
}

# Replace what a file says about the image number $2 by $3
row() {
	sed -i "s|^${names[$2]} .*|${names[$2]} $3|" "$1"
}

@test "all images, with sizes, types and ids from 1" {
	run -0 --separate-stderr df2coco d
	[ "$stderr" = "df2coco: 6 images" ]
	[ "$(jq -c '[.images[].id]' <<<"$output")" = "[1,2,3,4,5,6]" ]
	[ "$(jq -c '[.annotations[].image_id]' <<<"$output")" = \
		"[1,2,3,4,5,6]" ]
	[ "$(jq -c '[.images[] | [.width, .height]] | unique' \
		<<<"$output")" = "[[80,120]]" ]
	[ "$(jq -r '.images[].file_name' <<<"$output")" = \
		"$(printf '%s\n' "${names[@]}")" ]
	[ "$(jq -c '[.categories[] | [.id, .name]]' <<<"$output")" = \
		'[[1,"upper"],[2,"lower"],[3,"full"]]' ]
	jq -e '.licenses | length == 1' <<<"$output"
	jq -e '.annotations | all(.iscrowd == 0 and
		.area == .bbox[2] * .bbox[3] and
		(.segmentation[0] | length) == 8)' <<<"$output"
}

@test "a box is x1, y1, x2-x1, y2-y1, base ten" {
	row $boxes 0 "010 072 063 099"
	row $labels 0 "21"
	run -0 --separate-stderr df2coco d
	[ "$(jq -c '.annotations[0]' <<<"$output")" = '{"id":1,"image_id":1,'\
'"category_id":2,"bbox":[10,72,53,27],"area":1431,"iscrowd":0,'\
'"segmentation":[[10,72,63,72,63,99,10,99]]}' ]
}

@test "fifty categories" {
	row $labels 2 41
	run -0 --separate-stderr df2coco --classes 50 d
	[ "$(jq '.categories | length' <<<"$output")" = 50 ]
	[ "$(jq -c '.categories[40]' <<<"$output")" = \
		'{"id":41,"name":"Dress","supercategory":"full"}' ]
	[ "$(jq '.annotations[2].category_id' <<<"$output")" = 41 ]
}

@test "a partition" {
	for i in 0 1 2 3; do row $parts $i train; done
	row $parts 4 val
	row $parts 5 test
	[ "$(df2coco -q -p train d | jq '.images | length')" = 4 ]
	[ "$(df2coco -q -p val d | jq -r '.images[].file_name')" = \
		"${names[4]}" ]
	[ "$(df2coco -q --partition=test d | jq -r '.images[].file_name')" = \
		"${names[5]}" ]
	rm $parts
	df2coco -q -p all -o all.json d
	run -66 df2coco -p train d
	[[ $output == *"no list_eval_partition.txt in Anno, "* ]]
}

@test "rows are joined by name, not by place" {
	df2coco -q -p train -o a.json d
	for f in $labels $parts; do
		{ head -n 2 $f; tail -n +3 $f | sort -r; } >t
		cat t >$f
	done
	df2coco -q -p train -o b.json d
	cmp a.json b.json
}

@test "what is wrong is dropped, counted and reported" {
	row $boxes 0 "010 010 005 020"
	row $boxes 1 "010 010 010 020"
	row $boxes 2 "080 010 090 020"
	row $boxes 3 "070 110 090 130"
	row $boxes 4 "070 x 090 130"
	truncate -s 100 "d/${names[5]}"
	run -1 --separate-stderr df2coco --report bad.jsonl d
	[ "$(jq -c '.images | map(.file_name)' <<<"$output")" = \
		"[\"${names[3]}\"]" ]
	[ "$(jq -c '.annotations[0].bbox' <<<"$output")" = "[70,110,10,10]" ]
	[[ $stderr == *"df2coco: $boxes:3: ${names[0]}: a box of negative"* ]]
	[[ $stderr == *"df2coco: 1 dropped: an empty box"* ]]
	[[ $stderr == *"df2coco: 1 kept: a box clipped to the picture"* ]]
	[[ $stderr == *"df2coco: $boxes:7: 'x' is not an integer in"* ]]
	[ "$(jq -r .defect bad.jsonl | tr '\n' ' ')" = \
		"negative empty outside crossing row picture " ]
	[ "$(jq -r 'select(.defect == "empty").path' bad.jsonl)" = \
		"${names[1]}" ]
	[ "$(jq -r 'select(.defect == "row") | .path, .message' bad.jsonl)" = \
		"${names[4]}
$boxes:7: 'x' is not an integer in -1000000..1000000" ]
}

@test "a clipped box alone is no rejection" {
	row $boxes 3 "070 110 090 130"
	run -0 df2coco -o a.json d
}

@test "missing and repeated rows" {
	sed -i "\|^${names[0]} |d" $labels
	sed -i "\|^${names[1]} |d" $parts
	sed -i "\|^${names[2]} |d" $boxes
	row $parts 3 maybe
	row $labels 4 51
	for i in 0 1 2 4 5; do row $parts $i train; done
	sed -i "\|^${names[1]} |d" $parts
	tail -n 1 $boxes >>$boxes
	run -1 df2coco -p train --report bad.jsonl -o a.json d
	[ "$(jq -r '.images[].file_name' a.json)" = "${names[5]}" ]
	[ "$(jq -r .defect bad.jsonl | sort | uniq -c | tr -s ' \n' ' ')" = \
		" 2 count 1 no_box 2 no_category 2 no_partition 2 row 1 twice " ]
}

@test "--strict ends it at the first, and no file is left" {
	row $boxes 1 "010 010 010 020"
	run -65 df2coco --strict -o a.json d
	[ "$output" = "df2coco: $boxes:4: ${names[1]}: an empty box" ]
	[ ! -e a.json ]
	[ "$(find . -name '*.tmp*' | wc -l)" = 0 ]
}

@test "without pictures" {
	row $boxes 0 "010 020 063 099"
	rm -r d/img
	run -66 df2coco d
	[[ $output == *"no pictures in img or Img/img of 'd'"* ]]
	run -0 --separate-stderr df2coco -q --no-images d
	[ "$(jq -c '.images[0] | [.width, .height]' <<<"$output")" = \
		"[63,99]" ]
}

@test "other places" {
	df2coco -q -o a.json d
	mkdir d/Img
	mv d/img d/Img
	mv d/Anno d/Anno_coarse
	df2coco -q -o b.json d
	cmp a.json b.json
	mv d/Img elsewhere
	df2coco -q --root elsewhere -o b.json d
	cmp a.json b.json
}

@test "files that are not what they should be" {
	sed -i 's/x_2/x2/' $boxes
	run -65 df2coco d
	[ "$output" = "df2coco: $boxes:2: no column 'x_2'" ]
	printf 'image_name\n' >$boxes
	run -65 df2coco d
	[ "$output" = "df2coco: $boxes:1: the number of rows expected" ]
	: >$boxes
	run -65 df2coco d
	[ "$output" = "df2coco: $boxes:1: the number of rows expected" ]
	printf '0\nimage_name x_1 y_1 x_2 y_2\n' >$boxes
	run -65 df2coco -q d
	[[ $output == *"no image of 'd' is left" ]]
	rm $boxes
	run -66 df2coco d
	[[ $output == *"no list_bbox.txt in "* ]]
	run -66 df2coco nowhere
}

@test "CRLF, and names with blanks" {
	mkdir "d/img/a b"
	cp "d/${names[0]}" "d/img/a b/1.jpg"
	for f in $boxes $labels $parts; do
		sed -i "s|^${names[0]} |img/a b/1.jpg |; s|\$|\r|" "$f"
	done
	run -0 --separate-stderr df2coco d
	[ "$(jq -r '.images[0].file_name' <<<"$output")" = "img/a b/1.jpg" ]
}

@test "usage" {
	run -64 df2coco
	run -64 df2coco d d
	run -64 df2coco -p some d
	run -64 df2coco --classes 4 d
	run -64 df2coco --report - d
	run -64 df2coco --frobnicate d
}

@test "a full disk, an output that cannot be" {
	run -74 df2coco -o /dev/full d
	df2coco d >/dev/full 2>err && false
	[ "$(df2coco d >/dev/full 2>err || echo $?)" = 74 ]
	run -73 df2coco -o d/Anno/list_bbox.txt/x d
}
