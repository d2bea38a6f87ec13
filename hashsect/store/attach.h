/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting the signature from a store onto a file that is equal to what was signed. hashsect/STORE.md, section 2. */
#ifndef HASHSECT_STORE_ATTACH_H
#define HASHSECT_STORE_ATTACH_H

#include "image/image.h"
#include "store/folder.h"

/** enum attach_outcome - what became of a file */
enum attach_outcome {
	ATTACH_DONE,	       /* it gets its signature */
	ATTACH_PRESENT,	       /* it has this signature already */
	ATTACH_NOTHING,	       /* the store has none for it */
	ATTACH_NO_CERTIFICATE, /* one that nobody can verify: its certificate is not known */
	ATTACH_UNSUPPORTED,    /* likewise: its algorithm, or form, is not supported */
	ATTACH_SEVERAL,	       /* more than one would do */
	ATTACH_COMPRESSED,     /* there is one, but the file is compressed, and could not be put back as it was */
	ATTACH_SIGNED,	       /* it has another signature */
	ATTACH_BAD,	       /* what the store has for it is no signature of these bytes */
	ATTACH_OUTCOMES,
};

/**
 * struct attach_result - of one file
 * @outcome: what is to be said of it
 * @reason: why it does not get a signature, or ""
 * @signature: the one that counts, of the store or of the file: a CMS message or a certificate table; owned; NULL: none
 * @kind: what @signature is
 * @whole: of ATTACH_DONE: the file with its signature; of ATTACH_COMPRESSED: what would be compressed; owned
 */
struct attach_result {
	enum attach_outcome outcome;
	struct elfsect_error reason;
	enum store_kind kind;
	uint8_t *signature;
	uint64_t signature_size;
	uint8_t *whole;
	uint64_t whole_size;
};

/**
 * attach_find() - find the signature of a module or a PE image
 * @image: opened with keep_trailers
 * @signers: the certificates that may have signed it, or certify who has
 * @result: attach_result_clear() afterwards, always
 *
 * Return: 0, whatever the outcome; -errno for trouble with file or store.
 */
ELFSECT_MUST_CHECK int attach_find(const struct image *image, const struct store *store, const struct signers *signers,
				   struct attach_result *result, struct elfsect_error *error);

void attach_result_clear(struct attach_result *result);

/** attach_is_failure() - a file that may not have been signed, or a store that lies; else at worst it stays unsigned */
bool attach_is_failure(enum attach_outcome outcome);

/** attach_is_signed() - the file has, or gets, the signature from the store */
bool attach_is_signed(enum attach_outcome outcome);

#endif
