// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernel/keyring_search.h"

#include "base/bytes.h"
#include "base/der.h"
#include "base/error.h"

/* The list starts at a multiple of 8, whatever N is. */
enum { LIST_ALIGN = 8 };

/* A SEQUENCE of 256 to 65535 bytes that begins with a SEQUENCE: nearly all bytes of a kernel end here. */
static bool may_be_certificate(const uint8_t *bytes, uint64_t size)
{
	return size > 5 && bytes[0] == DER_SEQUENCE && bytes[1] == 0x82 && bytes[4] == DER_SEQUENCE;
}

/* ---------------------------------------------------------------------------------------------------- certificates */

/* The length of an acceptable certificate that starts there; 0: there is none; or -errno. */
static int64_t read_certificate(struct keyring_search *s, const uint8_t *bytes, uint64_t room,
				struct elfsect_error *error)
{
	struct elfsect_certificate certificate;
	uint64_t size;
	int ret;

	if (!may_be_certificate(bytes, room))
		return 0;
	if (s->reads++ >= KEYRING_READS_MAX)
		return failure(error, E2BIG,
			       "%s: too many certificates to look for the keyring among them: give its System.map",
			       s->name);
	ret = elfsect_certificate_read(bytes, room, &size, &certificate, error);
	if (ret == -ENOMEM)
		return ret;
	return ret || !certificate.accepted ? 0 : (int64_t)size;
}

/* All certificates from there on, one behind the other. */
static int read_row(struct keyring_search *s, const struct keyring_area *area, uint64_t start,
		    struct keyring_place *row, struct elfsect_error *error)
{
	uint64_t at = start;
	int64_t size = 1;

	row->section = area->section;
	row->offset = start;
	row->count = 0;
	while (size && row->count < KEYRING_RUN_MAX) {
		size = read_certificate(s, area->bytes + at, area->size - at, error);
		if (size < 0)
			return (int)size;
		at += (uint64_t)size;
		if (size)
			row->ends[row->count++] = at - start;
	}
	return 0;
}

static bool is_end(const struct keyring_place *row, uint64_t length)
{
	size_t i = 0;

	while (i < row->count && row->ends[i] != length)
		i++;
	return !length || i < row->count;
}

/* ----------------------------------------------------------------------------------------------------------- words */

struct matching {
	const struct keyring_area *area;
	const struct keyring_shape *shape;
	struct keyring_place *row;
	uint64_t length; /* of the certificates */
	uint64_t end;	 /* of the last of them, in the area */
};

/* The first multiple of the alignment from there on. */
static uint64_t aligned(const struct matching *m, uint64_t at, uint64_t alignment)
{
	return at + (-(m->area->address + at) & (alignment - 1));
}

/* The multiple at or before it. */
static uint64_t aligned_down(const struct matching *m, uint64_t at, uint64_t alignment)
{
	const uint64_t over = (m->area->address + at) & (alignment - 1);

	return over > at ? 0 : at - over;
}

static bool all_zero(const struct matching *m, uint64_t from, uint64_t to)
{
	return from <= to && to <= m->area->size && first_nonzero(m->area->bytes + from, to - from) == to - from;
}

static bool load_word(const struct matching *m, uint64_t at, unsigned int width, uint64_t *value)
{
	const uint8_t *bytes = m->area->bytes + at;

	if (!range_inside(at, width, m->area->size))
		return false;
	*value = width == 8 ? load_u64(bytes, m->shape->data) : load_u32(bytes, m->shape->data);
	return true;
}

/* list_size, which is that value, and behind it module_cert_size. @counted: the list with zeros at its end. */
static bool words_fit(const struct matching *m, uint64_t at, uint64_t value, uint64_t counted)
{
	const unsigned int width = m->shape->width;
	const uint64_t next = aligned(m, at + width, m->shape->align);
	uint64_t size, module;

	if (!load_word(m, at, width, &size) || size != value || !load_word(m, next, width, &module) ||
	    !all_zero(m, at + width, next))
		return false;
	return module == counted || (module <= m->row->built_in && is_end(m->row, module));
}

/* Nothing between the list and its length. */
static bool fits_plain(const struct matching *m)
{
	const uint64_t at = aligned(m, m->end, m->shape->align);
	const uint64_t counted = m->length + (m->shape->zeros ? at - m->end : 0);

	m->row->built_in = m->length;
	return all_zero(m, m->end, at) && words_fit(m, at, counted, counted);
}

/* system_extra_cert between them: zeros, or certificates and zeros; then how much of it is used. */
static bool fits_extra(const struct matching *m)
{
	const uint64_t left = m->area->size - m->end, room = left < KEYRING_ROOM_MAX ? left : KEYRING_ROOM_MAX;
	const uint64_t at = m->end + first_nonzero(m->area->bytes + m->end, room);
	uint64_t word = aligned_down(m, at, m->shape->width), used, next;

	if (at == m->end + room)
		return false;
	m->row->built_in = m->length;
	if (word >= m->end && aligned(m, word, m->shape->align) == word && words_fit(m, word, m->length, m->length))
		return true;
	word = aligned_down(m, at, 4);
	if (word < m->end || !load_word(m, word, 4, &used) || !used || used > m->length ||
	    !is_end(m->row, m->length - used))
		return false;
	m->row->built_in = m->length - used;
	next = aligned(m, word + 4, m->shape->align);
	return all_zero(m, word + 4, next) && words_fit(m, next, m->length, m->row->built_in);
}

/* ---------------------------------------------------------------------------------------------------------- search */

static bool fits(const struct keyring_search *s, const struct keyring_area *area, struct keyring_place *row)
{
	for (size_t i = 0; i < s->shape_count; i++) {
		const uint64_t length = row->ends[row->count - 1];
		const struct matching m = {area, &s->shapes[i], row, length, row->offset + length};

		if (fits_plain(&m) || fits_extra(&m))
			return true;
	}
	return false;
}

static void note(struct keyring_spot *spots, size_t *count, const struct keyring_area *area, uint64_t offset)
{
	if (*count < KEYRING_FOUND_MAX)
		spots[*count] = (struct keyring_spot){area->section, offset};
	++*count;
}

static int judge_row(struct keyring_search *s, const struct keyring_area *area, uint64_t start, bool behind_another,
		     struct keyring_place *row, struct elfsect_error *error)
{
	const int ret = read_row(s, area, start, row, error);

	if (ret || !row->count)
		return ret;
	if (fits(s, area, row)) {
		if (!s->found)
			s->place = *row;
		note(s->spots, &s->found, area, start);
	} else if (!behind_another) {
		note(s->strays, &s->rows, area, start);
	}
	return 0;
}

int keyring_search_area(struct keyring_search *s, const struct keyring_area *area, struct elfsect_error *error)
{
	struct keyring_place row;
	uint64_t row_end = 0;
	int ret = 0;

	/* Each place is one of its own: bytes that happen to be a certificate may stand in front of the list. */
	for (uint64_t at = -area->address & (LIST_ALIGN - 1); !ret && at < area->size; at += LIST_ALIGN) {
		if (!may_be_certificate(area->bytes + at, area->size - at))
			continue;
		ret = judge_row(s, area, at, at < row_end, &row, error);
		if (!ret && row.count && at + row.ends[row.count - 1] > row_end)
			row_end = at + row.ends[row.count - 1];
	}
	return ret;
}
