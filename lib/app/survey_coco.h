/* What a detector finds in the photographs of a COCO file, as COCO results. */
#ifndef APP_SURVEY_COCO_H
#define APP_SURVEY_COCO_H

#include "app/survey.h"
#include "cli/cli.h"

/*
 * Print the results for the COCO file `truth`, whose photographs begin in
 * root. The model's categories are found in the file by
 * their names: ERR_DATA when one is missing. A photograph that can't be read
 * is rejected.
 */
int survey_coco(struct survey *s, struct cli *c, const char *truth,
	const char *root, FILE *to, struct err *e);

#endif
