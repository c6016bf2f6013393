#!/bin/bash
# Curves of a training run, of dcgan-train, rcnn-train or any program that
# writes a record of numbers a step, as a picture in SVG, by gnuplot.
#
#	pipelines/plot.sh [-x KEY] [-k KEY,KEY...] [metrics.jsonl] >curves.svg
#
#	-x KEY      along the axis (images, step or iter, the first there is)
#	-k KEY,...  what to draw (what is known of these programs)
#
# Steps are averaged so that at most 500 points are drawn; keys of the records
# that are not there are left out.
set -u
usage() {
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
	exit 64
}

x='' keys=''
while getopts x:k:h option; do
	case $option in
	x) x=$OPTARG ;;
	k) keys=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -le 1 ] || usage
for need in jq gnuplot; do
	command -v $need >/dev/null || {
		echo "plot.sh: $need is missing: pipelines/install-deps.sh plot" >&2
		exit 69
	}
done
dir=$(mktemp -d) || exit
trap 'rm -rf "$dir"' EXIT
cat -- "${1:--}" >"$dir/records" || exit 66
[ -s "$dir/records" ] || {
	echo "plot.sh: no records" >&2
	exit 65
}

# A file a key: the axis and the mean, at most 500 lines.
jq -rs --arg x "$x" --arg keys "$keys" '
	def mean: add / length;
	($x | if . == "" then null else . end) as $x |
	($x // ([("images", "iter", "step") as $k | select(any(.[]; has($k))) |
		$k] | first)) as $axis |
	(if $keys == "" then
		["loss", "loss_d", "loss_g", "d_real", "d_fake", "sign",
		"grad_d", "grad_g", "augment", "spread", "lr", "ap", "AP",
		"SWD", "recall", "precision"] + (map(keys[]) | unique |
		map(select(startswith("KD-") or startswith("loss_")) |
			select(test("_floor$|-std") | not)))
	else $keys / "," end | reduce .[] as $k ([];
		if index([$k]) then . else . + [$k] end)) as $want |
	. as $all | $want[] as $k |
	[$all[] | select((.[$axis] | type) == "number" and
		(.[$k] | type) == "number") | [.[$axis], .[$k]]] |
	select(length > 0) | (length / 500 | ceil) as $n |
	range(0; length; $n) as $i | .[$i:$i + $n] |
	[$axis, $k, (map(.[0]) | mean), (map(.[1]) | mean)] | @tsv' \
	"$dir/records" >"$dir/points" || exit 65
[ -s "$dir/points" ] || {
	echo "plot.sh: none of the keys is in the records" >&2
	exit 65
}
axis=$(cut -f 1 "$dir/points" | head -n 1)
cut -f 2 "$dir/points" | awk '!seen[$0]++' >"$dir/keys"
n=$(wc -l <"$dir/keys")
{
	echo "set terminal svg size 800,$((n * 160 + 20)) background 'white'"
	echo "set multiplot layout $n,1"
	echo "unset key; set grid; set lmargin 10; set tmargin 1.5"
	while read -r key; do
		i=$((${i:-0} + 1))
		awk -F '\t' -v k="$key" '$2 == k { print $3, $4 }' \
			"$dir/points" >"$dir/$i"
		[ $i = "$n" ] && echo "set xlabel '$axis'"
		echo "set title '${key//_/\\_}' offset 0,-0.5"
		echo "plot '$dir/$i' with lines lw 1.5 lc rgb '#205080'"
	done <"$dir/keys"
	echo "unset multiplot"
} >"$dir/script"
gnuplot "$dir/script"
