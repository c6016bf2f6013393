#!/bin/bash
# What cron starts each night: fetch what is new, leave out what looks the same,
# find and cut out the garments, teach the generator with all of them so far.
#
#	nightly.sh OUT=DIR MODEL=DETECTOR [KNOB=VALUE]...
#
#	SCRAPE='WORD...'   what pinscrape fetches: options and queries; the
#	                   thirteen houses and six seasons unless given
#	CONTACT=WHO        who answers for it
#	BITS=4             pictures that differ in as few bits are the same
#	CLASS=full SCORE=0.7 CROP='--best --pad 0.05'   what is cut out
#	IMAGES=20000       that the generator is shown each night
#	GAN='WORD...'      more options of dcgan-train
#	BIN=DIR            where the programs are
#
# In OUT: pictures/, a night's found/N.jsonl, crops/N/ and crops/N.jsonl,
# generator/, sheets/N/. A night that ends early (status 75) is gone on with by
# the next: nothing is fetched, looked at or cut out twice. A night without
# anything new teaches nothing. Status 75 too when another night still runs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

out='' model='' bits=4 class=full score=0.7 crop='--best --pad 0.05'
images=20000 gan='' contact='' bin=''
scrape="--brands $here/conf/brands.txt --seasons $here/conf/seasons.txt"
for word; do
	case $word in
	OUT=* | MODEL=* | SCRAPE=* | CONTACT=* | BITS=* | CLASS=* | SCORE=* | \
		CROP=* | IMAGES=* | GAN=* | BIN=*)
		name=${word%%=*}
		printf -v "${name,,}" %s "${word#*=}"
		;;
	*)
		sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
		exit 64
		;;
	esac
done
if [ -z "$out" ] || [ -z "$model" ]; then
	echo "nightly: OUT=DIR and MODEL=FILE are missing" >&2
	exit 64
fi
[ -z "$bin" ] && [ -d "$here/../bin" ] && bin=$here/../bin
PATH=${bin:+$(realpath "$bin"):}$PATH

say() {
	echo "nightly: $*" >&2
}

# passing COMMAND...: that some of it was rejected (1) is no reason to stop.
passing() {
	local status=0
	"$@" || status=$?
	[ $status -le 1 ] || return $status
}

# into FILE COMMAND...: its output, when it is whole.
into() {
	local file=$1
	shift
	passing "$@" >"$file.part"
	mv "$file.part" "$file"
}

mkdir -p "$out"/{found,crops,sheets}
exec 9>"$out/.lock"
if ! flock -n 9; then
	say "'$out' is in use by another night"
	exit 75
fi

later=0
# Words of knobs are split, on purpose.
# shellcheck disable=SC2086
pinscrape -q -o "$out/pictures" ${contact:+--contact "$contact"} $scrape \
	>/dev/null 9>&- || later=$?
case $later in
0 | 1) later=0 ;;
75) say "not all of it could be had; going on with what there is" ;;
*) exit $later ;;
esac

# All pictures so far, since a new one may look like an old one.
# shellcheck disable=SC2317
all() {
	pinscrape -o "$out/pictures" --records |
		imdedup -q -d "$bits" --keep first
}
into "$out/pictures.jsonl" all

# Those of earlier nights that were looked at to the end.
nights=("$out"/found/*.jsonl)
[ -e "${nights[0]}" ] || nights=()
cat "${nights[@]/%.jsonl/.seen}" </dev/null | LC_ALL=C sort >"$out/seen.part"
night=$(printf %06d $((${#nights[@]} + 1)))
LC_ALL=C sort "$out/pictures.jsonl" | LC_ALL=C comm -23 - "$out/seen.part" \
	>"$out/found/$night.seen"
rm "$out/seen.part"
if [ ! -s "$out/found/$night.seen" ]; then
	rm "$out/found/$night.seen"
	say "nothing new"
	[ ${#nights[@]} -gt 0 ] || exit $later
else
	say "$(wc -l <"$out/found/$night.seen") new pictures"
	into "$out/found/$night.jsonl" \
		rcnn-detect -q -w "$model" "$out/found/$night.seen"
fi

# Also those that an earlier night found but did not come to cut out.
for found in "$out"/found/*.jsonl; do
	night=$(basename "$found" .jsonl)
	[ ! -e "$out/crops/$night.jsonl" ] || continue
	# shellcheck disable=SC2086
	into "$out/crops/$night.jsonl" bbcrop -q -c "$class" -t "$score" \
		$crop -o "$out/crops/$night" "$found"
done

# The steps of a night that brought something are on top of those of the nights
# before, and are made up for when it was interrupted.
crops=()
for file in "$out"/crops/*.jsonl; do
	[ ! -s "$file" ] || crops+=("$file")
done
total=$((images * ${#crops[@]}))
trained=$(cat "$out/generator/trained" 2>/dev/null || echo 0)
if [ "$trained" -lt "$total" ]; then
	cat "${crops[@]}" >"$out/crops.jsonl"
	# shellcheck disable=SC2086
	dcgan-train -q $gan --images "$total" --resume -o "$out/generator" \
		--metrics "$out/metrics.jsonl" "$out/crops.jsonl"
	echo "$total" >"$out/generator/trained"
	rm -rf "$out/sheets/$night"
	dcgan-sample -q -w "$out/generator/model.safetensors" --sheet 8x8 \
		-o "$out/sheets/$night" >/dev/null
fi
exit $later
