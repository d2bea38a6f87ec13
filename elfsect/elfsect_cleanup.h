/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * DOC: scope-bound ownership
 *
 * For gcc and clang: a variable declared with one of these macros is released when it leaves its scope.
 *
 *     elfsect_autoview struct elfsect_view *view = NULL;
 *
 * The variable is initialized, with NULL if there is nothing yet.
 *
 * Threads and NULL: as in elfsect.h; a variable that is NULL at the end of its scope is left alone.
 */
#ifndef ELFSECT_CLEANUP_H
#define ELFSECT_CLEANUP_H

#include "elfsect.h"
#include "elfsect_edit.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline void elfsect_cleanup_view(struct elfsect_view **view)
{
	elfsect_view_close(*view);
}

static inline void elfsect_cleanup_plan(struct elfsect_plan **plan)
{
	elfsect_plan_free(*plan);
}

static inline void elfsect_cleanup_system_map(struct elfsect_system_map **map)
{
	elfsect_system_map_close(*map);
}

#define elfsect_autoview __attribute__((cleanup(elfsect_cleanup_view)))
#define elfsect_autoplan __attribute__((cleanup(elfsect_cleanup_plan)))
#define elfsect_automap	 __attribute__((cleanup(elfsect_cleanup_system_map)))

#ifdef __cplusplus
}
#endif
#endif
