/*
 * A page of thumbnails to browse: one HTML file with everything in it, which
 * works from a disk without a network. The page itself is lookbook.html, built
 * into the library.
 *
 *	struct page p;
 *	page_init(&p, NULL);
 *	page_thumb_make(&thumb, "photos/1.jpg", e);
 *	page_add(&p, &record, &thumb, e);
 *	page_sort(&p, "score", true);
 *	page_write(&p, "Spring", f);
 *	page_release(&p);
 */
#ifndef DATA_PAGE_H
#define DATA_PAGE_H

#include <stdbool.h>
#include "base/buf.h"
#include "data/record.h"

struct page {
	const char *folder; /* of the thumbnails; NULL: they are within */
	struct page_entry *entry;
	int n, cap;
	struct buf text;    /* the entries' JSON, one after the other */
	struct arena arena; /* the copies of their records */
};

/* Thumbnails go into the page, or into files of a folder beside it. */
void page_init(struct page *p, const char *folder);
void page_release(struct page *p);

/* A picture made small, as a JPEG. Any number of threads may make them. */
struct page_thumb {
	int w, h;
	struct buf jpg;
};

int page_thumb_make(struct page_thumb *t, const char *file, struct err *e);

/* Add a record with its thumbnail, which is released whatever happens. */
int page_add(struct page *p, const struct record *r, struct page_thumb *t,
	struct err *e);

/* By a key of the records: numbers in their order, then words in that of their
 * bytes, then those without; as they came where equal. `down` turns the order
 * of numbers and words round. */
void page_sort(struct page *p, const char *key, bool down);

/* The page. Write errors are left in f. */
void page_write(const struct page *p, const char *title, FILE *f);

#endif
