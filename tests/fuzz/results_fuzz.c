/* A file of results, rated against a small truth. */
#include "data/cocoeval.h"
#include "fuzz.h"

static const char truth[] =
	"{\"images\":[{\"id\":1},{\"id\":2}],\"categories\":[{\"id\":1},"
	"{\"id\":3}],\"annotations\":["
	"{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[10,10,30,30]},"
	"{\"id\":0,\"image_id\":1,\"category_id\":1,\"bbox\":[10,10,0,1e-200]},"
	"{\"id\":2,\"image_id\":1,\"category_id\":1,\"bbox\":[5,5,90,90],"
	"\"iscrowd\":1},"
	"{\"id\":3,\"image_id\":2,\"category_id\":3,\"bbox\":[0,0,200,100]},"
	"{\"id\":4,\"image_id\":2,\"category_id\":3,\"bbox\":[0,0,200,90],"
	"\"area\":1024}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena forever, a;
	static struct coco c;
	struct coco_dets d;
	struct cocoeval v;
	struct err e;

	if (!c.nimages)
		BUG_ON(coco_read(&c, fuzz_file(truth, sizeof truth - 1), 0,
			&forever, &e));
	arena_reset(&a);
	if (coco_read_dets(&d, &c, fuzz_file(data, n), &a, &e))
		return 0;
	cocoeval_run(&v, &c, d.det, d.n, 1, &a);
	for (int i = 0; i < COCOEVAL_FIGURES; i++)
		BUG_ON(v.figure[i] != -1 &&
			!(v.figure[i] >= 0 && v.figure[i] <= 1));
	return 0;
}
