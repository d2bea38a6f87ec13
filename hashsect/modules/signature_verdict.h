/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kernel with the given certificates would say of a module's signature. */
#ifndef HASHSECT_MODULES_SIGNATURE_VERDICT_H
#define HASHSECT_MODULES_SIGNATURE_VERDICT_H

#include "image/image.h"
#include "trust/signers.h"
#include "trust/status.h"

/**
 * struct module_verdict - the verdict and its reasons
 * @has_signature: @signature could be read; borrowed from the module's bytes
 * @certificate: that the signature names; borrowed, or NULL
 * @reason: why it is not good, or ""
 */
struct module_verdict {
	enum signature_status status;
	bool has_signature;
	struct cms_signature signature;
	const X509 *certificate;
	struct elfsect_error reason;
};

/** module_judge() - judge the outermost trailer of a module that is not compressed; as the kernel does, it looks no
 * deeper */
void module_judge(const uint8_t *bytes, uint64_t size, const struct signers *signers, struct module_verdict *verdict);

/**
 * image_verify_signatures() - tell an image which of its signatures were made by one of the certificates
 *
 * What is signed by others, or not understood, stays as it is.
 *
 * Return: 0; -EKEYREJECTED for a signature that is not that of the bytes by the key that it names.
 */
ELFSECT_MUST_CHECK int image_verify_signatures(struct image *image, const struct signers *signers,
					       struct elfsect_error *error);

#endif
