#!/bin/bash
# What is not written here: calls that overflow, that guess, or that take from
# the caller what is his (output, the end of the process), and notes to self.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# "file:line: text" of the sources below ROOT, without comments and strings
code() {
	(cd "$1" && find lib cmd tests -name '*.[ch]' | sort | xargs -r awk '
		FNR == 1 { inside = 0 }
		{
			s = $0
			gsub(/\\./, "", s)
			gsub(/"[^"]*"/, "\"\"", s)
			if (inside) {
				if (!match(s, /\*\//))
					next
				s = substr(s, RSTART + 2)
				inside = 0
			}
			gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", s)
			sub(/\/\/.*/, "", s)
			if (match(s, /\/\*/)) {
				s = substr(s, 1, RSTART - 1)
				inside = 1
			}
			print FILENAME ":" FNR ": " s
		}')
}

unsafe() {
	code "$1" | grep -E "[^[:alnum:]_.>](strcpy|strcat|sprintf|vsprintf|\
gets|strtok|atoi|atol|atof|alloca|system)[[:space:]]*\("
	return 0
}

# A library speaks through struct err. What says that we were wrong or that
# memory is gone, and what talks for the programs, may do more.
loud() {
	code "$1" | grep '^lib/' |
		grep -vE '^lib/(base/(err|mem)\.c|cli/)' |
		grep -vE '^lib/base/file\.c:.*stdout' |
		grep -E '[^[:alnum:]_](printf|vprintf|puts|putchar|perror|exit|_exit|abort|assert)[[:space:]]*\(|[^[:alnum:]_](stdout|stderr)[^[:alnum:]_]'
	return 0
}

# The words are put together here so that this file does not name them.
notes() {
	(cd "$1" && files | xargs -r grep -nwE 'TO''DO|FIX''ME|X''XX|HA''CK')
	return 0
}

# A path of one machine means nothing on another.
places() {
	(cd "$1" && files | xargs -r grep -nE '/work''/|/home''/[a-z]')
	return 0
}

none "no unsafe calls" unsafe .
none "no printing or exiting in the library" loud .
none "no notes to self" notes .
none "no paths of one machine" places .

copy=$(mktemp -d) || exit 1
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy"/lib/{base,nn,cli} "$copy"/{cmd,tests}
cat >"$copy/lib/nn/bad.c" <<'END'
/* printf("a comment may") and
 * so may exit(1) */
const char *s = "strcpy(a, b) in a string";
	snprintf(a, n, "x"); arena_printf(a, "atoi(%s)", "exit(2)");
	strcpy(a, b); // sprintf(
	x = atoi (s);
	exit(1);
	fputs("x", stderr);
	// TO''DO
	open("/home''/me/x");
END
sed -i "s/''//" "$copy/lib/nn/bad.c"
echo '	abort();' | tee "$copy/lib/cli/cli.c" >"$copy/lib/base/err.c"
finds "lib/nn/bad.c:5: " "strcpy is found" unsafe "$copy"
finds "lib/nn/bad.c:6: " "atoi is found" unsafe "$copy"
[ "$(unsafe "$copy" | wc -l)" -eq 2 ]
ok $? "but not in comments and strings"
finds "lib/nn/bad.c:7: " "exit is found" loud "$copy"
finds "lib/nn/bad.c:8: " "stderr is found" loud "$copy"
[ "$(loud "$copy" | wc -l)" -eq 2 ]
ok $? "but not where it is allowed"
finds "lib/nn/bad.c:9:" "a note is found" notes "$copy"
finds "lib/nn/bad.c:10:" "a machine's path is found" places "$copy"
plan
