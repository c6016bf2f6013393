# The server that misbehaves does so: what a test of pinscrape stands on.
bats_require_minimum_version 1.5.0
load server

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# get PATH [OPTION]...: $status of curl, $code of HTTP, $output the body.
get() {
	local path=$1
	shift
	run --separate-stderr curl -sS -m 5 -D head -o body "$@" "$base$path"
	code=$(awk 'NR == 1 { print $2 }' head)
	output=$(tr -d '\0' <body)
	bytes=$(wc -c <body)
}

@test "answers come in turn, and the last one stays" {
	serve <<'END'
/a
	500 text="oh \"dear\"\x21\n"
	200 text=fine   # a comment
END
	get /a
	[ "$code" = 500 ]
	[ "$output" = 'oh "dear"!' ]
	get /a
	get /a
	[ "$code" = 200 ]
	[ "$output" = fine ]
	get /b
	[ "$code" = 404 ]
	[ "$(stats '.routes["/a"]')" = 3 ]
	server_reset
	[ "$(stats .requests)" = 0 ]
	get /a
	[ "$code" = 500 ]
}

@test "a route can ask for a query, a header and a method" {
	serve <<'END'
/get/ query="\"bookmarks\":[\"two\"]"
	200 text=second
/get/ method=POST
	403
/get/
	200 text=first
/seen* header="Cookie: a=1"
	200 text=known
/seen*
	302 location=/seen/it header="Set-Cookie: a=1"
END
	get /get/ -G --data-urlencode 'data={"bookmarks":["two"]}'
	[ "$output" = second ]
	get /get/ -d x=1
	[ "$code" = 403 ]
	get /get/
	[ "$output" = first ]
	get /seen/too -L -c jar -b jar
	[ "$output" = known ]
}

@test "the base is what the client calls us" {
	printf '{"url":"@BASE@/x","at":"@BASE"}' >page.json
	serve <<'END'
/page
	200 page=page.json
/file
	200 file=page.json
/away
	302 location=@BASE@/page
END
	get /page
	[ "$output" = "{\"url\":\"$base/x\",\"at\":\"@BASE\"}" ]
	grep -qi '^content-type: application/json' head
	get /file
	cmp body page.json
	get /away -L
	[[ $output == *"$base/x"* ]]
	get /page -H 'Host: pins.example'
	[[ $output == *http://pins.example/x* ]]
}

@test "it serves by IPv6 too" {
	grep -q ' lo$' /proc/net/if_inet6 || skip "no IPv6 here"
	serve <<'END'
/a
	200 text=@BASE@
END
	base="http://[::1]:${base##*:}"
	get /a -g
	[ "$output" = "$base" ]
}

@test "pictures are drawn, and a bomb is whole" {
	serve <<'END'
/a.jpg
	200 jpg=100x120:7
/b.png
	200 png=64x80
/bomb.png
	200 bomb=20000x20000
END
	get /a.jpg
	[ "$(head -c 3 body | od -An -tx1 | tr -d ' ')" = ffd8ff ]
	get /b.png
	[ "$(head -c 4 body | od -An -tx1 | tr -d ' ')" = 89504e47 ]
	grep -qi '^content-type: image/png' head
	get /bomb.png
	[ "$bytes" -lt 100000 ]
	# 20,000 is 4e20 in base 16
	[ "$(head -c 24 body | tail -c 8 | od -An -tx1 | tr -d ' ')" = \
		00004e2000004e20 ]
}

@test "ranges are given, refused, or ignored" {
	serve <<'END'
/a
	200 text=0123456789
/b
	200 text=0123456789 no-range
END
	get /a -r 4-
	[ "$code" = 206 ]
	[ "$output" = 456789 ]
	grep -q 'Content-Range: bytes 4-9/10' head
	get /a -r 2-3
	[ "$output" = 23 ]
	get /a -r 10-
	[ "$code" = 416 ]
	get /b -r 4-
	[ "$code" = 200 ]
	[ "$output" = 0123456789 ]
}

@test "a picture has an ETag, and If-Range is held to it" {
	serve <<'END'
/a.jpg
	200 jpg=64x64
/b.jpg
	200 jpg=64x64:2
/none.jpg
	200 jpg=64x64 etag=none
/text
	200 text=0123456789 etag=x
END
	get /a.jpg
	etag=$(sed -n 's/^ETag: \(.*\)\r/\1/p' head)
	[[ $etag == '"'*'"' ]]
	get /a.jpg -r 10- -H "If-Range: $etag"
	[ "$code" = 206 ]
	get /b.jpg -r 10- -H "If-Range: $etag"
	[ "$code" = 200 ]
	get /none.jpg
	run ! grep -i etag head
	get /text
	grep -q '^ETag: "x"' head
}

@test "bodies end too early, by a close or a reset, or never" {
	serve <<'END'
/cut
	200 zeros=5000 cut=100
/reset
	200 zeros=5000 reset=100
/none
	200 zeros=5000 length=none cut=100
/lie
	200 zeros=50 length=60
/endless
	200 text=ab endless
/hang
	200 hang
END
	get /cut
	[ "$status" = 18 ]
	[ "$bytes" = 100 ]
	get /reset
	[ "$status" = 56 ]
	[ "$bytes" = 100 ]
	get /none
	[ "$status" = 0 ]
	[ "$bytes" = 100 ]
	get /lie
	[ "$status" = 18 ]
	[ "$bytes" = 50 ]
	get /endless -m 0.3
	[ "$status" = 28 ]
	[ "$bytes" -gt 1000 ]
	get /hang -m 0.3
	[ "$status" = 28 ]
	[ ! -s head ]
}

@test "gzip, chunks, drips and raw answers" {
	serve <<'END'
/bomb
	200 zeros=10000000 gzip
/text
	200 text=@BASE@ gzip chunked
/drip
	200 text=0123456789 drip=2/20 wait=20
/raw
	200 raw="HTTP/1.1 299 Odd\r\nX-Odd: \xff\r\n\r\nbody"
END
	get /bomb
	[ "$bytes" -lt 20000 ]
	get /bomb --compressed
	[ "$bytes" = 10000000 ]
	get /text --compressed
	[ "$output" = "$base" ]
	grep -qi '^transfer-encoding: chunked' head
	# Limits of time are a client's affair; here only that all arrives.
	get /drip
	[ "$output" = 0123456789 ]
	get /raw
	[ "$code" = 299 ]
	[ "$output" = body ]
}

@test "Retry-After in seconds and as a date" {
	serve <<'END'
/a
	429 retry-after=7
	429 retry-after=+3600
END
	get /a
	grep -q 'Retry-After: 7' head
	get /a
	date=$(sed -n 's/Retry-After: \(.*\)\r/\1/p' head)
	late=$(($(date -d "$date" +%s) - $(date +%s)))
	[ "$late" -gt 3000 ]
	[ "$late" -le 3600 ]
}

@test "connections and requests are counted, and how many at once" {
	serve -l log <<'END'
/slow
	200 text=a wait=1000
/*
	200 text=ab
END
	curl -sS "$base/a" "$base/a?q=%22x%22" "$base/b" >body
	[ "$(stats .requests)" = 3 ]
	[ "$(stats .connections)" = 1 ]
	[ "$(stats .open_max)" = 1 ]
	[ "$(stats .bytes)" = 6 ]
	[ "$(jq -c '[.path, .query, .connection]' log | sed -n 2p)" = \
		'["/a","q=\"x\"",1]' ]
	[ "$(jq -r '.headers["user-agent"]' log | grep -c curl)" = 3 ]
	curl -sS -Z --parallel-immediate "$base/slow" "$base/slow" \
		"$base/slow" -o x -o y -o z
	[ "$(stats .busy_max)" = 3 ]
	[ "$(stats .host_max)" = 3 ]
	[ "$(stats .open_max)" = 3 ]
	[ "$(stats .open)" = 0 ]
	[ "$(stats .requests)" = 6 ]
}

# refused SCRIPT MESSAGE [STATUS]
refused() {
	echo "$1" >script
	run --separate-stderr "$BUILD/tests/web/faultd" script
	[ "$status" = "${3:-65}" ]
	[[ $stderr == "faultd: script:$2"* ]]
}

@test "a bad script is refused with its line" {
	refused $'\t200' "1: an answer before the first route"
	refused $'/a\n\tx' "2: 'x' is no status"
	refused $'/a\n\t200 fish=1' "2: no word 'fish'"
	refused $'/a\n\t200 cut=x' "2: cut='x' is no count"
	refused $'/a\n\t200 gzip=1' "2: 'gzip' takes no value"
	refused $'/a\n\t200 jpg=1x1' "2: no photograph of size 1x1"
	refused $'/a fish\n\t200' "1: a route has no 'fish'"
	refused $'/a\n/b\n\t200' " /a has no answer"
	refused $'/a\n\t200 file=none' "2: cannot open 'none'" 66
}

@test "it does not outlive whom it serves" {
	printf '/a\n\t200\n' >script
	sleep 0.5 3>&- &
	read -r _ first < <("$BUILD/tests/web/faultd" -w $! script)
	read -r _ second < <("$BUILD/tests/web/faultd" -t 1 -w $$ script)
	kill -0 "$first"
	kill -0 "$second"
	for _ in {1..100}; do
		kill -0 "$first" 2>/dev/null || kill -0 "$second" 2>/dev/null ||
			return 0
		sleep 0.1
	done
	return 1
}
