#!/bin/bash
# The table of programs in README.md has a row for each, and no other.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# rule README PROGRAM...: lines that only one of the two has
rule() {
	local readme=$1
	shift
	diff <(printf '%s\n' "$@" | sort) \
		<(sed -nE 's/^\| `([^`]+)` \|.*/\1/p' "$readme" | sort)
}

programs=$(find cmd -name '*.c' -printf '%f ' | sed 's/\.c / /g')
# shellcheck disable=SC2086
none "README.md lists the programs" rule README.md $programs

table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT
printf '| `here` | x |\n| `gone` | x |\n' >"$table"
finds "< new" "a program that is not listed" rule "$table" here new
finds "> gone" "a row without a program" rule "$table" here new
plan
