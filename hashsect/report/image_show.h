/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `hashsect sig show` says of one file after another. */
#ifndef HASHSECT_REPORT_IMAGE_SHOW_H
#define HASHSECT_REPORT_IMAGE_SHOW_H

#include "image/image.h"
#include "report/files.h"

/** files_report_image() - its layers, and what is left inside them */
void files_report_image(struct files_report *report, const struct image *image);

#endif
