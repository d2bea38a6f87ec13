// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/judge.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/der.h"
#include "base/error.h"
#include "trust/certificate.h"

int judged_refuse(const struct judged *j, uint64_t at, const char *reason)
{
	return failure(j->error, EBADMSG, "%s: rule %s: section %u (%s), offset 0x%jx in it: %s",
		       elfsect_view_name(j->resolution->view), j->exclusion->rule->name, j->section->index,
		       j->section->name, (uintmax_t)at, reason);
}

int judged_refuse_symbol(const struct judged *j, const struct known_symbol *known, uint64_t expected)
{
	return failure(
		j->error, EBADMSG, "%s: rule %s: section %u (%s): symbol %s is at 0x%jx, the content puts it at 0x%jx",
		elfsect_view_name(j->resolution->view), j->exclusion->rule->name, j->section->index, j->section->name,
		known->name, (uintmax_t)symbol_position(j->resolution->view, &known->symbol), (uintmax_t)expected);
}

int judged_set(struct judged *j, uint32_t section)
{
	uint32_t count;

	j->section = &elfsect_view_sections(j->resolution->view, &count)[section];
	j->bytes = elfsect_section_bytes(j->resolution->view, j->section);
	j->size = j->section->size;
	if (j->section->type == SHT_NOBITS)
		return judged_refuse(j, 0, "the section has no content");
	return 0;
}

/* In a section that is taken out, start symbols stand at its start, end symbols at its end. */
static int check_plain_symbols(const struct judged *j)
{
	for (size_t i = 0; i < j->resolution->known.count; i++) {
		const struct known_symbol *known = &j->resolution->known.list[i];
		uint64_t expected;

		if (known->rule != j->exclusion->rule || !known->line || !known->defined)
			continue;
		expected = known->line->role == ROLE_START ? 0 : j->size;
		if (known->symbol.value != expected)
			return judged_refuse_symbol(j, known, expected);
		if (known->symbol.size &&
		    !(known->line->role == ROLE_START && known->line->object && known->symbol.size == j->size))
			return failure(j->error, EBADMSG, "%s: rule %s: symbol %s: its st_size is not the section's",
				       elfsect_view_name(j->resolution->view), j->exclusion->rule->name, known->name);
	}
	return 0;
}

int judged_ranges(struct judged *j, int (*judge)(struct judged *judged, uint64_t from, uint64_t to))
{
	const struct exclusion *e = j->exclusion;
	int ret = 0;

	if (e->taken_out)
		return judged_set(j, e->taken_out) ?: check_plain_symbols(j) ?: judge(j, 0, j->size);
	for (size_t i = 0; i < e->mask_count && !ret; i++) {
		const struct mask *m = &e->masks[i];

		ret = judged_set(j, m->section) ?: judge(j, m->offset, m->offset + m->length);
	}
	return ret;
}

/* ---------------------------------------------------------------------------------------------- what classes share */

static int note_certificate(const struct elfsect_certificate *info, void *context, struct elfsect_error *error)
{
	struct elfsect_certificate *copy;
	struct judged *j = context;

	(void)error;
	if (!info->self_signed)
		j->exclusion->proved = false; /* anybody may have issued it, or nobody has looked */
	copy = malloc(sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	*copy = *info;
	return judged_found(j, (struct hashsect_finding){.kind = HASHSECT_FOUND_CERTIFICATE, .certificate = copy});
}

const char *judged_place(const struct judged *j, uint64_t at, char text[JUDGED_PLACE_MAX])
{
	snprintf(text, JUDGED_PLACE_MAX, "%s: rule %s: section %u (%s), offset 0x%jx in it",
		 elfsect_view_name(j->resolution->view), j->exclusion->rule->name, j->section->index, j->section->name,
		 (uintmax_t)at);
	return text;
}

/* Where the SEQUENCEs at the start of [from, to) end; -EBADMSG where something is none. */
static int find_end(const struct judged *j, uint64_t from, uint64_t to, uint64_t *end, struct elfsect_error *why)
{
	struct der_reader reader = {j->bytes + from, j->bytes + to};
	struct der element;
	int ret = 0;

	for (*end = from; *end < to && j->bytes[*end] && !ret;) {
		ret = der_expect(&reader, DER_SEQUENCE, "certificate", &element, why);
		if (!ret)
			*end = (uint64_t)(reader.next - j->bytes);
	}
	return ret;
}

static int check_end(struct judged *j, uint64_t end, uint64_t to, uint64_t zeros)
{
	if (to - end >= zeros)
		return judged_refuse(j, end, "zero bytes where another certificate should be");
	return judged_padding(j, end, to);
}

int judged_certificates(struct judged *j, uint64_t from, uint64_t to, uint64_t zeros)
{
	char where[JUDGED_PLACE_MAX];
	struct elfsect_error ignored;
	uint64_t end;
	int ret = 0;

	if (from == to)
		return 0;
	if (find_end(j, from, to, &end, &ignored))
		end = to; /* the certificates will be refused, and better */
	if (from != end)
		ret = certificate_list_check(j->bytes + from, end - from, judged_place(j, from, where),
					     note_certificate, j, j->error);
	return ret || end == to ? ret : check_end(j, end, to, zeros);
}

int judged_elements(struct judged *j, uint64_t from, uint64_t to, uint64_t zeros, uint64_t *end)
{
	struct elfsect_error why;

	*end = from;
	if (from == to)
		return 0;
	if (find_end(j, from, to, end, &why))
		return judged_refuse(j, *end, why.message);
	return *end == to ? 0 : check_end(j, *end, to, zeros);
}

int judged_padding(struct judged *j, uint64_t from, uint64_t to)
{
	const int ret = judged_zero(j, from, to);

	if (ret || from == to)
		return ret;
	return judged_found(j, (struct hashsect_finding){.kind = HASHSECT_FOUND_PADDING, .size = to - from});
}

int judged_zero(struct judged *j, uint64_t from, uint64_t to)
{
	uint64_t at;

	if (from == to)
		return 0;
	at = from + first_nonzero(j->bytes + from, to - from);
	return at == to ? 0 : judged_refuse(j, at, "a byte that should be zero");
}
