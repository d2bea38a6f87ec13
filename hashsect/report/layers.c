// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/layers.h"

#include <inttypes.h>

#include "base/text.h"
#include "report/cms.h"

const char *layer_status_name(enum layer_status status)
{
	static const char *const names[] = {"well-formed", "verified", "not understood", "malformed"};

	return status < sizeof(names) / sizeof(names[0]) ? names[status] : NULL;
}

static void signature_text(const struct image_layer *layer, char text[LAYER_TEXT_MAX])
{
	char about[2304];

	if (layer->status == LAYER_NOT_UNDERSTOOD) {
		cms_outline_text(&layer->outline, about, sizeof(about));
		snprintf(text, LAYER_TEXT_MAX,
			 "PKCS#7 signature, %" PRIu64 " bytes, not of the profile that this tool verifies: %s",
			 layer->data_size, about);
		return;
	}
	cms_describe_signer(&layer->signature, about, sizeof(about));
	snprintf(text, LAYER_TEXT_MAX, "PKCS#7 signature, %s, by %s, %s", layer->signature.algorithm, about,
		 layer->status == LAYER_VERIFIED ? "verified" : "well-formed, not verified");
}

static void pe_signature_text(const struct image_layer *layer, char text[LAYER_TEXT_MAX])
{
	char about[2304], padding[96] = "";

	if (layer->status == LAYER_NOT_UNDERSTOOD)
		cms_outline_text(&layer->outline, about, sizeof(about));
	else
		cms_describe_signer(&layer->signature, about, sizeof(about));
	if (layer->maybe_padding)
		snprintf(padding, sizeof(padding), "; up to %" PRIu64 " of the zero bytes at its end may be padding",
			 layer->maybe_padding);
	snprintf(text, LAYER_TEXT_MAX, "%" PRIu64 " PE signature%s, %s by %s, %s; beneath it CheckSum is %s%s",
		 layer->signatures, layer->signatures == 1 ? "" : "s",
		 layer->status == LAYER_NOT_UNDERSTOOD ? "not of the profile that this tool verifies," : "the first",
		 about, layer->status == LAYER_VERIFIED ? "verified" : "well-formed, not verified",
		 layer->restored ? "proved by the image's CRC-32" : "assumed to be 0", padding);
}

static void boot_image_text(const struct image_layer *layer, char text[LAYER_TEXT_MAX])
{
	int used;

	if (layer->payload_compression)
		used = snprintf(text, LAYER_TEXT_MAX, "boot image, its payload %" PRIu64 " bytes, %s; around it",
				layer->payload_size, layer->payload_compression);
	else
		used = snprintf(text, LAYER_TEXT_MAX, "unified kernel image; around the kernel");
	for (size_t i = 0; i < layer->piece_count && used > 0 && used < LAYER_TEXT_MAX; i++)
		used += snprintf(text + used, (size_t)(LAYER_TEXT_MAX - used), "%s %s (%" PRIu64 ")", i ? "," : "",
				 layer->pieces[i].name, layer->pieces[i].size);
}

void layer_signer_name(const struct image_layer *layer, char text[LAYER_NAME_MAX])
{
	text_escape(TEXT_FOR_MACHINES, (const char *)layer->bytes, layer->signer_size, text, LAYER_NAME_MAX);
}

void layer_key_id(const struct image_layer *layer, char text[LAYER_NAME_MAX])
{
	text_hex(layer->bytes + layer->signer_size, layer->key_id_size, text, LAYER_NAME_MAX);
}

static void named_text(const struct image_layer *layer, char text[LAYER_TEXT_MAX])
{
	char name[LAYER_NAME_MAX], key_id[LAYER_NAME_MAX];

	layer_signer_name(layer, name);
	layer_key_id(layer, key_id);
	snprintf(text, LAYER_TEXT_MAX, "signature as kernels before 4.3 have it (id_type %u), by %s, key id %s",
		 layer->id_type, name, key_id);
}

void layer_text(const struct image_layer *layer, char text[LAYER_TEXT_MAX])
{
	if (layer->status == LAYER_MALFORMED) {
		snprintf(text, LAYER_TEXT_MAX, "malformed: %s", layer->reason);
		return;
	}
	switch (layer->kind->form) {
	case LAYER_COMPRESSION:
		snprintf(text, LAYER_TEXT_MAX,
			 "%s compression of %" PRIu64 " bytes; compressing them again may give another file",
			 layer->kind->name, layer->content_size);
		break;
	case LAYER_SIGNATURE:
		signature_text(layer, text);
		break;
	case LAYER_NAMED:
		named_text(layer, text);
		break;
	case LAYER_MERKLE:
		snprintf(text, LAYER_TEXT_MAX, "Merkle proof of %" PRIu32 " levels, well-formed, not verified",
			 layer->levels);
		break;
	case LAYER_PE_SIGNATURE:
		pe_signature_text(layer, text);
		break;
	case LAYER_BOOT_IMAGE:
		boot_image_text(layer, text);
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
