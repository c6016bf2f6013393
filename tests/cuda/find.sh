#!/bin/bash
# Where make finds CUDA and cuDNN, and what it says of that: trees of empty
# files, laid out as each of those who hand them out does it.
set -u
unset MAKEFLAGS MFLAGS MAKEOVERRIDES CUDA # as make check was called
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
t=$(mktemp -d) || exit 1
trap 'rm -rf "$t"' EXIT

# tree FILE...: empty files
tree() {
	local f
	for f; do
		mkdir -p "$t/$(dirname "$f")" && : >"$t/$f"
	done
}

# shellcheck disable=SC2317 # called by finds
# found WORDS...: make's line, where it sees nothing but these trees
found() {
	rm -rf "$t/build"
	# Not as a part of the make that runs the tests.
	env -u MAKEFLAGS -u MAKELEVEL -u CUDA_HOME -u CUDNN_HOME \
		PYTHONPATH="$t/python" make -s B="$t/build" \
		CUDNN_PLACES="$t/usr/include" CUDA_ARCH='90 120' "$@" \
		"$t/build/cuda.found" 2>&1
}

# says TEXT NAME WORDS...
says() {
	local text=$1 name=$2
	shift 2
	finds "$text" "$name" found "$@"
}

tree local/{bin/nvcc,lib64/libcudart_static.a,include/cudnn_graph.h} \
	deb/{bin/nvcc,lib64/libcudart_static.a} usr/include/cudnn_graph.h \
	bare/bin/nvcc
says "nvcc of $t/local, cuDNN of $t/usr/include, for sm 90 120" \
	"NVIDIA's packages" CUDA_PLACES="$t/none $t/local"
rm -r "${t:?}/usr"
says "nvcc of $t/local, cuDNN of $t/local/include" \
	"cuDNN in CUDA's own folder" CUDA_PLACES="$t/local"
says "left out: no cudnn_graph.h" "no cuDNN" CUDA_PLACES="$t/deb" \
	PYTHON=false
says "left out: no libcudart_static.a and no cudnn_graph.h" \
	"a part of CUDA" CUDA_PLACES="$t/bare" PYTHON=false
says "left out: CUDA=0" "CUDA=0" CUDA=0
says "CUDA=1, but there is no nvcc and no" "CUDA=1 insists" CUDA=1 \
	CUDA_PLACES= PYTHON=false

# shellcheck disable=SC2317 # called by finds
# All that a card's folder is made of is built for it, where nothing is yet.
bundled() {
	env -u MAKEFLAGS -u MAKELEVEL make -n B="$t/none" \
		CUDA_PLACES="$t/local" CUDA_ARCH=90 gpu-bundle 2>&1 |
		grep -o -- "-o $t/none/tests/[a-z/_]*" |
		grep -v '\.o' | sed 's/.*tests.//' | sort -u | tr '\n' ' '
}
finds "gpu/plan gpu/speed op/op_test op/resize_test op/update_test" "what goes to a card" \
	bundled
tree mine/include/cudnn_graph.h
says "nvcc of $t/deb, cuDNN of $t/mine/include" "as CUDNN_HOME says" \
	CUDA_HOME="$t/deb" CUDNN_HOME="$t/mine"
if command -v python3 >/dev/null; then
	tree python/nvidia/cu13/{bin/nvcc,lib/libcudart_static.a} \
		python/nvidia/cudnn/include/cudnn_graph.h
	at=$t/python/nvidia
	says "nvcc of $at/cu13, cuDNN of $at/cudnn/include" "Python's wheels" \
		CUDA_PLACES=
fi
plan
