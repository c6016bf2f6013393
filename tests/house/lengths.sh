#!/bin/bash
# Lengths: what does not fit on a few screens is two things.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# Our layout makes this easy: a function's braces, and only they, stand alone
# in the first column.
rule() {
	(cd "$1" && find lib cmd -name '*.[ch]' -o -name '*.cu' | sort | xargs -r awk '
		function close_file() {
			limit = file ~ /^cmd\// ? 250 : 400
			if (lines > limit)
				print file ": " lines " lines, " limit " allowed"
		}
		FNR == 1 {
			close_file()
			file = FILENAME
			began = 0
		}
		{ lines = FNR }
		/^\{/ { began = FNR }
		/^\}/ && began {
			if (FNR - began - 1 > 60)
				print file ":" began ": function of " \
					FNR - began - 1 " lines, 60 allowed"
			began = 0
		}
		END { close_file() }')
}

none "files, programs and functions are short" rule .

copy=$(mktemp -d) || exit 1
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/lib/nn" "$copy/cmd"
# function LINES: one with that many lines in its body
function_of() {
	printf 'int f(void)\n{\n'
	seq "$1" | sed 's/.*/\t;/'
	printf '}\n'
}
function_of 60 >"$copy/lib/nn/fits.c"
function_of 61 >"$copy/lib/nn/long.c"
seq 401 | sed 's|.*|/* */|' >"$copy/lib/nn/tall.h"
seq 251 | sed 's|.*|/* */|' >"$copy/cmd/big.c"
finds "lib/nn/long.c:2: function of 61" "a long function" rule "$copy"
finds "lib/nn/tall.h: 401 lines" "a long file" rule "$copy"
finds "cmd/big.c: 251 lines" "a long program" rule "$copy"
[ "$(rule "$copy" | wc -l)" -eq 3 ]
ok $? "and nothing else is found there"
plan
