/*
 * Looking for objects in photographs: many at a time, and at each as often as
 * is asked for, at other sizes and mirrored.
 *
 *	struct survey s;
 *	struct survey_photo photo[] = {{.path = "a.jpg"}, {.path = "b.jpg"}};
 *
 *	survey_init(&s, &detector);
 *	survey_photos(&s, photo, 2);
 *	use(photo[0].found.list, photo[0].found.n);
 *	survey_release(&s);
 */
#ifndef APP_SURVEY_H
#define APP_SURVEY_H

#include "app/detector.h"
#include "data/photo_batch.h"

enum { SURVEY_VIEWS_MAX = 2 * (1 + KEY_LIST_MAX) };

struct survey_photo;

struct survey_view {
	int size, max_size; /* of the sides of the photograph */
	bool flip;
};

struct survey {
	struct detector *d;
	struct rcnn_detect_rule rule;
	int batch;   /* photographs that pass the network together, at most */
	int loaders; /* threads that load them */
	int nviews;
	struct survey_view view[SURVEY_VIEWS_MAX];

	/* May be set: called with the maps of the first, plain view of
	 * photographs that passed together, `pictures`. */
	void (*maps)(void *to, struct survey_photo *const *photo,
		const struct rcnn_features *f);
	void *to;

	/* Those that pass, and the next, loaded meanwhile by a device's host.
	 */
	struct photo_batch room[2];
	const struct photo_batch *pictures;
	struct arena arena; /* what was found */
};

struct survey_photo {
	const char *path;
	/* What a COCO file says that it is; or NULL. One of another size, if
	 * that is told there, is bad: its boxes would be elsewhere. */
	const struct coco *in;
	const struct coco_image *as;
	bool bad; /* it can't be read, for the reason why */
	struct err why;
	int w, h; /* as shown */
	struct rcnn_found found;
};

/* As the detector's TEST.* keys have it, one photograph at a time, loaded by
 * as many threads as there are processors. */
void survey_init(struct survey *s, struct detector *d);
/* The detector must still be there. */
void survey_release(struct survey *s);

/* How many photographs are best given at a time: some more than pass the
 * network together, so that there may be enough of one size. */
int survey_window(const struct survey *s);

/*
 * Find the objects of n photographs, best first; they live until the next
 * call. Those that fill the same pixels with their padding pass the network
 * together, and no others, so that what is found in one depends on
 * no other (but for the rounding of kernels that serve many).
 */
void survey_photos(struct survey *s, struct survey_photo *photo, int n);

#endif
