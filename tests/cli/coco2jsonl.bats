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
{"path":"a \"b\".jpg","width":80,"height":120,"boxes":[{"bbox":[1,2.5,30,40],"category":"full","category_id":3,"id":8,"segmentation":[[1,2]]},{"bbox":[0,0,5,6],"category":"upper","category_id":1,"id":9,"area":29.5,"iscrowd":1}],"image_id":2,"coco_file":{"categories":[{"id":3,"name":"full"},{"id":1,"name":"upper"}],"info":{}}}
{"path":"c.jpg","boxes":[],"image_id":1}
END
}

@test "a record an image" {
	coco2jsonl t.json >out
	diff t.jsonl out
	coco2jsonl <t.json | diff t.jsonl -
	coco2jsonl - <t.json | diff t.jsonl -
	cat t.json | coco2jsonl | diff t.jsonl -
}

@test "there and back is the same" {
	dfsynth -q -n 4 --size 64x64 -o d
	df2coco -q -o a.json d
	coco2jsonl a.json | jsonl2coco >b.json
	diff a.json b.json
	coco2jsonl t.json | jsonl2coco | coco2jsonl |
		sed 's/,"licenses":\[{[^}]*}\]//' | diff t.jsonl -
}

@test "nothing is lost: keys that clash, numbers to the last digit" {
	cat >odd.json <<'END'
{"info":{"year":2026,"n":9007199254740993},"licenses":[{"id":7,"url":"u"}],
"type":"x","images":[
{"id":2,"path":"/x/a.jpg","file_name":"a.jpg","boxes":3,"coco":{"a":1},
"image_id":"i","license":7,"coco_url":null,"record":[],"coco_file":0},
{"id":1,"file_name":"../b\n.jpg","width":3,"flickr":{"k":[1.50,"\u00e9"]}}],
"categories":[{"id":3,"name":"full","level":2},{"id":9,"name":"unused"}],
"annotations":[{"id":8,"image_id":2,"category_id":3,"bbox":[1.0,2.50,3,4],
"area":11.10,"iscrowd":1,"segmentation":{"counts":"ab\\","size":[9,9]},
"category":"own","score":"high","attribute_ids":[1,12345678901234567890],
"coco":true,"record":{"x":1},"ignore":0}]}
END
	coco2jsonl odd.json | tee odd.jsonl | jsonl2coco >back.json
	diff <(jq -S . odd.json) <(jq -S . back.json)
	for digits in 9007199254740993 12345678901234567890 1.50 11.10 '1.0,'; do
		grep -qF "$digits" back.json
	done
	[ "$(jq -c 'select(.path == "a.jpg") | [.coco, .boxes[0].coco]' \
		odd.jsonl)" = '[{"path":"/x/a.jpg","boxes":3,"coco":{"a":1},'\
'"image_id":"i","record":[],"coco_file":0},{"category":"own","score":"high",'\
'"coco":true,"record":{"x":1}}]' ]
}

@test "records, too, come back" {
	cat >r.jsonl <<'END'
{"path":"a","boxes":[{"bbox":[0,0,1,1],"category":"x","category_id":1,"score":0.5,"image_id":4,"coco":1}],"image_id":"pin 5","id":7,"file_name":"f","source":{"pin":"84301"},"record":1,"coco":2,"coco_file":3}
{"path":"b","width":5,"height":6,"boxes":[],"sharp":1.50}
END
	jsonl2coco r.jsonl | coco2jsonl >back.jsonl
	# What was added on the way: ids, licenses, the file's categories.
	diff <(jq -S . r.jsonl) <(jq -S 'del(.boxes[].id, .license) |
		if .path == "b" then del(.image_id) else . end' back.jsonl)
	grep -q '"sharp":1.50' back.jsonl
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

# What a COCO file may be made to hold, for all that read one.
@test "hostile files" {
	local deep
	deep=$(printf '[%.0s' {1..100000})
	echo 'full full' >map
	echo '[]' >none.json
	hostile() {
		sed "$1" t.json >bad.json
		run ! cmp -s t.json bad.json
		run -65 coco2jsonl bad.json
		[[ $output == "coco2jsonl: bad.json:"*"$2"* ]]
		run -65 coco-eval bad.json none.json
		[[ $output == "coco-eval: bad.json:"*"$2"* ]]
		run -65 df2coco -o out --remap map bad.json
		[[ $output == "df2coco: bad.json:"*"$2"* ]]
		[ ! -e out ]
	}
	hostile 's/1,2.5,30/NaN,2.5,30/' "2: bad JSON at byte 46"
	hostile 's/1,2.5,30/1e999,2.5,30/' "2: bad JSON at byte 46: number out"
	hostile "s/\[\[1,2\]\]/$deep/" "bad JSON"
	hostile 's/"id":1,"file/"id":2,"file/' " image 2 is there twice"
	hostile 's/"id":9/"id":8/' " annotation 8 is there twice"
	hostile 's/c.jpg/c\\u0000.jpg/' "5: bad JSON at byte 23: NUL in a string"
	hostile '/image_id":2,"category_id":1/,$d' "bad JSON: it ends"
	# Names are only names: a record may hold any.
	sed 's|c.jpg|../..\\n/c.jpg|' t.json >odd.json
	[ "$(coco2jsonl odd.json | jq -c .path)" = \
		'"a \"b\".jpg"
"../..\n/c.jpg"' ]
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
