/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a digest does not count. */
#ifndef HASHSECT_REPORT_LEFT_OUT_H
#define HASHSECT_REPORT_LEFT_OUT_H

#include <stdio.h>

#include "hashsect.h"
#include "image/image.h"

/** left_out_print() - what was peeled and excluded, and which map was used, a line each with the file's name in front
 */
void left_out_print(const struct image *image, const struct elfsect_view *view, const struct hashsect_digest *digest,
		    FILE *out);

#endif
