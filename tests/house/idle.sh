#!/bin/bash
# Tests that cannot fail are no tests: of a list that begins with !, and of
# [ a ] && [ b ] when it is a that fails, bash goes on as if nothing were. As
# the last command of a test its status is the test's; elsewhere it is "run !"
# or two lines.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# "file:line: text" of those in the tests below ROOT
idle() {
	(cd "$1" && find tests -name '*.bats' | sort | xargs -r awk '
		function tell() {
			if (held != "")
				print held
			held = ""
		}
		FNR == 1 { tell(); goes_on = 0 }
		!goes_on && /^[ \t]*(#|$)/ { next }
		!goes_on {
			if ($0 ~ /^[ \t]*}/)
				held = "" # it was the last
			tell()
			mine = !/\|\|/ && (/^[ \t]*! / ||
				/^[ \t]*\[.*\] && \[/ || /^[ \t]*\[.*\] &&$/)
			if (mine)
				held = FILENAME ":" FNR ": " $0
		}
		{ goes_on = /\\$/ }
		END { tell() }')
}

none "every check of a test can fail it" idle .

copy=$(mktemp -d) || exit 1
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/tests/cli"
cat >"$copy/tests/cli/bad.bats" <<'END'
@test "some that cannot" {
	! grep -q x file
	[ -e a ] && [ -e b ]
	[ -e c ] &&
		[ -e d ]
	! cmp a \
		b
	# a word about it
	[[ a == b ]] && [[ c == d ]]
	run ! cmp a b
}

@test "some that can" {
	[ -e a ] || [ -e b ]
	! command -v unzip || unzip -tq there.pth
	[ -d a ] && [ -d b ] || exit
	! cmp a \
		b

}
END
for line in 2 3 4 6 9; do
	finds "tests/cli/bad.bats:$line: " "line $line is found" idle "$copy"
done
[ "$(idle "$copy" | wc -l)" -eq 5 ]
ok $? "and no other"
plan
