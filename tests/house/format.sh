#!/bin/bash
# The layout is clang-format's, and so never argued about. Its versions argue
# among themselves: ours is Debian 12's.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
lacks clang-format
if ! clang-format --version | grep -q 'version 14\.'; then
	echo "1..0 # SKIP the layout is clang-format 14's"
	exit 0
fi

rule() {
	files | grep '\.[ch]$' | while read -r f; do
		clang-format "$f" | cmp -s - "$f" || echo "$f: try make format"
	done
}

none "every source is laid out by clang-format" rule
plan
