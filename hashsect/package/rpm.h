/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The headers of an .rpm, which stand in front of its archive: lead (96 bytes), signature header (padded to 8), header.
 * Format: the RPM package file format, version 4, of rpm's reference manual. Numbers are big-endian.
 */
#ifndef HASHSECT_PACKAGE_RPM_H
#define HASHSECT_PACKAGE_RPM_H

#include <stdint.h>

#include "elfsect.h"

/** The most bytes of one header; rpm itself stops at 256 MiB. */
#define RPM_HEADER_MAX (UINT64_C(64) << 20)

/**
 * struct rpm_headers - both, as they stand in the file
 * @bytes: owned; lead and signature header, @signature_size bytes, then @header_size bytes of the header
 */
struct rpm_headers {
	uint8_t *bytes;
	uint64_t signature_size;
	uint64_t header_size;
};

/**
 * rpm_headers_read() - read them from a file; the caller frees @headers->bytes
 * @headers: bytes is NULL if the file is no .rpm
 *
 * Return: 0; -EBADMSG; -EFBIG; -ENOMEM; -errno.
 */
ELFSECT_MUST_CHECK int rpm_headers_read(const char *path, struct rpm_headers *headers, struct elfsect_error *error);

#endif
