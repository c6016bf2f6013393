#!/bin/bash
# Our shell scripts, whatever they are called, pass shellcheck.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
lacks shellcheck

# By their first line: scripts need not be called .sh.
scripts() {
	files | while read -r f; do
		case $f in
		*.sh) echo "$f" ;;
		*.bats) ;;
		*) head -c 64 "$f" | head -n 1 | tr -d '\0' |
			grep -qE '^#!.*[/ ](ba)?sh' && echo "$f" ;;
		esac
	done
}

# SC1091: a sourced file is checked by itself. SC2016: awk's and sed's $ are
# theirs. SC2317: rules are called by name, which shellcheck takes for never.
rule() {
	scripts | xargs shellcheck -e SC1091,SC2016,SC2317 -f gcc
}

finds tests/exec "scripts are found by their first line" scripts
none "shellcheck is content" rule
plan
