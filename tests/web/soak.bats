# The scraper on a site where everything goes wrong (site.sh): what is good is
# there once, what is bad is explained, and nothing else is on the disk, even
# when the scraper is killed on its way. `make check` does it with forty
# pictures, `make soak` with a thousand.
bats_require_minimum_version 1.5.0
load server

: "${SOAK_PICTURES:=40}" "${SOAK_PAGES:=4}" "${SOAK_WAIT:=0}" "${SOAK_KILLS:=5}"

# One server for all tests: its bombs take a while to make.
setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	BIN=$(realpath "$BIN")
	PATH=$BIN:$PATH
	export BIN PATH base server
	cd "$BATS_FILE_TMPDIR" || exit
	"$BATS_TEST_DIRNAME/site.sh" "$SOAK_PICTURES" "$SOAK_PAGES" site \
		"$SOAK_WAIT"
	serve_site site
}

teardown_file() {
	server_stop
}

serve_site() {
	serve -t 7200 -r "$1" "$1/script"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	site=$BATS_FILE_TMPDIR/site
	server_reset
	set_options
}

# Patience is short and limits are low, for faults that come by the hundred.
set_options() {
	options=(-o out --base-url "$base" --allow 127.0.0.1 --rate 0
		--backoff 0.02 --retries 3 --timeout 20 --max-filesize 1M
		--refusals 0)
}

# What is expected and is not so, a line each.
differences() {
	jq -r 'select(.good) | "\(.id) \(.width)x\(.height) \(.sha256)"' \
		"$site/expected.jsonl" | sort >want
	jq -r '"\(.source.pin) \(.width)x\(.height) \(.sha256)"' records |
		sort >got
	diff want got | sed 's/^/record: /'
	# on the disk: the pictures of the records, beside what begins in a dot
	jq -r '.path' records | sort >want
	find out -type f ! -name '.*' -printf 'out/%P\n' | sort >got
	diff want got | sed 's/^/file: /'
	jq -r '"\(.sha256)  \(.path)"' records | sha256sum --quiet -c 2>&1
	find out -name '*.part'
	jq -r 'select(.good | not) | "\(.id) \(.url)"' "$site/expected.jsonl" |
		while read -r id url; do
			grep -qF -e "$id" -e "$url" words ||
				echo "not explained: $id $url"
		done
}

# scrape [OPTION]...: the whole job, under a checker if one is asked for, to
# words, and the record of every picture that is there to records. Some were
# bad (1), of which some may be better another time (75); a checker has
# statuses of its own.
scrape() {
	local status=0
	# shellcheck disable=SC2086 # words
	${SOAK_UNDER-} pinscrape "${options[@]}" "$@" >>told 2>>words ||
		status=$?
	[[ $status == @(0|1|75) ]]
	pinscrape -o out --records >records
}

@test "every good picture is there once, every bad one is explained" {
	scrape runway
	cmp told records
	run differences
	echo "$output"
	[ -z "$output" ]
	[ "$(stats .host_max)" = 1 ]
}

@test "a second run finds nothing new, and fetches no picture again" {
	scrape runway
	server_reset
	run --separate-stderr pinscrape "${options[@]}" runway
	echo "$stderr"
	[ -z "$output" ]
	[ "$(stats .routes | jq --slurpfile want "$site/expected.jsonl" '
		keys as $asked | [$want[] | select(.good) | .url |
		select(IN($asked[]))] | length')" = 0 ]
}

@test "killed at random moments and run again, it comes to the same" {
	for ((i = 0; i < SOAK_KILLS; i++)); do
		# a random number of requests from now
		at=$(stats .requests)
		at=$((at + 1 + RANDOM % (2 * SOAK_PICTURES / SOAK_KILLS)))
		pinscrape "${options[@]}" runway >>told 2>>words 3>&- &
		while kill -0 $! 2>/dev/null &&
			[ "$(stats .requests)" -lt "$at" ]; do
			sleep 0.01
		done
		kill -KILL $! 2>/dev/null || true
		wait $! || true
	done
	scrape runway
	run differences
	echo "$output"
	[ -z "$output" ]
	# what it told on its way: of each at least once, those that it told
	# just before a kill, no more than it holds together, twice
	sort -u told | cmp - <(sort records)
	[ "$(wc -l <told)" -le $(($(wc -l <records) + 32 * SOAK_KILLS)) ]
}

@test "saved pages in all their forms give the same pictures" {
	mkdir html
	for page in "$site"/html/*.html; do
		sed "s|@BASE@|$base|g" "$page" >"html/${page##*/}"
	done
	scrape --from-pages html/*.html
	cmp told records
	run differences
	echo "$output"
	[ -z "$output" ]
}

# peak SITE: $most is the most memory in kB that scraping it takes
peak() {
	local now
	serve_site "$1"
	set_options
	pinscrape "${options[@]}" runway >/dev/null 2>&1 3>&- &
	while now=$(awk '/^VmHWM/ { print $2 }' /proc/$!/status 2>/dev/null) &&
		[ -n "$now" ]; do
		most=$now
		sleep 0.02
	done
	wait $! || true
	server_stop
	rm -r out
}

@test "memory does not grow with the number of pictures" {
	[ "$SOAK_PICTURES" -ge 1000 ] || skip "for make soak"
	[[ -z ${SOAK_UNDER-} && $BUILD != *address* ]] ||
		skip "the checker's memory does"
	"$BATS_TEST_DIRNAME/site.sh" $((SOAK_PICTURES / 10)) \
		$((SOAK_PAGES / 10)) small "$SOAK_WAIT"
	peak small
	small=$most
	peak "$site"
	echo "# peak: $small kB with $((SOAK_PICTURES / 10)) pictures, $most" \
		"kB with $SOAK_PICTURES" >&3
	[ $((most * 10)) -lt $((small * 12)) ]
}
