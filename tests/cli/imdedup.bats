bats_require_minimum_version 1.5.0

# Photographs 1 to 4; 1 again with the same bytes, smaller, and as a PNG.
setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 4 --size 160x240 -o d
	for i in 1 2 3 4; do
		cp d/img/*/img_0000000$i.jpg $i.jpg
	done
	cp 1.jpg same.jpg
	box='"boxes":[{"bbox":[0,0,160,240]}]'
	bbcrop --size 80x120 -f jpg -o small <<<"{\"path\":\"1.jpg\",$box}"
	bbcrop -o png <<<"{\"path\":\"1.jpg\",$box}"
	mv small/1_1.jpg small.jpg
	mv png/1_1.png large.png
	printf '%s.jpg\n' small 1 2 same 3 >in
	echo large.png >>in
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
}

# paths ARG...: what is written of in, on one line
paths() {
	imdedup -q -d 4 "$@" | jq -r .path | tr '\n' ' '
}

@test "the first of pictures that look alike is kept, the others dropped" {
	[ "$(paths in)" = "small.jpg 2.jpg 3.jpg " ]
	[ "$(paths --show dropped in)" = "1.jpg same.jpg large.png " ]
	[ "$(paths --show all in)" = \
		"small.jpg 1.jpg 2.jpg same.jpg 3.jpg large.png " ]
	run --separate-stderr imdedup -d 4 in
	[ "$status" = 0 ]
	[ "$stderr" = "imdedup: 6 pictures: 0 exact and 3 near duplicates" ]
}

@test "--keep largest: by pixels, then bytes" {
	[ "$(paths --keep largest in)" = "2.jpg 3.jpg large.png " ]
	[ "$(printf '%s.jpg\n' small 1 same | paths --keep largest)" = "1.jpg " ]
}

@test "--exact, and -d" {
	[ "$(paths --exact in)" = "small.jpg 1.jpg 2.jpg 3.jpg large.png " ]
	[ "$(paths -d 16 in)" = "$(paths --distance=16 in)" ]
	# Others differ in many bits.
	[ "$(printf '1.jpg\n2.jpg\n' | paths -d 16)" = "1.jpg 2.jpg " ]
}

@test "groups tell who is in them" {
	imdedup -q -d 4 --show groups --keep largest in >got
	[ "$(jq -c '[.path, (.duplicates[] | .path)]' got)" = \
		'["large.png","small.jpg","1.jpg","same.jpg"]' ]
	printf '1.jpg\n2.jpg\nsame.jpg\n' |
		imdedup -q --show groups --keep first >got
	[ "$(cat got)" = '{"path":"1.jpg","duplicates":[{"path":"same.jpg",'`
		`'"bits":0,"exact":true}]}' ]
	[ "$(imdedup -q --show dropped <<<$'1.jpg\nsame.jpg')" = \
		'{"path":"same.jpg","duplicate_of":"1.jpg","bits":0,"exact":true}' ]
}

@test "records pass as they are" {
	line='{"path":"1.jpg","id":12345678901234567890,"x":[1.50]}'
	[ "$(imdedup -q <<<"$line")" = "$line" ]
	[ "$(imdedup -q --keep largest <<<"$line")" = "$line" ]
}

@test "-j changes nothing" {
	for show in kept dropped groups all; do
		cmp <(imdedup -q --show $show in) \
			<(imdedup -q --show $show -j 4 in)
	done
}

@test "records are written as they come" {
	{
		echo 1.jpg
		sleep 5
	} | imdedup -q -j 2 | timeout 3 head -n 1 >got
	[ "$(jq -r .path got)" = 1.jpg ]
}

@test "--cache remembers, and sees what has changed" {
	cache=$BATS_TEST_TMPDIR/cache
	cp 1.jpg "$BATS_TEST_TMPDIR/a.jpg"
	cp 2.jpg "$BATS_TEST_TMPDIR/b.jpg"
	cd "$BATS_TEST_TMPDIR"
	printf 'a.jpg\nb.jpg\n' >list
	[ "$(paths --cache "$cache" list)" = "a.jpg b.jpg " ]
	cp "$cache" before
	# A file of the same size and time is not opened again.
	touch -r b.jpg time
	head -c "$(stat -c %s b.jpg)" /dev/zero >b.jpg
	touch -r time b.jpg
	[ "$(paths --cache "$cache" list)" = "a.jpg b.jpg " ]
	cmp "$cache" before
	cp a.jpg b.jpg
	[ "$(paths --cache "$cache" list)" = "a.jpg " ]
	[ "$(jq -r .content "$cache" | sort -u | wc -l)" = 1 ]
	# What --exact has not looked at is looked at when needed.
	rm "$cache"
	paths --exact --cache "$cache" list
	[ "$(jq -c .dhash "$cache" | sort -u)" = null ]
	paths --cache "$cache" list
	[ "$(jq -c .dhash "$cache" | grep -c null)" = 0 ]
}

@test "a file that is no cache is left alone" {
	cp in "$BATS_TEST_TMPDIR/precious"
	run imdedup --cache "$BATS_TEST_TMPDIR/precious" in
	[ "$status" = 65 ]
	[[ $output == *"precious:1: no line of a cache"* ]]
	cmp in "$BATS_TEST_TMPDIR/precious"
	run imdedup -q --cache 1.jpg/cache in
	[ "$status" = 73 ]
}

@test "bad records and pictures are named and skipped" {
	head -c 3000 1.jpg >half.jpg
	mkfifo pipe 2>/dev/null || true
	run --separate-stderr imdedup <<<$'[]\nnone.jpg\nhalf.jpg\npipe\nin\n{"path":"a\\nb\\u0001"}\n..\n1.jpg'
	[ "$status" = 1 ]
	[ "$output" = '{"path":"1.jpg"}' ]
	for i in 1 2 3 4 5 6 7; do
		[[ ${stderr_lines[i - 1]} == "imdedup: standard input:$i: "* ]]
	done
	run --separate-stderr imdedup --strict <<<none.jpg
	[ "$status" = 66 ]
}

@test "failing outputs and inputs, wrong command lines" {
	run bash -c 'imdedup in >/dev/full'
	[ "$status" = 74 ]
	run bash -c 'imdedup --show all in >/dev/full'
	[ "$status" = 74 ]
	run imdedup none.jsonl
	[ "$status" = 66 ]
	run bash -c 'imdedup <&-'
	[ "$status" = 74 ]
	run imdedup -q - </dev/null
	[ "$status" = 0 ]
	for args in "-d 17" "-d x" "--keep last" "--show some" "-j 0" "--none"; do
		# shellcheck disable=SC2086
		run imdedup $args </dev/null
		[ "$status" = 64 ]
	done
}
