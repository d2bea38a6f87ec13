// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/layers.h"

#include <inttypes.h>

#include "base/text.h"
#include "report/cms.h"

static void signature_text(const struct image_layer *layer, char text[LAYER_TEXT_MAX])
{
	char signer[2304];

	cms_describe_signer(&layer->signature, signer, sizeof(signer));
	snprintf(text, LAYER_TEXT_MAX, "PKCS#7 signature, %s, by %s", layer->signature.algorithm, signer);
}

void layer_text(const struct image_layer *layer, char text[LAYER_TEXT_MAX])
{
	switch (layer->kind->form) {
	case LAYER_COMPRESSION:
		snprintf(text, LAYER_TEXT_MAX,
			 "%s compression of %" PRIu64 " bytes; compressing them again may give another file",
			 layer->kind->name, layer->content_size);
		break;
	case LAYER_SIGNATURE:
		signature_text(layer, text);
		break;
	case LAYER_MERKLE:
		snprintf(text, LAYER_TEXT_MAX, "Merkle proof of %" PRIu32 " levels, not proved", layer->levels);
		break;
	case LAYER_UNKNOWN:
		snprintf(text, LAYER_TEXT_MAX, "a trailer with id_type %u", layer->id_type);
		break;
	}
}

static void print_layer(FILE *out, const struct image *image, const char *what, const struct image_layer *layer)
{
	char text[LAYER_TEXT_MAX];

	layer_text(layer, text);
	text_print(out, image_name(image));
	fprintf(out, ": %s%" PRIu64 " bytes: ", what, layer->size);
	text_print(out, text);
	fputc('\n', out);
}

static void print_named(FILE *out, const struct image *image, const struct image_layer *layer)
{
	char what[32];

	snprintf(what, sizeof(what), "%s, ", layer->kind->name);
	print_layer(out, image, what, layer);
}

void layers_print(FILE *out, const struct image *image)
{
	const struct image_layer *unknown = image_unknown(image);
	size_t count;
	const struct image_layer *layers = image_layers(image, &count);

	for (size_t i = 0; i < count; i++)
		print_named(out, image, &layers[i]);
	if (unknown) {
		print_named(out, image, unknown);
	} else if (!count) {
		text_print(out, image_name(image));
		fputs(": no layer\n", out);
	}
}

void layers_print_peeled(FILE *out, const struct image *image)
{
	size_t count;
	const struct image_layer *layers = image_layers(image, &count);

	for (size_t i = 0; i < count; i++)
		print_layer(out, image, "peeled: ", &layers[i]);
}
