#!/bin/bash
# The parser, --help and the manual agree: one option table drives the first
# two, and the third is held to it here. So are the exit statuses, which
# deepstyle(7) and the enum in lib/base/err.h list.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
: "${BIN:=$PWD/bin}"

common='quiet|verbose|help|version'

# Option tables on stdin as the lines of a manual: .It Fl n , Fl -count Ar N
as_items() {
	awk -F '\t' '{
		printf ".It "
		if ($1 != "-")
			printf "Fl %s , ", $1
		printf "Fl -%s", $2
		if ($3 != "-")
			printf " Ar %s", $3
		print ""
	}' | sort
}

# The items of the OPTIONS section of a page
items() {
	awk '/^\.Sh/ { on = $2 == "OPTIONS" } on && /^\.It Fl/' "$1" | sort
}

# The option table of a program without what all programs share
own() {
	sed -nE 's/^  (-(.),|   ) --([^ ]+)( ([^ ]+))?  *.*/\2\t\3\t\5/p'
}

own() {
	"$BIN/$1" --help=table | grep -vE "^.	($common)	"
}

# rule PROGRAM PAGE: lines that only one of the two has
page_agrees() {
	diff <(own "$1" | as_items) <(items "$2")
}

# By letters and names: a value's name may hold blanks.
help_agrees() {
	diff <("$BIN/$1" --help=table | awk -F '\t' '{
			print ($1 == "-" ? "" : "-" $1 ",") "--" $2 }' | sort) \
		<("$BIN/$1" --help | sed -nE \
			's/^  (-.,|   ) --([^ ]+).*/\1--\2/p' | tr -d ' ' |
			sort)
}

# The statuses that a page lists
statuses() {
	awk '/^\.Sh/ { on = $0 == ".Sh EXIT STATUS" }
		on && /^\.It/ && match($0, /[0-9]+/) {
			print substr($0, RSTART, RLENGTH)
		}' "$1" | sort
}

known=$(mktemp) || exit 1
fake=$(mktemp -d) || exit 1
trap 'rm -rf "$known" "$fake"' EXIT
statuses man/deepstyle.7 >"$known"

# Statuses of a page that deepstyle(7) does not know
odd_statuses() {
	statuses "$1" | comm -13 "$known" -
}

missing_statuses() {
	local status
	for status in 0 64; do
		statuses "$1" | grep -qx "$status" || echo "$status is missing"
	done
}

enum_agrees() {
	diff <(sed -nE 's/^	ERR_[A-Z]+ = ([0-9]+).*/\1/p' \
		lib/base/err.h | sort) "$known"
}

common_agrees() {
	diff <("$BIN/$1" --help=table | grep -E "^.	($common)	" |
		as_items) <(items man/deepstyle.7)
}

mentions_common() {
	grep -q '^\.Xr deepstyle 7' "$1" || echo "$1: no .Xr deepstyle 7"
}

none "deepstyle(7) lists the statuses of err.h" enum_agrees
last=
for page in man/*.1; do
	[ -f "$page" ] || continue
	name=$(basename "$page" .1)
	last=$name
	if [ ! -x "$BIN/$name" ]; then
		ok 1 "$name" "$BIN/$name is missing"
		continue
	fi
	none "$name: parser and manual agree" page_agrees "$name" "$page"
	none "$name: parser and --help agree" help_agrees "$name"
	none "$name: its exit statuses are known" odd_statuses "$page"
	none "$name: statuses 0 and 64 are listed" missing_statuses "$page"
	none "$name: deepstyle(7) is referred to" mentions_common "$page"
done
[ -z "$last" ] ||
	none "deepstyle(7) lists the common options" common_agrees "$last"

# A program and a page that differ in a letter, a value and an option.
cat >"$fake/prog" <<'END'
#!/bin/sh
printf 'n\tcount\tN\tx\n-\tstrict\t-\tx\nq\tquiet\t-\tx\n'
END
chmod +x "$fake/prog"
cat >"$fake/prog.1" <<'END'
.Sh OPTIONS
.It Fl n , Fl -count Ar M
.Sh EXIT STATUS
.It 0
.It 99
END
BIN=$fake
finds "< .It Fl n , Fl -count Ar N" "another value is found" \
	page_agrees prog "$fake/prog.1"
finds "< .It Fl -strict" "a missing option is found" \
	page_agrees prog "$fake/prog.1"
finds "> .It Fl n , Fl -count Ar M" "an extra option is found" \
	page_agrees prog "$fake/prog.1"
finds "99" "an unknown status is found" odd_statuses "$fake/prog.1"
finds "64 is missing" "a missing status is found" \
	missing_statuses "$fake/prog.1"
plan
