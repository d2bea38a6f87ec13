/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The line of one file in a list of digests: the digest, two spaces, the path. As sha256sum does, a backslash in front
 * says that the path is escaped: \n, \r and \\, and \xHH for other bytes that a terminal could act on.
 */
#ifndef HASHSECT_REPORT_DIGEST_LINE_H
#define HASHSECT_REPORT_DIGEST_LINE_H

#include <stdbool.h>
#include <stdio.h>

void digest_line_print(FILE *out, const char *digest, const char *path);

/** digest_line_parse() - take a line apart, in place; false: it is none */
bool digest_line_parse(char *line, char **digest, char **path);

#endif
