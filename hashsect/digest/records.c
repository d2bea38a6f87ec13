// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/records.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

/* ------------------------------------------------------------------------------------------------------ records */

uint32_t symbol_section_number(const struct records *r, const struct elfsect_symbol *s)
{
	uint32_t count;

	if (s->shndx >= SHN_LORESERVE && s->shndx != SHN_XINDEX)
		return 0xffff0000u + s->shndx;
	elfsect_view_sections(r->view, &count);
	/* It was valid when it was checked; another process may have written to the file since. */
	return s->section < count ? r->numbers->sections[s->section] : (uint32_t)NUMBER_OUT_OF_SCOPE;
}

uint64_t symbol_record_size(const struct elfsect_symbol *s)
{
	return 4 + strlen(s->name) + 22;
}

void symbol_record_fields(const struct records *r, const struct elfsect_symbol *s, uint8_t fields[22])
{
	fields[0] = s->info;
	fields[1] = s->other;
	store_u32(fields + 2, ELFDATA2LSB, symbol_section_number(r, s));
	store_u64(fields + 6, ELFDATA2LSB, s->value);
	store_u64(fields + 14, ELFDATA2LSB, s->size);
}

static uint64_t symbols_size(const struct records *r)
{
	uint64_t size = 0;

	for (uint32_t i = 1, n = elfsect_symbol_count(r->view); i < n; i++)
		if (symbol_is_counted(r->numbers, i)) {
			const struct elfsect_symbol s = elfsect_symbol_get(r->view, i);

			size += symbol_record_size(&s);
		}
	return size;
}

static int refuse_relocation(const struct records *r, const struct elfsect_section *section, uint64_t index,
			     const uint8_t *entry, struct elfsect_error *error)
{
	const bool exists = elfsect_relocation_decode(r->view, section, entry).symbol < elfsect_symbol_count(r->view);

	return failure(error, exists ? EBADMSG : ENOEXEC, "%s: section %u (%s): relocation %ju: %s",
		       elfsect_view_name(r->view), section->index, section->name, (uintmax_t)index,
		       exists ? "its symbol is the section or mapping symbol of a section that the policy excludes"
			      : "its symbol does not exist");
}

/*
 * Elf64_Rela of a little-endian file, the bulk of every kernel: the record is the entry with r_info's halves written
 * one by one. Returns the entry at which it stopped: count, or one that is to be refused.
 */
static uint64_t relocation_records_rela64(const struct records *r, const uint8_t *in, uint64_t count, uint8_t *out)
{
	const uint32_t symbols = elfsect_symbol_count(r->view), *numbers = r->numbers->symbols;
	uint64_t i;

	for (i = 0; i < count; i++, in += 24, out += RELOCATION_RECORD) {
		const uint32_t symbol = load_u32(in + 12, ELFDATA2LSB);
		uint32_t number;

		if (symbol >= symbols)
			break;
		number = numbers[symbol];
		if (number == NUMBER_FORBIDDEN)
			break;
		memcpy(out, in, 12);
		store_u32(out + 12, ELFDATA2LSB, number);
		memcpy(out + 16, in + 16, 8);
	}
	return i;
}

static uint64_t relocation_records_any(const struct records *r, const struct elfsect_section *section, uint64_t count,
				       const uint8_t *in, uint8_t *out)
{
	const uint32_t symbols = elfsect_symbol_count(r->view);
	uint64_t i;

	for (i = 0; i < count; i++, in += section->entsize, out += RELOCATION_RECORD) {
		const struct elfsect_relocation rel = elfsect_relocation_decode(r->view, section, in);

		if (rel.symbol >= symbols || r->numbers->symbols[rel.symbol] == NUMBER_FORBIDDEN)
			break;
		store_u64(out, ELFDATA2LSB, rel.offset);
		store_u32(out + 8, ELFDATA2LSB, rel.type);
		store_u32(out + 12, ELFDATA2LSB, r->numbers->symbols[rel.symbol]);
		store_u64(out + 16, ELFDATA2LSB, (uint64_t)rel.addend);
	}
	return i;
}

int relocation_records(const struct records *r, const struct elfsect_section *section, uint64_t first, uint64_t count,
		       const uint8_t *entries, uint8_t *out, struct elfsect_error *error)
{
	const struct elfsect_header *h = elfsect_view_header(r->view);
	uint64_t done;

	if (h->elf_class == ELFCLASS64 && h->data == ELFDATA2LSB && h->machine != EM_MIPS && section->type == SHT_RELA)
		done = relocation_records_rela64(r, entries, count, out);
	else
		done = relocation_records_any(r, section, count, entries, out);
	if (done == count)
		return 0;
	return refuse_relocation(r, section, first + done, entries + done * section->entsize, error);
}

/* -------------------------------------------------------------------------------------------------------- parts */

static int group_content(const struct records *r, const struct elfsect_section *s, struct part *part)
{
	const uint8_t *bytes = elfsect_section_bytes(r->view, s);
	uint32_t count;

	elfsect_view_sections(r->view, &count);
	part->owned_bytes = malloc(s->size);
	if (!part->owned_bytes)
		return -ENOMEM;
	part->bytes = part->owned_bytes;
	part->size = s->size;
	for (uint64_t at = 0; at < s->size; at += 4) {
		const uint32_t word = (uint32_t)elfsect_load(r->view, bytes + at, 4);

		store_u32(part->owned_bytes + at, ELFDATA2LSB,
			  at ? r->numbers->sections[word < count ? word : 0] : word);
	}
	return 0;
}

/* BFD works out load addresses from where an empty section stands in the file, too: strip writes others then. */
static bool is_place(const struct records *r, const struct elfsect_section *s)
{
	return r->numbers->scope == HASHSECT_SCOPE_FILE && !elfsect_is_relocatable(r->view) && (s->flags & SHF_ALLOC) &&
	       !s->size && s->type != SHT_NOBITS && s->type != SHT_NULL;
}

static int place_content(const struct elfsect_section *s, struct part *part)
{
	part->owned_bytes = malloc(8);
	if (!part->owned_bytes)
		return -ENOMEM;
	store_u64(part->owned_bytes, ELFDATA2LSB, s->offset);
	part->bytes = part->owned_bytes;
	part->size = 8;
	return 0;
}

static int section_content(const struct records *r, const struct elfsect_section *s, struct part *part)
{
	if (is_place(r, s))
		return place_content(s, part);
	if (!elfsect_section_has_extent(s) || elfsect_section_is_name_table(r->view, s))
		return 0;
	if (s->type == SHT_SYMTAB) {
		part->source = SOURCE_SYMBOLS;
		part->size = symbols_size(r);
	} else if (elfsect_relocations_are_symbolic(r->view, s)) {
		part->source = SOURCE_RELOCATIONS;
		part->size = elfsect_relocation_count(r->view, s) * RELOCATION_RECORD;
	} else if (s->type == SHT_GROUP) {
		return group_content(r, s, part);
	} else {
		part->source = SOURCE_SECTION;
		part->size = s->size;
	}
	return 0;
}

static void add_part(struct records *r, struct part part)
{
	part.name = part.name ? part.name : "";
	part.first_leaf = r->leaf_count;
	part.leaf_count = part.size / CHUNK + (part.size % CHUNK != 0);
	r->leaf_count += part.leaf_count;
	r->parts[r->part_count++] = part;
}

static void add_policy_parts(struct records *r)
{
	const struct hashsect_policy *policy = r->resolution->policy;

	add_part(r, (struct part){
			    .kind = PART_POLICY, .bytes = (const uint8_t *)policy->text, .size = strlen(policy->text)});
	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct exclusion *e = &r->resolution->exclusions[i];

		add_part(r, (struct part){.kind = PART_EXCLUSION,
					  .index = (uint32_t)i,
					  .name = e->rule->name,
					  .bytes = e->residue,
					  .size = e->residue_size});
	}
}

static int add_section_parts(struct records *r)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);

	for (uint32_t i = 1; i < count; i++) {
		const struct elfsect_section *s = &sections[i];
		struct part part = {
			.kind = PART_SECTION, .name = s->name, .section = s, .number = r->numbers->sections[i]};

		if (!section_in_scope(r->numbers, i))
			continue;
		if (section_content(r, s, &part))
			return -ENOMEM;
		add_part(r, part);
	}
	return 0;
}

static void add_trailer_parts(struct records *r, const struct hashsect_span *trailers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_part(r, (struct part){.kind = PART_TRAILER, .bytes = trailers[i].bytes, .size = trailers[i].size});
}

static void add_surrounding_parts(struct records *r, const struct hashsect_piece *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_part(r, (struct part){.kind = PART_SURROUNDING,
					  .name = pieces[i].name,
					  .bytes = pieces[i].bytes,
					  .size = pieces[i].size});
}

int records_make(const struct resolution *resolution, const struct numbers *numbers,
		 const struct hashsect_options *options, struct records *r, struct elfsect_error *error)
{
	const struct elfsect_view *view = resolution->view;
	const struct elfsect_header *h = elfsect_view_header(view);
	const size_t counting = resolution->policy->rule_count ? 0 : options->trailer_count;
	const size_t surrounding = options->scope == HASHSECT_SCOPE_FILE ? options->surrounding_count : 0;

	*r = (struct records){.view = view, .resolution = resolution, .numbers = numbers};
	r->parts = calloc((size_t)2 + resolution->policy->rule_count + h->phnum + numbers->section_count + counting +
				  surrounding,
			  sizeof(*r->parts));
	if (!r->parts)
		return failure_errno(error, ENOMEM, "%s: records", elfsect_view_name(view));
	add_policy_parts(r);
	add_part(r, (struct part){.kind = PART_HEADER});
	for (uint32_t i = 0; i < h->phnum; i++)
		add_part(r, (struct part){.kind = PART_SEGMENT, .index = i});
	if (add_section_parts(r)) {
		records_clear(r);
		return failure_errno(error, ENOMEM, "%s: records", elfsect_view_name(view));
	}
	add_trailer_parts(r, options->trailers, counting);
	add_surrounding_parts(r, options->surroundings, surrounding);
	return 0;
}

void records_clear(struct records *r)
{
	for (size_t i = 0; i < r->part_count; i++)
		free(r->parts[i].owned_bytes);
	free(r->parts);
	*r = (struct records){0};
}
