#!/bin/bash
# Names: a file is called by its own name from anywhere in the tree, and a
# program has its manual and its test.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# Names that more than one of the files on stdin has. What is called by others is
# not ours to name: data, and what .ci/ has.
twice() {
	grep -vE '^(\.ci|tests/(data|fuzz/corpus))/' | sed 's|.*/||' | sort | uniq -d
}

unique() {
	files | twice
}

# Programs below ROOT of which the source, the manual or the test is missing.
incomplete() {
	local name
	for name in $(cd "$1" && find cmd man tests/cli \( -name '*.c' \
		-o -name '*.1' -o -name '*.bats' \) -printf '%f\n' |
		sed 's/\.[^.]*$//' | sort -u); do
		for file in "cmd/$name.c" "man/$name.1" \
			"tests/cli/$name.bats"; do
			[ -f "$1/$file" ] || echo "$file is missing"
		done
	done
}

none "file names are unique in the tree" unique
none "every program has a source, a manual and a test" incomplete .

planted() {
	printf '%s\n' lib/nn/conv.c lib/nn/op/conv.c lib/nn/pool.c | twice
}
finds conv.c "a name used twice is found" planted

copy=$(mktemp -d) || exit 1
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/cmd" "$copy/man" "$copy/tests/cli"
touch "$copy/cmd/bbcrop.c" "$copy/man/bbdraw.1"
finds "man/bbcrop.1 is missing" "a program without a manual" \
	incomplete "$copy"
finds "cmd/bbdraw.c is missing" "a manual without a program" \
	incomplete "$copy"
plan
