bats_require_minimum_version 1.5.0

setup() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	cd "$BATS_TEST_TMPDIR" || exit
	cat >gt.json <<'END'
{"images":[{"id":20,"file_name":"a.jpg","width":80,"height":120},
{"id":10,"file_name":"b.jpg"}],"annotations":[],
"categories":[{"id":3,"name":"full"},{"id":1,"name":"upper"}]}
END
	cat >det.jsonl <<'END'
{"path":"b.jpg","boxes":[{"bbox":[1,2.5,3,4],"category":"upper","score":0.5},{"bbox":[0,0,5,6],"category_id":3,"score":1}]}
{"path":"a.jpg","boxes":[]}
END
}

@test "numbered from 1 where there are no ids" {
	cat >in <<'END'
a.jpg
{"path":"b.jpg","width":7,"height":8,"boxes":[{"bbox":[1,2,3,4],"category":"x"},{"bbox":[1,2,3,4],"category":"y","category_id":1}]}
END
	run -0 jsonl2coco in
	[ "$(jq -c .images <<<"$output")" = '[{"id":1,"file_name":"a.jpg",'\
'"license":1},{"id":2,"width":7,"height":8,"file_name":"b.jpg","license":1}]' ]
	[ "$(jq -c '[.categories[] | [.id, .name]]' <<<"$output")" = \
		'[[1,"y"],[2,"x"]]' ]
	[ "$(jq -c '[.annotations[] | [.id, .image_id, .category_id, .area,
		.iscrowd]]' <<<"$output")" = '[[1,2,2,12,0],[2,2,1,12,0]]' ]
	[ "$(jq -c '.annotations[0] | [.bbox, .segmentation]' \
		<<<"$output")" = '[[1,2,3,4],[[1,2,4,2,4,6,1,6]]]' ]
}

@test "ids that all bring are kept, else none" {
	printf '{"path":"%s","image_id":%d,"boxes":[{"bbox":[0,0,1,1],"category_id":7,"id":%d}]}\n' \
		a 5 50 b 3 30 >in
	run -0 jsonl2coco in
	[ "$(jq -c '[.images[].id], [.annotations[] | [.id, .image_id]],
		[.categories[] | [.id, .name]]' <<<"$output" | tr '\n' ' ')" = \
		'[5,3] [[50,5],[30,3]] [[7,"7"]] ' ]
	echo c >>in
	run -0 jsonl2coco in
	[ "$(jq -c '[.images[].id]' <<<"$output")" = '[1,2,3]' ]
	[ "$(jq -c '[.annotations[] | [.id, .image_id]]' <<<"$output")" = \
		'[[50,1],[30,2]]' ]
}

@test "ids of the truth" {
	run -0 jsonl2coco --gt gt.json det.jsonl
	[ "$(jq -c '[.images[] | [.id, .width]]' <<<"$output")" = \
		'[[10,null],[20,80]]' ]
	[ "$(jq -c '[.annotations[] | [.image_id, .category_id]]' \
		<<<"$output")" = '[[10,1],[10,3]]' ]
	[ "$(jq -c '[.categories[].name]' <<<"$output")" = '["full","upper"]' ]
}

@test "results" {
	run -0 jsonl2coco --results --gt gt.json det.jsonl
	[ "$output" = '[
{"image_id":10,"category_id":1,"bbox":[1,2.5,3,4],"score":0.5},
{"image_id":10,"category_id":3,"bbox":[0,0,5,6],"score":1}
]' ]
	run -0 jsonl2coco --results --gt gt.json /dev/null
	[ "$(jq -c . <<<"$output")" = '[]' ]
	jsonl2coco --results --gt gt.json - <det.jsonl >r.json
	coco-eval gt.json r.json
}

@test "bad records are said, skipped, and nothing of them is left" {
	cat >in <<'END'
{"path":"a.jpg","boxes":[{"bbox":[0,0,1,1],"category":"upper","score":1},{"bbox":[0,0,1,1],"category":"upper"}]}
{"path":"z.jpg","boxes":[]}
{"path":"a.jpg","boxes":[{"bbox":[0,0,1,1],"category":"hat","score":1}]}
{"path":"a.jpg","boxes":[{"bbox":[0,0,1,1],"score":1}]}
{"path":"a.jpg","boxes":[{"bbox":[0,0,1],"category":"upper","score":1}]}
{"path":
{"path":"a.jpg","boxes":[{"bbox":[0,0,1,1],"category":"upper","score":1}]}
{"path":"a.jpg"}
{"path":"b.jpg","boxes":[{"bbox":[0,0,1e200,1e200],"category_id":1,"score":1}]}
END
	run -1 --separate-stderr jsonl2coco --results --gt gt.json in
	[ "$(jq -c '[.[].image_id]' <<<"$output")" = '[20]' ]
	diff - <(echo "$stderr") <<'END'
jsonl2coco: in:1: box 2: no "score"
jsonl2coco: in:2: path 'z.jpg' is not in gt.json
jsonl2coco: in:3: box 1: category 'hat' is not in gt.json
jsonl2coco: in:4: box 1: category 0 is not in gt.json
jsonl2coco: in:5: box 1: "bbox" is not four numbers
jsonl2coco: in:6: bad JSON: it ends too early
jsonl2coco: in:8: path 'a.jpg' came before
jsonl2coco: in:9: box 1: "bbox" is not of finite size
END
	run -65 --separate-stderr jsonl2coco --strict --results --gt gt.json in
	[ "$stderr" = 'jsonl2coco: in:1: box 2: no "score"' ]
}

@test "hostile records" {
	{
		echo '{"path":"a.jpg","boxes":[{"bbox":[NaN,0,1,1],"category":"x"}]}'
		echo '{"path":"a.jpg","boxes":[{"bbox":[1e999,0,1,1],"category":"x"}]}'
		echo '{"path":"a\u0000.jpg","boxes":[]}'
		echo "{\"path\":\"a.jpg\",\"deep\":$(printf '[%.0s' {1..100000})"
		printf '{"path":"a\0.jpg"}\n'
		echo '{"path":"../..\n/b.jpg","boxes":[{"bbox":[0,0,1,1],"category":"x"}]}'
		printf '{"path":"c.jpg","boxes":['
	} >in
	run -1 --separate-stderr jsonl2coco in
	[ "$(jq -c '[.images[].file_name], (.annotations | length)' \
		<<<"$output")" = '["../..\n/b.jpg"]
1' ]
	[ "$(cut -d: -f1-3 <<<"$stderr" | tr '\n' ' ')" = \
		"$(printf 'jsonl2coco: in:%d ' 1 2 3 4 5 7)" ]
	[[ $stderr == *"in:4: bad JSON"*"nested too deeply"* ]]
}

@test "categories that contradict each other" {
	cat >in <<'END'
{"path":"a","boxes":[{"bbox":[0,0,1,1],"category":"x","category_id":1}]}
{"path":"b","boxes":[{"bbox":[0,0,1,1],"category":"x","category_id":2}]}
{"path":"c","boxes":[{"bbox":[0,0,1,1],"category":"y","category_id":1}]}
{"path":"d","boxes":[{"bbox":[0,0,1,1]}]}
{"path":"a"}
END
	run -1 --separate-stderr jsonl2coco in
	[ "$(jq -c '[.images[].file_name]' <<<"$output")" = '["a"]' ]
	diff - <(echo "$stderr") <<'END'
jsonl2coco: in:2: box 1: category 'x' has the ids 1 and 2
jsonl2coco: in:3: box 1: category 'y' has the id 1 of 'x'
jsonl2coco: in:4: box 1: no category
jsonl2coco: in:5: path 'a' came before
END
}

@test "a box of a rejected record leaves no category" {
	cat >in <<'END'
{"path":"a","boxes":[{"bbox":[0,0,1,1],"category":"x"},{"bbox":[0,0,1,1]}]}
{"path":"b","boxes":[{"bbox":[0,0,1,1],"category":"y"}]}
END
	run -1 --separate-stderr jsonl2coco in
	[ "$(jq -c '[.categories[] | [.id, .name]]' <<<"$output")" = \
		'[[1,"y"]]' ]
}

@test "the same id twice" {
	printf '{"path":"%s","image_id":5}\n' a b >in
	run -65 --separate-stderr jsonl2coco in
	[ "$stderr" = "jsonl2coco: records: image 5 is there twice" ]
}

@test "usage, files that are not there, a full disk, a closed stdin" {
	run -64 jsonl2coco --results det.jsonl
	run -64 jsonl2coco a b
	run -66 jsonl2coco nowhere
	run -66 jsonl2coco --gt nowhere det.jsonl
	run -65 jsonl2coco --gt det.jsonl det.jsonl
	[ "$(jsonl2coco det.jsonl 2>err >/dev/full || echo $?)" = 74 ]
	[ "$(jsonl2coco --results --gt gt.json det.jsonl 2>err >/dev/full ||
		echo $?)" = 74 ]
	[ "$(jsonl2coco 2>err >/dev/null <&- || echo $?)" = 74 ]
}
