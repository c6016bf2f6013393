/* COCO files: read into arrays, what is refused, boxes and their defects. */
#include "tap.h"
#include "data/coco.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define IMAGES \
	"\"images\":[{\"id\":7,\"file_name\":\"b\",\"width\":30," \
	"\"height\":40},{\"id\":3,\"file_name\":\"a\"}]"
#define CATEGORIES "\"categories\":[{\"id\":9,\"name\":\"nine\"},{\"id\":2}]"

static char path[] = "/tmp/coco_test.XXXXXX";
static struct arena a;

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

static void reads(void)
{
	struct coco c;
	struct err e = {.msg = ""};

	put("{\"info\":{\"x\":[1,\"]\"]},\"annotations\":["
	    "{\"id\":5,\"image_id\":3,\"category_id\":9,"
	    "\"bbox\":[1,2,3.5,4],\"segmentation\":[[1,2]]},"
	    "{\"id\":1,\"image_id\":7,\"category_id\":2,\"area\":77,"
	    "\"bbox\":[-1,0,100,4],\"iscrowd\":1,\"ignore\":true},"
	    "{\"id\":6,\"image_id\":3,\"category_id\":2,\"bbox\":[0,0,0,0]}"
	    "]," CATEGORIES "," IMAGES "}");
	ok(!coco_read(&c, path, COCO_NEED_FILES, &a, &e), "read %s", e.msg);
	ok(c.nimages == 2 && c.nanns == 3 && c.ncategories == 2, "numbers");
	ok(c.images[0].id == 7 && c.images[0].width == 30 &&
			c.images[1].width == 0,
		"images are in the order of the file");
	is_str(c.images[1].file, "a", "file_name");
	ok(c.categories[0].id == 2 && c.categories[1].id == 9,
		"categories are in that of the ids");
	is_str(c.categories[0].name, "2", "one without a name has its id");
	ok(c.first[0] == 0 && c.first[1] == 1 && c.first[2] == 3,
		"annotations are by image");
	ok(c.anns[0].id == 1 && c.anns[1].id == 5 && c.anns[2].id == 6,
		"then in the order of the file");
	ok(c.anns[0].area == 77 && c.anns[0].crowd && c.anns[0].ignore,
		"area, iscrowd, ignore");
	ok(c.anns[1].area == 14 && !c.anns[1].crowd && !c.anns[1].ignore,
		"what they are when missing");
	ok(c.anns[0].box[0] == -1 && c.anns[0].box[2] == 100,
		"a box outside is kept");
	ok(coco_image_at(&c, 3) == 1 && coco_image_at(&c, 4) == -1 &&
			coco_category_at(&c, 9) == 1 &&
			coco_category_at(&c, 0) == -1 &&
			coco_category_named(&c, "nine") == 1 &&
			coco_category_named(&c, "x") == -1,
		"found by id and name");
	is_int(coco_read(&c, path, COCO_NEED_SIZES, &a, &e), -1,
		"sizes that are needed");
	ok(strstr(e.msg, "image 3: \"width\" is missing"), "%s", e.msg);
}

static void refuse(const char *text, const char *why)
{
	struct coco c;
	struct err e = {.msg = ""};

	put(text);
	is_int(coco_read(&c, path, COCO_NEED_FILES, &a, &e), -1, why);
	is_str(e.msg + (strlen(e.msg) > strlen(path) ? strlen(path) : 0), why,
		"the message");
	is_int(e.code, ERR_DATA, "the code");
}

#define WITH(annotation) \
	"{" IMAGES "," CATEGORIES ",\"annotations\":[" annotation "]}"

static void refused(void)
{
	struct coco c;
	struct err e;

	refuse("[]", ":1: bad JSON: an object expected");
	refuse("{" IMAGES "," CATEGORIES "}", ": no \"annotations\"");
	refuse("{" IMAGES ",\"annotations\":[]}", ": no \"categories\"");
	refuse("{" CATEGORIES ",\"annotations\":[]}", ": no \"images\"");
	refuse("{" IMAGES "," IMAGES "}", ":1: a list is there twice");
	refuse("{\"images\":[{\"file_name\":\"a\"}]}",
		":1: image without an \"id\" that is a whole number");
	refuse("{\"images\":[7]}",
		":1: image without an \"id\" that is a whole number");
	refuse("{\n\"images\":[\n{\"id\":1}]}",
		":3: image 1: \"file_name\" is missing or not a name");
	refuse("{\"images\":[{\"id\":1,\"file_name\":\"a\",\"width\":0}]}",
		":1: image 1: \"width\" is missing or not a size");
	refuse("{\"images\":[{\"id\":1,\"file_name\":\"a\",\"width\":5,"
	       "\"height\":4294967301}]}",
		":1: image 1: \"height\" is missing or not a size");
	refuse("{\"images\":[{\"id\":1,\"file_name\":\"a\"},"
	       "{\"id\":1,\"file_name\":\"b\"}],\"categories\":[],"
	       "\"annotations\":[]}",
		": image 1 is there twice");
	refuse("{\"images\":[],\"categories\":[{\"id\":4},{\"id\":4}],"
	       "\"annotations\":[]}",
		": category 4 is there twice");
	refuse(WITH("{\"id\":1,\"category_id\":2,\"bbox\":[1,2,3,4]}"),
		":1: annotation 1: \"image_id\" is missing or not a whole "
		"number");
	refuse(WITH("{\"id\":1,\"image_id\":3,\"bbox\":[1,2,3,4]}"),
		":1: annotation 1: \"category_id\" is missing or not a whole "
		"number");
	refuse(WITH("{\"id\":1,\"image_id\":3,\"category_id\":2}"),
		":1: annotation 1: \"bbox\" is missing or not four numbers of "
		"a "
		"finite box");
	refuse(WITH("{\"id\":1,\"image_id\":3,\"category_id\":2,"
		    "\"bbox\":[1,2,3]}"),
		":1: annotation 1: \"bbox\" is missing or not four numbers of "
		"a "
		"finite box");
	refuse(WITH("{\"id\":1,\"image_id\":3,\"category_id\":2,"
		    "\"bbox\":[1,2,1e200,-1e200]}"),
		":1: annotation 1: \"bbox\" is missing or not four numbers of "
		"a "
		"finite box");
	refuse(WITH("{\"id\":1,\"image_id\":3,\"category_id\":2,"
		    "\"bbox\":[1,2,3,1e999]}"),
		":1: bad JSON at byte 52: number out of range");
	refuse(WITH("{\"id\":1,\"image_id\":8,\"category_id\":2,"
		    "\"bbox\":[1,2,3,4]}"),
		": annotation 1: image 8 is not there");
	refuse(WITH("{\"id\":1,\"image_id\":3,\"category_id\":8,"
		    "\"bbox\":[1,2,3,4]}"),
		": annotation 1: category 8 is not there");
	refuse(WITH("{\"id\":1,\"image_id\":3,\"category_id\":2,"
		    "\"bbox\":[1,2,3,4]},{\"id\":1,\"image_id\":3,"
		    "\"category_id\":2,\"bbox\":[1,2,3,4]}"),
		": annotation 1 is there twice");
	is_int(coco_read(&c, "/nowhere/x.json", 0, &a, &e), -1, "no file");
	is_int(e.code, ERR_NOINPUT, "its code");
}

static enum coco_defect of(double x, double y, double w, double h)
{
	return coco_box_defect((double[4]){x, y, w, h}, 30, 40);
}

static void clip(double x, double w, double want_x, double want_w)
{
	double box[4] = {x, 1, w, 2};

	coco_box_clip(box, 30, 40);
	ok(box[0] == want_x && box[2] == want_w && box[1] == 1 && box[3] == 2,
		"%g and %g wide is clipped to %g and %g", x, w, box[0], box[2]);
}

static void boxes(void)
{
	is_int(of(0, 0, 30, 40), COCO_BOX_GOOD, "all of the picture");
	is_int(of(1, 1, NAN, 1), COCO_BOX_NOT_FINITE, "NaN");
	is_int(of(1, 1, INFINITY, 1), COCO_BOX_NOT_FINITE, "infinite");
	is_int(of(1, 1, -1, 1), COCO_BOX_NEGATIVE, "negative");
	is_int(of(1, 1, 1, 0), COCO_BOX_EMPTY, "empty");
	is_int(of(30, 1, 1, 1), COCO_BOX_OUTSIDE, "right of it");
	is_int(of(1, -2, 1, 2), COCO_BOX_OUTSIDE, "above it");
	is_int(of(29, 1, 2, 1), COCO_BOX_CROSSING, "across the edge");
	is_int(coco_box_defect((double[4]){500, 1, 1, 1}, 0, 0), COCO_BOX_GOOD,
		"no size is known");
	is_str(coco_defect_name(COCO_BOX_CROSSING), "crossing", "its name");
	clip(5, 10, 5, 10);
	clip(-5, 10, 0, 5);
	clip(25, 10, 25, 5);
	clip(-5, 100, 0, 30);
	clip(40, 10, 30, 0);
	clip(-20, 10, 0, 0);
	clip(0.1, 0.2, 0.1, 0.2);
}

static void detections(void)
{
	struct coco c;
	struct coco_dets d;
	struct err e = {.msg = ""};
	FILE *f;
	struct coco_results r;

	put(WITH(""));
	coco_read(&c, path, 0, &a, &e);
	f = fopen(path, "w");
	coco_results_begin(&r, f);
	coco_results_add(&r, 3, 9, (double[4]){0.1, 2, 3, 4}, 0.75);
	coco_results_add(&r, 7, 1, (double[4]){0, 2, 3, 4}, 0.5);
	is_int(coco_results_end(&r, &e), 0, "results written");
	fclose(f);
	ok(!coco_read_dets(&d, &c, path, &a, &e), "and read %s", e.msg);
	ok(d.n == 1 && d.unknown == 1, "one is of no known category");
	ok(d.det[0].image == 1 && d.det[0].category == 1 &&
			d.det[0].box[0] == 0.1 && d.det[0].score == 0.75,
		"the other as it was");
	put("[]\n");
	ok(!coco_read_dets(&d, &c, path, &a, &e) && d.n == 0, "none at all");
	put("[{\"image_id\":4,\"category_id\":9,\"bbox\":[1,2,3,4],"
	    "\"score\":1}]");
	is_int(coco_read_dets(&d, &c, path, &a, &e), -1, "unknown image");
	ok(strstr(e.msg, ":1: detection 1: image 4 is not in /tmp/"), "%s",
		e.msg);
	put("[{\"image_id\":3,\"category_id\":9,\"bbox\":[1,2,3,4]}]");
	is_int(coco_read_dets(&d, &c, path, &a, &e), -1, "no score");
	put("{}");
	is_int(coco_read_dets(&d, &c, path, &a, &e), -1, "not an array");
}

int main(void)
{
	close(mkstemp(path));
	reads();
	refused();
	boxes();
	detections();
	unlink(path);
	arena_release(&a);
	return done();
}
