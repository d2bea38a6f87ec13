// SPDX-License-Identifier: LGPL-2.1-or-later
/* PE images: the certificate table is put behind the file, and the header says so. */
#include "base/error.h"
#include "image/pe_verdict.h"
#include "store/attach_kind.h"

static int look(const struct attach_file *file, uint8_t digest[SHA256_SIZE], struct span *there, bool *is_other,
		struct elfsect_error *error)
{
	struct pe pe;
	const int ret = pe_read(file->bytes, file->size, file->name, &pe, error);

	*is_other = false;
	if (ret)
		return ret;
	if (pe.table_size)
		*there = (struct span){file->bytes + pe.table, pe.table_size};
	return pe_digest(&pe, "sha256", pe_padding(&pe), digest, error);
}

static int join(const struct attach_file *file, const struct store_piece *piece, uint8_t **whole, uint64_t *whole_size,
		struct elfsect_error *error)
{
	struct pe pe;
	const int ret = pe_read(file->bytes, file->size, file->name, &pe, error);

	return ret ? ret
		   : pe_attach(&pe, piece->bytes, piece->size,
			       piece->has_checksum ? PE_CHECKSUM_GIVEN : PE_CHECKSUM_RECOMPUTE, piece->checksum, whole,
			       whole_size, error);
}

static int judge(const uint8_t *whole, uint64_t size, const struct signers *signers, enum signature_status *status,
		 struct elfsect_error *reason, struct elfsect_error *error)
{
	struct pe_verdict verdict;
	const int ret = pe_judge(whole, size, signers, &verdict, error);

	*status = verdict.status;
	*reason = verdict.reason;
	pe_verdict_clear(&verdict);
	return ret;
}

const struct attach_kind attach_image = {STORE_IMAGE, pe_recognise, look, join, judge};
