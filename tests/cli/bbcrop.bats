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

@test "-j changes nothing, in records and files" {
	for i in $(seq 12); do
		record a/x.jpg 0,0,$((i + 9)),20 5,5,30,40
		record b/x.jpg 0,0,20,$((i + 9)) 200,0,1,1
		record none.jpg 0,0,5,5
	done >"$BATS_TEST_TMPDIR/in"
	for j in 1 4; do
		run bash -c "bbcrop -j $j -o '$out' <'$BATS_TEST_TMPDIR/in' 2>&1"
		[ "$status" = 1 ]
		echo "$output" >"$BATS_TEST_TMPDIR/said$j"
		mv "$out" "$BATS_TEST_TMPDIR/out$j"
	done
	# Words and records share no order.
	cmp <(sort "$BATS_TEST_TMPDIR/said1") <(sort "$BATS_TEST_TMPDIR/said4")
	cmp <(grep '^{' "$BATS_TEST_TMPDIR/said1") \
		<(grep '^{' "$BATS_TEST_TMPDIR/said4")
	diff -r "$BATS_TEST_TMPDIR/out1" "$BATS_TEST_TMPDIR/out4"
	[ "$(grep -c '^{' "$BATS_TEST_TMPDIR/said1")" = 36 ]
}

@test "-j streams, and ends with an output that fails" {
	{
		record a/x.jpg 0,0,5,5
		sleep 5
	} | bbcrop -j 3 -o "$out" | timeout 3 head -n 1 >got
	[ "$(jq .width got)" = 5 ]
	{
		record a/x.jpg 0,0,5,5
		sleep 4
	} | {
		SECONDS=0
		bbcrop -j 3 -o "$out" >/dev/full 2>"$BATS_TEST_TMPDIR/err" ||
			echo "$? $((SECONDS < 3))" >got
	}
	[ "$(cat got)" = "74 1" ]
}

@test "--size decodes less, and looks the same" {
	box='{"path":"big.jpg","boxes":[{"bbox":[100,90,400,640]}]}'
	dfsynth -q -n 1 --size 600x800 -o big
	cp big/img/*/*.jpg big.jpg
	bbcrop --size 50x80 -o "$out" <<<"$box" >got
	[ "$(size "$out/big_1.png")" = "50 80" ]
	# Scaled from a crop of full size it is nearly the same picture.
	bbcrop -o "$out/full" <<<"$box" >/dev/null
	mv "$out/full/big_1.png" full.png
	bbcrop --size 50x80 -o "$out/full" \
		<<<'{"path":"full.png","boxes":[{"bbox":[0,0,400,640]}]}' >/dev/null
	printf '%s\n' "$out/big_1.png" "$out/full/full_1.png" |
		imdedup -q -d 3 --show dropped | jq .bits >bits
	[ -s bits ]
}

@test "--legacy: the smallest full box over 0.7, named without four letters" {
	line=$(record a/x.jpg 0,0,60,60,full,0.9 10,10,20.5,21.5,full,0.8 \
		0,0,5,5,full,0.69 0,0,6,6,upper,0.99)
	bbcrop --legacy -o "$out" <<<"$line" >got
	[ "$(jq -c '[.box, .width, .height]' got)" = '[[10,10,20,22],20,22]' ]
	[ "$(jq -r .path got)" = "$out/x.png" ]
	[ "$(size "$out/x.png")" = "20 22" ]
	cp a/x.jpg x.jpeg
	bbcrop --legacy -o "$out" <<<"$(record x.jpeg 70,110,20,20,full,1)" >got
	[ "$(jq -r .path got)" = "$out/x..png" ]
	[ "$(size "$out/x..png")" = "20 20" ]
	# -c and -t say otherwise
	bbcrop --legacy -c upper -t 0.99 -o "$out" <<<"$line" >got
	[ "$(jq -c .box got)" = '[0,0,6,6]' ]
	for args in --lossless "--size 5x5" "--pad 1" "-f jpg" --best; do
		# shellcheck disable=SC2086
		run bbcrop --legacy $args -o "$out" <<<"$line"
		[ "$status" = 64 ]
	done
}

@test "hostile names and boxes do no harm" {
	cp a/x.jpg $'new\nline.jpg'
	mkdir -p up
	cp a/x.jpg up/..jpg
	{
		echo '{"path":"new\nline.jpg","boxes":[{"bbox":[0,0,9,9]}]}'
		echo '{"path":"a/../up/..jpg","boxes":[{"bbox":[-1e300,0,1e300,9]},{"bbox":[-5,-5,1e9,1e9]}]}'
		echo '{"path":"a/x.jpg","boxes":[{"bbox":[NaN,0,9,9]}]}'
		echo '{"path":"a/x.jpg","boxes":[{"bbox":[0,0,1e999,9]}]}'
		echo '{"path":"a/x\u0000.jpg","boxes":[{"bbox":[0,0,9,9]}]}'
		echo '{"path":"..","boxes":[{"bbox":[0,0,9,9]}]}'
		printf '{"path":"a/x\0.jpg"}\n'
	} >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr bbcrop -o "$out" "$BATS_TEST_TMPDIR/in"
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 2 ]
	[ "${#stderr_lines[@]}" = 6 ]
	[ "$(find "$out" -type f -printf x)" = xx ]
	# A box of which nothing is in the picture, and five bad lines.
	run bbcrop --legacy -t 0 -c z -o "$out" "$BATS_TEST_TMPDIR/in"
	[ "$status" = 1 ]
}

@test "a picture of giant dimensions is refused before it is decoded" {
	# The size in its header is all that is wrong with it.
	bbcrop -o "$out" <<<"$(record a/x.jpg 0,0,20,20)" >/dev/null
	{
		head -c 16 "$out/x_1.png"
		printf '\177\377\377\377\177\377\377\377'
		tail -c +25 "$out/x_1.png"
	} >giant.png
	run bbcrop -o "$out" <<<"$(record giant.png 0,0,20,20)"
	[ "$status" = 1 ]
}
