bats_require_minimum_version 1.5.0

setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 8 --size 80x120 -o d
	dcgan-train -q -j 1 --preset pytorch --ngf 4 --ndf 4 -b 4 -n 8 -o m \
		d/img >/dev/null
	# one with labels
	find d/img -name '*.jpg' | sort | jq -R -c '{path: ., brand:
		(if (input_line_number % 4) == 0 then "dior" else "chanel" end),
		season: "fw18"}' >l.jsonl
	dcgan-train -q -j 1 --size 16x24 --ngf 4 --ndf 4 -b 4 -n 8 \
		--labels brand,season -o l l.jsonl >/dev/null
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	w=m/model.safetensors
	out=$BATS_TEST_TMPDIR/out
}

draw() {
	dcgan-sample -q -j 1 -w m/model.safetensors "$@"
}

# size_of PNG: its width and height
size_of() {
	od -An -tu1 -j16 -N8 "$1" | awk '{ print $3 * 256 + $4 "x" $7 * 256 + $8 }'
}

@test "a picture and a record for every seed" {
	run --separate-stderr draw -n 3 --seed 5 -o "$out"
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 3 ]
	[ "${lines[1]}" = '{"path":"'"$out"'/00000006.png","width":64,'`
		`'"height":64,"seed":6,"model":"m/model.safetensors"}' ]
	[ "$(ls "$out" | paste -sd ' ')" = \
		"00000005.png 00000006.png 00000007.png" ]
	[ "$(size_of "$out/00000006.png")" = 64x64 ]
	run cmp -s "$out/00000005.png" "$out/00000006.png"
	[ "$status" = 1 ]
}

@test "a picture depends on its seed only" {
	draw -n 5 --seed 1 -o "$out/a" >/dev/null
	draw -n 1 --seed 4 --device cpu -o "$out/b" >/dev/null
	cmp "$out/a/00000004.png" "$out/b/00000004.png"
}

@test "64 pictures unless told, from seed 1 on" {
	[ "$(draw -o "$out" | jq .seed | paste -sd ' ')" = \
		"$(seq -s ' ' 64)" ]
}

@test "a sheet is one file, as training draws it" {
	run --separate-stderr draw --sheet 8x8 --no-captions -o "$out"
	[ "$status" = 0 ]
	[ "$output" = '{"path":"'"$out"'/sheet_00000001.png","width":530,'`
		`'"height":530,"seed":1,"columns":8,"rows":8,'`
		`'"model":"m/model.safetensors"}' ]
	cmp "$out/sheet_00000001.png" m/samples/00000008.png
	draw --sheet 3x2 --seed 9 -o "$out" >/dev/null
	[ "$(size_of "$out/sheet_00000009.png")" = 200x154 ]
	# its second picture, of the second column of the first row
	draw -n 1 --seed 10 -o "$out" >/dev/null
	cmp "$out/00000010.png" <(bbcrop -q -o "$out/cut" \
		<<<'{"path":"'"$out"'/sheet_00000009.png",'`
		`'"boxes":[{"bbox":[68,2,64,64]}]}' | jq -r .path | xargs cat)
}

@test "captions say what draws a picture again" {
	draw --sheet 2x1 --no-captions -o "$out/a" >/dev/null
	draw --sheet 2x1 -o "$out/b" >/dev/null
	draw --sheet 2x1 --seed 2 -o "$out/c" >/dev/null
	[ "$(size_of "$out/a/sheet_00000001.png")" = 134x68 ]
	[ "$(size_of "$out/b/sheet_00000001.png")" = 134x78 ]
	# the pictures are the same, only what is below differs
	for x in a b; do
		bbcrop -q -o "$out/$x.cut" <<<'{"path":"'"$out/$x"'/sheet_'`
			`'00000001.png","boxes":[{"bbox":[0,0,134,66]}]}' |
			jq -r .path >$x.path
	done
	cmp "$(<a.path)" "$(<b.path)"
	# seed 2 is written the same way wherever it stands
	bbcrop -q -o "$out/2" <<<'{"path":"'"$out"'/b/sheet_00000001.png",'`
		`'"boxes":[{"bbox":[68,66,64,12]}]}' | jq -r .path >b.path
	bbcrop -q -o "$out/3" <<<'{"path":"'"$out"'/c/sheet_00000002.png",'`
		`'"boxes":[{"bbox":[2,66,64,12]}]}' | jq -r .path >c.path
	cmp "$(<b.path)" "$(<c.path)"
}

@test "a walk begins and ends at seeds, or never" {
	draw -n 4 --seed 1 -o "$out" >/dev/null
	run draw --walk 3 -n 5 -o "$out"
	[ "$(jq -r .place <<<"$output" | paste -sd ' ')" = \
		"1 1+0.50 2 2+0.50 3" ]
	cmp "$out/walk_00000001_00000.png" "$out/00000001.png"
	cmp "$out/walk_00000001_00002.png" "$out/00000002.png"
	cmp "$out/walk_00000001_00004.png" "$out/00000003.png"
	run cmp -s "$out/walk_00000001_00001.png" "$out/00000001.png"
	[ "$status" = 1 ]
	run draw --walk 3 --loop -n 6 -o "$out"
	[ "$(jq -r .place <<<"$output" | paste -sd ' ')" = \
		"1 1+0.50 2 2+0.50 3 3+0.50" ]
	cmp "$out/walk_00000001_00004.png" "$out/00000003.png"
	[ "$(draw --walk 2 -o "$out/w" | wc -l)" = 31 ]
	run draw --walk 4 --loop --sheet 4x2 -o "$out"
	[ "$(jq -r .path <<<"$output")" = "$out/sheet_walk_00000001.png" ]
}

@test "variations, crosses, directions, truncation" {
	draw -n 9 --seed 1 -o "$out" >/dev/null
	draw --like 7 --spread 0 -n 1 -o "$out" >/dev/null
	cmp "$out/like_00000001_00000.png" "$out/00000007.png"
	draw --like 7 --spread 1 -n 1 --seed 4 -o "$out" >/dev/null
	cmp "$out/like_00000004_00000.png" "$out/00000004.png"
	draw --cross 5 --share 0 -n 2 -o "$out" >/dev/null
	cmp "$out/cross_00000001_00001.png" "$out/00000002.png"
	draw --cross 5 --share 1 -n 2 -o "$out" | jq -r .place >places
	[ "$(paste -sd ' ' places)" = "1x5 2x6" ]
	cmp "$out/cross_00000001_00001.png" "$out/00000006.png"
	run --separate-stderr dcgan-sample -j 1 -w $w --direction 2 \
		--amount 0 -n 1 --seed 3 -o "$out"
	[ "$status" = 0 ]
	[[ $stderr == *"direction 2: "*" % of the variance"* ]]
	cmp "$out/slide_00000003_00000.png" "$out/00000003.png"
	draw --direction 2 --amount 4 -n 1 --seed 3 -o "$out" >/dev/null
	run cmp -s "$out/slide_00000003_00000.png" "$out/00000003.png"
	[ "$status" = 1 ]
	draw --direction 1 --sheet 5x2 -o "$out" >/dev/null
	draw -n 1 --truncation 0.5 -o "$out/t" >/dev/null
	run cmp -s "$out/t/00000001.png" "$out/00000001.png"
	[ "$status" = 1 ]
	draw -n 1 --truncation 1 -o "$out/t" >/dev/null
	cmp "$out/t/00000001.png" "$out/00000001.png"
}

@test "labels are what was asked for, or drawn" {
	label() {
		dcgan-sample -q -j 1 -w l/model.safetensors -o "$out" "$@"
	}
	label --label brand=chanel:7,dior:3 -n 3 | jq -e -s \
		'all(.labels == {"brand":{"chanel":0.7,"dior":0.3},
			"season":{"fw18":1}})'
	label -n 40 | jq -e -s 'map(.labels.brand | keys[0]) |
		(map(select(. == "dior")) | length) as $n |
		$n > 2 and $n < 20'
	label -n 1 --label brand=dior -o "$out/a" >/dev/null
	label -n 1 --label brand=chanel -o "$out/b" >/dev/null
	run cmp -s "$out/a/00000001.png" "$out/b/00000001.png"
	[ "$status" = 1 ]
	for l in brand brand=gucci house=dior brand=dior:x brand=dior:0 \
		brand=; do
		run --separate-stderr label --label $l -o "$out/no"
		[ "$status" = 64 ]
		[[ $stderr == "dcgan-sample: --label: "* ]]
		[ ! -e "$out/no" ]
	done
	run --separate-stderr label --label brand=gucci
	[[ $stderr == *"no brand 'gucci'; there are: "*chanel* ]]
	run --separate-stderr draw --label brand=dior -o "$out/no"
	[ "$status" = 64 ]
	[[ $stderr == *"trained without labels"* ]]
}

@test "the nearest pictures, and copies of them" {
	draw -n 6 --seed 1 -o "$out/real" >/dev/null
	run --separate-stderr dcgan-sample -j 1 -w $w --nearest "$out/real" \
		-n 3 --seed 5 -o "$out"
	[ "$status" = 0 ]
	# 5 and 6 are there, 7 is not
	jq -e -s --arg r "$out/real" '
		.[0].nearest == {"path": ($r + "/00000005.png"),
			"distance": 0, "ratio": 0, "copy": true} and
		.[1].nearest.copy and (.[2].nearest.copy | not) and
		.[2].nearest.ratio > 0.5' <<<"$output"
	[[ $stderr == *"2 of 3 pictures are copies"* ]]
	run --separate-stderr draw --nearest "$out/real" --sheet 2x2 --seed 5 \
		--no-captions -o "$out"
	[ "$(jq -c '[.copy_rate, .width]' <<<"$output")" = '[0.5,266]' ]
	# the second place of the first row has the copied picture
	bbcrop -q -o "$out/cut" <<<'{"path":"'"$out"'/sheet_00000005.png",'`
		`'"boxes":[{"bbox":[68,2,64,64]}]}' | jq -r .path >cut
	cmp "$(<cut)" "$out/real/00000005.png"
	# a damaged one is left out
	echo nonsense >"$out/real/x.png"
	run --separate-stderr draw --nearest "$out/real" -n 1 -o "$out"
	[ "$status" = 1 ]
	[[ $stderr == *x.png* ]]
	run draw --nearest none -n 1 -o "$out"
	[ "$status" = 66 ]
	run draw --nearest $w -n 1 -o "$out"
	[ "$status" = 64 ]
}

@test "as JPEGs" {
	draw -n 1 -f jpg -o "$out"
	[ "$(head -c 3 "$out/00000001.jpg" | od -An -tx1)" = " ff d8 ff" ]
}

@test "a weights file that is none of ours" {
	run --separate-stderr dcgan-sample -w none -o "$out"
	[ "$status" = 66 ]
	head -c 5000 "$w" >torn
	printf '\002\0\0\0\0\0\0\0{}' >other
	for f in torn other d/coco_val.json; do
		run --separate-stderr dcgan-sample -w $f -o "$out"
		[ "$status" = 65 ]
		[[ $stderr == "dcgan-sample: "*"$f"* ]]
		[ ! -e "$out" ]
	done
	# a number that no run has
	sed 's/"nz":"100"/"nz":"1e9"/' "$w" >odd
	run --separate-stderr dcgan-sample -w odd -o "$out"
	[ "$status" = 65 ]
	[[ $stderr == *odd*nz* ]]
	# widths that are not those of its weights
	sed 's/"ngf":"4"/"ngf":"5"/' "$w" >odd
	run --separate-stderr dcgan-sample -w odd -o "$out"
	[ "$status" = 65 ]
	[[ $stderr == *odd*main.0.weight* ]]
}

@test "failing outputs end it" {
	run bash -c 'dcgan-sample -q -n 2 -w "$1" -o "$2" >/dev/full' - \
		"$w" "$out"
	[ "$status" = 74 ]
	run draw -o d/coco_val.json/x
	[ "$status" = 73 ]
	# standard input is not looked at
	draw -n 1 -o "$out" <&-
}

@test "wrong command lines are refused" {
	for args in "" "-o x" "-w $w" "-w $w -o x -f gif" "-w $w -o x y" \
		"-w $w -o x --sheet 8" "-w $w -o x -n 0" \
		"-w $w -o x -n 4 --sheet 2x2" "-w $w -o x --device tpu" \
		"-w $w -o x --sheet 1000x1000" "-w $w -o x --walk 1" \
		"-w $w -o x --walk 2 --like 3" "-w $w -o x --loop" \
		"-w $w -o x --direction 101" "-w $w -o x --features f" \
		"-w $w -o x --spread 2" "-w $w -o x --truncation 0"; do
		# shellcheck disable=SC2086
		run --separate-stderr dcgan-sample $args
		[ "$status" = 64 ]
		[ -n "$stderr" ]
		[ ! -e x ]
	done
	CUDA_VISIBLE_DEVICES='' run dcgan-sample -w "$w" -o x --device cuda:1
	[ "$status" = 69 ]
	[[ $output == "dcgan-sample: device 'cuda:1': "* ]]
}
