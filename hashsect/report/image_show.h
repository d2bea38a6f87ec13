/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `hashsect sig show` says of one file, as JSON; as text: layers_print(). */
#ifndef HASHSECT_REPORT_IMAGE_SHOW_H
#define HASHSECT_REPORT_IMAGE_SHOW_H

#include "base/json.h"
#include "image/image.h"

/** image_show_object() - its layers, and what is left inside them; NULL: no memory */
struct json_object *image_show_object(const struct image *image);

#endif
