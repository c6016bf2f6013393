#!/bin/bash
# The manuals: sound mdoc, the same sections in the same order everywhere, and
# no reference into the void.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
lacks mandoc

lint() {
	mandoc -Tlint -W warning "$@"
}

# Pages of which the sections are not the expected ones in the expected order.
sections() {
	local page got
	local want='^NAME SYNOPSIS DESCRIPTION OPTIONS (RECORDS )?(FILES )?'
	want+='EXIT STATUS EXAMPLES SEE ALSO (STANDARDS )?(CAVEATS )?$'
	for page in "$@"; do
		got=$(sed -n 's/^\.Sh //p' "$page" | tr '\n' ' ')
		[[ $got =~ $want ]] || echo "$page: $got"
	done
}

# References to pages that are neither ours nor among the known others.
references() {
	local page name section
	local others=' convert.1 cron.8 find.1 ImageMagick.1 jq.1 make.1'
	others+=' sha256sum.1 signal.7 sort.1 split.1 tee.1 xargs.1 '
	grep -E '^\.Xr ' "$@" /dev/null | while read -r page name section _; do
		section=${section%%[!0-9]*}
		[ -f "man/$name.$section" ] ||
			[[ $others == *" $name.$section "* ]] ||
			echo "${page%:.Xr}: no page $name($section)"
	done
}

shopt -s nullglob
programs=(man/*.1)
none "mandoc is content" lint man/*.[1-9]
none "sections come in order" sections "${programs[@]}"
none "references lead somewhere" references man/*.[1-9]

page=$(mktemp) || exit 1
trap 'rm -f "$page"' EXIT
printf '.Dd Today\n.Dt X 1\n.Os\n.Sh NAME\n.Xr gone 1 ,\n.Foo\n' >"$page"
finds "unknown macro" "bad mdoc is found" lint "$page"
finds "$page: NAME" "missing sections are found" sections "$page"
finds "no page gone(1)" "a dangling reference is found" references "$page"
plan
