#!/bin/bash
# Candidates found on a card that is not there (card.c): the host's, to the bit.
exec "${BUILD:-build/cpu}/card/sift_test"
