/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signatures of PE files, and their Authenticode digest. */
#ifndef HASHSECT_REPORT_PE_H
#define HASHSECT_REPORT_PE_H

#include "image/pe_verdict.h"
#include "report/files.h"

/** files_report_pe_verdict() - of one file: a line, and one for each signature if there are several */
void files_report_pe_verdict(struct files_report *report, const char *path, const struct pe_verdict *verdict);

/**
 * files_report_authenticode() - the digest that a signature of a file is over
 * @padded: the same with the padding that a signer adds; NULL: it adds none
 * @size: of both, in bytes
 */
void files_report_authenticode(struct files_report *report, const char *path, const char *hash, const uint8_t *digest,
			       const uint8_t *padded, size_t size);

#endif
