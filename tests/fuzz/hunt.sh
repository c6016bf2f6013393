#!/bin/bash
# Fuzz targets one after the other, T seconds each: `make fuzz` calls this.
# What they learn stays in BUILD for the next time, and so does an input that
# crashed: copy it to tests/fuzz/corpus/NAME, and every `make check` replays it.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${BUILD:?}" "${T:=60}"
for name; do
	seeds=tests/fuzz/corpus/$name learnt=$BUILD/corpus/$name
	words=tests/fuzz/$name.dict
	mkdir -p "$learnt"
	echo "fuzz: $name, $T seconds"
	options=(-max_total_time="$T" -timeout=10 -rss_limit_mb=2048
		-artifact_prefix="$BUILD/$name-"
		-verbosity=0 -print_final_stats=1)
	[ ! -f "$words" ] || options+=(-dict="$words")
	# Without the words that libFuzzer thinks a dictionary should have.
	"$BUILD/tests/fuzz/${name}_fuzz" "${options[@]}" "$learnt" "$seeds" \
		|& grep -vE '^"|Recommended dictionary|recommended dictionary'
done
