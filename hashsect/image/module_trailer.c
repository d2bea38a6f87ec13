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
enum { INFO_ID_TYPE = 2, INFO_SIGNER_LEN = 3, INFO_KEY_ID_LEN = 4, INFO_SIG_LEN = 8 };

static bool has_marker(const uint8_t *bytes, uint64_t size)
{
	return size >= TRAILER_MARKER_SIZE && !memcmp(bytes + size - TRAILER_MARKER_SIZE, marker, TRAILER_MARKER_SIZE);
}

struct trailer_fields module_trailer_read(const uint8_t *bytes, uint64_t size)
{
	struct trailer_fields f = {0};
	const uint8_t *info;

	f.has_marker = has_marker(bytes, size);
	if (!f.has_marker || size < TRAILER_TAIL_SIZE)
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

static uint32_t proof_levels(uint64_t size)
{
	for (uint32_t levels = 1; levels <= TRAILER_MERKLE_LEVELS_MAX; levels++)
		if (size == TRAILER_MERKLE_SIZE(levels))
			return levels;
	return 0;
}

/* What the 12 bytes say; 0, or -EBADMSG if they say nothing sound. */
static int read_info(const uint8_t *info, const char *name, struct module_trailer *t, struct elfsect_error *error)
{
	t->id_type = info[INFO_ID_TYPE];
	t->data_size = load_u32(info + INFO_SIG_LEN, ELFDATA2MSB);
	switch (t->id_type) {
	case TRAILER_ID_PGP:
	case TRAILER_ID_X509:
		t->kind = TRAILER_NAMED;
		t->signer_size = info[INFO_SIGNER_LEN];
		t->key_id_size = info[INFO_KEY_ID_LEN];
		t->data_size += t->signer_size + t->key_id_size;
		return 0;
	case TRAILER_ID_PKCS7:
		t->kind = TRAILER_PKCS7;
		return check_info(info, name, error);
	case TRAILER_ID_MERKLE:
		t->kind = TRAILER_MERKLE;
		t->levels = proof_levels(t->data_size);
		return check_info(info, name, error);
	default:
		t->kind = TRAILER_UNKNOWN;
		return 0;
	}
}

int module_trailer_find(const uint8_t *bytes, uint64_t size, const char *name, struct module_trailer *trailer,
			struct elfsect_error *error)
{
	int ret;

	*trailer = (struct module_trailer){.content_size = size, .data_offset = size};
	if (!has_marker(bytes, size))
		return 0;
	if (size < TRAILER_TAIL_SIZE)
		return failure(error, EBADMSG, "%s: module trailer: the file starts inside it", name);
	size -= TRAILER_TAIL_SIZE;
	ret = read_info(bytes + size, name, trailer, error);
	if (ret)
		return ret;
	if (trailer->data_size >= size)
		return failure(error, EBADMSG, "%s: module trailer: %ju bytes of data, but only %ju bytes before it",
			       name, (uintmax_t)trailer->data_size, (uintmax_t)size);
	trailer->size = trailer->data_size + TRAILER_TAIL_SIZE;
	trailer->content_size = trailer->data_offset = size - trailer->data_size;
	return 0;
}

int module_trailer_check_proof(const struct module_trailer *t, struct elfsect_error *error)
{
	return t->levels ? 0
			 : failure(error, EBADMSG, "a Merkle proof of %ju bytes, not 4 + 32 * levels (1 to %d)",
				   (uintmax_t)t->data_size, TRAILER_MERKLE_LEVELS_MAX);
}

int module_trailer_parse(const uint8_t *bytes, uint64_t size, const char *name, struct module_trailer *trailer,
			 struct elfsect_error *error)
{
	struct elfsect_error reason;
	int ret = module_trailer_find(bytes, size, name, trailer, error);

	if (!ret && trailer->kind == TRAILER_MERKLE && module_trailer_check_proof(trailer, &reason))
		ret = failure(error, EBADMSG, "%s: module trailer: %s", name, reason.message);
	return ret;
}

int module_trailers_skip(const uint8_t *bytes, uint64_t size, const char *name, uint64_t *content_size,
			 struct elfsect_error *error)
{
	struct module_trailer t = {.content_size = size};
	int ret = 0;

	do {
		const struct trailer_fields f = module_trailer_read(bytes, t.content_size);

		*content_size = t.content_size;
		/* Of what is not taken off, only sig_len is asked. */
		if (f.fits && f.id_type != TRAILER_ID_PKCS7 && f.id_type != TRAILER_ID_MERKLE)
			return 0;
		ret = module_trailer_parse(bytes, *content_size, name, &t, error);
	} while (!ret && t.kind != TRAILER_NONE);
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
