#!/bin/bash
# A site to scrape, for faultd: pictures on pages, one in twenty with each of
# the faults that are met on the web, and what must come of it.
#
#	tests/web/site.sh PICTURES PAGES DIR [WAIT]
#
# writes DIR/script, the files that it names (so faultd -r DIR), the pages as
# HTML too, in the three forms that the site has had (DIR/html/*.html), and
# DIR/expected.jsonl: for each picture its pin's id, its URL's path, its fate,
# whether it is good, and if so the sha256 and size of what must be there.
# Servers that refuse for a time ask for WAIT seconds (1).
set -eu
[ $# -ge 3 ] || {
	echo "usage: site.sh PICTURES PAGES DIR [WAIT]" >&2
	exit 64
}
pictures=$1 pages=$2 dir=$3 wait=${4:-1}
: "${BIN:=$(dirname "$0")/../../bin}"
width=96 height=144

mkdir -p "$dir/pages" "$dir/html"
"$BIN/dfsynth" -q -n "$pictures" --size ${width}x$height -o "$dir/set"

# The fates of twenty pictures; + is good in the end, - is not. FATES=+plain
# makes a site without faults.
fates=${FATES:-'+plain -refused +hostile-text +ladder -missing +busy-seconds +busy-date
+error-once +drip -cut +reset-once -endless -gzip-bomb -redirect-loop
-redirect-file -redirect-private +wrong-type -html -png-bomb -cut-unseen'}

# number, id (beyond 2^53), signature, fate, good, file, sha256
number=0
find "$dir/set" -name '*.jpg' | sort | while read -r file; do
	number=$((number + 1))
	read -r sum _ < <(sha256sum "$file")
	printf '%d\t9007199254740%06d\t%s\t%s\t%s\n' "$number" \
		$((993000 + number)) "${sum:0:32}" "${file#"$dir/"}" "$sum"
done | awk -v OFS='\t' -v list="$fates" '
	BEGIN { n = split(list, fate) }
	{
		f = fate[($1 * 7 - 1) % n + 1]
		print $1, $2, $3, substr(f, 2), f ~ /^\+/ ? "true" : "false", $4, $5
	}' >"$dir/table"

jq -Rc --argjson w $width --argjson h $height 'split("\t") | {id: .[1],
	url: "/originals/\(.[2][:2])/\(.[2][2:4])/\(.[2][4:6])/\(.[2]).jpg",
	fate: .[3], good: (.[4] == "true")} +
	if .[4] == "true" then {sha256: .[6], width: $w, height: $h} else {} end
	' "$dir/table" >"$dir/expected.jsonl"

# ---- pictures: how each is answered ----

awk -F '\t' -v wait="$wait" '
	function path(size) {
		return "/" size "/" substr($3, 1, 2) "/" substr($3, 3, 2) "/" \
			substr($3, 5, 2) "/" $3 ".jpg"
	}
	# answers that differ from the plain one, before it or instead of it
	BEGIN {
		first["busy-seconds"] = "429 retry-after=" wait
		first["busy-date"] = "429 retry-after=+" wait
		first["error-once"] = "500 text=oh"
		only["refused"] = "403 text=AccessDenied type=application/xml"
		only["missing"] = "404 text=gone"
		only["gzip-bomb"] = "302 location=/gzip-bomb"
		only["redirect-loop"] = "302 location=/loop"
		only["redirect-file"] = "302 location=file:///etc/passwd"
		only["redirect-private"] = "302 location=http://10.0.0.1/a.jpg"
		only["html"] = "200 text=\"<html>Please log in</html>\" type=image/jpeg"
		only["png-bomb"] = "302 location=/png-bomb"
		more["endless"] = " endless"
		more["drip"] = " drip=700/1"
		more["cut"] = " cut=1000 no-range"
		more["cut-unseen"] = " cut=1000 length=none"
		more["wrong-type"] = " type=text/plain"
	}
	function answer(line) {
		print "\t" line
	}
	{
		print path("originals")
		if ($4 in first)
			answer(first[$4])
		if ($4 == "reset-once")
			answer("200 file=" $6 " reset=1500")
		if ($4 == "ladder")
			answer("403 text=AccessDenied")
		else if ($4 in only)
			answer(only[$4])
		else
			answer("200 file=" $6 more[$4])
		if ($4 == "ladder") {
			print path("736x")
			answer("200 file=" $6)
		}
	}
	END {
		print "/loop"
		answer("302 location=/loop")
		print "/gzip-bomb"
		answer("200 zeros=20000000 gzip type=image/jpeg")
		print "/png-bomb"
		answer("200 bomb=20000x20000")
		print "/robots.txt"
		answer("200 text=\"User-agent: *\\nAllow: /\\n\"")
	}' "$dir/table" >"$dir/script"

# ---- pages: the pins of a search ----
# Every eighth is empty, and others begin with the last pin of the one before:
# feeds repeat themselves.

# page NUMBER OF FIRST LAST: as the site's own search answers
page() {
	local next="bookmark-$(($1 + 1))-"
	[ "$1" -lt "$2" ] || next=-end-
	awk -v from="$3" -v to="$4" 'NR >= from && NR <= to' "$dir/table" |
		jq -Rn --arg next "$next" \
		--argjson page "$1" --argjson w $width --argjson h $height '
		def image($size; $sig): {width: $w, height: $h, url:
			"@BASE@/\($size)/\($sig[:2])/\($sig[2:4])/\($sig[4:6])/\($sig).jpg"};
		[inputs | split("\t") | {
			id: .[1], type: "pin", image_signature: .[2],
			dominant_color: "#a0b0c0",
			grid_title: (if .[3] == "hostile-text" then
				"../../\u001b[2J\"<script>\u202e衣 \ud83d\udc57"
				else "Look \(.[0])" end),
			description: "a garment\nof two lines",
			link: null, created_at: "Tue, 05 Mar 2019 10:11:12 +0000",
			board: {id: "1", name: "Runway / ../..", url: "/a/b/"},
			pinner: {id: "2", username: "someone"},
			images: {"236x": image("236x"; .[2]),
				"736x": image("736x"; .[2]),
				orig: image("originals"; .[2])}}] as $pins |
		# with them come things that are no pins
		(if $pins == [] then [] else $pins +
			[{type: "story", id: "5", title: "More"}] end) as $all |
		{resource_response: {status: "success", code: 0, http_status: 200,
			message: "ok", endpoint_name: "v3_search", bookmark: $next,
			data: (if $page % 2 == 1 then {results: $all} else $all end)},
		resource: {name: "BaseSearchResource", options:
			{query: "x", bookmarks: [$next]}}}'
}

# html NUMBER: the same pins as JSON in a page, on stdin and stdout
html() {
	local forms=(
		'__PWS_INITIAL_PROPS__ {initialReduxState: {pins: $pins}}'
		'__PWS_DATA__ {props: {initialReduxState: {pins: $pins}}}'
		'initial-state {resourceResponses: [{response: {data: $list}}]}'
	)
	local form=${forms[$1 % 3]}
	printf '<!DOCTYPE html>\n<title>Search</title>\n<script id="%s" %s>' \
		"${form%% *}" 'type="application/json"'
	jq -j '.resource_response.data | (.results? // .) as $list |
		($list | map({(.id): .}) | add // {}) as $pins |
		'"${form#* }"' | tojson | gsub("</"; "<\\/")'
	printf '</script>\n<p>Sign up to see more\n'
}

# The answers of page NUMBER: some come after a fault.
answers() {
	local turn=$(($1 % 20))
	[ "$fates" != +plain ] || turn=0
	case $turn in
	3) printf '\t500\n' ;;
	5) printf '\t429 retry-after=%s\n' "$wait" ;;
	7) printf '\t200 page=pages/%d.json cut=500\n' "$1" ;;
	9) printf '\t200 page=pages/%d.json reset=500\n' "$1" ;;
	esac
	printf '\t200 page=pages/%d.json header="Set-Cookie: seen=%d"' "$1" "$1"
	case $turn in
	11) printf ' drip=2000/5' ;;
	13) printf ' gzip' ;;
	15) printf ' chunked' ;;
	esac
	echo
}

each=$(((pictures + pages - 1) / pages))
all=$((pages + (pages + 3) / 7))
from=1
for ((p = all; p > 0; p--)); do
	# The first is asked for without a bookmark: its route comes last.
	if [ "$p" -gt 1 ]; then
		echo "/resource/BaseSearchResource/get/ query=bookmark-$p-"
	else
		echo "/resource/BaseSearchResource/get/"
	fi
	answers "$p"
done >>"$dir/script"
for ((p = 1; p <= all; p++)); do
	to=$((from + each - 1))
	if [ $((p % 8)) -eq 4 ]; then
		to=$((from - 1))
		page "$p" "$all" 1 0
	else
		page "$p" "$all" $((from - 1)) "$to"
	fi >"$dir/pages/$p.json"
	html "$p" <"$dir/pages/$p.json" >"$dir/html/$p.html"
	from=$((to + 1))
done
rm "$dir/table"
