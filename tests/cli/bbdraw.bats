bats_require_minimum_version 1.5.0

setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 1 --size 80x120 -o d
	cp d/img/*/img_00000001.jpg x.jpg
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	out=$BATS_TEST_TMPDIR/out
	line='{"path":"x.jpg","k":1,"boxes":[{"bbox":[20,30,40,50],'`
		`'"category":"full","category_id":3,"score":0.5}]}'
}

# cut FILE BOX: that part, as a PNG on stdout
cut_out() {
	bbcrop -o "$out/cut" <<<"{\"path\":\"$1\",\"boxes\":[{\"bbox\":[$2]}]}" |
		jq -r .path | xargs cat
}

@test "the record is the picture's, of the copy" {
	run --separate-stderr bbdraw -o "$out" <<<"$line"
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[ "$(jq -r .path <<<"$output")" = "$out/x_1.jpg" ]
	[ "$(jq -c 'del(.path)' <<<"$output")" = \
		"$(jq -c 'del(.path) + {drawn_of: "x.jpg"}' <<<"$line")" ]
	[ "$(head -c 3 "$out/x_1.jpg" | od -An -tx1)" = " ff d8 ff" ]
}

@test "the frame is drawn on the box's edge, and nothing far from it" {
	bbdraw -f png -o "$out" <<<"$line" >/dev/null
	# the left edge is one colour, the picture there is not
	[ "$(cut_out "$out/x_1.png" 20,35,1,40 | wc -c)" -lt \
		"$(cut_out x.jpg 20,35,1,40 | wc -c)" ]
	cmp <(cut_out "$out/x_1.png" 22,40,36,38) <(cut_out x.jpg 22,40,36,38)
	cmp <(cut_out "$out/x_1.png" 0,85,80,35) <(cut_out x.jpg 0,85,80,35)
	# the label stands above the box
	run cmp <(cut_out "$out/x_1.png" 20,20,40,9) <(cut_out x.jpg 20,20,40,9)
	[ "$status" = 1 ]
}

@test "-t and -c leave boxes out, of the drawing only" {
	for args in "-t 0.6" "-c upper"; do
		# shellcheck disable=SC2086
		bbdraw -f png $args -o "$out" <<<"$line" >got
		cmp <(cut_out "$out/x_1.png" 0,0,80,120) \
			<(cut_out x.jpg 0,0,80,120)
		[ "$(jq '.boxes | length' got)" = 1 ]
	done
}

@test "boxes outside, hostile names and no boxes are drawn without harm" {
	{
		echo '{"path":"x.jpg","boxes":[{"bbox":[-1e300,0,1e300,5]},'`
			`'{"bbox":[70,110,1e9,1e9],"category":"'"$(
				printf 'é%.0s' {1..300}
			)"'"},{"bbox":[5,5,0,0],"score":1e9}]}'
		echo x.jpg
	} | bbdraw -o "$out" >got
	[ "$(wc -l <got)" = 2 ]
}

@test "bad records are named and skipped" {
	run --separate-stderr bbdraw -o "$out" <<<"[]
none.jpg
x.jpg"
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 1 ]
	[ "${#stderr_lines[@]}" = 2 ]
	[[ ${stderr_lines[1]} == "bbdraw: standard input:2: "*none.jpg* ]]
	run --separate-stderr bbdraw --strict -o "$out" <<<"none.jpg"
	[ "$status" = 66 ]
}

@test "failing outputs and inputs end it" {
	run bash -c 'bbdraw -o "$1" <<<x.jpg >/dev/full' - "$out"
	[ "$status" = 74 ]
	run bbdraw -o x.jpg/d <<<x.jpg
	[ "$status" = 73 ]
	run bbdraw -o "$out" none.jsonl
	[ "$status" = 66 ]
}

@test "wrong command lines are refused" {
	for args in "" "-o d -f gif" "-o d -t x" "-o d --nothing"; do
		# shellcheck disable=SC2086
		run --separate-stderr bbdraw $args </dev/null
		[ "$status" = 64 ]
		[ -n "$stderr" ]
	done
}

@test "standard input: as an operand, and closed" {
	bbdraw -o "$out" - <<<x.jpg
	# Within a bash of its own: run would open its pipes in the gap.
	run bash -c 'bbdraw -o "$1" <&-' - "$out"
	[ "$status" = 74 ]
	[[ $output == "bbdraw: "* ]]
}
