/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reports say of the layers around an image. */
#ifndef HASHSECT_REPORT_LAYERS_H
#define HASHSECT_REPORT_LAYERS_H

#include <stdio.h>

#include "image/image.h"

/* Room for the longest sentence: the issuer of a signature is most of it. */
enum { LAYER_TEXT_MAX = 3072 };

/** layer_text() - what a layer is, in one line; the names in it are as they stand in the file */
void layer_text(const struct image_layer *layer, char text[LAYER_TEXT_MAX]);

/** layers_print() - "NAME: KIND, SIZE bytes: ...", a line for each layer, and for one that was not peeled */
void layers_print(FILE *out, const struct image *image);

/** layers_print_peeled() - "NAME: peeled: SIZE bytes: ...", a line for each layer */
void layers_print_peeled(FILE *out, const struct image *image);

#endif
