#!/bin/bash
# The end of a step on a card that is not there (card.c): the same bits as plain
# loops have.
exec "${BUILD:-build/cpu}/card/update_test" cuda exact
