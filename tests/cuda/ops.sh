#!/bin/bash
# The table of ops on a card that is not there (card.c): every op's kernels as
# the host computes them, and no op touches the card's memory but by kernels
# and copies.
exec "${BUILD:-build/cpu}/card/op_test" cuda
