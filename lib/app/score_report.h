/* What is said about a comparison: a record, and a table of the same numbers
 * for people. */
#ifndef APP_SCORE_REPORT_H
#define APP_SCORE_REPORT_H

#include "app/score_side.h"

struct score_report {
	const struct score_side *real, *fake;
	const struct gan_judge *judge;
	struct gan_score score;
	char extractor[GAN_EXTRACTOR_NAME]; /* behind FD- and KD- */
};

int score_report_print(const struct score_report *r, FILE *to, struct err *e);
void score_report_tell(const struct score_report *r, const struct cli *c);

#endif
