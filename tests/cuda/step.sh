#!/bin/bash
# Training steps on a card that is not there (card.c), beside the CPU's.
# Both round alike on every machine: a proposal more or less is another loss.
ONEDNN_MAX_CPU_ISA=AVX2 exec "${BUILD:-build/cpu}/card/step_test"
