/*
 * What of a COCO object goes where in a record, and back. Both have keys that
 * the other does not know, and these go through as they are. Where a key means
 * one thing here and another there, it travels in an object of its own: what
 * COCO calls "path" is in "coco" in a record, what a record calls "id" is in
 * "record" in COCO. So nothing is lost, and who comes back finds his own.
 */
#ifndef DATA_COCO_KEYS_H
#define DATA_COCO_KEYS_H

#include "base/buf.h"
#include "json/json.h"

enum coco_way {
	COCO_IMAGE_TO_RECORD,
	COCO_RECORD_TO_IMAGE,
	COCO_ANN_TO_BOX,
	COCO_BOX_TO_ANN
};

/* Append ,"key":value for each member of obj but those that the caller writes
 * by hand: the ids, names, sizes and boxes that both sides have. */
void coco_put_keys(struct buf *b, const struct json *obj, enum coco_way way);

/* ,"key":value, of a value that is there. */
void coco_put_key(struct buf *b, const char *key, const struct json *value);

#endif
