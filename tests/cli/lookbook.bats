bats_require_minimum_version 1.5.0

setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 3 --size 80x120 -o d
	cp d/img/*/img_00000001.jpg 1.jpg
	cp d/img/*/img_00000002.jpg 2.jpg
	cp d/img/*/img_00000003.jpg 3.jpg
	cat >in.jsonl <<-'END'
		{"path":"1.jpg","score":0.25,"category":"full"}
		{"path":"2.jpg","score":10}
		{"path":"3.jpg","score":9.5,"boxes":[{"bbox":[1,2,3,4]}]}
		{"path":"1.jpg","score":"none"}
		{"path":"2.jpg","other":1}
	END
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	page=$BATS_TEST_TMPDIR/page.html
}

# The JSON within a page
data() {
	sed -n '/<script type="application\/json"/,/<\/script>/p' "$1" |
		sed '1s/.*/[/; $s/.*/]/'
}

@test "every record is on the page, as it was" {
	run --separate-stderr lookbook -o "$page" in.jsonl
	[ "$status" = 0 ]
	[ -z "$output$stderr" ]
	data "$page" | jq -c '.[].record' >got
	diff got in.jsonl
}

@test "a thumbnail is a JPEG of the picture's shape" {
	lookbook -o "$page" in.jsonl
	data "$page" | jq -r '.[0].thumb' >thumb
	[ "$(head -c 23 thumb)" = "data:image/jpeg;base64," ]
	tail -c +24 thumb | base64 -d >thumb.jpg
	# The same size, and a file that our own decoder takes for whole.
	[ "$(data "$page" | jq -c '.[0] | [.w, .h]')" = "[80,120]" ]
	echo '{"path":"thumb.jpg","boxes":[{"bbox":[0,0,80,120]}]}' |
		bbcrop -o "$BATS_TEST_TMPDIR" | jq -c '.box' >got
	[ "$(cat got)" = "[0,0,80,120]" ]
}

@test "large pictures are made small" {
	dfsynth -q -n 1 --size 500x800 -o "$BATS_TEST_TMPDIR/big"
	find "$BATS_TEST_TMPDIR/big" -name '*.jpg' | lookbook -o "$page"
	[ "$(data "$page" | jq -c '.[0] | [.w, .h]')" = "[200,320]" ]
}

@test "--sort: numbers, strings, the rest" {
	order() {
		lookbook "$@" in.jsonl >"$page"
		data "$page" | jq -r '.[].record.score' | tr '\n' ' '
	}
	[ "$(order)" = "0.25 10 9.5 none null " ]
	[ "$(order --sort score)" = "0.25 9.5 10 none null " ]
	[ "$(order --sort score --reverse)" = "10 9.5 0.25 none null " ]
	[ "$(order --sort nothing)" = "0.25 10 9.5 none null " ]
}

@test "what records hold cannot leave its place" {
	evil='</script><!--<script>alert(1)</script><img src=x onerror=alert(2)>'
	jq -cn --arg e "$evil" '{path: "1.jpg", category: $e, ($e): $e}' >evil
	lookbook -t "$evil &amp; @RECORDS@" -o "$page" evil
	data "$page" | jq -c '.[0].record' | cmp - evil
	# Of script elements there are the two that the page has anyway.
	lookbook -o plain.html in.jsonl
	[ "$(grep -ci '<script' "$page")" = "$(grep -ci '<script' plain.html)" ]
	[ "$(grep -ci '</script' "$page")" = "$(grep -ci '</script' plain.html)" ]
	[ "$(grep -c 'onerror' "$page")" = 3 ]
	[ "$(grep -c '<img' "$page")" = 0 ]
	grep -qF '<title>&lt;/script&gt;&lt;!--' "$page"
	grep -qF '&amp;amp; @RECORDS@</title>' "$page"
}

@test "the page asks for nothing from anywhere" {
	lookbook -o "$page" in.jsonl
	grep -q "Content-Security-Policy\" content=\"default-src 'none'" "$page"
	run grep -oE '(src|href)=|url\(|https?:|@import|fetch\(' "$page"
	[ "$status" = 1 ]
}

@test "the same bytes each time; no records, no pictures" {
	lookbook in.jsonl >"$page"
	lookbook <in.jsonl | cmp - "$page"
	lookbook </dev/null >"$page"
	[ "$(data "$page" | jq length)" = 0 ]
}

@test "bad records are named and skipped" {
	run --separate-stderr lookbook -o "$page" <<<"nothing.jpg
1.jpg
{}"
	[ "$status" = 1 ]
	[ "${#stderr_lines[@]}" = 2 ]
	[[ ${stderr_lines[0]} == "lookbook: standard input:1: "*nothing.jpg* ]]
	[ "$(data "$page" | jq length)" = 1 ]
	rm "$page"
	run lookbook --strict -o "$page" <<<"nothing.jpg"
	[ "$status" = 66 ]
	[ ! -e "$page" ]
}

@test "--root, a page that cannot be written, wrong command lines" {
	(cd / && lookbook --root "$BATS_FILE_TMPDIR" -o "$page" <<<"1.jpg")
	[ "$(data "$page" | jq -r '.[0].record.path')" = 1.jpg ]
	run lookbook -o /dev/full in.jsonl
	[ "$status" = 74 ]
	run bash -c 'lookbook in.jsonl >/dev/full'
	[ "$status" = 74 ]
	run lookbook -o 1.jpg/page.html in.jsonl
	[ "$status" = 73 ]
	run lookbook none.jsonl
	[ "$status" = 66 ]
	run lookbook --sort
	[ "$status" = 64 ]
}

@test "standard input: as an operand, and closed" {
	lookbook -o "$page" - <<<1.jpg
	# Within a bash of its own: run would open its pipes in the gap.
	run bash -c 'lookbook -o "$1" <&-' - "$page"
	[ "$status" = 74 ]
	[[ $output == "lookbook: "* ]]
}

@test "-j: the same page, and the same files beside it" {
	for i in {1..20}; do echo "$((i % 4)).jpg"; done >many
	for j in 1 5; do
		run -1 --separate-stderr lookbook -j $j -o "$j.html" many
		echo "$stderr" >$j.said
		run -1 lookbook --beside -j $j -o "$j/page.html" many
	done
	cmp 1.html 5.html
	cmp 1.said 5.said
	[ "$(data 5.html | jq length)" = 15 ]
	diff -r 1 5
}

@test "--beside: thumbnails in files" {
	mkdir "$BATS_TEST_TMPDIR/a b"
	lookbook --beside -o "$BATS_TEST_TMPDIR/a b/p#1.html" in.jsonl
	[ "$(data "$BATS_TEST_TMPDIR/a b/p#1.html" | jq -r '.[0].thumb')" = \
		"./p%231_files/000001.jpg" ]
	[ "$(find "$BATS_TEST_TMPDIR/a b/p#1_files" -name '*.jpg' | wc -l)" = \
		"$(data "$BATS_TEST_TMPDIR/a b/p#1.html" | jq length)" ]
	run lookbook --beside in.jsonl
	[ "$status" = 64 ]
	run lookbook --beside -o /dev/full/x.html in.jsonl
	[ "$status" = 1 ] || [ "$status" = 73 ]
}

# browse WIDTHxHEIGHT PAGE SCRIPT: what the script says of the page, which a

browse() {
	local size=${1/x/,}
	cp "$2" "$BATS_TEST_TMPDIR/tried.html"
	cat >>"$BATS_TEST_TMPDIR/tried.html" <<-END
		<script>
		const said = [], say = (...s) => said.push(s.join(" "));
		const key = (k) => (document.activeElement || document.body).dispatchEvent(
			new KeyboardEvent("keydown", { key: k, bubbles: true }));
		const put = (id, v, what) => { byId(id).value = v; byId(id).dispatchEvent(new Event(what)); };
		addEventListener("load", () => {
			$3
			document.body.replaceChildren(make("pre", "", "SAID " + said.join("; ") + " DONE"));
		});
		</script>
	END
	timeout 120 chromium --headless --no-sandbox --disable-gpu \
		--hide-scrollbars --user-data-dir="$BATS_TEST_TMPDIR/profile" \
		--window-size="$size" --virtual-time-budget=5000 --dump-dom \
		"file://$BATS_TEST_TMPDIR/tried.html" 2>/dev/null |
		sed -n 's/.*<pre>SAID \(.*\) DONE<.*/\1/p'
}

@test "in a browser, on a desk and on a phone" {
	command -v chromium >/dev/null || skip "no Chromium"
	for i in 1 2 3; do
		jq -cn --arg i $i '{path: "\($i).jpg", category:
			(if $i == "2" then "full" else "upper" end), place: ("r" + $i),
			score: ($i | tonumber / 4), width: 80, height: 120,
			boxes: [{bbox: [8, 12, 40, 60], category: "lower", n: $i}]}'
	done | lookbook -o "$page"
	# shellcheck disable=SC2016
	script='
		const cards = () => grid.querySelectorAll(".card").length;
		const names = () => shown.map((e) => baseName(e.record.path)[0]).join("");
		say("all", cards());
		say("wide", document.documentElement.scrollWidth <= innerWidth);
		say("loaded", [...document.images].every((i) => i.naturalWidth > 0));
		put("find", "place:r2", "input"); say("key", names());
		put("find", "score>0.4", "input"); say("number", names());
		put("find", "score>0.4 upper", "input"); say("both", names());
		put("find", "n:3", "input"); say("box", names());
		put("find", "nothing", "input"); say("none", cards());
		put("find", "", "input");
		[...byId("chips").children].find((b) => b.textContent === "upper 2").click();
		say("chip", names());
		byId("chips").children[0].click();
		say("facets", byId("key").options.length);
		put("sort", "score", "change"); byId("turn").click(); say("sort", names());
		key("ArrowRight"); key("ArrowRight");
		say("at", [...grid.children].indexOf(document.activeElement));
		document.activeElement.click(); say("open", dialog.open);
		say("facts", dialog.querySelectorAll("dt").length > 4);
		key("ArrowRight"); say("next", opened);
		dialog.close(); say("box", getComputedStyle(document.querySelector(".box")).display);
		key("b"); say("box", getComputedStyle(document.querySelector(".box")).display);'
	want='all 3; wide true; loaded true; key 2; number 23; both 3; box 3; none 0; '
	want+='chip 13; facets 1; sort 321; at 1; open true; facts true; next 2; '
	want+='box block; box none'
	[ "$(browse 1280x900 "$page" "$script")" = "$want" ]
	[ "$(browse 390x844 "$page" "$script")" = "$want" ]
}

@test "in a browser, thousands, and thumbnails beside" {
	command -v chromium >/dev/null || skip "no Chromium"
	yes 1.jpg | head -n 5000 | lookbook -o "$page"
	[ "$(browse 1280x900 "$page" '
		const few = () => { const n = grid.children.length; return n > 0 && n < 600; };
		say("few", few()); put("find", "1.jpg", "input"); say("few", few(), shown.length);
		say("far", cardAt(4999) === grid.children[4999]);')" = \
		"few true; few true 5000; far true" ]
	lookbook --beside -o "$BATS_TEST_TMPDIR/tried.html" in.jsonl
	[ "$(browse 390x844 "$BATS_TEST_TMPDIR/tried.html" '
		say("loaded", [...document.images].every((i) => i.naturalWidth > 0));')" = \
		"loaded true" ]
}
