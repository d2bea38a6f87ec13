/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For who waits at a terminal: what a pool of threads is doing, on standard error, on one line that goes away again. */
#ifndef ELFSECT_TOOL_PROGRESS_H
#define ELFSECT_TOOL_PROGRESS_H

#include "base/workers.h"

/**
 * progress_begin() - watch a pool until progress_end(), from its second second on
 *
 * Only where standard error is a terminal. Until then nothing else may be printed but messages.
 */
void progress_begin(struct workers *workers);

/** progress_end() - the line goes away; before the pool does, and before results are printed. May be called anyway */
void progress_end(void);

/** progress_hide() - the line goes away until there is something new */
void progress_hide(void);

#endif
