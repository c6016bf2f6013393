bats_require_minimum_version 1.5.0

setup() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	cd "$BATS_TEST_TMPDIR" || exit
	cat >t.json <<'END'
{"info":{},"annotations":[
{"id":8,"image_id":2,"category_id":3,"bbox":[1,2.5,30,40],"area":1200,"segmentation":[[1,2]],"iscrowd":0},
{"id":9,"image_id":2,"category_id":1,"bbox":[0,0,5,6],"area":29.5,"iscrowd":1}],
"images":[{"id":2,"file_name":"a \"b\".jpg","width":80,"height":120},
{"id":1,"file_name":"c.jpg"}],
"categories":[{"id":3,"name":"full"},{"id":1,"name":"upper"}]}
END
	cat >t.jsonl <<'END'
{"path":"a \"b\".jpg","width":80,"height":120,"boxes":[{"bbox":[1,2.5,30,40],"category":"full","category_id":3,"id":8},{"bbox":[0,0,5,6],"category":"upper","category_id":1,"id":9,"area":29.5,"iscrowd":1}],"image_id":2}
{"path":"c.jpg","boxes":[],"image_id":1}
END
}

@test "a record an image" {
	coco2jsonl t.json >out
	diff t.jsonl out
	coco2jsonl <t.json | diff t.jsonl -
	coco2jsonl - <t.json | diff t.jsonl -
}

@test "there and back is the same" {
	dfsynth -q -n 4 --size 64x64 -o d
	df2coco -q -o a.json d
	coco2jsonl a.json | jsonl2coco >b.json
	diff <(tail -n +2 a.json | sed 's/"clothing"/"none"/') \
		<(tail -n +2 b.json)
	coco2jsonl t.json | jsonl2coco | coco2jsonl | diff t.jsonl -
}

@test "a bad file prints nothing but the cause" {
	sed 's/"image_id":2,"category_id":1/"image_id":5,"category_id":1/' \
		t.json >bad.json
	run -65 coco2jsonl bad.json
	[ "$output" = \
"coco2jsonl: bad.json: annotation 9: image 5 is not there" ]
	sed 's/"file_name":"c.jpg"/"name":1/' t.json >bad.json
	run -65 coco2jsonl bad.json
	[ "$output" = "coco2jsonl: bad.json:5: image 1: \"file_name\" is \
missing or not a name" ]
	sed 's/"annotations"/"anns"/' t.json >bad.json
	run -65 coco2jsonl bad.json
	[ "$output" = 'coco2jsonl: bad.json: no "annotations"' ]
	head -c 300 t.json >bad.json
	run -65 coco2jsonl bad.json
	[[ $output == "coco2jsonl: bad.json:"*": bad JSON: it ends "* ]]
	run -65 coco2jsonl /dev/null
	run -66 coco2jsonl nowhere.json
	[ "$output" = "coco2jsonl: cannot open 'nowhere.json': No such file \
or directory" ]
}

@test "usage, a full disk, a closed stdin, a folder" {
	run -64 coco2jsonl a b
	run -64 coco2jsonl --strict t.json
	[ "$(coco2jsonl t.json 2>err >/dev/full || echo $?)" = 74 ]
	grep -q "cannot write standard output: No space" err
	[ "$(coco2jsonl 2>err <&- || echo $?)" = 74 ]
	run -74 coco2jsonl /
}

@test "a closed pipe ends it quietly" {
	dfsynth -q -n 20 --size 64x64 -o d
	df2coco -q -o a.json d
	coco2jsonl a.json 2>err | head -n 1 | grep -q '"path"'
	[ ! -s err ]
}
