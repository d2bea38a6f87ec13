// SPDX-License-Identifier: LGPL-2.1-or-later
#include "package/rpm.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/files.h"

/* Of the lead, and of what a header begins with: magic, 4 bytes, number of entries (16 bytes each), bytes of data. */
enum { LEAD = 96, START = 16, ENTRY = 16 };

static const uint8_t lead_magic[4] = {0xed, 0xab, 0xee, 0xdb};
static const uint8_t header_magic[4] = {0x8e, 0xad, 0xe8, 0x01};

static int damaged(const char *path, struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: package: its headers are damaged", path);
}

/* The size of the header at an offset. */
static int header_size(int fd, uint64_t at, const char *path, uint64_t *size, struct elfsect_error *error)
{
	uint8_t start[START];

	if (read_at(fd, start, sizeof(start), at) || memcmp(start, header_magic, sizeof(header_magic)) != 0)
		return damaged(path, error);
	*size = START + ENTRY * (uint64_t)load_u32(start + 8, ELFDATA2MSB) + load_u32(start + 12, ELFDATA2MSB);
	return *size <= RPM_HEADER_MAX ? 0
				       : failure(error, EFBIG, "%s: package: a header of %ju bytes; at most %ju", path,
						 (uintmax_t)*size, (uintmax_t)RPM_HEADER_MAX);
}

int rpm_headers_read(const char *path, struct rpm_headers *h, struct elfsect_error *error)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t lead[sizeof(lead_magic)];
	uint64_t signature = 0;
	int ret;

	*h = (struct rpm_headers){0};
	if (fd < 0)
		return failure_errno(error, errno, "%s", path);
	if (read_at(fd, lead, sizeof(lead), 0) || memcmp(lead, lead_magic, sizeof(lead)) != 0)
		return 0;
	ret = header_size(fd, LEAD, path, &signature, error);
	h->signature_size = LEAD + (signature + 7) / 8 * 8;
	if (!ret)
		ret = header_size(fd, h->signature_size, path, &h->header_size, error);
	if (ret)
		return ret;
	h->bytes = malloc(h->signature_size + h->header_size);
	if (!h->bytes)
		return failure_errno(error, ENOMEM, "%s", path);
	if (!read_at(fd, h->bytes, h->signature_size + h->header_size, 0))
		return 0;
	free(steal(h->bytes));
	return damaged(path, error);
}
