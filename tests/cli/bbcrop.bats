bats_require_minimum_version 1.5.0

setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 3 --size 80x120 -o d
	mkdir a b
	cp d/img/*/img_00000001.jpg a/x.jpg
	cp d/img/*/img_00000002.jpg b/x.jpg
	cp d/img/*/img_00000003.jpg y.jpg
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	out=$BATS_TEST_TMPDIR/out
}

# record PATH BOX...: a box is x,y,w,h,category,score
record() {
	local path=$1 boxes=() b
	shift
	for b; do
		IFS=, read -r x y w h category score <<<"$b"
		boxes+=("{\"bbox\":[$x,$y,$w,$h]${category:+,
			\"category\":\"$category\"}${score:+,\"score\":$score}}")
	done
	(
		IFS=,
		printf '{"path":"%s","id":"12345678901234567890","boxes":[%s]}' \
			"$path" "${boxes[*]}"
	) | tr -d '\n\t'
	echo
}

# size FILE: width and height that a PNG's header tells
size() {
	od -An -j16 -N8 --endian=big -tu4 "$1" | tr -s ' ' ' ' | sed 's/^ //'
}

@test "a crop is a file and a record" {
	run --separate-stderr bbcrop -o "$out" \
		<<<"$(record a/x.jpg 10,20,30,40,full,0.5)"
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[ "$(jq -c 'del(.path)' <<<"$output")" = '{"width":30,"height":40,'`
		`'"crop_of":"a/x.jpg","box":[10,20,30,40],"category":"full",'`
		`'"score":0.5,"id":"12345678901234567890"}' ]
	[ "$(jq -r .path <<<"$output")" = "$out/x_1.png" ]
	[ "$(size "$out/x_1.png")" = "30 40" ]
}

@test "ranks go by area" {
	bbcrop -o "$out" <<<"$(record a/x.jpg 0,0,10,10 0,0,30,30 0,0,20,20)" |
		jq -r '"\(.path[-7:]) \(.width)"' >got
	[ "$(cat got)" = "x_1.png 30
x_2.png 20
x_3.png 10" ]
}

@test "photographs of the same name do not replace each other" {
	{
		record a/x.jpg 0,0,10,10
		record b/x.jpg 0,0,11,10
		record a/x.jpg 0,0,12,10
	} | bbcrop -o "$out" >records
	[ "$(find "$out" -type f | wc -l)" = 3 ]
	[ "$(jq -r .path records | sort -u | wc -l)" = 3 ]
	jq -r '"\(.path) \(.width) \(.height)"' records |
		while read -r path w h; do
			[ "$(size "$path")" = "$w $h" ]
		done
	[ -e "$out/x_1.png" ]
	[ -e "$out/x_2.png" ]
}

@test "-c and -t choose, and what has no score passes" {
	line=$(record a/x.jpg 0,0,10,10,full,0.9 0,0,11,10,upper,0.4 \
		0,0,12,10,lower,0.8 0,0,13,10,full)
	widths() {
		bbcrop -o "$out" "$@" <<<"$line" | jq .width | tr '\n' ' '
	}
	[ "$(widths)" = "13 12 11 10 " ]
	[ "$(widths -c full)" = "13 10 " ]
	[ "$(widths -c full --class=lower)" = "13 12 10 " ]
	[ "$(widths -t 0.8)" = "13 12 10 " ]
	[ "$(widths -t 0.81 -c full)" = "13 10 " ]
	[ "$(widths --best)" = "10 " ]
	[ "$(widths --best -c upper -c lower)" = "12 " ]
	[ "$(widths -c nobody)" = "" ]
}

@test "--pad, --aspect and --size" {
	line=$(record a/x.jpg 30,40,20,40)
	box() {
		bbcrop -o "$out" "$@" <<<"$line" | jq -c '[.box, .width, .height]'
	}
	[ "$(box --pad 0.1)" = '[[28,36,24,48],24,48]' ]
	[ "$(box --aspect 1:1)" = '[[20,40,40,40],40,40]' ]
	[ "$(box --size 64x32)" = '[[30,40,20,40],64,32]' ]
	[ "$(size "$out/x_1.png")" = "64 32" ]
}

@test "crops of crops add up" {
	bbcrop -o "$out/1" <<<"$(record y.jpg 10,20,50,60)" >one
	bbcrop -o "$out/2" <<<"$(record "$(jq -r .path one)" 5,6,20,30)" >two
	bbcrop -o "$out/3" <<<"$(record y.jpg 15,26,20,30)" >three
	cmp "$(jq -r .path two)" "$(jq -r .path three)"
}

@test "-f jpg, --root, an operand" {
	record x.jpg 0,0,10,10 >"$BATS_TEST_TMPDIR/in.jsonl"
	bbcrop -f jpg --root a -o "$out" "$BATS_TEST_TMPDIR/in.jsonl" >got
	[ "$(jq -r .crop_of got)" = x.jpg ]
	[ "$(head -c 3 "$out/x_1.jpg" | od -An -tx1)" = " ff d8 ff" ]
	bbcrop -f jpg --root a -o "$out" - <"$BATS_TEST_TMPDIR/in.jsonl" |
		cmp - got
}

@test "--lossless grows the box to the blocks and says so" {
	bbcrop --lossless -o "$out" <<<"$(record a/x.jpg 20,37,30,40)" >got
	[ "$(jq -c '[.box, .width, .height]' got)" = '[[16,32,34,45],34,45]' ]
	[ "$(jq -r .path got)" = "$out/x_1.jpg" ]
	# All of it, without loss, is the picture again.
	bbcrop --lossless -o "$out/all" <<<"$(record a/x.jpg 0,0,80,120)" >got
	bbcrop -o "$out/1" <<<"$(record "$out/all/x_1.jpg" 0,0,80,120)"
	bbcrop -o "$out/2" <<<"$(record a/x.jpg 0,0,80,120)"
	cmp "$out/1/x_1_1.png" "$out/2/x_1.png"
}

@test "a record without boxes is none" {
	run --separate-stderr bbcrop -o "$out" <<<"not/there.jpg"
	[ "$status" = 0 ]
	[ -z "$output$stderr" ]
}

@test "bad records and boxes are named and skipped" {
	head -c 700 a/x.jpg >"$BATS_TEST_TMPDIR/half.jpg"
	: >"$BATS_TEST_TMPDIR/empty.jpg"
	{
		echo '{"path":'
		record none.jpg 0,0,5,5
		record "$BATS_TEST_TMPDIR/half.jpg" 0,0,5,5
		record "$BATS_TEST_TMPDIR/empty.jpg" 0,0,5,5
		record a/x.jpg 200,0,5,5 0,0,7,7
		record a/x.jpg 0,0,5,5 | sed 's/{/{"width":8,"height":9,/'
	} >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr bbcrop -o "$out" "$BATS_TEST_TMPDIR/in"
	[ "$status" = 1 ]
	[ "${#stderr_lines[@]}" = 6 ]
	for i in 1 2 3 4 5 6; do
		[[ ${stderr_lines[i - 1]} == "bbcrop: $BATS_TEST_TMPDIR/in:$i: "* ]]
	done
	[[ ${stderr_lines[1]} == *none.jpg*"No such file"* ]]
	[[ ${stderr_lines[2]} == *half.jpg* ]]
	[[ ${stderr_lines[3]} == *"empty file"* ]]
	[[ ${stderr_lines[4]} == *"200,0,5,5"* ]]
	[[ ${stderr_lines[5]} == *"80 by 120 pixels, not 8 by 9"* ]]
	[ "$(jq .width <<<"$output")" = 7 ]
	run --separate-stderr bbcrop --strict -o "$out" "$BATS_TEST_TMPDIR/in"
	[ "$status" = 65 ]
	[ "${#stderr_lines[@]}" = 1 ]
	[ -z "$output" ]
}

@test "records are flushed one by one" {
	{
		record a/x.jpg 0,0,5,5
		sleep 5
	} | bbcrop -o "$out" | timeout 3 head -n 1 >got
	[ "$(jq .width got)" = 5 ]
}

@test "outputs that fail end it" {
	line=$(record a/x.jpg 0,0,5,5)
	run bash -c 'bbcrop -o "$1" <<<"$2" >/dev/full' - "$out" "$line"
	[ "$status" = 74 ]
	[[ $output == "bbcrop: cannot write standard output: "* ]]
	: >"$BATS_TEST_TMPDIR/file"
	run bbcrop -o "$BATS_TEST_TMPDIR/file" <<<"$line"
	[ "$status" = 73 ]
}

@test "inputs that fail end it" {
	run --separate-stderr bbcrop -o "$out" not/there.jsonl
	[ "$status" = 66 ]
	[ "$stderr" = "bbcrop: cannot open 'not/there.jsonl': "`
		`"No such file or directory" ]
	run bbcrop -o "$out" </dev/null
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "wrong command lines are refused" {
	for args in "" "-o" "-o d -f gif" "-o d -t 2" "-o d --aspect 1x1" \
		"-o d --size 0x5" "-o d --pad -1" "-o d --lossless -f jpg" \
		"-o d --lossless --size 5x5" "-o d --nothing"; do
		# shellcheck disable=SC2086
		run --separate-stderr bbcrop $args </dev/null
		[ "$status" = 64 ]
		[ -n "$stderr" ]
		[ -z "$output" ]
	done
}

@test "standard input: as an operand, and closed" {
	bbcrop -o "$out" - <<<"$(record a/x.jpg 0,0,5,5)"
	# Within a bash of its own: run would open its pipes in the gap.
	run bash -c 'bbcrop -o "$1" <&-' - "$out"
	[ "$status" = 74 ]
	[[ $output == "bbcrop: "* ]]
}
