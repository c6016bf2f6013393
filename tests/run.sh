#!/bin/bash
# From a bare Debian to tested programs: install what is missing, build, run
# every quick test. Words on the command line are make's:
#
#	tests/run.sh SAN=address,undefined
set -eu
cd "$(dirname "$0")/.."

# Tests of tools that are not there are skipped; what the build lacks, make
# says better than we could.
pipelines/install-deps.sh build mpi test ||
	echo "run.sh: going on with what is there" >&2

jobs=$(nproc)
make -s -j "$jobs" "$@" tests
JOBS=$jobs make -s "$@" check
