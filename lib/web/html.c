#include "web/html.h"
#include "base/buf.h"

#include <libxml/HTMLparser.h>
#include <string.h>
#include <strings.h>

enum { SCRIPTS_MAX = 1000, SCRIPT_BYTES_MAX = 64 << 20 };

struct reader {
	struct web_html *h;
	struct web_script **script_end;
	struct web_image **image_end;
	struct web_script *script; /* that we are in, or NULL */
	struct buf text;           /* of it */
	const char *href;          /* of the link that we are in */
	int scripts, images;
	struct arena *a;
};

static const char *keep(struct reader *r, const xmlChar *s)
{
	return s ? arena_dup(r->a, (const char *)s) : NULL;
}

/* The value of an attribute, or NULL. */
static const xmlChar *attribute(const xmlChar **list, const char *name)
{
	for (; list && list[0]; list += 2)
		if (!strcasecmp((const char *)list[0], name))
			return list[1];
	return NULL;
}

static bool is(const xmlChar *s, const char *name)
{
	return s && !strcasecmp((const char *)s, name);
}

static void read_meta(struct reader *r, const xmlChar **list)
{
	struct web_html *h = r->h;
	const struct {
		const char *name;
		const char **to;
	} known[] = {{"og:image", &h->og_image}, {"og:title", &h->og_title},
		{"og:description", &h->og_description}, {"og:url", &h->og_url},
		{"og:image:width", &h->og_width},
		{"og:image:height", &h->og_height}, {"robots", &h->robots},
		{"copyright", &h->licence}, {"dcterms.license", &h->licence}};
	const xmlChar *name = attribute(list, "property");
	const xmlChar *content = attribute(list, "content");

	if (!name)
		name = attribute(list, "name");
	for (size_t i = 0; content && i < sizeof known / sizeof *known; i++)
		if (is(name, known[i].name) && !*known[i].to)
			*known[i].to = keep(r, content);
}

static void read_link(struct reader *r, const xmlChar **list)
{
	const xmlChar *rel = attribute(list, "rel");
	const xmlChar *href = attribute(list, "href");

	if (is(rel, "canonical") && href && !r->h->canonical)
		r->h->canonical = keep(r, href);
	if (is(rel, "license") && href && !r->h->licence)
		r->h->licence = keep(r, href);
}

static void read_image(struct reader *r, const xmlChar **list)
{
	const xmlChar *src = attribute(list, "src");
	struct web_image *im;

	if (!src || r->images++ >= WEB_IMAGES_MAX)
		return;
	im = arena_zero(r->a, 1, sizeof *im);
	im->src = keep(r, src);
	im->alt = keep(r, attribute(list, "alt"));
	im->href = r->href;
	*r->image_end = im;
	r->image_end = &im->next;
}

static void begin_script(struct reader *r, const xmlChar **list)
{
	if (r->scripts++ >= SCRIPTS_MAX)
		return;
	r->script = arena_zero(r->a, 1, sizeof *r->script);
	r->script->id = keep(r, attribute(list, "id"));
	r->script->type = keep(r, attribute(list, "type"));
	buf_clear(&r->text);
}

static void end_script(struct reader *r)
{
	struct web_script *s = r->script;

	r->script = NULL;
	if (!s || !r->text.n || r->text.overflow)
		return;
	s->text = arena_dupn(r->a, r->text.p, r->text.n);
	s->n = r->text.n;
	*r->script_end = s;
	r->script_end = &s->next;
}

static void on_start(void *arg, const xmlChar *name, const xmlChar **list)
{
	struct reader *r = arg;

	if (is(name, "script"))
		begin_script(r, list);
	else if (is(name, "meta"))
		read_meta(r, list);
	else if (is(name, "img"))
		read_image(r, list);
	else if (is(name, "link"))
		read_link(r, list);
	else if (is(name, "a")) {
		read_link(r, list);
		r->href = keep(r, attribute(list, "href"));
	}
}

static void on_end(void *arg, const xmlChar *name)
{
	struct reader *r = arg;

	if (is(name, "script"))
		end_script(r);
	else if (is(name, "a"))
		r->href = NULL;
}

static void on_text(void *arg, const xmlChar *s, int n)
{
	struct reader *r = arg;

	if (r->script)
		buf_add(&r->text, s, (size_t)n);
}

static void on_error(void *arg, const char *fmt, ...)
{
	(void)arg, (void)fmt;
}

void web_html_read(
	struct web_html *h, const char *text, size_t n, struct arena *a)
{
	struct reader r = {.h = h,
		.script_end = &h->scripts,
		.image_end = &h->images,
		.a = a};
	htmlSAXHandler sax = {.startElement = on_start,
		.endElement = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.warning = on_error,
		.error = on_error};
	xmlGenericErrorFunc print = xmlGenericError;
	void *where = xmlGenericErrorContext, *data;
	/* The parser frees what it owns: its handler goes back at the end. */
	htmlSAXHandlerPtr own;
	htmlParserCtxtPtr c;

	*h = (struct web_html){0};
	if (!n || n > INT32_MAX)
		return;
	c = htmlCreateMemoryParserCtxt(text, (int)n);
	if (!c)
		return;
	own = c->sax;
	data = c->userData;
	/* Some errors of encoding go past the handler, to be printed. */
	xmlSetGenericErrorFunc(NULL, on_error);
	c->sax = &sax;
	c->userData = &r;
	/* RECOVER: only </script> ends a script. */
	htmlCtxtUseOptions(c, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
				      HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
				      HTML_PARSE_NOBLANKS | XML_PARSE_HUGE);
	buf_init(&r.text, SCRIPT_BYTES_MAX);
	htmlParseDocument(c);
	end_script(&r);
	c->sax = own;
	c->userData = data;
	htmlFreeParserCtxt(c);
	xmlSetGenericErrorFunc(where, print);
	buf_release(&r.text);
}
