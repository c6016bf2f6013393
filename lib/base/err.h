/*
 * Errors. A function that can fail takes a struct err as its last argument,
 * returns -1 (or NULL) and leaves a message complete enough to be printed as
 * it is, with the file, line and cause. On success the struct is untouched.
 *
 *	if (!f)
 *		return err_set(e, ERR_NOINPUT, "cannot open '%s': %s", path,
 *			strerror(errno));
 *
 * Three kinds of trouble are never mixed: bad input fills an err; our own
 * mistake aborts through BUG_ON; memory that the host cannot give ends the
 * process (mem.h).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* The values are exit statuses, pinned for ever: deepstyle(7) lists them. */
enum err_code {
	ERR_NONE = 0,
	ERR_REJECTED = 1,     /* done, but some records were rejected */
	ERR_USAGE = 64,       /* the command line is wrong */
	ERR_DATA = 65,        /* the input is wrong */
	ERR_NOINPUT = 66,     /* the input is not there */
	ERR_UNAVAILABLE = 69, /* a device or a service is missing */
	ERR_BUG = 70,         /* we are wrong */
	ERR_OS = 71,          /* out of memory, or the system refused */
	ERR_CREATE = 73,      /* the output cannot be created */
	ERR_IO = 74,          /* reading or writing failed half-way */
	ERR_LATER = 75,       /* trying again later makes sense */
	ERR_FORBIDDEN = 77,   /* not allowed */
	ERR_CONFIG = 78       /* the configuration is wrong */
};

struct err {
	enum err_code code;
	char msg[480];
};

/* Fill e (which may be NULL); returns -1 so that a caller can return it. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "context: " before the message that e holds; returns -1. */
int err_wrap(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Say what failed, and end with that status: for what no caller could go on
 * from, as a card that fails in the middle of its work. */
_Noreturn void err_die(enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Say where we were wrong, and abort. Stays in release builds. */
#define BUG_ON(cond) ((cond) ? err_bug(__FILE__, __LINE__, #cond) : (void)0)
_Noreturn void err_bug(const char *file, int line, const char *what);

#endif
