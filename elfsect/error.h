/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling a struct elfsect_error, and scope-bound ownership. */
#ifndef ELFSECT_ERROR_H
#define ELFSECT_ERROR_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "elfsect.h"

ELFSECT_API __attribute__((format(printf, 2, 3))) void elfsect_set_error(struct elfsect_error *error, const char *format,
									 ...);
ELFSECT_API __attribute__((format(printf, 3, 4))) void elfsect_set_error_errno(struct elfsect_error *error, int code,
									       const char *format, ...);

/*
 * Write the message and be -code. Control characters come out as \xHH: names in messages are hostile. Macros, so that the
 * compiler sees that the value is not 0.
 */
#define elfsect_fail(error, code, ...) (elfsect_set_error(error, __VA_ARGS__), -(code))

/* The same, with ": " and the text of errno code at the end. */
#define elfsect_fail_errno(error, code, ...) \
	({ const int code_ = (code); elfsect_set_error_errno(error, code_, __VA_ARGS__); -(code_ ? code_ : EIO); })

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void cleanup_view(struct elfsect_view **view)
{
	elfsect_view_close(*view);
}

#define autofree __attribute__((cleanup(cleanup_free)))
#define autoclose __attribute__((cleanup(cleanup_close)))
#define autofclose __attribute__((cleanup(cleanup_fclose)))
#define autoview __attribute__((cleanup(cleanup_view)))

/* Take a pointer out of a variable that would be cleaned up. */
#define steal(p) \
	({ __auto_type stolen_ = (p); (p) = NULL; stolen_; })

#endif
