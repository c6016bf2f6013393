/* What the files of the card that is not there share. */
#ifndef CARD_H
#define CARD_H

#include <stdbool.h>
#include <stddef.h>

/* ---- card.c: its memory ---- */

void card_fail(const char *what);
/* Whether that is its memory; n bytes must be mapped then. */
bool card_has(const void *p);
void card_check_whole(const void *p, size_t n);

/* ---- card_work.c ---- */

/* Whether there is work to wait for. */
extern bool card_busy;

#endif
