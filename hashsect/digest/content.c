// SPDX-License-Identifier: LGPL-2.1-or-later
/* What excluded bytes must be: FORMAT.md sections 7.2 and 7.3. */
#include <stdio.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/der.h"
#include "base/error.h"
#include "digest/resolution.h"
#include "trust/certificate.h"
#include "base/cleanup.h"

/* The bytes that are judged, all in one section. */
struct judged {
	const struct resolution *r;
	struct exclusion *e;
	const struct elfsect_section *section;
	const uint8_t *bytes; /* of the section; NULL if it is empty */
	uint64_t size;
	struct elfsect_error *error;
};

static int refuse(const struct judged *j, uint64_t at, const char *reason)
{
	return failure(j->error, EBADMSG, "%s: rule %s: section %u (%s), offset 0x%jx in it: %s",
		       elfsect_view_name(j->r->view), j->e->rule->name, j->section->index, j->section->name,
		       (uintmax_t)at, reason);
}

static int refuse_symbol(const struct judged *j, const struct known_symbol *known, uint64_t expected)
{
	return failure(j->error, EBADMSG,
		       "%s: rule %s: section %u (%s): symbol %s is at 0x%jx, the content puts it at 0x%jx",
		       elfsect_view_name(j->r->view), j->e->rule->name, j->section->index, j->section->name,
		       known->name, (uintmax_t)symbol_position(j->r->view, &known->symbol), (uintmax_t)expected);
}

static int judged_set(struct judged *j, uint32_t section)
{
	uint32_t count;

	j->section = &elfsect_view_sections(j->r->view, &count)[section];
	j->bytes = elfsect_section_bytes(j->r->view, j->section);
	j->size = j->section->size;
	if (j->section->type == SHT_NOBITS)
		return refuse(j, 0, "the section has no content");
	return 0;
}

/* ------------------------------------------------------------------------------------------------- certificates */

static int note_certificate(const struct elfsect_certificate *info, void *context, struct elfsect_error *error)
{
	struct judged *j = context;

	(void)error;
	if (!info->self_issued)
		j->e->proved = false; /* anybody may have issued it */
	return exclusion_note(j->e, "certificate %s, %s, serial %s, key id %s, sha256 %s%s%s", info->subject,
			      info->key_type, info->serial, info->key_id[0] ? info->key_id : "none", info->fingerprint,
			      info->self_issued ? "" : ", signature not checked: issued by ",
			      info->self_issued ? "" : info->issuer);
}

enum { PLACE_MAX = 512 };

static const char *place(const struct judged *j, uint64_t at, char text[PLACE_MAX])
{
	snprintf(text, PLACE_MAX, "%s: rule %s: section %u (%s), offset 0x%jx in it", elfsect_view_name(j->r->view),
		 j->e->rule->name, j->section->index, j->section->name, (uintmax_t)at);
	return text;
}

static int check_certificates(struct judged *j, uint64_t from, uint64_t to)
{
	char where[PLACE_MAX];

	if (from == to)
		return 0;
	place(j, from, where);
	return certificate_list_check(j->bytes + from, to - from, where, note_certificate, j, j->error);
}

static int check_zero(struct judged *j, uint64_t from, uint64_t to)
{
	uint64_t at;

	if (from == to)
		return 0;
	at = from + first_nonzero(j->bytes + from, to - from);
	return at == to ? 0 : refuse(j, at, "a byte that should be zero");
}

/* Certificates from the start of [from, to), then zero bytes. */
static int check_certificates_and_zeros(struct judged *j, uint64_t from, uint64_t to)
{
	uint64_t end = from;
	int ret;

	while (end < to && j->bytes[end]) {
		char where[PLACE_MAX];
		uint64_t size;

		ret = certificate_check(j->bytes + end, to - end, place(j, end, where), &size, NULL, j->error);
		if (ret)
			return ret;
		end += size;
	}
	ret = check_certificates(j, from, end);
	return ret ? ret : check_zero(j, end, to);
}

/* -------------------------------------------------------------------------------------------------- the keyring */

struct keyring {
	const struct known_symbol *slot, *used_word, *list_word, *module_word;
	uint64_t list;	 /* L: bytes of the certificate list */
	uint64_t module; /* M: bytes of it that are the build's own */
	uint64_t used;	 /* bytes used in the slot */
	uint64_t slot_size;
};

/* The integer at a symbol, which must lie inside the section. */
static int read_word(const struct judged *j, const struct known_symbol *known, unsigned int width, uint64_t *value)
{
	const uint64_t at = symbol_position(j->r->view, &known->symbol);

	if (!range_inside(at, width, j->size))
		return refuse(j, at, "a length word does not lie inside the section");
	*value = elfsect_load(j->r->view, j->bytes + at, width);
	return 0;
}

static int keyring_symbols(const struct judged *j, struct keyring *k)
{
	const struct rule *rule = j->e->rule;

	*k = (struct keyring){
		.slot = resolution_role(j->r, rule, ROLE_SLOT, 0),
		.used_word = resolution_role(j->r, rule, ROLE_SLOT_USED, 0),
		.list_word = resolution_role(j->r, rule, ROLE_LIST_SIZE, 0),
		.module_word = resolution_role(j->r, rule, ROLE_MODULE_SIZE, 0),
	};
	k->slot_size = k->slot ? k->slot->symbol.size : 0;
	if (!k->slot != !k->used_word)
		return refuse(j, 0, "the slot for an extra certificate is not complete");
	return 0;
}

static int keyring_lengths(const struct judged *j, struct keyring *k)
{
	const unsigned int word = elfsect_word_size(j->r->view);
	uint64_t list = j->size;
	int ret = 0;

	if ((k->slot || k->module_word) && !k->list_word)
		return refuse(j, 0, "the symbol of the list's length is missing");
	if (k->used_word)
		ret = read_word(j, k->used_word, 4, &k->used);
	if (!ret && k->list_word)
		ret = read_word(j, k->list_word, word, &list);
	if (ret)
		return ret;
	if (k->used > list || k->used > k->slot_size)
		return refuse(j, 0, "the length word of the extra certificate does not fit");
	k->list = list - k->used;
	k->module = k->list;
	if (k->module_word)
		ret = read_word(j, k->module_word, word, &k->module);
	if (!ret && (k->module > k->list || !range_inside(k->list, k->slot_size, j->size)))
		return refuse(j, 0, "the length words and the size of the section do not agree");
	return ret;
}

static int check_role_positions(const struct judged *j, enum symbol_role role, uint64_t expected)
{
	const struct known_symbol *known;

	for (unsigned int n = 0; (known = resolution_role(j->r, j->e->rule, role, n)); n++)
		if (symbol_position(j->r->view, &known->symbol) != expected)
			return refuse_symbol(j, known, expected);
	return 0;
}

/* Recompute where each word must be; *end moves over it. */
static int check_word_position(struct judged *j, const struct known_symbol *known, uint64_t alignment, uint64_t width,
			       uint64_t *end)
{
	const uint64_t skipped = *end;
	int ret;

	if (!known)
		return 0;
	align_u64(*end, alignment, end); /* below the section's size + 8 */
	if (symbol_position(j->r->view, &known->symbol) != *end)
		return refuse_symbol(j, known, *end);
	ret = check_zero(j, skipped, *end);
	*end += width;
	return ret;
}

static int keyring_positions(struct judged *j, const struct keyring *k)
{
	const unsigned int word = elfsect_word_size(j->r->view);
	const bool wide = j->section->align == 256; /* .align 8 means 2^8 there, and .align 4 means 2^4 */
	const uint64_t eight = wide ? 256 : 8, four = wide ? 16 : 4;
	uint64_t end = k->list + k->slot_size, padded;
	int ret;

	ret = check_role_positions(j, ROLE_LIST_START, 0);
	if (!ret)
		ret = check_role_positions(j, ROLE_MODULE_START, 0);
	if (!ret)
		ret = check_role_positions(j, ROLE_MODULE_END, k->module);
	if (!ret)
		ret = check_role_positions(j, ROLE_LIST_END, k->list);
	if (!ret)
		ret = check_role_positions(j, ROLE_SLOT, k->list);
	if (!ret)
		ret = check_word_position(j, k->used_word, four, 4, &end);
	if (!ret)
		ret = check_word_position(j, k->list_word, eight, word, &end);
	if (!ret)
		ret = check_word_position(j, k->module_word, eight, word, &end);
	if (ret)
		return ret;
	align_u64(end, 8, &padded);
	if (end != j->size && padded != j->size)
		return refuse(j, end, "the section does not end where the keyring ends");
	return check_zero(j, end, j->size);
}

static int keyring_sizes(const struct judged *j)
{
	for (size_t i = 0; i < j->r->known_count; i++) {
		const struct known_symbol *known = &j->r->known[i];

		if (known->rule == j->e->rule && known->line && known->defined && known->symbol.size &&
		    known->line->role != ROLE_SLOT)
			return failure(j->error, EBADMSG, "%s: rule %s: symbol %s: its st_size is not 0",
				       elfsect_view_name(j->r->view), j->e->rule->name, known->name);
	}
	return 0;
}

/*
 * A section that is nothing but the keyring (positions in bytes; S and the words only where their symbols are):
 *
 *   0        M          L           L + used     L + S
 *   | module | configured | slot: extra | zero      | used u32 | list-size word | module-size word |
 */
static int check_keyring_section(struct judged *j)
{
	struct keyring k;
	int ret;

	ret = keyring_symbols(j, &k);
	if (!ret)
		ret = keyring_lengths(j, &k);
	if (!ret)
		ret = keyring_positions(j, &k);
	if (!ret)
		ret = keyring_sizes(j);
	if (!ret)
		ret = check_certificates(j, 0, k.module);
	if (!ret)
		ret = check_certificates(j, k.list, k.list + k.used);
	if (!ret)
		ret = check_zero(j, k.list + k.used, k.list + k.slot_size);
	if (ret)
		return ret;
	j->e->residue = j->bytes ? j->bytes + k.module : NULL;
	j->e->residue_size = k.list - k.module;
	if (k.slot && exclusion_note(j->e, "slot of %ju bytes, %ju used", (uintmax_t)k.slot_size, (uintmax_t)k.used))
		return -ENOMEM;
	if (j->e->residue_size &&
	    exclusion_note(j->e, "%ju bytes of configured certificates, which count", (uintmax_t)j->e->residue_size))
		return -ENOMEM;
	return 0;
}

/* The place that all symbols of a role have, in this section. */
static int list_bound(const struct judged *j, enum symbol_role role, uint64_t *at)
{
	const struct known_symbol *known = resolution_role(j->r, j->e->rule, role, 0);

	if (!known || known->symbol.section != j->section->index)
		return refuse(j, 0, "a symbol at an end of the certificate list is missing");
	*at = symbol_position(j->r->view, &known->symbol);
	for (unsigned int n = 1; (known = resolution_role(j->r, j->e->rule, role, n)); n++)
		if (known->symbol.section != j->section->index || symbol_position(j->r->view, &known->symbol) != *at)
			return refuse_symbol(j, known, *at);
	return 0;
}

/* Elements from one place to another, then zero bytes: only one place between them ends the elements. */
static int check_elements(struct judged *j, uint64_t from, uint64_t to)
{
	struct der_reader reader = {j->bytes + from, j->bytes + to};
	struct elfsect_error why;
	struct der element;

	while (!der_done(&reader)) {
		const uint64_t at = (uint64_t)(reader.next - j->bytes);

		if (der_expect(&reader, DER_SEQUENCE, "certificate", &element, &why))
			return refuse(j, at, why.message);
	}
	return 0;
}

/*
 * The word list-size is masked, and in scope loaded, or with a map, no symbol counts: where the list starts and ends
 * must follow from what does, the places of the masks and the bytes between them.
 */
static int check_list_size(struct judged *j, const struct keyring *k, uint64_t module_start, uint64_t module_end)
{
	const uint64_t word_at = symbol_position(j->r->view, &k->list_word->symbol);
	uint64_t start, end, value;
	int ret;

	ret = list_bound(j, ROLE_LIST_START, &start) ?: list_bound(j, ROLE_LIST_END, &end);
	if (!ret)
		ret = read_word(j, k->list_word, elfsect_word_size(j->r->view), &value);
	if (ret)
		return ret;
	if (start != module_start)
		return refuse(j, start, "the certificate list does not start with the module certificate");
	if (end < module_end || end > (k->slot ? j->size : word_at))
		return refuse(j, end, "the end of the certificate list is not behind the module certificate");
	if (k->slot && end != symbol_position(j->r->view, &k->slot->symbol))
		return refuse(j, end, "the slot is not right behind the certificate list");
	if (!k->slot)
		ret = check_elements(j, module_end, end) ?: check_zero(j, end, word_at);
	if (!ret && value != end - start + k->used)
		return refuse_symbol(j, k->list_word, end - start + k->used);
	return ret;
}

/* Masked parts of a section that holds other data too; the masks were made from the same symbols. */
static int check_keyring_roles(struct judged *j)
{
	const unsigned int word = elfsect_word_size(j->r->view);
	const struct rule *rule = j->e->rule;
	const uint64_t start = symbol_position(j->r->view, &resolution_role(j->r, rule, ROLE_MODULE_START, 0)->symbol);
	const uint64_t end = symbol_position(j->r->view, &resolution_role(j->r, rule, ROLE_MODULE_END, 0)->symbol);
	uint64_t value = 0, slot;
	struct keyring k;
	int ret;

	ret = keyring_symbols(j, &k);
	if (!ret)
		ret = check_certificates(j, start, end);
	if (!ret && k.used_word)
		ret = read_word(j, k.used_word, 4, &k.used);
	if (ret)
		return ret;
	if (k.used > k.slot_size)
		return refuse(j, 0, "the length word of the extra certificate does not fit");
	if (k.slot) {
		slot = symbol_position(j->r->view, &k.slot->symbol);
		ret = check_certificates(j, slot, slot + k.used) ?: check_zero(j, slot + k.used, slot + k.slot_size);
	}
	if (!ret && k.list_word)
		ret = check_list_size(j, &k, start, end);
	if (!ret && k.module_word) {
		ret = read_word(j, k.module_word, word, &value);
		if (!ret && value != end - start)
			return refuse(j, start, "the length word of the module certificate is not its length");
	}
	if (!ret && k.slot &&
	    exclusion_note(j->e, "slot of %ju bytes, %ju used", (uintmax_t)k.slot_size, (uintmax_t)k.used))
		return -ENOMEM;
	return ret;
}

/* -------------------------------------------------------------------------------------------- the other classes */

/* In a section that is taken out, start symbols stand at its start, end symbols at its end. */
static int check_plain_symbols(const struct judged *j)
{
	for (size_t i = 0; i < j->r->known_count; i++) {
		const struct known_symbol *known = &j->r->known[i];
		uint64_t expected;

		if (known->rule != j->e->rule || !known->line || !known->defined)
			continue;
		expected = known->line->role == ROLE_START ? 0 : j->size;
		if (known->symbol.value != expected)
			return refuse_symbol(j, known, expected);
		if (known->symbol.size &&
		    !(known->line->role == ROLE_START && known->line->object && known->symbol.size == j->size))
			return failure(j->error, EBADMSG, "%s: rule %s: symbol %s: its st_size is not the section's",
				       elfsect_view_name(j->r->view), j->e->rule->name, known->name);
	}
	return 0;
}

static int check_plain(struct judged *j, uint64_t from, uint64_t to)
{
	const uint64_t size = to - from;

	switch (j->e->rule->content) {
	case CONTENT_X509:
		return check_certificates_and_zeros(j, from, to);
	case CONTENT_ZERO:
		return check_zero(j, from, to) ?: exclusion_note(j->e, "%ju zero bytes", (uintmax_t)size);
	case CONTENT_MODULE_HASHES:
		if (size != 36 && size % 32)
			return refuse(j, from, "neither a table of 32-byte hashes nor a Merkle root of 36 bytes");
		j->e->proved = !size;
		return size == 36 ? exclusion_note(j->e, "Merkle root of module hashes")
				  : exclusion_note(j->e, "table of %ju module hashes", (uintmax_t)(size / 32));
	default: /* CONTENT_BUILD_ID; a keyring does not come here */
		j->e->proved = false;
		return exclusion_note(j->e, "build-id of %ju bytes", (uintmax_t)size);
	}
}

static int check_masked(struct judged *j)
{
	const struct rule *rule = j->e->rule;
	int ret = 0;

	if (rule->content == CONTENT_X509_KEYRING && j->e->whole_section)
		return judged_set(j, j->e->whole_section) ?: check_keyring_section(j);
	if (rule->content == CONTENT_X509_KEYRING)
		return judged_set(j, resolution_role(j->r, rule, ROLE_MODULE_START, 0)->symbol.section)
			       ?: check_keyring_roles(j);
	for (size_t i = 0; i < j->e->mask_count && !ret; i++) {
		const struct mask *m = &j->e->masks[i];

		ret = judged_set(j, m->section) ?: check_plain(j, m->offset, m->offset + m->length);
	}
	return ret;
}

/* What of a taken-out section is in no other hash: its alignment, and the symbols that it defines. One line. */
static int note_definitions(const struct judged *j)
{
	autofree char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	fprintf(out, "section alignment %ju, symbols:", (uintmax_t)j->section->align);
	for (size_t i = 0; i < j->r->known_count; i++) {
		const struct known_symbol *known = &j->r->known[i];

		if (known->rule == j->e->rule && known->line && known->defined)
			fprintf(out, " %s=0x%jx+%ju", known->name, (uintmax_t)known->symbol.value,
				(uintmax_t)known->symbol.size);
	}
	if (fclose(out))
		return -ENOMEM;
	return exclusion_note(j->e, "%s", text);
}

int content_check(const struct resolution *r, struct exclusion *e, struct elfsect_error *error)
{
	struct judged j = {.r = r, .e = e, .error = error};
	int ret = 0;

	e->proved = true;
	if (e->resolution == 'M') {
		ret = check_masked(&j);
	} else if (e->taken_out) {
		ret = judged_set(&j, e->taken_out);
		if (!ret && e->rule->content == CONTENT_X509_KEYRING)
			ret = check_keyring_section(&j);
		else if (!ret)
			ret = check_plain_symbols(&j) ?: check_plain(&j, 0, j.size);
		if (!ret)
			ret = note_definitions(&j);
	}
	if (ret == -ENOMEM)
		return failure_errno(error, ENOMEM, "%s: excluded content", elfsect_view_name(r->view));
	return ret;
}
