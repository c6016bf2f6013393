#!/bin/bash
# Gradients of several processes, summed on cards that are not there (card.c).
# Should one fail, the others would wait.
exec timeout 60 "${BUILD:-build/cpu}/card/ranks_test"
