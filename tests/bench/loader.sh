#!/bin/bash
# The loader's photographs a second beside those that a network learns:
#
#	tests/bench/loader.sh BENCH [COCO FOLDER]
#
# BENCH is build/cpu/tests/bench/loader_bench; photographs are drawn where none
# are given. A record a measurement; the last ones are the networks', of which
# data_wait is the share of the time that was spent waiting for the loader.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
bench=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
PATH=$top/bin:$PATH
if [ $# -ge 3 ]; then
	coco=$(realpath "$2") folder=$(realpath "$3")
else
	dfsynth -q -n 100 --size 800x1200 -o "$dir/d"
	coco=$dir/d/coco_train.json folder=$dir/d
fi
cd "$dir"
"$bench" "$coco" "$folder"

# learns SHORT LONG KEY VALUE...
learns() {
	rcnn-train -q -c "$top/pipelines/conf/small.yaml" \
		--dataset "train=$coco:$folder" OUTPUT_DIR "$dir/o" \
		TRAIN.AUTO_RESUME False TEST.DATASETS "()" TRAIN.EVAL_ITERS 0 \
		TRAIN.SCALES "($1,)" TRAIN.MAX_SIZE "$2" "${@:3}" |
		jq -c --argjson s "$1" --argjson l "$2" \
			'{short: $s, long: $l, learnt_per_s: .images_per_s,
				data_wait}' | tail -n 1
}
learns 200 333 SOLVER.MAX_ITER 12 TRAIN.LOG_ITERS 6
learns 800 1333 SOLVER.MAX_ITER 4 TRAIN.LOG_ITERS 2 TRAIN.IMS_PER_BATCH 2
