#!/bin/bash
# The whole toolkit in a few minutes: installs what is missing, builds, draws a
# small data set, teaches a detector to find the garments on it and a generator
# to draw new ones, and leaves demo/lookbook.html to look at.
#
#	demo.sh [KNOB=VALUE]...		knobs are deepstyle.mk's, and
#	PHOTOGRAPHS=N			how many are drawn (600)
#
# Interrupted, it goes on where it was when it is started again. Remove demo/
# to see it all again.
set -euo pipefail
cd "$(dirname "$0")/.."

photographs=600
knobs=()
for word; do
	case $word in
	PHOTOGRAPHS=*) photographs=${word#*=} ;;
	[A-Z]*=*) knobs+=("$word") ;;
	*)
		sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
		exit 64
		;;
	esac
done

say() {
	echo "==> $*" >&2
}

pipelines/install-deps.sh build ||
	say "going on with what is there"

say "building"
make -s -j "$(nproc)"

# dfsynth writes its lists last: where they are, all is there.
set=demo/photos-$photographs
if [ ! -e "$set/coco_val.json" ]; then
	say "drawing $photographs photographs of people in garments"
	bin/dfsynth -n "$photographs" -o "$set"
fi

# Half the width of the generator and pictures of three quarters: a fifth of the
# time.
make -s -f pipelines/deepstyle.mk DEEPFASHION="$set" OUT=demo \
	CFG=pipelines/conf/demo.yaml GAN_SIZE=48x72 GAN_BATCH=16 GAN_IMAGES=16000 \
	GAN_FLAGS='--ngf 32 --ndf 32' TITLE='deepstyle: the demo' "${knobs[@]}"

say "$SECONDS seconds; now look at $PWD/demo/lookbook.html"
