#!/bin/bash
# Training steps on a card that is not there (card.c), beside the CPU's.
exec "${BUILD:-build/cpu}/card/step_test"
