// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/module_trailer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

/* No zero byte at the end. */
static const char marker[TRAILER_MARKER_SIZE + 1] = "~Module signature appended~\n";

/*
 * From the end of the data:
 *
 *   0 algo   1 hash   2 id_type   3 signer_len   4 key_id_len   5 pad, 3 bytes   8 sig_len, be32   12 marker, 28 bytes
 */
enum { INFO_ID_TYPE = 2, INFO_SIG_LEN = 8 };

struct trailer_fields module_trailer_read(const uint8_t *bytes, uint64_t size)
{
	struct trailer_fields f = {0};
	const uint8_t *info;

	if (size < TRAILER_MARKER_SIZE || memcmp(bytes + size - TRAILER_MARKER_SIZE, marker, TRAILER_MARKER_SIZE) != 0)
		return f;
	f.has_marker = true;
	if (size < TRAILER_TAIL_SIZE)
		return f;
	f.has_info = true;
	size -= TRAILER_TAIL_SIZE;
	info = bytes + size;
	f.id_type = info[INFO_ID_TYPE];
	f.data_size = load_u32(info + INFO_SIG_LEN, ELFDATA2MSB);
	f.fits = f.data_size < size;
	if (f.fits)
		f.data_offset = size - f.data_size;
	f.clean = first_nonzero(info, INFO_ID_TYPE) == INFO_ID_TYPE &&
		  first_nonzero(info + INFO_ID_TYPE + 1, INFO_SIG_LEN - INFO_ID_TYPE - 1) ==
			  INFO_SIG_LEN - INFO_ID_TYPE - 1;
	return f;
}

static int check_info(const uint8_t *info, const char *name, struct elfsect_error *error)
{
	for (unsigned int i = 0; i < INFO_SIG_LEN; i++)
		if (i != INFO_ID_TYPE && info[i])
			return failure(error, EBADMSG,
				       "%s: module trailer: byte %u of its information is 0x%02x, not zero", name, i,
				       info[i]);
	return 0;
}

static int check_merkle(struct module_trailer *t, const char *name, struct elfsect_error *error)
{
	for (uint32_t levels = 1; levels <= TRAILER_MERKLE_LEVELS_MAX; levels++) {
		if (t->data_size != TRAILER_MERKLE_SIZE(levels))
			continue;
		t->levels = levels;
		return 0;
	}
	return failure(error, EBADMSG, "%s: module trailer: a Merkle proof of %u bytes, not 4 + 32 * levels (1 to %d)",
		       name, t->data_size, TRAILER_MERKLE_LEVELS_MAX);
}

static int check_kind(struct module_trailer *t, const uint8_t *info, const char *name, struct elfsect_error *error)
{
	int ret;

	switch (t->id_type) {
	case TRAILER_ID_PKCS7:
		t->kind = TRAILER_PKCS7;
		return check_info(info, name, error);
	case TRAILER_ID_MERKLE:
		t->kind = TRAILER_MERKLE;
		ret = check_info(info, name, error);
		return ret ? ret : check_merkle(t, name, error);
	default:
		t->kind = TRAILER_UNKNOWN;
		return 0;
	}
}

int module_trailer_parse(const uint8_t *bytes, uint64_t size, const char *name, struct module_trailer *trailer,
			 struct elfsect_error *error)
{
	const struct trailer_fields f = module_trailer_read(bytes, size);

	*trailer = (struct module_trailer){.content_size = size, .data_offset = size};
	if (!f.has_marker)
		return 0;
	if (!f.has_info)
		return failure(error, EBADMSG, "%s: module trailer: the file starts inside it", name);
	if (!f.fits)
		return failure(error, EBADMSG, "%s: module trailer: %u bytes of data, but only %ju bytes before it",
			       name, f.data_size, (uintmax_t)(size - TRAILER_TAIL_SIZE));
	trailer->id_type = f.id_type;
	trailer->data_size = f.data_size;
	trailer->content_size = trailer->data_offset = f.data_offset;
	trailer->size = size - f.data_offset;
	return check_kind(trailer, bytes + size - TRAILER_TAIL_SIZE, name, error);
}

int module_trailers_skip(const uint8_t *bytes, uint64_t size, const char *name, uint64_t *content_size,
			 struct elfsect_error *error)
{
	struct module_trailer t = {.content_size = size};
	int ret;

	do {
		*content_size = t.content_size;
		ret = module_trailer_parse(bytes, *content_size, name, &t, error);
	} while (!ret && (t.kind == TRAILER_PKCS7 || t.kind == TRAILER_MERKLE));
	return ret;
}

int module_trailer_append(const uint8_t *content, uint64_t content_size, const uint8_t *trailer, uint64_t trailer_size,
			  uint8_t **whole, uint64_t *whole_size)
{
	*whole = malloc(content_size + trailer_size);
	if (!*whole)
		return -ENOMEM;
	memcpy(*whole, content, content_size);
	memcpy(*whole + content_size, trailer, trailer_size);
	*whole_size = content_size + trailer_size;
	return 0;
}

void module_trailer_tail(uint8_t id_type, uint32_t data_size, uint8_t tail[TRAILER_TAIL_SIZE])
{
	memset(tail, 0, TRAILER_INFO_SIZE);
	tail[INFO_ID_TYPE] = id_type;
	store_u32(tail + INFO_SIG_LEN, ELFDATA2MSB, data_size);
	memcpy(tail + TRAILER_INFO_SIZE, marker, TRAILER_MARKER_SIZE);
}
