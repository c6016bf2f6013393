#include "rcnn/match.h"

#include <math.h>
#include <stdbool.h>

/*
 * The anchors of one shape on one level: a plane of h x w, in which what we
 * keep lies row by row, so that loops run along rows.
 */
struct plane {
	const struct rcnn_level *level;
	const struct rcnn_box *shape; /* at cell 0, 0 */
	int x0, x1, y0, y1;           /* cells that take part: x0 <= x < x1 */
	float *best;                  /* h x w: highest IoU; -1: not in */
	unsigned char *is_best;       /* h x w: of some box, the best anchor */
	float pixel;                  /* the convention's */
	float most;                   /* highest IoU with the box at hand */
};

/* v into 0..n, for a cell. */
static int cell(double v, int n)
{
	return v > 0 ? v < n ? (int)v : n : 0;
}

/* Begin a plane: the anchors that stay in the picture overlap nothing yet. */
static void begin(struct plane *p, const struct rcnn_view *view, float straddle)
{
	const struct rcnn_level *l = p->level;
	double sx = l->stride_x, sy = l->stride_y, far = straddle;

	p->x0 = p->y0 = 0;
	p->x1 = l->w;
	p->y1 = l->h;
	if (straddle >= 0) {
		p->x0 = cell(ceil((-far - p->shape->x1) / sx), l->w);
		p->y0 = cell(ceil((-far - p->shape->y1) / sy), l->h);
		p->x1 = cell(ceil((view->w + far - p->shape->x2) / sx), l->w);
		p->y1 = cell(ceil((view->h + far - p->shape->y2) / sy), l->h);
	}
	for (int y = 0; y < l->h; y++)
		for (int x = 0; x < l->w; x++)
			p->best[y * l->w + x] = y >= p->y0 && y < p->y1 &&
								x >= p->x0 &&
								x < p->x1
							? 0
							: -1;
}

/*
 * The IoU of box b with n anchors of a row, from the one at cell x, y, as
 * rcnn_box_iou has it.
 */
static void row_iou(const struct plane *p, int x, int y, int n,
	const struct rcnn_box *b, float *restrict iou)
{
	const struct rcnn_box *s = p->shape;
	float stride = (float)p->level->stride_x, pixel = p->pixel;
	float down = (float)(p->level->stride_y * y);
	float y1 = s->y1 + down, y2 = s->y2 + down;
	float h = fminf(y2, b->y2) - fmaxf(y1, b->y1) + pixel;
	float bx1 = b->x1, bx2 = b->x2, high = y2 - y1 + pixel;
	float area = rcnn_box_area(b, pixel);

	h = h > 0 ? h : 0;
	for (int i = 0; i < n; i++) {
		/* The anchor's own corners, rounded as they are: whether two
		 * anchors tie is a matter of the last bit. */
		float left = stride * (float)(x + i);
		float x1 = s->x1 + left, x2 = s->x2 + left, w, both;
		float r = x2 < bx2 ? x2 : bx2, l = x1 > bx1 ? x1 : bx1;

		w = r - l + pixel;
		both = (w > 0 ? w : 0) * h;
		iou[i] = both / ((x2 - x1 + pixel) * high + area - both);
	}
}

/* Where on a plane anchors can touch the box; false: nowhere. */
static bool near(
	const struct plane *p, const struct rcnn_box *b, struct plane *part)
{
	double sx = p->level->stride_x, sy = p->level->stride_y;
	const struct rcnn_box *a = p->shape;
	int x0 = cell(floor((b->x1 - 1 - a->x2) / sx), p->x1);
	int y0 = cell(floor((b->y1 - 1 - a->y2) / sy), p->y1);

	*part = *p;
	part->x0 = x0 > p->x0 ? x0 : p->x0;
	part->y0 = y0 > p->y0 ? y0 : p->y0;
	part->x1 = cell(ceil((b->x2 + 1 - a->x1) / sx) + 1, p->x1);
	part->y1 = cell(ceil((b->y2 + 1 - a->y1) / sy) + 1, p->y1);
	return part->x0 < part->x1 && part->y0 < part->y1;
}

/* Take box b into account on a plane. */
static void take(struct plane *p, const struct rcnn_box *b, float *row)
{
	struct plane q;
	float most = 0;

	p->most = 0;
	if (!near(p, b, &q))
		return;
	for (int y = q.y0; y < q.y1; y++) {
		float *best = p->best + y * p->level->w + q.x0;
		int n = q.x1 - q.x0;

		row_iou(p, q.x0, y, n, b, row);
		for (int i = 0; i < n; i++)
			best[i] = row[i] > best[i] ? row[i] : best[i];
		for (int i = 0; i < n; i++)
			most = row[i] > most ? row[i] : most;
	}
	p->most = most;
}

/* Mark the anchors of a plane that overlap b by just that much. */
static void mark(
	struct plane *p, const struct rcnn_box *b, float most, float *row)
{
	struct plane q;

	if (!near(p, b, &q))
		return;
	for (int y = q.y0; y < q.y1; y++) {
		unsigned char *is = p->is_best + y * p->level->w + q.x0;
		int n = q.x1 - q.x0;

		row_iou(p, q.x0, y, n, b, row);
		for (int i = 0; i < n; i++)
			is[i] |= row[i] == most;
	}
}

/* Sort the anchors of a level, whose planes these are, into the lists. */
static void list(const struct rcnn_level *l, const struct plane *p,
	const struct rcnn_match_rule *rule, bool apart, struct rcnn_matches *m)
{
	int32_t number = l->first;

	for (int i = 0; i < l->h * l->w; i++) {
		for (int s = 0; s < l->shapes; s++, number++) {
			float best = p[s].best[i];

			bool object = p[s].is_best[i] || best >= rule->positive;

			if (object)
				m->fg[m->nfg++] = number;
			if (best >= 0 && best < rule->negative &&
				!(apart && object))
				m->bg[m->nbg++] = number;
		}
	}
}

void rcnn_match(const struct rcnn_anchors *anchors,
	const struct rcnn_view *view, const struct rcnn_box *box, int n,
	const struct rcnn_match_rule *rule, bool apart, struct arena *a,
	struct rcnn_matches *m)
{
	struct plane plane[RCNN_LEVELS_MAX * RCNN_SHAPES_MAX];
	size_t total = (size_t)anchors->total;
	struct arena_mark scratch;
	int planes = 0, widest = 0;
	float *best, *row;
	unsigned char *is_best;

	m->fg = arena_alloc(a, total * sizeof *m->fg);
	m->bg = arena_alloc(a, total * sizeof *m->bg);
	m->nfg = m->nbg = 0;
	scratch = arena_mark(a);
	best = arena_alloc(a, total * sizeof *best);
	is_best = arena_zero(a, total, 1);
	for (int l = 0; l < anchors->levels; l++) {
		const struct rcnn_level *level = &anchors->level[l];

		widest = level->w > widest ? level->w : widest;
		for (int s = 0; s < level->shapes; s++) {
			int at = level->first + s * level->h * level->w;

			plane[planes] = (struct plane){.level = level,
				.shape = &level->shape[s],
				.best = best + at,
				.is_best = is_best + at,
				.pixel = anchors->pixel};
			begin(&plane[planes++], view, rule->straddle);
		}
	}
	row = arena_alloc(a, (size_t)widest * sizeof *row);
	for (int i = 0; i < n; i++) {
		float most = 0;

		for (int p = 0; p < planes; p++) {
			take(&plane[p], &box[i], row);
			most = fmaxf(most, plane[p].most);
		}
		/* A box that nothing touches has no best anchor. */
		for (int p = 0; p < planes && most > 0; p++)
			if (plane[p].most == most)
				mark(&plane[p], &box[i], most, row);
	}
	for (int l = 0, p = 0; l < anchors->levels; l++) {
		list(&anchors->level[l], &plane[p], rule, apart, m);
		p += anchors->level[l].shapes;
	}
	arena_back(a, scratch);
}
