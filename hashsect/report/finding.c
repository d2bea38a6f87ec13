// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/finding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/certificate.h"

/* What of a section that was taken out is in no other hash. */
static void print_definitions(FILE *out, const struct hashsect_finding *f)
{
	fprintf(out, "section alignment %" PRIu64, f->alignment);
	if (f->behind_number)
		fprintf(out, ", behind section %" PRIu32 " (%s), symbols:", f->behind_number, f->behind);
	else
		fputs(", in front of all sections, symbols:", out);
	for (size_t i = 0; i < f->symbol_count; i++)
		fprintf(out, " %s=0x%" PRIx64 "+%" PRIu64, f->symbols[i].name, f->symbols[i].value, f->symbols[i].size);
}

static void print(FILE *out, const struct hashsect_finding *f)
{
	switch (f->kind) {
	case HASHSECT_FOUND_CERTIFICATE:
		certificate_print(out, f->certificate);
		break;
	case HASHSECT_FOUND_SLOT:
		fprintf(out, "slot of %" PRIu64 " bytes, %" PRIu64 " used", f->size, f->used);
		break;
	case HASHSECT_FOUND_CONFIGURED_CERTIFICATES:
		fprintf(out, "%" PRIu64 " bytes of configured certificates, which count", f->size);
		break;
	case HASHSECT_FOUND_MODULE_HASHES:
		fprintf(out, "table of %" PRIu64 " module hashes", f->count);
		break;
	case HASHSECT_FOUND_MERKLE_ROOT:
		fputs("Merkle root of module hashes", out);
		break;
	case HASHSECT_FOUND_BUILD_ID:
		fprintf(out, "build-id of %" PRIu64 " bytes", f->size);
		break;
	case HASHSECT_FOUND_ZEROS:
		fprintf(out, "%" PRIu64 " zero bytes", f->size);
		break;
	case HASHSECT_FOUND_LENGTH_WORD:
		fprintf(out, "length word of %" PRIu64 " bytes", f->size);
		break;
	case HASHSECT_FOUND_PADDING:
		fprintf(out, "%" PRIu64 " zero bytes of padding", f->size);
		break;
	case HASHSECT_FOUND_DEFINITIONS:
		print_definitions(out, f);
		break;
	}
}

static const char empty_slot[] = "empty slot", rest_of_slot[] = "rest of the slot";

const char *finding_piece(const struct hashsect_finding *f, uint64_t *size)
{
	*size = f->size;
	switch (f->kind) {
	case HASHSECT_FOUND_CERTIFICATE:
		*size = f->certificate->size;
		return "certificate";
	case HASHSECT_FOUND_SLOT:
		*size = f->size - f->used; /* what is used holds certificates */
		return f->used ? rest_of_slot : empty_slot;
	case HASHSECT_FOUND_CONFIGURED_CERTIFICATES:
		return "configured certificates, which count";
	case HASHSECT_FOUND_LENGTH_WORD:
		return "length words";
	case HASHSECT_FOUND_PADDING:
		return "padding";
	case HASHSECT_FOUND_MODULE_HASHES:
		return "module hashes";
	case HASHSECT_FOUND_MERKLE_ROOT:
		return "Merkle root";
	case HASHSECT_FOUND_BUILD_ID:
		return "build-id";
	case HASHSECT_FOUND_ZEROS:
		return "zero bytes";
	case HASHSECT_FOUND_DEFINITIONS:
		break;
	}
	*size = 0;
	return NULL;
}

bool finding_piece_is_room(const char *piece)
{
	return !strcmp(piece, empty_slot) || !strcmp(piece, rest_of_slot);
}

char *finding_text(const struct hashsect_finding *finding)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print(out, finding);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}
