bats_require_minimum_version 1.5.0

setup() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	cd "$BATS_TEST_TMPDIR" || exit
	cat >gt.json <<'END'
{"images":[{"id":1},{"id":2}],"categories":[{"id":1,"name":"upper"},{"id":2}],
"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[0,0,50,50]},
{"id":2,"image_id":2,"category_id":1,"bbox":[0,0,50,50]}]}
END
	# The first is found, but only to 0.81; the second is missed.
	cat >r.json <<'END'
[{"image_id":1,"category_id":1,"bbox":[0,0,45,45],"score":0.9},
{"image_id":2,"category_id":1,"bbox":[60,60,50,50],"score":0.8}]
END
}

@test "pycocotools' lines" {
	run -0 coco-eval gt.json r.json
	diff - <(echo "$output") <<'END'
 Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.353
 Average Precision  (AP) @[ IoU=0.50      | area=   all | maxDets=100 ] = 0.505
 Average Precision  (AP) @[ IoU=0.75      | area=   all | maxDets=100 ] = 0.505
 Average Precision  (AP) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = -1.000
 Average Precision  (AP) @[ IoU=0.50:0.95 | area=medium | maxDets=100 ] = 0.353
 Average Precision  (AP) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = -1.000
 Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=  1 ] = 0.350
 Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets= 10 ] = 0.350
 Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.350
 Average Recall     (AR) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = -1.000
 Average Recall     (AR) @[ IoU=0.50:0.95 | area=medium | maxDets=100 ] = 0.350
 Average Recall     (AR) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = -1.000
END
}

@test "a record, all digits, and by category" {
	run -0 coco-eval --json gt.json r.json
	[ "$(wc -l <<<"$output")" = 1 ]
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = \
		"AP AP50 AP75 APs APm APl AR1 AR10 AR100 ARs ARm ARl" ]
	[ "$(jq -c '[.AP50, .APs, .AR1]' <<<"$output")" = \
		'[0.5049504950495048,-1,0.35]' ]
	run -0 coco-eval --json --per-class gt.json r.json
	[ "$(jq -c '.categories | map([.category, .category_id, .AP50])' \
		<<<"$output")" = '[["upper",1,0.5049504950495048],["2",2,-1]]' ]
	run -0 coco-eval --per-class gt.json r.json
	[ "${lines[12]}" = " upper              AP = 0.353  AP50 = 0.505" ]
	[ "${#lines[@]}" = 14 ]
}

@test "by threshold, in threads" {
	run -0 coco-eval --json --per-threshold --per-class -j 3 gt.json r.json
	[ "$(jq -c '.thresholds | map(.iou)' <<<"$output")" = \
		"[0.5,0.55,0.6,0.65,0.7,0.75,0.8,0.85,0.9,0.95]" ]
	jq -e '.thresholds[0].AP == .AP50 and .thresholds[5].AP == .AP75 and
		.categories[0].thresholds[0].AP == .categories[0].AP50 and
		.categories[1].thresholds[9].AP == -1' <<<"$output"
	run -0 coco-eval --per-threshold --per-class gt.json r.json
	[[ ${lines[12]} == "   by IoU  0.50: 0.505  0.55: 0.505  "* ]]
	[ "${#lines[@]}" = 17 ]
}

@test "curves as records and as a picture" {
	coco-eval --json --curves c.jsonl --plot p.gp gt.json r.json >o.json
	[ "$(wc -l <c.jsonl)" = 10 ]
	[ "$(jq -c 'select(.iou == 0.5) | [.category, .category_id, .AP,
		.recall, (.precision | length), .precision[0] > 0.99,
		.precision[100]]' c.jsonl)" = \
		'["upper",1,0.5049504950495048,0.5,101,true,0]' ]
	jq -se --slurpfile o o.json 'map(select(.iou == 0.75))[0] |
		.AP == $o[0].AP75' c.jsonl
	grep -q "title 'upper, IoU 0.75, AP 0.505'" p.gp
	sed "s/\"upper\"/\"it's\\\\n\`ls\`\"/" gt.json >odd.json
	coco-eval --plot odd.gp odd.json r.json
	grep -q "title 'it''s .ls., IoU 0.50" odd.gp
	run -64 coco-eval --plot - gt.json r.json
	run -73 coco-eval --curves gt.json/x gt.json r.json
	command -v gnuplot || skip "no gnuplot"
	gnuplot p.gp | grep -q '</svg>'
	gnuplot odd.gp | grep -q 'it&#39;s\|it.s'
}

@test "the truth itself is rated 1, nothing 0" {
	jq -c '[.annotations[] | {image_id, category_id, bbox, score: 1}]' \
		gt.json >all.json
	[ "$(coco-eval --json gt.json all.json | jq -c '[.AP, .AR100]')" = \
		'[1,1]' ]
	echo '[]' >none.json
	coco-eval --plot p.gp gt.json none.json
	[ "$(coco-eval --json gt.json none.json | jq -c '[.AP, .AR100]')" = \
		'[0,0]' ]
	[ "$(coco-eval --json - r.json <gt.json | jq -c .AR1)" = 0.35 ]
	[ "$(coco-eval --json gt.json - <r.json | jq -c .AR1)" = 0.35 ]
}

@test "what makes figures odd is said" {
	sed 's/"category_id":1/"category_id":7/' r.json >odd.json
	run -0 --separate-stderr coco-eval gt.json odd.json
	[ "$stderr" = "coco-eval: 2 detections ignored: their categories are \
not in gt.json" ]
	sed 's/{"id":2,"image_id":2/{"ignore":1,"id":2,"image_id":2/' gt.json >odd.json
	run -0 --separate-stderr coco-eval odd.json r.json
	[[ $stderr == *'odd.json: 1 annotations with "ignore" count all'* ]]
	sed 's/{"id":2,"image_id":2/{"id":0,"image_id":2/' gt.json >odd.json
	run -0 --separate-stderr coco-eval odd.json r.json
	[ "$stderr" = "coco-eval: odd.json: annotation 0 counts as never \
found, as in pycocotools" ]
}

@test "files that are wrong" {
	sed 's/"image_id":2/"image_id":3/' r.json >bad.json
	run -65 coco-eval gt.json bad.json
	[ "$output" = "coco-eval: bad.json:2: detection 2: image 3 is not \
in gt.json" ]
	sed 's/,"score":0.8//' r.json >bad.json
	run -65 coco-eval gt.json bad.json
	[ "$output" = 'coco-eval: bad.json:2: detection 2: no "score"' ]
	sed 's/0.8/NaN/' r.json >bad.json
	run -65 coco-eval gt.json bad.json
	[[ $output == *"bad.json:2: bad JSON at byte "* ]]
	sed 's/0.8/1e999/' r.json >bad.json
	run -65 coco-eval gt.json bad.json
	[[ $output == *"bad.json:2: bad JSON at byte "*": number out of range" ]]
	sed "s/0.8/$(printf '[%.0s' {1..100000})/" r.json >bad.json
	run -65 coco-eval gt.json bad.json
	[[ $output == *"bad.json:"*": bad JSON"* ]]
	run -65 coco-eval r.json gt.json
	run -65 coco-eval gt.json gt.json
	[ "$output" = "coco-eval: gt.json:1: bad JSON: an array expected" ]
	sed '$d' r.json >bad.json
	run -65 coco-eval gt.json bad.json
	run -66 coco-eval gt.json nowhere
	run -66 coco-eval nowhere r.json
}

@test "usage, a full disk, a closed stdin" {
	run -64 coco-eval
	run -64 coco-eval gt.json
	run -64 coco-eval - -
	run -64 coco-eval gt.json r.json r.json
	[ "$(coco-eval gt.json r.json 2>err >/dev/full || echo $?)" = 74 ]
	[ "$(coco-eval --json gt.json r.json 2>err >/dev/full || echo $?)" = 74 ]
	[ "$(coco-eval gt.json - 2>err <&- || echo $?)" = 74 ]
}
