# TAP from shell, for the tests of the house and of the manuals. A rule is a
# command that prints a line for each thing it finds wrong.
# shellcheck shell=bash

tap_run=0
tap_failed=0

# ok STATUS NAME [WORDS]: a check, with what to say when STATUS is not 0.
ok() {
	tap_run=$((tap_run + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_run - $2"
	else
		tap_failed=1
		echo "not ok $tap_run - $2"
		printf '%s\n' "${3-}" | sed 's/^/# /'
	fi
}

# none NAME COMMAND...: the rule finds nothing, and did not itself fail.
none() {
	local name=$1 found status=0
	shift
	found=$("$@") || status=$?
	[ -n "$found" ] && status=1
	ok "$status" "$name" "$found"
}

# finds TEXT NAME COMMAND...: the rule is not blind; it finds what was planted.
finds() {
	local text=$1 name=$2 found
	shift 2
	found=$("$@") || true
	[[ $found == *"$text"* ]]
	ok $? "$name" "no '$text' in: $found"
}

# lacks PROGRAM: say that the test is left out, and leave, without PROGRAM.
lacks() {
	command -v "$1" >/dev/null && return
	echo "1..0 # SKIP $1 is not installed"
	exit 0
}

plan() {
	echo "1..$tap_run"
	exit "$tap_failed"
}

# The files of the project, in the repository or in a tarball of it.
files() {
	{
		git ls-files --cached --others --exclude-standard 2>/dev/null ||
			find . -regextype egrep \( -name .git -o \
				-regex './(bin|build|demo|out)' \) -prune -o \
				-type f -print | sed 's|^\./||'
	} | while IFS= read -r f; do
		[ ! -f "$f" ] || printf '%s\n' "$f" # git lists the deleted too
	done
}
