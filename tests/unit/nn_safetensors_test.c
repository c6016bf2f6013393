/* safetensors files: written and read back, of all types, and hostile. */
#include "tap.h"
#include "base/file.h"
#include "nn/safetensors.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static struct nn_backend *be;
static char dir[] = "/tmp/nn_safetensors_XXXXXX";
static struct arena arena;

static const char *in_dir(const char *name)
{
	return file_join(&arena, dir, name);
}

static void write_bytes(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	BUG_ON(!f || fwrite(p, 1, n, f) != n);
	fclose(f);
}

/* A file of that header and n bytes of data, 0, 1, 2, ... */
static const char *make_file(const char *header, size_t n)
{
	size_t len = strlen(header), i;
	unsigned char *p = arena_alloc(&arena, 8 + len + n);
	const char *path = in_dir("made");

	for (i = 0; i < 8; i++)
		p[i] = (unsigned char)((uint64_t)len >> (8 * i));
	memcpy(p + 8, header, len);
	for (i = 0; i < n; i++)
		p[8 + len + i] = (unsigned char)i;
	write_bytes(path, p, 8 + len + n);
	return path;
}

/* ---- reading ---- */

static const struct {
	const char *header;
	size_t n;
	const char *cause; /* NULL: it is good */
} files[] = {
	{"{}", 0, NULL},
	{"{\"__metadata__\":{}}   ", 0, NULL},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[2,0],\"data_offsets\":[0,0]}}", 0,
		NULL},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1],"
	 "\"more\":[1]}}",
		1, NULL},
	{"{\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[3,5]},"
	 "\"a\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]}}",
		5, NULL},
	{"[]", 0, "no safetensors file"},
	{"{", 0, "no safetensors file"},
	{"{\"a\":1", 0, "its header: bad JSON"},
	{"{\"a\":{\"dtype\":\"U8\"\xff}}", 0, "its header: bad JSON"},
	{"{\"a\":1}", 0, "tensor \"a\" has no dtype"},
	{"{\"a\":{\"dtype\":3}}", 0, "tensor \"a\" has no dtype"},
	{"{\"a\":{\"dtype\":\"F3\\u001b\"}}", 0,
		"the unknown dtype \"F3\\u001b\""},
	{"{\"a\\n\":{\"dtype\":\"F32\"}}", 0, "tensor \"a\\n\" has no shape"},
	{"{\"a\":{\"dtype\":\"F32\",\"shape\":3}}", 0, "has no shape"},
	{"{\"a\":{\"dtype\":\"F32\",\"shape\":[-1]}}", 0, "no whole number"},
	{"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5]}}", 0, "no whole number"},
	{"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1]}}", 0,
		"too many dimensions"},
	{"{\"a\":{\"dtype\":\"F64\",\"shape\":[1152921504606846976]}}", 0,
		"too large"},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296]}}", 0,
		"too large"},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "no data_offsets"},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}", 1,
		"no data_offsets"},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]}}", 1,
		"no data_offsets"},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[-1,0]}}", 1,
		"no data_offsets"},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 1,
		"ends at byte 2 of the data, which has 1"},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":"
	 "[9223372036854775806,9223372036854775807]}}",
		1, "ends at byte 9223372036854775807"},
	{"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
		"has 4 bytes of data, its shape needs 8"},
	{"{\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[2,5]},"
	 "\"a\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]}}",
		5, "tensor \"b\" overlaps another"},
	{"{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[4,5]},"
	 "\"a\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]}}",
		5, "tensor \"b\" leaves a gap"},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 3,
		"2 bytes at its end belong to no tensor"},
	{"{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
	 "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
		2, "tensor \"a\" is there twice"},
	{"{\"__metadata__\":[]}", 0, "__metadata__ is an array"},
	{"{\"__metadata__\":{\"a\":1}}", 0, "__metadata__ \"a\" is a number"},
	{"{\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}", 0,
		"__metadata__ \"a\" is there twice"},
	{"{\"__metadata__\":{},\"__metadata__\":{}}", 0,
		"__metadata__ is there twice"},
};

static void check_files(void)
{
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const char *path = make_file(files[i].header, files[i].n);
		struct err e = {0};
		struct nn_st st;
		int bad = nn_st_open(&st, path, &e);

		if (!files[i].cause) {
			ok(!bad, "%s%s", files[i].header, e.msg);
			nn_st_close(&st);
			continue;
		}
		ok(bad && e.code == ERR_DATA && strstr(e.msg, path) &&
				strstr(e.msg, files[i].cause),
			"%s", files[i].cause);
		if (!strstr(e.msg, files[i].cause))
			printf("# got '%s'\n", e.msg);
	}
}

/* The types by values known beforehand, some of them at the limits. */
static void check_types(void)
{
	static const struct {
		enum nn_st_type type;
		unsigned char bytes[8];
		double want;
	} v[] = {
		{NN_ST_BOOL, {1}, 1},
		{NN_ST_U8, {255}, 255},
		{NN_ST_I8, {255}, -1},
		{NN_ST_U16, {0xff, 0xff}, 65535},
		{NN_ST_I16, {0, 0x80}, -32768},
		{NN_ST_U32, {0, 0, 0, 0x80}, 2147483648.},
		{NN_ST_I32, {0, 0, 0, 0x80}, -2147483648.},
		{NN_ST_U64, {0, 0, 0, 0, 0, 0, 0, 0x80}, 0x1p63},
		{NN_ST_I64, {0xfe, 255, 255, 255, 255, 255, 255, 255}, -2},
		{NN_ST_F64, {0, 0, 0, 0, 0, 0, 0xf8, 0xbf}, -1.5},
		{NN_ST_F32, {0, 0, 0x20, 0x40}, 2.5},
		{NN_ST_F16, {0xff, 0x7b}, 65504},
		{NN_ST_F16, {1, 0x80}, -0x1p-24},
		{NN_ST_F16, {0, 0x7c}, INFINITY},
		{NN_ST_BF16, {0x20, 0xc0}, -2.5},
		{NN_ST_BF16, {1, 0}, 0x1p-133},
		{NN_ST_F8_E5M2, {0x7b}, 57344},
		{NN_ST_F8_E5M2, {0xfc}, -INFINITY},
		{NN_ST_F8_E4M3, {0x7e}, 448},
		{NN_ST_F8_E4M3, {0xf8}, -256},
		{NN_ST_F8_E4M3, {1}, 0x1p-9},
	};
	double got;

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		struct nn_st_entry t = {.type = v[i].type,
			.data = v[i].bytes,
			.bytes = nn_st_type_size(v[i].type)};

		nn_st_values(&t, 0, 1, &got);
		ok(got == v[i].want, "%s %g", nn_st_type_name(t.type), got);
	}
}

/* ---- writing and reading back ---- */

static const struct nn_fill noise = {NN_FILL_NORMAL, 0, 1};

static void make_set(struct nn_params *ps, uint64_t seed)
{
	nn_params_init(ps, be, seed);
	nn_param(ps, "conv.weight", NN_WEIGHT, 4, (int64_t[]){2, 3, 3, 3},
		noise);
	nn_param(ps, "norm.running_var", NN_BUFFER, 1, (int64_t[]){2}, noise);
	nn_param(ps, "fc.weight", NN_WEIGHT, 4, (int64_t[]){3, 2, 2, 2}, noise);
	/* On disk it is a matrix. */
	ps->p[2]->rank = 2;
	ps->p[2]->shape[1] = 8;
}

static bool same(const struct nn_params *a, const struct nn_params *b, int i)
{
	return !memcmp(a->p[i]->x.data, b->p[i]->x.data, nn_bytes(&a->p[i]->x));
}

static void check_meta(const struct nn_st *st, const char *text)
{
	is_int(st->nmeta, 3, "metadata");
	is_str(nn_st_meta(st, "config"), text, "a long one");
	is_str(nn_st_meta(st, "step \"7\""), "", "an empty one");
	is_str(nn_st_meta(st, "none"), NULL, "one that is not there");
}

static const char *long_text(void)
{
	size_t n = 1 << 20;
	char *s = arena_alloc(&arena, n);

	for (size_t i = 0; i < n; i++)
		s[i] = "ab\"\\\n\t\x01/"[i % 8];
	s[n - 1] = 0;
	return s;
}

static void check_round(void)
{
	const char *path = in_dir("whole"), *again = in_dir("again");
	const char *text = long_text(), *x, *y;
	struct nn_meta meta[] = {
		{"config", text}, {"step \"7\"", ""}, {"\xc3\xbc", "1"}};
	struct nn_params a, b, c;
	struct nn_st_part parts[] = {{"g.", &a}, {"d.", &b}};
	struct err e = {0};
	struct nn_st st;
	size_t n = 0, m = 0;

	make_set(&a, 1);
	make_set(&b, 2);
	nn_param_state(&a, a.p[0], 0)[53] = 5;
	nn_param_state(&b, b.p[2], 1)[23] = 7;
	ok(!nn_st_save(path, parts, 2, true, meta, 3, &e), "saved%s", e.msg);
	ok(!nn_st_save(again, parts, 2, true, meta, 3, &e), "and again");
	x = file_read(path, 1 << 24, &arena, &n, &e);
	y = file_read(again, 1 << 24, &arena, &m, &e);
	ok(n == m && !memcmp(x, y, n), "the same bytes");
	is_int(n % 64, (54 + 2 + 24 + 54 + 2 + 24 + 54 + 24) * 4 % 64,
		"data begin at a multiple of 64");

	ok(!nn_st_open(&st, path, &e), "opened%s", e.msg);
	is_int(st.n, 8, "tensors");
	is_str(st.entry[3].name, "d.conv.weight", "in their order");
	is_str(st.entry[6].name, "optimizer.0.g.conv.weight", "then states");
	is_int(nn_st_find(&st, "g.fc.weight")->rank, 2, "a rank on disk");
	is_int(nn_st_find(&st, "g.fc.weight")->shape[1], 8, "a shape on disk");
	ok(!nn_st_find(&st, "fc.weight"), "a name that is not there");
	check_meta(&st, text);

	make_set(&c, 3);
	nn_param_state(&c, c.p[0], 1)[3] = 9;
	ok(!nn_st_load(&st, "g.", &c, false, false, NULL, &e), "%s", e.msg);
	ok(same(&a, &c, 0) && same(&a, &c, 1) && same(&a, &c, 2), "loaded");
	ok(!c.p[0]->state[0], "without state");
	is_int(c.p[0]->x.version, 1, "versions were raised");
	ok(!nn_st_load(&st, "g.", &c, true, false, NULL, &e), "with state");
	is_near(c.p[0]->state[0][53], 5, 0, "a state");
	is_near(c.p[0]->state[1][3], 0, 0, "one that the file has not");
	nn_st_close(&st);
	nn_params_release(&a);
	nn_params_release(&b);
	nn_params_release(&c);
}

#define CONV \
	"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,3,3,3]," \
	"\"data_offsets\":[0,216]}"

static void refuse(
	const char *header, size_t n, bool missing_ok, const char *cause)
{
	struct nn_params ps, before;
	struct err e = {0};
	struct nn_st st;

	make_set(&ps, 1);
	make_set(&before, 1);
	ok(!nn_st_open(&st, make_file(header, n), &e), "%s", e.msg);
	ok(nn_st_load(&st, "", &ps, true, missing_ok, NULL, &e) &&
			strstr(e.msg, cause) && strstr(e.msg, dir),
		"%s", cause);
	if (!strstr(e.msg, cause))
		printf("# got '%s'\n", e.msg);
	ok(same(&ps, &before, 0) && same(&ps, &before, 1) &&
			!ps.p[0]->x.version,
		"nothing was filled");
	nn_st_close(&st);
	nn_params_release(&before);
	nn_params_release(&ps);
}

static void check_load(void)
{
	struct nn_params ps;
	struct err e = {0};
	struct nn_st st;
	int missing = -1;

	refuse(CONV "}", 216, false, "has no tensor 'norm.running_var' [2]");
	refuse(CONV ",\"norm.running_var\":{\"dtype\":\"F16\",\"shape\":[3],"
		    "\"data_offsets\":[216,222]}}",
		222, true, "tensor 'norm.running_var' is [3], [2] expected");
	refuse(CONV ",\"norm.running_var\":{\"dtype\":\"I32\",\"shape\":[2],"
		    "\"data_offsets\":[216,224]}}",
		224, true, "tensor 'norm.running_var' is I32, F32 expected");
	refuse(CONV ",\"optimizer.0.conv.weight\":{\"dtype\":\"F32\","
		    "\"shape\":[],\"data_offsets\":[216,220]}}",
		220, true,
		"'optimizer.0.conv.weight' is [], [2,3,3,3] expected");

	make_set(&ps, 1);
	ok(!nn_st_open(&st,
		   make_file("{\"norm.running_var\":{\"dtype\":\"BF16\","
			     "\"shape\":[2],\"data_offsets\":[0,4]}}",
			   4),
		   &e),
		"%s", e.msg);
	ok(!nn_st_load(&st, "", &ps, false, true, &missing, &e), "%s", e.msg);
	is_int(missing, 2, "missing ones are counted");
	/* The bytes are 0 1 2 3. */
	is_near(((float *)ps.p[1]->x.data)[1], 0x1.04p-121, 0, "BF16 to F32");
	nn_st_close(&st);
	nn_params_release(&ps);
}

/* ---- trouble ---- */

/* Whatever a file holds, it is read or refused: for the sanitizers. */
static void survive(const char *path)
{
	struct err e = {0};
	struct nn_st st;
	double v[64];

	if (nn_st_open(&st, path, &e))
		return;
	for (int i = 0; i < st.n; i++) {
		size_t n = nn_st_count(&st.entry[i]);

		nn_st_values(
			&st.entry[i], n > 64 ? n - 64 : 0, n > 64 ? 64 : n, v);
		nn_st_find(&st, st.entry[i].name);
	}
	nn_st_close(&st);
}

static void check_damage(void)
{
	const char *path = in_dir("whole"), *cut = in_dir("cut");
	struct rng r = rng_new(1, RNG_DRAW);
	struct err e = {0};
	struct nn_params ps;
	struct nn_st_part part = {"", &ps};
	int opened = 0;
	struct nn_st st;
	size_t n;
	char *p;

	make_set(&ps, 1);
	ok(!nn_st_save(path, &part, 1, false, NULL, 0, &e), "%s", e.msg);
	p = file_read(path, 1 << 20, &arena, &n, &e);
	for (size_t i = 0; i < n; i++) {
		write_bytes(cut, p, i);
		if (!nn_st_open(&st, cut, &e)) {
			nn_st_close(&st);
			opened++;
		}
	}
	is_int(opened, 0, "a file that was cut off is never opened");
	for (int i = 0; i < 3000; i++) {
		size_t at = rng_below(&r, 320);
		char was = p[at];

		p[at] = (char)rng_u32(&r);
		write_bytes(cut, p, n);
		survive(cut);
		p[at] = was;
	}
	ok(true, "damaged files are survived");
	nn_params_release(&ps);
}

/* The disk is full half-way: files may not grow beyond a limit. */
static void check_full(void)
{
	const char *path = in_dir("whole");
	struct rlimit old, small;
	struct nn_params ps;
	struct nn_st_part part = {"", &ps};
	struct err e = {0};
	size_t n, m;
	char *before, *after, *tmp;

	make_set(&ps, 9);
	before = file_read(path, 1 << 20, &arena, &n, &e);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 400;
	setrlimit(RLIMIT_FSIZE, &small);
	ok(nn_st_save(path, &part, 1, false, NULL, 0, &e), "a full disk");
	setrlimit(RLIMIT_FSIZE, &old);
	is_int(e.code, ERR_IO, "status 74");
	after = file_read(path, 1 << 20, &arena, &m, &e);
	ok(n == m && !memcmp(before, after, n), "the old file is whole");
	tmp = arena_printf(&arena, "%s.tmp.%ld", path, (long)getpid());
	ok(access(tmp, F_OK), "nothing is left beside it");
	ok(nn_st_save(arena_printf(&arena, "%s/x", path), &part, 1, false, NULL,
		   0, &e) &&
			e.code == ERR_CREATE,
		"a folder that cannot be");
	nn_params_release(&ps);
}

int main(void)
{
	static const char *const names[] = {"made", "whole", "again", "cut"};

	BUG_ON(!mkdtemp(dir));
	be = nn_cpu_open(1);
	check_files();
	check_types();
	check_round();
	check_load();
	check_damage();
	check_full();
	for (int i = 0; i < 4; i++)
		unlink(in_dir(names[i]));
	rmdir(dir);
	arena_release(&arena);
	be->close(be);
	return done();
}
