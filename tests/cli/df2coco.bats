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
		"negative empty row outside crossing picture " ]
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

@test "in-shop and consumer-to-shop have types with their boxes" {
	mkdir -p s/Anno s/Eval
	mv d/img s/img
	{
		printf '4\nimage_name clothes_type pose_type x_1 y_1 x_2 y_2\n'
		printf '%s %d 1 010 020 030 050\n' "${names[0]}" 1 \
			"${names[1]}" 3 "${names[2]}" 2 "${names[3]}" 4
	} >s/Anno/list_bbox_inshop.txt
	{
		printf '3\nimage_name item_id evaluation_status\n'
		printf '%s id_01 %s\n' "${names[0]}" train "${names[1]}" query \
			"${names[2]}" gallery
	} >s/Eval/list_eval_partition.txt
	run -1 --separate-stderr df2coco s
	[ "$(jq -c '[.annotations[].category_id]' <<<"$output")" = "[1,3,2]" ]
	[[ $stderr == *"inshop.txt:6: '4' is not an integer in 1..3"* ]]
	[ "$(df2coco -q -p query s | jq -r '.images[].file_name')" = \
		"${names[1]}" ]
	run -65 df2coco --classes 50 s
	[[ $output == *"has types, but no categories"* ]]
	sed 's/pose_type/source_type/' s/Anno/list_bbox_inshop.txt \
		>s/Anno/list_bbox_consumer2shop.txt
	rm s/Anno/list_bbox_inshop.txt
	{
		printf '3\nimage_pair_name_1 image_pair_name_2 item_id '
		printf 'evaluation_status\n'
		printf '%s %s id_01 train\n' \
			"${names[0]}" "${names[2]}" "${names[1]}" "${names[2]}"
		printf '%s %s id_02 val\n' "${names[0]}" "${names[3]}"
	} >s/Eval/list_eval_partition.txt
	run -1 --separate-stderr df2coco -p train --report r s
	[ "$(jq -c '[.annotations[].category_id]' <<<"$output")" = "[1,3,2]" ]
	[ "$(jq -r '.defect + " " + .path' r)" = "twice ${names[0]}
row ${names[3]}" ]
}

# list_landmarks.txt for all photos, of these types
landmarks() {
	printf '%d\nimage_name clothes_type variation_type ' $#
	printf 'landmark_visibility_%d landmark_location_x_%d ' 1 1 2 2
	printf '\n'
	for i in "${!names[@]}"; do
		shift $((i > 0))
		printf '%s %s 1 0 005 007 1 000 000 0 1 2\n' "${names[i]}" "$1"
	done
}

@test "landmarks have types, too" {
	landmarks 1 2 3 1 2 3 >d/Anno/list_landmarks.txt
	for i in 0 1 2 3 4 5; do row $labels $i 1; done
	run -0 --separate-stderr df2coco --report r d
	[ "$(jq -r .defect r | uniq -c | tr -s ' ')" = " 4 type" ]
	[[ $stderr == *"df2coco: 4 kept: a clothes_type that is not"* ]]
	[ "$(jq -c '[.annotations[].category_id] | unique' <<<"$output")" = \
		"[1]" ]
	rm $labels d/Anno/list_category_cloth.txt
	df2coco -q -o a.json d
	[ "$(jq -c '[.annotations[].category_id]' a.json)" = "[1,2,3,1,2,3]" ]
}

@test "the lists of Anno_fine, line by line" {
	df2coco -q -p train -o a.json d
	df2coco -q -o all.json d
	mkdir d/Anno_fine
	for p in train val test; do
		grep " $p" $parts | cut -d' ' -f1 >d/Anno_fine/$p.txt
		while read -r name; do
			grep "^$name " $labels | sed 's/.* //'
		done <d/Anno_fine/$p.txt >d/Anno_fine/${p}_cate.txt
		while read -r name; do
			grep "^$name " $boxes | sed 's/^[^ ]* *//'
		done <d/Anno_fine/$p.txt >d/Anno_fine/${p}_bbox.txt
	done
	cp d/Anno/list_category_cloth.txt d/Anno_fine
	df2coco -q --anno Anno_fine -p train -o b.json d
	cmp a.json b.json
	df2coco -q --anno Anno_fine d | jq -S '[.images[].file_name] | sort' |
		diff - <(jq -S '[.images[].file_name] | sort' all.json)
	echo 1 >>d/Anno_fine/train_cate.txt
	run -65 df2coco --anno Anno_fine d
	[[ $output == *"train_bbox.txt have not the same number of lines" ]]
}

@test "boxes that hold their last pixel" {
	row $boxes 0 "010 020 010 049"
	row $boxes 1 "010 020 079 119"
	df2coco -q --inclusive d | jq -c '[.annotations[:2][].bbox]' |
		grep -qxF '[[10,20,1,30],[10,20,70,100]]'
}

@test "sizes are remembered, and looked up again after a change" {
	df2coco -q -o a.json --sizes s.jsonl -j 4 d
	df2coco -q -o b.json d
	cmp a.json b.json
	[ "$(jq -c '[.width, .height]' s.jsonl | sort -u)" = "[80,120]" ]
	sed -i 's/"width":80/"width":90/' s.jsonl
	[ "$(df2coco -q --sizes s.jsonl d | jq '.images[0].width')" = 90 ]
	touch -d yesterday "d/${names[0]}"
	[ "$(df2coco -q --sizes s.jsonl d |
		jq -c '[.images[:2][].width]')" = "[80,90]" ]
	[ "$(jq -r .width s.jsonl | sort | uniq -c | tr -s ' \n' ' ')" = \
		" 1 80 5 90 " ]
	echo '{"path":"x"}' >>s.jsonl
	run -65 df2coco --sizes s.jsonl d
	[ "$output" = "df2coco: s.jsonl:7: not a picture's size" ]
}

@test "DeepFashion2" {
	mkdir -p two/annos two/image
	for i in 0 1 2; do cp "d/${names[i]}" two/image/00000$i.jpg; done
	cat >two/annos/000000.json <<'END'
{"source":"shop","pair_id":1,"item2":{"category_id":8,"bounding_box":[10,20,30,60]},
"item1":{"category_id":1,"bounding_box":[-5,20,30,60],"style":0}}
END
	echo '{"item1":{"category_id":13,"bounding_box":[1,2,3,4]}' \
		>two/annos/000001.json
	cat >two/annos/000002.json <<'END'
{"item1":{"category_id":14,"bounding_box":[1,2,3,4]},
"item2":{"category_id":12,"bounding_box":[1,2,3]},
"item3":{"category_id":12,"bounding_box":[3,2,3,4]}}
END
	run -1 --separate-stderr df2coco --from deepfashion2 --report r two
	[ "$(jq -c '[.images[].file_name], [.annotations[] | [.id, .image_id,
		.category_id, .bbox]]' <<<"$output")" = \
'["image/000000.jpg","image/000002.jpg"]
[[1,1,2,[10,20,20,40]],[2,1,1,[0,20,30,40]]]' ]
	[ "$(jq -r .defect r | tr '\n' ' ')" = \
		"row no_category row empty crossing " ]
	[[ $stderr == *"two/annos/000002.json: item1: no known category"* ]]
	df2coco -q --from deepfashion2 --classes 13 two >a.json && false
	[ "$(jq -c '[.annotations[].category_id], (.categories | length)' \
		a.json)" = "[8,1]
13" ]
	# Hostile ones are counted, and the others read.
	printf '{"item1":{"category_id":1,"bounding_box":[NaN,2,3,4]}}' \
		>two/annos/000003.json
	printf '{"item1":{"category_id":1,"bounding_box":[1e300,2,1e301,4]}}' \
		>two/annos/000004.json
	printf '%s' "{\"item1\":$(printf '[%.0s' {1..100000})" \
		>two/annos/000005.json
	printf '{"item1":{"category_name":"a\\u0000"}}' >two/annos/000006.json
	printf '{"item1":\0}' >two/annos/000007.json
	printf '{"item1":{"category_id":1,"bounding_box":[1,2,3,4]},' \
		>two/annos/000008.json
	cp two/annos/000000.json $'two/annos/a\nb.json'
	run -1 --separate-stderr df2coco --from deepfashion2 --no-images \
		--report r two
	[ "$(jq -r 'select(.path | test("00000[3-8]")) | .path' r | sort -u |
		wc -l)" = 6 ]
	[ "$(jq -c '[.annotations[].id]' <<<"$output")" = "[1,2,3,4]" ]
	run -64 df2coco --from deepfashion2 -p train two
	run -64 df2coco --from deepfashion2 --classes 50 two
	run -66 df2coco --from deepfashion2 d
}

@test "DeepFashion2: outlines are kept, or else are the box's rectangle" {
	mkdir -p lines/annos lines/image
	cp "d/${names[0]}" lines/image/000000.jpg
	item() {
		echo "\"item$1\":{\"category_id\":1,"`
			`"\"bounding_box\":[10,20,30,60]$2}"
	}
	shape='[[10,20,30.5,20,20,60],[1,2,3,4,5,6,7,8]]'
	cat >lines/annos/000000.json <<-END
		{$(item 1 ",\"segmentation\":$shape"),
		$(item 2 ''),
		$(item 3 ',"segmentation":[[1,2,3,4]]'),
		$(item 4 ',"segmentation":[[1,2,3,4,5,6,7]]'),
		$(item 5 ',"segmentation":[[1,2,3,4,5,null]]'),
		$(item 6 ',"segmentation":{"counts":"x"}')}
	END
	df2coco -q --no-images --report r --from deepfashion2 lines >got
	box='[[10,20,30,20,30,60,10,60]]'
	[ "$(jq -c '.annotations[].segmentation' got)" = "$shape
$box
$box
$box
$box
$box" ]
	[ "$(jq -r '.defect + " " + .message' r)" = "$(for i in 3 4 5 6; do
		echo "polygon lines/annos/000000.json: item$i:" \
			"an outline that is none"
	done)" ]
	run -65 df2coco -q --strict --no-images --from deepfashion2 lines
}

# Detectron wants segmentation, area and iscrowd, Detectron2 ids that are there
# once, known categories and polygons of three corners, CVAT a license and no
# category 0, FiftyOne sizes, and names in all places.
@test "what other programs ask of a COCO file" {
	wanted='
	def ids: map(.id) | (. == unique) and all(. >= 1);
	(.info | type == "object"),
	(.licenses | length > 0 and all(has("id") and has("name") and
		has("url"))),
	(.images | length > 0 and ids and all(.width > 0 and .height > 0 and
		.license == 1 and (.file_name | startswith("/") | not))),
	(.categories | ids),
	(.categories | all((.name | length > 0) and
		(.supercategory | length > 0))),
	(.annotations | length > 0 and ids),
	([.annotations[].image_id] - [.images[].id] == []),
	([.annotations[].category_id] - [.categories[].id] == []),
	(.annotations | all((.bbox | length == 4 and .[2] > 0 and .[3] > 0) and
		.area > 0 and (.iscrowd == 0 or .iscrowd == 1) and
		(has("ignore") | not) and (.segmentation | length > 0 and
			all(length >= 6 and length % 2 == 0))))'
	df2coco -q d >a.json
	df2coco -q --classes 50 d >b.json
	coco2jsonl a.json | jq -c 'del(.coco_file)' | jsonl2coco >c.json
	mkdir -p two/annos
	echo '{"item1":{"category_id":9,"bounding_box":[1,2,3,4],
		"segmentation":[[1,2,3,2,3,4.5]]}}' >two/annos/000001.json
	df2coco -q --no-images --from deepfashion2 two >d.json
	for file in a b c d; do
		[ "$(jq "$wanted" $file.json | sort | uniq -c | tr -d ' ')" = \
			9true ] || { jq "$wanted" $file.json; false; }
	done
	# and the test can tell
	[ "$(jq '.licenses = [] | .annotations[0].id = 0 |
		del(.annotations[0].area)' a.json | jq "$wanted" |
		grep -c false)" = 3 ]
}

@test "categories of another COCO file, put together" {
	cat >f.json <<'END'
{"info":{"n":9007199254740993},"categories":[{"id":0,"name":"shirt, blouse"},
{"id":10,"name":"dress"},{"id":13,"name":"glasses"}],"annotations":[
{"id":0,"image_id":3,"category_id":10,"bbox":[1.50,2,3,4],"attribute_ids":[1,2],"area":7,"segmentation":[[1,2,3,4,5,6]],"iscrowd":0},
{"id":1,"image_id":3,"category_id":13,"bbox":[1,2,3,4],"area":12,"iscrowd":0},
{"id":2,"image_id":3,"category_id":0,"bbox":[1,2,3,4],"area":12,"iscrowd":0}],
"images":[{"id":3,"file_name":"a.jpg","width":9,"height":9,"time":1}]}
END
	run -0 --separate-stderr df2coco --remap fashionpedia f.json
	[[ $stderr == *"2 boxes, 1 of no category"*"had the id 0"* ]]
	[ "$(jq -c '.images, .annotations' <<<"$output")" = \
'[{"id":3,"file_name":"a.jpg","width":9,"height":9,"time":1}]
[{"id":1,"image_id":3,"category_id":3,"bbox":[1.5,2,3,4],'\
'"attribute_ids":[1,2],"area":7,"segmentation":[[1,2,3,4,5,6]],"iscrowd":0},'\
'{"id":2,"image_id":3,"category_id":1,"bbox":[1,2,3,4],"area":12,"iscrowd":0}]' ]
	grep -q '"bbox":\[1.50,2' <<<"$output"
	grep -q 9007199254740993 <<<"$output"
	[ "$(jq -r '.categories[].name' <<<"$output" | tr '\n' ' ')" = \
		"upper lower full " ]
	printf 'lower  glasses\r\n\nfull\tshirt, blouse\n' >map
	[ "$(df2coco -q --remap map - <f.json |
		jq -c '[.annotations[].category_id]')" = "[2,3]" ]
	run -65 df2coco --remap modanet <(jq 'del(.categories[1])' f.json)
	run -65 df2coco --remap deepfashion2 f.json
	[[ $output == *"f.json: none of its categories is in the map" ]]
	echo both x >map
	run -65 df2coco --remap map f.json
	[[ $output == *"map:1: upper, lower or full and the name"* ]]
	run -66 df2coco --remap nosuch f.json
}

@test "hostile tables" {
	sed -i '1s/.*/1000000000/' $boxes
	run -0 --separate-stderr df2coco --report r d
	[ "$(jq -r .defect r)" = count ]
	for bad in ../../etc/passwd /etc/passwd img/../../x; do
		cp $boxes saved
		row $boxes 1 "010 020 030 040"
		sed -i "s|^${names[1]} |$bad |" $boxes
		sed "s|^${names[1]} |$bad |" $labels >l
		cp $labels labels && cp l $labels
		run -1 df2coco -o a.json --report r d
		grep -q '"defect":"path"' r
		cp saved $boxes && cp labels $labels
	done
	printf '%s 1 2 3 nan\n' "${names[2]}" >>$boxes
	run -1 df2coco -o a.json d
	head -c 300 saved >$boxes
	run -1 df2coco -o a.json d
	{ cat saved; printf 'img/a\0b 1 2 3 4\n'; } >$boxes
	run -1 df2coco --report r -o a.json d
	[[ $output == *"list_bbox.txt:9: NUL byte"* ]]
	[ "$(jq '.images | length' a.json)" = 6 ]
}

@test "usage" {
	run -64 df2coco --from nowhere d
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
