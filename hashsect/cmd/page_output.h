/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --html FILE: a report as a page, beside the one on standard output. */
#ifndef HASHSECT_CMD_PAGE_OUTPUT_H
#define HASHSECT_CMD_PAGE_OUTPUT_H

#include <stdbool.h>

#define PAGE_ROW(type, member)                                                                                         \
	EFFECT_ROW(EFFECT_FILE, 0, "html", "FILE", type, member, "write the report as one page too, for browsers")

/* Whether the page is what goes to standard output, so that nothing else may. */
bool page_is_output(const char *path);

/* Writes a page, and frees it; NULL: there was no memory for it. Returns an exit status. */
int page_write(const char *path, char *page);

#endif
