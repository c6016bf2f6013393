bats_require_minimum_version 1.5.0

setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 8 --size 80x120 -o d
	dcgan-train -q -j 1 --ngf 4 --ndf 4 -b 4 -n 8 -o m d/img >/dev/null
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
	run --separate-stderr draw --sheet 8x8 -o "$out"
	[ "$status" = 0 ]
	[ "$output" = '{"path":"'"$out"'/sheet_00000001.png","width":530,'`
		`'"height":530,"seed":1,"columns":8,"rows":8,'`
		`'"model":"m/model.safetensors"}' ]
	cmp "$out/sheet_00000001.png" m/samples/00000008.png
	draw --sheet 3x2 --seed 9 -o "$out" >/dev/null
	[ "$(size_of "$out/sheet_00000009.png")" = 200x134 ]
	# its second picture, of the second column of the first row
	draw -n 1 --seed 10 -o "$out" >/dev/null
	cmp "$out/00000010.png" <(bbcrop -q -o "$out/cut" \
		<<<'{"path":"'"$out"'/sheet_00000009.png",'`
		`'"boxes":[{"bbox":[68,2,64,64]}]}' | jq -r .path | xargs cat)
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
		"-w $w -o x --sheet 1000x1000"; do
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
