// SPDX-License-Identifier: LGPL-2.1-or-later
/* Modules, and whatever else is no PE file: the signature is appended. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "image/module_trailer.h"
#include "modules/signature_verdict.h"
#include "store/attach_kind.h"

static bool recognise(const uint8_t *bytes, uint64_t size)
{
	(void)bytes;
	(void)size;
	return true;
}

static int look(const struct attach_file *file, uint8_t digest[SHA256_SIZE], struct span *there, bool *is_other,
		struct elfsect_error *error)
{
	struct module_trailer trailer;
	const int ret = module_trailer_parse(file->bytes, file->size, file->name, &trailer, error);

	if (ret)
		return ret;
	*is_other = trailer.kind != TRAILER_NONE && trailer.kind != TRAILER_PKCS7;
	if (trailer.kind == TRAILER_PKCS7)
		*there = (struct span){file->bytes + trailer.data_offset, trailer.data_size};
	return hash_once("sha256", file->bytes, trailer.content_size, digest)
		       ? failure_errno(error, ENOMEM, "%s", file->name)
		       : 0;
}

static int join(const struct attach_file *file, const struct store_piece *piece, uint8_t **whole, uint64_t *whole_size,
		struct elfsect_error *error)
{
	autofree uint8_t *trailer = malloc(piece->size + TRAILER_TAIL_SIZE);

	if (!trailer)
		return failure_errno(error, ENOMEM, "%s", file->name);
	memcpy(trailer, piece->bytes, piece->size);
	module_trailer_tail(TRAILER_ID_PKCS7, (uint32_t)piece->size, trailer + piece->size);
	return module_trailer_append(file->bytes, file->size, trailer, piece->size + TRAILER_TAIL_SIZE, whole,
				     whole_size)
		       ? failure_errno(error, ENOMEM, "%s", file->name)
		       : 0;
}

static int judge(const uint8_t *whole, uint64_t size, const struct signers *signers, enum signature_status *status,
		 struct elfsect_error *reason, struct elfsect_error *error)
{
	struct module_verdict verdict;

	(void)error;
	module_judge(whole, size, signers, &verdict);
	*status = verdict.status;
	*reason = verdict.reason;
	return 0;
}

const struct attach_kind attach_module = {STORE_MODULE, recognise, look, join, judge};
