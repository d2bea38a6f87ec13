/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reports say of the layers around an image. */
#ifndef HASHSECT_REPORT_LAYERS_H
#define HASHSECT_REPORT_LAYERS_H

#include <stdio.h>

#include "image/image.h"

/* Room for the longest sentence: the issuer of a signature is most of it. */
enum { LAYER_TEXT_MAX = 3072 };

/* Room for the name of a signer of LAYER_NAMED, escaped, and for its key identifier. */
enum { LAYER_NAME_MAX = 4 * UINT8_MAX + 1 };

/** layer_status_name() - "well-formed", "verified", "not understood", "malformed"; NULL: there is no such status */
const char *layer_status_name(enum layer_status status);

/** layer_signer_name() - of LAYER_NAMED: whatever is not printable ASCII is escaped, for it is of no known encoding */
void layer_signer_name(const struct image_layer *layer, char text[LAYER_NAME_MAX]);

/** layer_key_id() - of LAYER_NAMED, in hexadecimal */
void layer_key_id(const struct image_layer *layer, char text[LAYER_NAME_MAX]);

/** layer_text() - what a layer is, in one line; the names in it are as they stand in the file */
void layer_text(const struct image_layer *layer, char text[LAYER_TEXT_MAX]);

/** layers_print() - "NAME: KIND, SIZE bytes: ...", a line for each layer, and for one that was not peeled */
void layers_print(FILE *out, const struct image *image);

#endif
