// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/trailer.h"

#include <errno.h>
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
	const uint8_t *info;
	uint64_t left;

	*trailer = (struct module_trailer){.content_size = size, .data_offset = size};
	if (size < TRAILER_MARKER_SIZE || memcmp(bytes + size - TRAILER_MARKER_SIZE, marker, TRAILER_MARKER_SIZE) != 0)
		return 0;
	if (size < TRAILER_TAIL_SIZE)
		return failure(error, EBADMSG, "%s: module trailer: the file starts inside it", name);
	left = size - TRAILER_TAIL_SIZE;
	info = bytes + left;
	trailer->data_size = load_u32(info + INFO_SIG_LEN, ELFDATA2MSB);
	trailer->id_type = info[INFO_ID_TYPE];
	if (trailer->data_size >= left)
		return failure(error, EBADMSG, "%s: module trailer: %u bytes of data, but only %ju bytes before it",
			       name, trailer->data_size, (uintmax_t)left);
	trailer->content_size = trailer->data_offset = left - trailer->data_size;
	trailer->size = size - trailer->content_size;
	return check_kind(trailer, info, name, error);
}

void module_trailer_tail(uint8_t id_type, uint32_t data_size, uint8_t tail[TRAILER_TAIL_SIZE])
{
	memset(tail, 0, TRAILER_INFO_SIZE);
	tail[INFO_ID_TYPE] = id_type;
	store_u32(tail + INFO_SIG_LEN, ELFDATA2MSB, data_size);
	memcpy(tail + TRAILER_INFO_SIZE, marker, TRAILER_MARKER_SIZE);
}
