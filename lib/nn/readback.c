#include "nn/readback.h"

/* Lines begin at multiples of it. */
enum { ALIGN = 64 };

static size_t padded(size_t bytes)
{
	return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

void nn_readback_init(struct nn_readback *l, struct nn_backend *be, int number)
{
	BUG_ON(number < 0 || number >= NN_TELLS);
	*l = (struct nn_readback){.be = be, .number = number};
}

void nn_readback_release(struct nn_readback *l)
{
	if (l->room) {
		/* What is being written has to be there first. */
		l->be->told(l->be, l->number);
		l->be->host_free(l->be, l->room);
	}
	*l = (struct nn_readback){0};
}

/* Room for so many bytes, which may move. */
static void widen(struct nn_readback *l, size_t bytes)
{
	struct nn_readback was = *l;

	if (bytes <= l->bytes)
		return;
	nn_readback_release(&was);
	l->room = l->be->host_alloc(l->be, bytes);
	l->bytes = bytes;
}

void nn_readback_write(struct nn_readback *l, struct nn_line *line, int n)
{
	struct nn_backend *be = l->be;
	size_t all = 0;
	char *to;

	if (be->host) {
		for (int i = 0; i < n; i++)
			line[i].here = line[i].from;
		return;
	}
	for (int i = 0; i < n; i++)
		all += padded(line[i].bytes);
	widen(l, all);
	to = l->room;
	for (int i = 0; i < n; i++) {
		if (line[i].bytes)
			be->tell(
				be, l->number, to, line[i].from, line[i].bytes);
		line[i].here = to;
		to += padded(line[i].bytes);
	}
}

void nn_readback_read(const struct nn_readback *l)
{
	if (!l->be->host)
		l->be->told(l->be, l->number);
}
