#!/bin/bash
# Regions chosen on a card that is not there (card.c): the host's.
exec "${BUILD:-build/cpu}/card/choose_test"
