/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling a struct elfsect_error, and scope-bound ownership. */
#ifndef ELFSECT_ERROR_H
#define ELFSECT_ERROR_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "elfsect.h"

/* Write the message and return -code. Bytes that are not printable ASCII come out as \xHH: names in messages are hostile. */
ELFSECT_API __attribute__((format(printf, 3, 4))) int elfsect_fail(struct elfsect_error *error, int code,
								    const char *format, ...);

/* elfsect_fail() with ": " and the text of errno code at the end. */
ELFSECT_API __attribute__((format(printf, 3, 4))) int elfsect_fail_errno(struct elfsect_error *error, int code,
									  const char *format, ...);

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
