#include "gan/dcgan.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * A picture is halved until its smaller side is 3 to 5 or a side is odd. What
 * is left is the base; one of more than 16 leaves a discriminator too much to
 * weigh at once, and one of less than 3 has nothing to say.
 */
enum { BASE_MIN = 3, BASE_SMALL = 6, BASE_MAX = 16 };

struct dcgan_size dcgan_config_size(const struct dcgan_config *c)
{
	struct dcgan_size s = {c->width, c->height, 0};

	while (s.w % 2 == 0 && s.h % 2 == 0 && s.w >= BASE_SMALL &&
		s.h >= BASE_SMALL) {
		s.w /= 2;
		s.h /= 2;
		s.doublings++;
	}
	return s;
}

static bool good(const struct dcgan_config *c)
{
	struct dcgan_size s = dcgan_config_size(c);

	return s.doublings > 0 && s.doublings < DCGAN_LAYERS_MAX - 1 &&
	       s.w >= BASE_MIN && s.h >= BASE_MIN && s.w <= BASE_MAX &&
	       s.h <= BASE_MAX;
}

/* The nearest sizes that go, by the sum of both sides' changes. */
static void suggest(const struct dcgan_config *c, char *text, size_t size)
{
	enum { REACH = 32, MOST = 3 };
	size_t at = 0;
	int found = 0;

	for (int far = 1; far <= 2 * REACH && found < MOST; far++)
		for (int dx = -far; dx <= far && found < MOST; dx++)
			for (int side = -1; side <= 1; side += 2) {
				struct dcgan_config near = *c;
				int dy = side * (far - abs(dx));

				near.width += dx;
				near.height += dy;
				if (near.width < 1 || near.height < 1 ||
					!good(&near) || (side > 0 && !dy) ||
					found == MOST)
					continue;
				at += (size_t)snprintf(text + at, size - at,
					"%s%lldx%lld", found++ ? ", " : "",
					(long long)near.width,
					(long long)near.height);
			}
}

int dcgan_config_check(const struct dcgan_config *c, struct err *e)
{
	char near[128] = "64x64, 64x96, 128x192";

	if (good(c))
		return 0;
	suggest(c, near, sizeof near);
	return err_set(e, ERR_USAGE,
		"pictures of %lldx%lld cannot be made: width and height must "
		"be "
		"numbers from %d to %d times the same power of two, such as %s",
		(long long)c->width, (long long)c->height, BASE_MIN, BASE_MAX,
		near);
}
