#!/bin/bash
# A detector's file opened, and photographs looked at, on a card that is not
# there (card.c), beside the CPU.
ONEDNN_MAX_CPU_ISA=AVX2 exec "${BUILD:-build/cpu}/card/detect_test"
