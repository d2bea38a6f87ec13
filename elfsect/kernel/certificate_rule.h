/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a certificate in a kernel must be, for all commands: what Linux loads and a tool can show in full. The rule is
 * that of hashsect/FORMAT.md, section 7.1, where it decides over a digest. Whom to trust is not asked here.
 */
#ifndef ELFSECT_KERNEL_CERTIFICATE_RULE_H
#define ELFSECT_KERNEL_CERTIFICATE_RULE_H

#include "base/der.h"

enum { CERTIFICATE_BYTES_MAX = 65535 };

/**
 * struct certificate_judgement - what is known of a certificate that keeps to the rule
 * @free_bytes: how many of its bytes its maker chose (item 10)
 * @self_signed: issuer and subject are the same, and the signature was verified with the certificate's own key
 */
struct certificate_judgement {
	uint64_t free_bytes;
	bool self_signed;
};

/**
 * certificate_judge() - judge a certificate
 * @whole: the SEQUENCE that it is
 *
 * Return: 0; -EBADMSG with a reason that names no place, but the extension or algorithm; -ENOMEM.
 */
ELFSECT_MUST_CHECK int certificate_judge(const struct der *whole, struct certificate_judgement *judgement,
					 struct elfsect_error *error);

#endif
