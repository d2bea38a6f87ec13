/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scope-bound ownership of what belongs to no room: memory, descriptors, streams. */
#ifndef ELFSECT_BASE_CLEANUP_H
#define ELFSECT_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

#define autofree   __attribute__((cleanup(cleanup_free)))
#define autoclose  __attribute__((cleanup(cleanup_close)))
#define autofclose __attribute__((cleanup(cleanup_fclose)))

/* Take a pointer out of a variable that would be cleaned up. */
#define steal(p)                                                                                                       \
	({                                                                                                             \
		__auto_type stolen_ = (p);                                                                             \
		(p) = NULL;                                                                                            \
		stolen_;                                                                                               \
	})

#endif
