// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of certificates of a PE file: entries in a row, and not a byte between them that is not one. */
#include <errno.h>

#include "base/bytes.h"
#include "base/der.h"
#include "base/error.h"
#include "image/pe.h"

static int entry_refuse(const char *name, uint64_t at, const char *reason, struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: certificate table: offset 0x%jx: %s", name, (uintmax_t)at, reason);
}

/* The message, and behind it at most the padding. Others take what follows for whatever they like. */
static int measure_message(struct pe_certificate *c, const char *name, struct elfsect_error *error)
{
	struct der_reader reader = {c->data, c->data + c->data_size};
	const uint64_t at = c->offset + PE_CERTIFICATE_HEADER;
	struct elfsect_error reason;
	struct der message;
	uint64_t slack;

	if (der_expect(&reader, DER_SEQUENCE, "PKCS#7", &message, &reason))
		return entry_refuse(name, at, reason.message, error);
	slack = c->data_size - message.size;
	if (slack >= PE_ALIGNMENT || first_nonzero(c->data + message.size, slack) != slack)
		return entry_refuse(name, at + message.size, "bytes behind the PKCS#7 message, inside its entry",
				    error);
	c->data_size = message.size;
	return 0;
}

/* The entry at an offset, and where the next one begins. */
static int read_entry(const uint8_t *table, uint64_t size, const char *name, uint64_t *at, struct pe_certificate *c,
		      struct elfsect_error *error)
{
	uint64_t end, next;

	*c = (struct pe_certificate){.offset = *at};
	if (size - *at < PE_CERTIFICATE_HEADER)
		return entry_refuse(name, *at, "an entry that is cut off", error);
	c->length = load_u32(table + *at, ELFDATA2LSB);
	c->revision = load_u16(table + *at + 4, ELFDATA2LSB);
	c->type = load_u16(table + *at + 6, ELFDATA2LSB);
	c->data = table + *at + PE_CERTIFICATE_HEADER;
	if (c->length <= PE_CERTIFICATE_HEADER)
		return entry_refuse(name, *at, "an entry without data", error);
	if (c->length > size - *at)
		return entry_refuse(name, *at, "an entry that is longer than the table", error);
	c->data_size = c->length - PE_CERTIFICATE_HEADER;
	end = *at + c->length;
	next = end + (PE_ALIGNMENT - end % PE_ALIGNMENT) % PE_ALIGNMENT;
	next = next < size ? next : size;
	if (first_nonzero(table + end, next - end) != next - end)
		return entry_refuse(name, end, "padding that is not zero", error);
	*at = next;
	return c->type == PE_TYPE_PKCS7 ? measure_message(c, name, error) : 0;
}

int pe_table_read(const uint8_t *table, uint64_t size, const char *name, struct pe_table *entries,
		  struct elfsect_error *error)
{
	uint64_t at = 0;

	entries->count = 0;
	if (!size)
		return entry_refuse(name, 0, "it is empty", error);
	while (at < size) {
		int ret;

		if (entries->count == PE_CERTIFICATES_MAX)
			return entry_refuse(name, at, "more than 64 entries", error);
		ret = read_entry(table, size, name, &at, &entries->list[entries->count], error);
		if (ret)
			return ret;
		entries->count++;
	}
	return 0;
}
