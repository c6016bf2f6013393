#!/bin/bash
# Pictures a second from one local server without faults: pinscrape's and
# gallery-dl's in turn, and the median of their ratio.
#
#	tests/bench/pinscrape_peer.sh [PAIRS [GALLERY-DL]]
#
# PAIRS is 5. GALLERY-DL is the program, as `pip install gallery-dl` installs
# it. Both search, page by page, and both may wait for nothing. That each has
# fetched every picture, and over how many connections, is checked. Each run has
# a folder of its own, in memory where there is such a place: ext4 looks for half
# a minute past the inodes of files that were just removed, whoever removed them,
# which would be measured too. TMPDIR says where else.
set -euo pipefail
cd "$(dirname "$0")/../.."
pairs=${1:-5} peer=${2:-gallery-dl}
pictures=1000 pages=50 base=''
. tests/web/server.bash
: "${BIN:=$PWD/bin}"

[ -n "${TMPDIR-}" ] || [ ! -w /dev/shm ] || export TMPDIR=/dev/shm
dir=$(mktemp -d)
trap 'server_stop; rm -rf "$dir"' EXIT
BIN=$BIN FATES=+plain tests/web/site.sh $pictures $pages "$dir/site"
serve -r "$dir/site" "$dir/site/script"
jq -r .sha256 "$dir/site/expected.jsonl" | sort >"$dir/want"

ours() {
	"$BIN/pinscrape" -q -o "$out" --base-url "$base" \
		--allow 127.0.0.1 --rate 0 runway >"$dir/records"
}

peers() {
	"$peer" -q --config-ignore -d "$out" -o sleep-request=0 \
		-o extractor.pinterest.domain="$base" \
		'https://www.pinterest.com/search/pins/?q=runway'
}

# once WHO: its seconds, after it has done all that there was to do.
once() {
	local begin end out
	out=$(mktemp -d "$dir/out.XXXXXX")
	server_reset
	begin=$(date +%s%N)
	"$1"
	end=$(date +%s%N)
	find "$out" -name '*.jpg' -exec sha256sum {} + | cut -d' ' -f1 |
		sort | cmp - "$dir/want"
	echo "$1: $(stats .open_max) connections at most" >&2
	awk "BEGIN { print ($end - $begin) / 1e9 }"
}

once ours >"$dir/warm"
for ((i = 0; i < pairs; i++)); do
	a=$(once ours)
	b=$(once peers)
	echo "$a $b"
done | awk -v n=$pictures '{
	printf "pinscrape %.0f/s, gallery-dl %.0f/s, ratio %.2f\n", n / $1, \
		n / $2, $2 / $1
	print $2 / $1 >"'"$dir/ratios"'"
}'
sort -n "$dir/ratios" | awk '{ r[NR] = $1 } END {
	m = NR % 2 ? r[(NR + 1) / 2] : (r[NR / 2] + r[NR / 2 + 1]) / 2
	printf "median ratio of %d pairs: %.2f\n", NR, m
}'
