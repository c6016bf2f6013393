# pinscrape, against a server of our own: no test asks the real site.
bats_require_minimum_version 1.5.0
load ../web/server

setup() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	cd "$BATS_TEST_TMPDIR" || exit
}

# pin ID PATH [MORE]: as the site has it
pin() {
	printf '{"id":"%s","images":{"orig":{"url":"@BASE@/%s","width":80,' \
		"$1" "$2"
	printf '"height":120}}%s}' "${3:+,$3}"
}

# answer BOOKMARK PIN...: a page of a list
answer() {
	local mark=$1 IFS=,
	shift
	printf '{"resource_response":{"status":"success","data":{"results":['
	printf '%s]}},"resource":{"options":{"bookmarks":["%s"]}}}' "$*" "$mark"
}

# A search of two pages, four pictures.
site() {
	answer two "$(pin 1 a.jpg '"title":"A \u2603","board":{"name":"B"}')" \
		"$(pin 12345678901234567890 b.jpg '"dominant_color":"#aabbcc"')" \
		>one.json
	answer -end- "$(pin 3 c.png '"pinner":{"username":"me"}')" \
		"$(pin 4 d.jpg)" '{"type":"story","id":"5"}' >two.json
	rm -f log
	serve -l log <<'END'
/robots.txt
	404
/resource/BaseSearchResource/get/ query="\"bookmarks\":[\"two\"]"
	200 page=two.json
/resource/BaseSearchResource/get/
	200 page=one.json
/a.jpg
	200 jpg=80x120:1
/b.jpg
	200 jpg=80x120:2
/c.png
	200 png=80x120:3
/d.jpg
	200 jpg=80x120:4
END
}

# scrape [OPTION]...: in no hurry to be polite to ourselves
scrape() {
	pinscrape --base-url "$base" --allow 127.0.0.1 --allow ::1 --rate 0 \
		--backoff 0.01 -o out "$@"
}

# lines FILTER: of the records on stdin, sorted
lines() {
	jq -r "$1" | sort | tr '\n' ' '
}

@test "a search: a picture and a record a pin, page by page" {
	site
	run --separate-stderr scrape 'red coat'
	[ "$status" = 0 ]
	[ "$(lines .path <<<"$output")" = "out/1.jpg "`
		`"out/12345678901234567890.jpg out/3.png out/4.jpg " ]
	while read -r record; do
		path=$(jq -r .path <<<"$record")
		[ "$(sha256sum <"$path" | cut -d ' ' -f 1)" = \
			"$(jq -r .sha256 <<<"$record")" ]
		jq -e '.width == 80 and .height == 120 and
			(.dhash | test("^[0-9a-f]{16}$")) and
			.source.query == "red coat" and
			(.source.fetched | test("^20..-..-..T..:..:..Z$"))' \
			<<<"$record"
	done <<<"$output"
	jq -e -s 'map(.source) | any(.pin == "1" and .title == "A ☃" and
		.board == "B" and .site == "pinterest" and .rank == 1 and
		(.url | endswith("/a.jpg")) and (.page | endswith("/pin/1/")))' \
		<<<"$output"
	[ "$(jq -r .source.colour <<<"$output" | grep -v null)" = "#aabbcc" ]
	[ "$(jq -r .source.pinner <<<"$output" | grep -v null)" = me ]
	[ "$(ls out | wc -l)" = 4 ]
	[ ! -e out/.part ]
	[ "$(stats .open_max)" = 1 ]
	[ "$(stats .connections)" = 1 ]
	grep -q '"query":".*\\"query\\":\\"red coat\\"' log
}

@test "a second run asks for pages only, and begins no list anew" {
	site
	scrape coat >first
	server_reset
	scrape coat >second
	[ ! -s second ]
	[ "$(stats .requests)" = 3 ]
	[ "$(pinscrape -o out --records)" = "$(cat first)" ]
	scrape --resume --no-resume coat >third
	[ "$(lines .path <third)" = "$(lines .path <first)" ]
	server_reset
	scrape -n 1 --known 1 coat
	[ "$(stats .requests)" = 2 ]
}

@test "-n, --each, --dry-run, and records as input" {
	site
	[ "$(scrape -n 1 coat | wc -l)" = 1 ]
	rm -r out
	[ "$(scrape --each 3 coat | wc -l)" = 3 ]
	rm -r out
	server_reset
	scrape --dry-run coat >dry
	[ "$(stats '.routes["/a.jpg"] // 0')" = 0 ]
	[ ! -e out ]
	jq -e -s 'length == 4 and all(.[]; .width == 80 and (has("sha256") | not)
		and (.source | has("url")))' dry
	jq -c 'select(.source.pin == "3")' dry >chosen
	scrape --urls chosen >got
	jq -e '.path == "out/3.png" and .source.query == "coat" and
		.source.rank == 3 and .source.pinner == "me"' got
	[ "$(ls out)" = 3.png ]
}

@test "robots.txt: refused by default, by its rule, with its own status" {
	site
	server_stop
	serve <<'END'
/robots.txt
	200 text="User-agent: other\nUser-agent: *\nDisallow: /res*get\nAllow: /a"
END
	run --separate-stderr scrape coat
	[ "$status" = 77 ]
	[[ $stderr == *"/robots.txt:3: 'Disallow: /res*get'"* ]]
	[ "$(stats .requests)" = 1 ]
	server_stop
	site
	scrape --i-have-permission coat >got
	[ "$(wc -l <got)" = 4 ]
	[ "$(stats '.routes["/robots.txt"] // 0')" = 0 ]
	# What cannot be read forbids all, for now.
	server_stop
	serve <<<'/robots.txt
	503'
	run scrape --retries 1 coat
	[ "$status" = 75 ]
	[ "$(stats .requests)" = 2 ]
}

@test "X-Robots-Tag and robots meta elements" {
	serve <<'END'
/robots.txt
	404
/a.jpg
	200 jpg=80x120:1 header="X-Robots-Tag: noai"
/b.jpg
	200 jpg=80x120:2 header="X-Robots-Tag: otherbot: noai"
/page
	200 text="<meta name=robots content=noimageai><img src=/b.jpg>"
END
	run scrape --urls <<<"$base/a.jpg"
	[ "$status" = 1 ]
	[[ $output == *"a.jpg: X-Robots-Tag: noai"* ]]
	[ "$(scrape --urls <<<"$base/b.jpg" | wc -l)" = 1 ]
	run scrape --urls <<<"$base/page"
	[ "$status" = 1 ]
	[[ $output == *"forbids"* ]]
	[ "$(ls out | wc -l)" = 1 ]
}

@test "User-Agent with contact; --rate spaces requests" {
	site
	begin=$(date +%s%3N)
	scrape --contact me@example.org --rate 20/s coat >got
	ms=$(($(date +%s%3N) - begin))
	[ "$(jq -r '.headers["user-agent"]' log | sort -u)" = \
		"pinscrape/0.1.0 (+me@example.org)" ]
	# Between two requests lie 50 ms or, on a busy machine, more.
	[ "$(wc -l <log)" -gt 3 ]
	[ "$ms" -ge $((50 * ($(wc -l <log) - 1))) ]
	for rate in x 1/d -1 1/s/s; do
		run scrape --rate $rate coat
		[ "$status" = 64 ]
	done
}

@test "what passes is tried again: Retry-After, 5xx, a cut body" {
	serve -l log <<'END'
/robots.txt
	404
/a.jpg
	429 retry-after=1
	429 retry-after=+1
	500
	200 jpg=80x120:1 cut=700
	200 jpg=80x120:1
END
	scrape --urls <<<"$base/a.jpg" >got
	[ "$(wc -l <got)" = 1 ]
	[ "$(jq -r 'select(.path == "/a.jpg").headers.range // empty' log)" = \
		"bytes=700-" ]
	jq -s -e '[.[] | select(.path == "/a.jpg").ms] |
		.[1] - .[0] >= 950 and .[2] - .[1] >= 1' log
}

@test "a host that asks for too much patience, or refuses, ends the run" {
	serve <<'END'
/robots.txt
	404
/wait*
	429 retry-after=4000
/no*
	403 text="AccessDenied"
/down*
	503
END
	run scrape --urls <<<"$base/wait1.jpg
$base/wait2.jpg"
	[ "$status" = 75 ]
	[[ $output == *"asks to wait 4000 seconds"* ]]
	[ "$(stats '.routes["/wait*"]')" = 1 ]
	run scrape --refusals 3 --urls < <(seq -f "$base/no%g.jpg" 9)
	[ "$status" = 77 ]
	[[ $output == *"refused 3 times in a row"* ]]
	[ "$(stats '.routes["/no*"]')" = 3 ]
	run scrape --refusals 0 --urls < <(seq -f "$base/no%g.jpg" 9)
	[ "$status" = 1 ]
	run scrape --retries 1 --refusals 2 --urls < <(seq -f "$base/down%g.jpg" 9)
	[ "$status" = 75 ]
	[ "$(stats '.routes["/down*"]')" = 4 ]
}

@test "budgets end it with status 75, and the next run goes on" {
	site
	run scrape --budget-requests 3 coat
	[ "$status" = 75 ]
	[[ $output == *"budget of 3 requests"* ]]
	[ "$(stats .requests)" = 3 ]
	run scrape --budget-bytes 1 coat
	[ "$status" = 75 ]
	scrape coat >rest
	[ "$(pinscrape -o out --records | wc -l)" = 4 ]
	[ "$(ls out | wc -l)" = 4 ]
}

@test "only http and https, no private addresses, few redirects, hosts that are known" {
	serve <<'END'
/robots.txt
	404
/file*
	302 location=file:///etc/passwd
/private*
	302 location=http://10.0.0.1/x.jpg
/meta*
	302 location=http://169.254.169.254/latest
/loop*
	302 location=/loop.jpg
/good*
	302 location=/a.jpg
/a.jpg
	200 jpg=80x120:1
END
	try() {
		run scrape --refusals 0 --retries 0 "${@:2}" --urls \
			<<<"$base/$1.jpg"
		[ "$status" != 0 ]
		[ -z "$(ls out)" ]
	}
	try file
	[[ $output == *"only http and https"* ]]
	try private --i-have-permission
	[[ $output == *"private or reserved"* ]]
	try meta
	[[ $output == *"private or reserved"* ]]
	try loop --redirects 3
	[[ $output == *"more than 3 redirects"* ]]
	scrape --urls <<<"$base/good.jpg"
	[ "$(ls out | wc -l)" = 1 ]
	# Without --allow not even the first one; nor by a name for it.
	for host in 127.0.0.1 localhost; do
		run pinscrape --rate 0 -o no --urls <<<"http://$host:${base##*:}/a.jpg"
		[ "$status" = 1 ]
		[[ $output == *"private or reserved"* ]]
	done
	# A pin's picture on a host that is not the site's.
	answer -end- "$(pin 1 a.jpg)" | sed 's|@BASE@|http://example.com|' >p.json
	run scrape --from-pages p.json
	[ "$status" = 1 ]
	[[ $output == *"host example.com is not allowed"* ]]
}

@test "IPv6" {
	site
	base="http://[::1]:${base##*:}"
	curl -sS -o /dev/null "$base/a.jpg" || skip "no IPv6 here"
	[ "$(scrape coat | wc -l)" = 4 ]
}

@test "what is no picture is said, once, and not asked for again" {
	head -c 100 /dev/urandom >noise
	: >empty
	serve <<'END'
/robots.txt
	404
/html.jpg
	200 text="<html><p>log in</p></html>" type=image/jpeg
/bomb.png
	200 bomb=20000x20000
/noise.jpg
	200 file=noise type=image/jpeg
/empty.jpg
	200 file=empty
/cut.jpg
	200 jpg=80x120:1 length=none cut=700 no-range
/endless.jpg
	200 zeros=1000 endless
/gzip.jpg
	200 zeros=50000000 gzip type=image/jpeg
/gone.jpg
	410
END
	names="html bomb noise empty cut endless gzip gone"
	for name in $names; do echo "$base/$name.$([ $name = bomb ] && echo png ||
		echo jpg)"; done >list
	run scrape --max-filesize 300K --urls list
	[ "$status" = 1 ]
	for name in $names; do
		[ "$(grep -c "/$name\.[a-z]*: " <<<"$output")" = 1 ]
	done
	[[ $output == *"html.jpg: HTML or XML in place of a picture"* ]]
	[[ $output == *"endless.jpg: more than 307200 bytes"* ]]
	[ -z "$(ls out)" ]
	[ ! -e out/.part ]
	server_reset
	run scrape --urls list
	[ "$status" = 0 ]
	[ "$(stats .requests)" = 0 ]
}

@test "a compressed page is bounded by what it unpacks to" {
	serve <<'END'
/robots.txt
	404
/page
	200 zeros=50000000 gzip type=text/html
END
	run scrape --urls <<<"$base/page"
	[ "$status" = 1 ]
	[[ $output == *"more than 16777216 bytes"* ]]
}

@test "sizes in turn, when the original is refused" {
	sig=0123456789abcdef0123456789abcdef
	sed "s/SIG/$sig/" >script <<'END'
/robots.txt
	404
/originals/*
	403 text="<Error>AccessDenied</Error>"
/1200x/*
	404
/736x/01/23/45/SIG.jpg
	200 jpg=80x120:1
END
	serve script
	answer -end- "$(pin 7 "236x/01/23/45/$sig.jpg")" >p.json
	sed -i "s|@BASE@|$base|" p.json
	scrape --from-pages p.json >got
	[ "$(jq -r .source.url got)" = "$base/736x/01/23/45/$sig.jpg" ]
	[ "$(jq -r .source.signature got)" = $sig ]
	# Another pin of the same picture is not fetched.
	sed 's/"id":"7"/"id":"8"/' p.json >q.json
	server_reset
	[ -z "$(scrape --from-pages q.json)" ]
	[ "$(stats .requests)" = 0 ]
}

@test "the same content under another address is kept once" {
	serve <<'END'
/robots.txt
	404
/a*
	200 jpg=80x120:1
END
	scrape --urls <<<"$base/a1.jpg
$base/a2.jpg" >got
	[ "$(wc -l <got)" = 1 ]
	[ "$(ls out | wc -l)" = 1 ]
}

@test "--min-size, --max-aspect, --max-pixels" {
	serve <<'END'
/robots.txt
	404
/a.jpg
	200 jpg=80x120:1
/wide.jpg
	200 jpg=300x100:1
END
	printf '%s\n' "$base/a.jpg" "$base/wide.jpg" >list
	[ "$(scrape --min-size 81x1 --urls list | jq .width)" = 300 ]
	rm -r out
	[ "$(scrape --max-aspect 2 --urls list | jq .width)" = 80 ]
	rm -r out
	run scrape --max-pixels 9700 --urls list
	[ "$status" = 1 ]
	[[ $output == *"300 by 100 are too many pixels"* ]]
}

@test "saved pages: three forms of them, older ones, JSON" {
	p='{"11":{"id":"11","images":{"orig":{"url":"https://i.pinimg.com/a.jpg"}},'
	p+='"title":"x</b>y"}}'
	for id in __PWS_INITIAL_PROPS__ __PWS_DATA__; do
		echo "<script id=\"$id\" type=\"application/json\">"`
			`"{\"initialReduxState\":{\"pins\":$p}}</script>" >$id.html
	done
	sed -i 's/{"initialReduxState"/{"props":&/; s/<.script>/}&/' \
		__PWS_DATA__.html
	echo "<script id='initial-state'>{\"pins\":$p}</script>" >old.html
	echo "<script>__PWS_RELAY_REGISTER_COMPLETED_REQUEST__(\"q\", {\"data\":"`
		`"{\"v3\":{\"data\":{\"entityId\":\"11\",\"title\":\"x</b>y\","`
		`"\"imageSpec_orig\":{\"url\":\"https://i.pinimg.com/a.jpg\"}}}}}"`
		`");</script>" >relay.html
	answer -end- "$(jq -c '.["11"]' <<<"$p")" >p.json
	for page in __PWS_INITIAL_PROPS__.html __PWS_DATA__.html old.html \
		relay.html p.json; do
		run --separate-stderr pinscrape --dry-run --from-pages $page
		[ "$(jq -c '[.source.pin, .source.title, .source.url]' \
			<<<"$output")" = \
			'["11","x</b>y","https://i.pinimg.com/a.jpg"]' ]
	done
	echo '<meta property="og:image" content="https://i.pinimg.com/b.jpg">
		<meta property="og:url" content="https://x.com/pin/a-b--22/">
		<a rel=license href=http://l.org/>L</a>' >og.html
	pinscrape --dry-run --from-pages og.html |
		jq -e '.source.pin == "22" and .source.licence == "http://l.org/"'
	echo '<a href=/pin/33/><img alt=coat src="//i.pinimg.com/236x/c.jpg">' |
		sed 's|"//|"https://|' >img.html
	pinscrape --dry-run --from-pages <img.html |
		jq -e '.source.pin == "33" and .source.alt == "coat"'
	echo '<img src="https://x.example.org/236x/c.jpg">' >other.html
	run pinscrape --dry-run --from-pages other.html
	[ "$status" = 1 ]
	pinscrape --dry-run --host '*.example.org' --from-pages other.html |
		jq -e '.source.url == "https://x.example.org/236x/c.jpg"'
	for text in "<html>" "noise" '{"a":'; do
		run pinscrape --dry-run --from-pages <<<"$text"
		[ "$status" = 1 ]
	done
	# What the parser of HTML would print itself.
	printf '<\0\0\0\377' >odd.html
	run pinscrape --dry-run --from-pages odd.html
	[ "$status" = 1 ]
	[ -z "$(grep -v '^pinscrape: ' <<<"$output")" ]
	run pinscrape --dry-run --from-pages none.html
	[ "$status" = 66 ]
}

@test "--save-pages are pages for --from-pages" {
	site
	scrape --save-pages saved --dry-run coat >got
	[ "$(ls saved | wc -l)" = 2 ]
	scrape --dry-run --from-pages saved/* >again
	[ "$(lines .source.pin <got)" = "$(lines .source.pin <again)" ]
}

@test "brands and seasons" {
	answer -end- "$(pin 1 a.jpg)" >one.json
	answer -end- "$(pin 2 b.jpg)" >two.json
	answer -end- >none.json
	serve -l log <<'END'
/robots.txt
	404
/resource/* query="chanel fall 2018 runway"
	200 page=one.json
/resource/* query="dior winter 2019 runway"
	200 page=two.json
/resource/*
	200 page=none.json
/a.jpg
	200 jpg=80x120:1
/b.jpg
	200 jpg=80x120:2
END
	conf=$BATS_TEST_DIRNAME/../../pipelines/conf
	scrape --brands "$conf/brands.txt" --seasons "$conf/seasons.txt" >got
	[ "$(jq -c '[.source.pin, .source.brand, .source.season]' got)" = \
		'["1","chanel","fall 2018"]
["2","dior","winter 2019"]' ]
	[ "$(grep -c /resource/ log)" = 78 ]
	run scrape --brands "$conf/brands.txt"
	[ "$status" = 64 ]
	run scrape --brands /dev/null --seasons "$conf/seasons.txt"
	[ "$status" = 65 ]
}

@test "boards, and the API with its token" {
	answer -end- "$(pin 1 a.jpg)" >one.json
	echo '{"items":[{"id":"2","media":{"images":{"1200x":{"width":80,'`
		`'"height":120,"url":"@BASE@/b.jpg"}}}}],"bookmark":"next"}' >api1
	echo '{"items":[],"bookmark":null}' >api2
	serve -l log <<'END'
/robots.txt
	404
/resource/BoardResource/get/ query="\"username\":\"me\",\"slug\":\"coats\""
	200 text="{\"resource_response\":{\"data\":{\"id\":\"77\"}}}"
/resource/BoardFeedResource/get/ query="\"board_id\":\"77\""
	200 page=one.json
/v5/boards/99/pins query="bookmark=next"
	200 page=api2
/v5/boards/99/pins header="Authorization: Bearer secret"
	200 page=api1
/a.jpg
	200 jpg=80x120:1
/b.jpg
	200 jpg=80x120:2
END
	[ "$(scrape --board me/coats | jq -r .source.pin)" = 1 ]
	rm -r out
	[ "$(scrape --board https://x.com/me/coats/ | jq -r .source.pin)" = 1 ]
	echo secret >token
	chmod 644 token
	run scrape --api token --board 99
	[ "$status" = 78 ]
	[[ $output == *"open to everybody"* ]]
	chmod 640 token
	scrape --warc kept.warc --api token --board 99 >got
	[ "$(jq -r .source.pin got)" = 2 ]
	# The token is for the API alone, and for nobody's archive.
	[ "$(jq -r 'select(.headers.authorization).path' log | sort -u)" = \
		/v5/boards/99/pins ]
	run ! grep -q secret kept.warc
	run scrape --board nonsense
	[ "$status" = 64 ] || [[ $output == *"user/name expected"* ]]
	run scrape --api none --board 99
	[ "$status" = 66 ]
}

@test "cookies: those of a file are sent, those that are set come back" {
	answer two >one.json
	answer -end- >two.json
	serve -l log <<'END'
/robots.txt
	404
/resource/* query="two"
	200 page=two.json
/resource/*
	200 page=one.json header="Set-Cookie: seen=1; Path=/"
END
	printf '127.0.0.1\tFALSE\t/\tFALSE\t0\tname\tvalue\n' >cookies
	scrape --cookies cookies coat
	jq -r '.headers.cookie // empty' log >sent
	grep -q name=value sent
	grep -q seen=1 sent
	run scrape --cookies none coat
	[ "$status" = 66 ]
}

# warc_check FILE: its records are framed by their lengths, and their digests
# are right; a line each, with type and digests.
warc_check() {
	local LC_ALL=C at=0 size head n length sum
	size=$(stat -c %s "$1")
	while [ "$at" -lt "$size" ]; do
		head=$(tail -c +$((at + 1)) "$1" | sed '/^\r$/q' | tr -d '\r')
		[[ $head == WARC/1.1* ]] || echo "no record"
		n=$(tail -c +$((at + 1)) "$1" | sed '/^\r$/q' | wc -c)
		length=$(sed -n 's/^Content-Length: //p' <<<"$head")
		tail -c +$((at + n + 1)) "$1" | head -c "$length" >block
		sum=$(sha1sum <block | cut -d ' ' -f 1 | sed 's/../\\x&/g')
		sum=$(printf '%b' "$sum" | base32)
		at=$((at + n + length))
		[ "$(tail -c +$((at + 1)) "$1" | head -c 4 | od -An -tx1)" = \
			" 0d 0a 0d 0a" ] || echo "no end"
		at=$((at + 4))
		sed -n 's/^WARC-Type: //p' <<<"$head"
		if grep -q ^WARC-Block-Digest <<<"$head"; then
			grep -qx "WARC-Block-Digest: sha1:$sum" <<<"$head" ||
				echo -n "wrong "
			echo digest
		fi
	done | paste -sd ' '
}

@test "--warc keeps what was exchanged, and mends its end" {
	site
	scrape --warc kept.warc -n 1 coat
	[ "$(warc_check kept.warc)" = "warcinfo request response digest `
		`request response digest request response digest" ]
	grep -aq '^GET /a.jpg HTTP/1.1' kept.warc
	cp kept.warc whole
	head -c 20 whole >>kept.warc
	scrape --warc kept.warc -n 1 coat
	cmp -n "$(stat -c %s whole)" whole kept.warc
	[ "$(warc_check kept.warc | tr ' ' '\n' | grep -c response)" -gt 3 ]
	sed '0,/HTTP.1.1 200/s//HTTP\/1.1 201/' kept.warc >bad.warc
	[[ $(warc_check bad.warc) == *"wrong digest"* ]]
	echo text >no.warc
	run scrape --warc no.warc coat
	[ "$status" = 65 ]
}

@test "--warc: chunks and compression as they came, and what was cut" {
	answer -end- "$(pin 1 a.jpg)" >one.json
	serve <<'END'
/robots.txt
	404
/resource/BaseSearchResource/get/
	200 page=one.json gzip chunked header="Set-Cookie: id=secret"
/a.jpg
	200 jpg=80x120:1 cut=700
	200 jpg=80x120:1
END
	[ "$(scrape --warc kept.warc coat | wc -l)" = 1 ]
	[ "$(warc_check kept.warc)" = "warcinfo request response digest `
		`request response digest request response digest `
		`request response digest" ]
	for line in "Content-Encoding: gzip" "Transfer-Encoding: chunked" \
		"WARC-Truncated: disconnect" "WARC-IP-Address: 127.0.0.1" \
		"WARC-Payload-Digest: sha1:" "Set-Cookie: (left out)"; do
		grep -aq "^$line" kept.warc
	done
	run ! grep -q secret kept.warc
}

@test "a wall, an error of the site, a list that goes round" {
	answer one "$(pin 1 a.jpg)" >one.json
	serve <<'END'
/robots.txt
	404
/resource/* query="\"query\":\"wall"
	200 text="<html>log in</html>"
/resource/* query="\"query\":\"error"
	200 text="{\"resource_response\":{\"error\":{\"message\":\"sign up\"},\"data\":null}}"
/resource/* query="\"query\":\"no\""
	403 text="Invalid Resource Request"
/resource/* query="\"query\":\"round"
	200 page=one.json
/a.jpg
	200 jpg=80x120:1
END
	run scrape wall
	[ "$status" = 1 ]
	[[ $output == *"search 'wall': a page of HTML where JSON is due"* ]]
	run scrape error
	[ "$status" = 1 ]
	[[ $output == *"sign up"* ]]
	run scrape no
	[ "$status" = 77 ]
	[[ $output == *"Invalid Resource Request"* ]]
	[ "$(scrape round | wc -l)" = 1 ]
}

@test "another site, by another file" {
	sed "s|^ROOT: .*|ROOT: $base|; s|resource/BaseSearch|other/Search|" \
		"$BATS_TEST_DIRNAME/../../pipelines/conf/pinterest.yaml" >s.yaml
	serve <<'END'
/robots.txt
	404
/other/SearchResource/get/
	200 text="{\"resource_response\":{\"data\":{\"results\":[]}}}"
END
	scrape --site s.yaml coat
	[ "$(stats '.routes["/other/SearchResource/get/"]')" = 1 ]
	echo 'ROUTE: x' >s.yaml
	run scrape --site s.yaml coat
	[ "$status" = 78 ]
	[[ $output == *"s.yaml:1: unknown key 'ROUTE'"* ]]
}

@test "one at a time" {
	serve <<'END'
/robots.txt
	404
/slow.jpg
	200 jpg=80x120:1 wait=3000
END
	scrape --urls <<<"$base/slow.jpg" >got &
	for _ in $(seq 50); do
		[ "$(stats .requests)" -lt 2 ] || break
		sleep 0.1
	done
	run scrape --urls <<<"$base/slow.jpg"
	[ "$status" = 75 ]
	[[ $output == *"in use by another"* ]]
	wait $!
	[ "$(wc -l <got)" = 1 ]
}

@test "SIGTERM leaves no picture half-written, and the next run goes on" {
	serve -l log <<'END'
/robots.txt
	404
/slow.jpg
	200 jpg=3000x3000:1 drip=20000/100
	200 jpg=3000x3000:1
END
	pinscrape --allow 127.0.0.1 --rate 0 -o out --urls \
		<<<"$base/slow.jpg" >got 2>said &
	for _ in $(seq 100); do
		[ -z "$(find out/.part -size +5k 2>/dev/null)" ] || break
		sleep 0.1
	done
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" = 143 ]
	[ ! -s got ]
	[ -z "$(ls out)" ]
	scrape --urls <<<"$base/slow.jpg" >got
	[ "$(wc -l <got)" = 1 ]
	[[ $(jq -r 'select(.path == "/slow.jpg").headers.range // empty' log) == \
		bytes=*- ]]
	[ ! -e out/.part ]
}

@test "killed between the archive and the record: told by the next run" {
	site
	scrape coat >first
	sqlite3 out/.pinscrape.sqlite \
		"UPDATE picture SET state = 0 WHERE path = 'out/3.png'" ||
		skip "no sqlite3"
	scrape coat >second
	[ "$(jq -r .path second)" = out/3.png ]
	# In the archive, but not on the disk: fetched again.
	sqlite3 out/.pinscrape.sqlite \
		"UPDATE picture SET state = 1 WHERE path = 'out/1.jpg'"
	: >out/1.jpg
	scrape coat >third
	[ "$(jq -r .path third)" = out/1.jpg ]
	[ -s out/1.jpg ]
}

@test "outputs that fail end it" {
	site
	run bash -c 'pinscrape --base-url "$1" --allow 127.0.0.1 --rate 0 \
		-o out coat >/dev/full' - "$base"
	[ "$status" = 74 ]
	: >file
	run scrape -o file coat
	[ "$status" = 73 ]
	# What could not be told is told by the next run.
	[ "$(scrape coat | wc -l)" = 4 ]
}

@test "wrong command lines are refused" {
	for args in "" "-n x" "--urls --from-pages" "--urls --board a/b" \
		"--records x" "--min-size 5" "--allow home" "--seasons x" \
		"--base-url ftp://x coat" "--max-filesize much coat" "--nothing"; do
		# shellcheck disable=SC2086
		run --separate-stderr pinscrape $args </dev/null
		[ "$status" = 64 ]
		[ -n "$stderr" ]
		[ -z "$output" ]
	done
}

@test "bad lines are named; --strict; standard input closed" {
	serve <<<'/robots.txt
	404'
	printf '%s\n' "# a comment" "" "not a url" '{"path":"x"}' '{' >list
	run --separate-stderr scrape --urls list
	[ "$status" = 1 ]
	for i in 3 4 5; do
		[[ $stderr == *"pinscrape: list:$i: "* ]]
	done
	run scrape --strict --urls list
	[ "$status" = 65 ]
	run bash -c 'pinscrape --urls -o out <&-'
	[ "$status" = 74 ]
	[[ $output == "pinscrape: "* ]]
}
