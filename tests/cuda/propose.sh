#!/bin/bash
# Proposals chosen on a card that is not there (card.c): the host's, to the bit.
exec "${BUILD:-build/cpu}/card/propose_test"
