#!/bin/bash
# Every convolution of every network, planned by cuDNN for every card that the
# kernels are compiled for, none of which need be there.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

gpu_plan=${BUILD:-build/cuda}/tests/gpu/plan
lacks "$gpu_plan"
said=$("$gpu_plan" 2>&1)
if [ $? -eq 69 ]; then
	echo "1..0 # SKIP $said"
	exit 0
fi

# planned SM: all are, and they are as many as the networks have
planned() {
	[[ $said =~ "sm_$1: "([0-9]+)" of "([0-9]+)" convolutions planned" ]] &&
		[ "${BASH_REMATCH[1]}" -eq "${BASH_REMATCH[2]}" ] &&
		[ "${BASH_REMATCH[2]}" -gt 800 ]
}

for sm in 80 86 89 90 100 120; do
	planned "$sm"
	ok $? "all planned for sm_$sm" "$said"
done
plan
