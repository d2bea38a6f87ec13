// SPDX-License-Identifier: LGPL-2.1-or-later
/* The keyring of a kernel: FORMAT.md section 7.2. */
#include "digest/content_keyring.h"

#include <errno.h>

#include "base/bytes.h"
#include "base/error.h"

struct keyring {
	const struct known_symbol *slot, *used_word, *list_word, *module_word;
	uint64_t list;	 /* L: bytes of the certificate list */
	uint64_t module; /* M: bytes of it that are the build's own */
	uint64_t used;	 /* bytes used in the slot */
	uint64_t slot_size;
	uint64_t four, eight; /* what .align 4 and .align 8 mean to the assembler */
};

/* The integer at a symbol, which must lie inside the section. */
static int read_word(const struct judged *j, const struct known_symbol *known, unsigned int width, uint64_t *value)
{
	const uint64_t at = symbol_position(j->resolution->view, &known->symbol);

	if (!range_inside(at, width, j->size))
		return judged_refuse(j, at, "a length word does not lie inside the section");
	*value = elfsect_load(j->resolution->view, j->bytes + at, width);
	return 0;
}

static int keyring_symbols(const struct judged *j, struct keyring *k)
{
	const struct rule *rule = j->exclusion->rule;
	/* In a section of its own the alignment shows which; among other data any may be. */
	const bool whole = j->exclusion->taken_out || j->exclusion->whole_section;
	const bool wide = !whole || j->section->align == 256;

	*k = (struct keyring){
		.slot = resolution_role(j->resolution, rule, ROLE_SLOT, 0),
		.used_word = resolution_role(j->resolution, rule, ROLE_SLOT_USED, 0),
		.list_word = resolution_role(j->resolution, rule, ROLE_LIST_SIZE, 0),
		.module_word = resolution_role(j->resolution, rule, ROLE_MODULE_SIZE, 0),
		.four = wide ? 16 : 4, /* 2^4 */
		.eight = wide ? 256 : 8,
	};
	k->slot_size = k->slot ? k->slot->symbol.size : 0;
	if (!k->slot != !k->used_word)
		return judged_refuse(j, 0, "the slot for an extra certificate is not complete");
	return 0;
}

/*
 * Fewer zero bytes than this may stand behind the last certificate, where an assembler moves the labels of the list
 * behind the padding of what follows it. A slot follows without.
 */
static uint64_t end_zeros(const struct keyring *k)
{
	return k->slot ? 1 : k->eight;
}

static int keyring_lengths(const struct judged *j, struct keyring *k)
{
	const unsigned int word = elfsect_word_size(j->resolution->view);
	uint64_t list = j->size;
	int ret = 0;

	if ((k->slot || k->module_word) && !k->list_word)
		return judged_refuse(j, 0, "the symbol of the list's length is missing");
	if (k->used_word)
		ret = read_word(j, k->used_word, 4, &k->used);
	if (!ret && k->list_word)
		ret = read_word(j, k->list_word, word, &list);
	if (ret)
		return ret;
	if (k->used > list || k->used > k->slot_size)
		return judged_refuse(j, 0, "the length word of the extra certificate does not fit");
	k->list = list - k->used;
	k->module = k->list;
	if (k->module_word)
		ret = read_word(j, k->module_word, word, &k->module);
	if (!ret && (k->module > k->list || !range_inside(k->list, k->slot_size, j->size)))
		return judged_refuse(j, 0, "the length words and the size of the section do not agree");
	return ret;
}

static int check_role_positions(const struct judged *j, enum symbol_role role, uint64_t expected)
{
	const struct known_symbol *known;

	for (unsigned int n = 0; (known = resolution_role(j->resolution, j->exclusion->rule, role, n)); n++)
		if (symbol_position(j->resolution->view, &known->symbol) != expected)
			return judged_refuse_symbol(j, known, expected);
	return 0;
}

static int found_word(struct judged *j, const struct known_symbol *known, uint64_t width)
{
	return known ? judged_found(j, (struct hashsect_finding){.kind = HASHSECT_FOUND_LENGTH_WORD, .size = width})
		     : 0;
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
	if (symbol_position(j->resolution->view, &known->symbol) != *end)
		return judged_refuse_symbol(j, known, *end);
	ret = judged_padding(j, skipped, *end) ?: found_word(j, known, width);
	*end += width;
	return ret;
}

static int keyring_positions(struct judged *j, const struct keyring *k)
{
	const unsigned int word = elfsect_word_size(j->resolution->view);
	const uint64_t filled = j->section->align > 16 ? j->section->align : 16; /* what assemblers fill sections to */
	uint64_t end = k->list + k->slot_size;
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
		ret = check_word_position(j, k->used_word, k->four, 4, &end);
	if (!ret)
		ret = check_word_position(j, k->list_word, k->eight, word, &end);
	if (!ret)
		ret = check_word_position(j, k->module_word, k->eight, word, &end);
	if (ret)
		return ret;
	if (end > j->size || j->size - end >= filled)
		return judged_refuse(j, end, "the section does not end where the keyring ends");
	return judged_padding(j, end, j->size);
}

static int keyring_sizes(const struct judged *j)
{
	for (size_t i = 0; i < j->resolution->known.count; i++) {
		const struct known_symbol *known = &j->resolution->known.list[i];

		if (known->rule == j->exclusion->rule && known->line && known->defined && known->symbol.size &&
		    known->line->role != ROLE_SLOT)
			return failure(j->error, EBADMSG, "%s: rule %s: symbol %s: its st_size is not 0",
				       elfsect_view_name(j->resolution->view), j->exclusion->rule->name, known->name);
	}
	return 0;
}

static int found_slot(struct judged *j, const struct keyring *k)
{
	if (!k->slot)
		return 0;
	return judged_found(
		j, (struct hashsect_finding){.kind = HASHSECT_FOUND_SLOT, .size = k->slot_size, .used = k->used});
}

/*
 * A section that is nothing but the keyring (positions in bytes; S and the words only where their symbols are):
 *
 *   0        M          L           L + used     L + S
 *   | module | configured | slot: extra | zero      | used u32 | list-size word | module-size word |
 *
 * Without a slot zeros may stand in front of L.
 */
static int check_keyring_section(struct judged *j)
{
	struct keyring k;
	uint64_t configured_end = 0;
	int ret;

	ret = keyring_symbols(j, &k);
	if (!ret)
		ret = keyring_lengths(j, &k);
	if (!ret)
		ret = keyring_positions(j, &k);
	if (!ret)
		ret = keyring_sizes(j);
	if (!ret)
		ret = judged_certificates(j, 0, k.module, k.module == k.list ? end_zeros(&k) : 1);
	if (!ret)
		ret = judged_elements(j, k.module, k.list, end_zeros(&k), &configured_end);
	if (!ret)
		ret = judged_certificates(j, k.list, k.list + k.used, 1);
	if (!ret)
		ret = judged_zero(j, k.list + k.used, k.list + k.slot_size);
	if (ret)
		return ret;
	j->exclusion->residue = j->bytes ? j->bytes + k.module : NULL;
	j->exclusion->residue_size = configured_end - k.module;
	ret = found_slot(j, &k);
	if (!ret && configured_end != k.module)
		ret = judged_found(j, (struct hashsect_finding){.kind = HASHSECT_FOUND_CONFIGURED_CERTIFICATES,
								.size = configured_end - k.module});
	return ret;
}

/* The place that all symbols of a role have, in this section. */
static int list_bound(const struct judged *j, enum symbol_role role, uint64_t *at)
{
	const struct known_symbol *known = resolution_role(j->resolution, j->exclusion->rule, role, 0);

	if (!known || known->symbol.section != j->section->index)
		return judged_refuse(j, 0, "a symbol at an end of the certificate list is missing");
	*at = symbol_position(j->resolution->view, &known->symbol);
	for (unsigned int n = 1; (known = resolution_role(j->resolution, j->exclusion->rule, role, n)); n++)
		if (known->symbol.section != j->section->index ||
		    symbol_position(j->resolution->view, &known->symbol) != *at)
			return judged_refuse_symbol(j, known, *at);
	return 0;
}

/* The word list-size is masked; it follows from where the list starts and ends, which count, and from the slot. */
static int check_list_size(struct judged *j, const struct keyring *k, uint64_t module_start, uint64_t module_end)
{
	uint64_t start, end, value = 0;
	int ret;

	ret = list_bound(j, ROLE_LIST_START, &start) ?: list_bound(j, ROLE_LIST_END, &end);
	if (!ret)
		ret = read_word(j, k->list_word, elfsect_word_size(j->resolution->view), &value);
	if (ret)
		return ret;
	if (start != module_start)
		return judged_refuse(j, start, "the certificate list does not start with the module certificate");
	if (end < module_end)
		return judged_refuse(j, end, "the end of the certificate list is not behind the module certificate");
	if (k->slot && end != symbol_position(j->resolution->view, &k->slot->symbol))
		return judged_refuse(j, end, "the slot is not right behind the certificate list");
	if (value != end - start + k->used)
		return judged_refuse_symbol(j, k->list_word, end - start + k->used);
	return 0;
}

/* All symbols at the end of the list stand at the end of the module certificate. */
static bool list_ends_at(const struct judged *j, uint64_t at)
{
	const struct known_symbol *known;
	unsigned int n = 0;

	for (; (known = resolution_role(j->resolution, j->exclusion->rule, ROLE_LIST_END, n)); n++)
		if (known->symbol.section != j->section->index ||
		    symbol_position(j->resolution->view, &known->symbol) != at)
			return false;
	return n;
}

/* Masked parts of a section that holds other data too; the masks were made from the same symbols. */
static int check_keyring_roles(struct judged *j)
{
	const unsigned int word = elfsect_word_size(j->resolution->view);
	const struct rule *rule = j->exclusion->rule;
	const uint64_t start = symbol_position(j->resolution->view,
					       &resolution_role(j->resolution, rule, ROLE_MODULE_START, 0)->symbol);
	const uint64_t end =
		symbol_position(j->resolution->view, &resolution_role(j->resolution, rule, ROLE_MODULE_END, 0)->symbol);
	uint64_t value = 0, slot;
	struct keyring k;
	int ret;

	ret = keyring_symbols(j, &k);
	if (!ret)
		ret = judged_certificates(j, start, end, list_ends_at(j, end) ? end_zeros(&k) : 1);
	if (!ret && k.used_word)
		ret = read_word(j, k.used_word, 4, &k.used);
	if (ret)
		return ret;
	if (k.used > k.slot_size)
		return judged_refuse(j, 0, "the length word of the extra certificate does not fit");
	if (k.slot) {
		slot = symbol_position(j->resolution->view, &k.slot->symbol);
		ret = judged_certificates(j, slot, slot + k.used, 1)
			      ?: judged_zero(j, slot + k.used, slot + k.slot_size);
	}
	if (!ret && k.list_word)
		ret = check_list_size(j, &k, start, end);
	if (!ret && k.module_word) {
		ret = read_word(j, k.module_word, word, &value);
		if (!ret && value != end - start)
			return judged_refuse(j, start, "the length word of the module certificate is not its length");
	}
	if (!ret)
		ret = found_word(j, k.used_word, 4) ?: found_word(j, k.list_word, word);
	if (!ret)
		ret = found_word(j, k.module_word, word);
	return ret ? ret : found_slot(j, &k);
}

int keyring_judge(struct judged *j)
{
	const struct exclusion *e = j->exclusion;
	const uint32_t whole = e->taken_out ? e->taken_out : e->whole_section;

	if (whole)
		return judged_set(j, whole) ?: check_keyring_section(j);
	return judged_set(j, resolution_role(j->resolution, e->rule, ROLE_MODULE_START, 0)->symbol.section)
		       ?: check_keyring_roles(j);
}
