#!/bin/bash
# Photographs scaled on a card that is not there (card.c): the same bits as on
# the host.
exec "${BUILD:-build/cpu}/card/resize_test" cuda exact
