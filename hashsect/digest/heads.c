// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a part says before its content: FORMAT.md section 2. */
#include "digest/heads.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* A head under construction. Integers are little-endian whatever the file's order. */
struct writer {
	uint8_t *bytes;
	size_t size, room;
	bool failed;
};

static void put(struct writer *w, const void *bytes, size_t size)
{
	if (w->failed)
		return;
	if (w->size + size > w->room) {
		const size_t room = 2 * (w->size + size);
		uint8_t *grown = realloc(w->bytes, room);

		if (!grown) {
			w->failed = true;
			return;
		}
		w->bytes = grown;
		w->room = room;
	}
	memcpy(w->bytes + w->size, bytes, size);
	w->size += size;
}

static void put_u8(struct writer *w, uint8_t value)
{
	put(w, &value, 1);
}

static void put_u32(struct writer *w, uint32_t value)
{
	uint8_t bytes[4];

	store_u32(bytes, ELFDATA2LSB, value);
	put(w, bytes, sizeof(bytes));
}

static void put_u64(struct writer *w, uint64_t value)
{
	uint8_t bytes[8];

	store_u64(bytes, ELFDATA2LSB, value);
	put(w, bytes, sizeof(bytes));
}

static void put_str(struct writer *w, const char *text)
{
	put_u32(w, (uint32_t)strlen(text));
	put(w, text, strlen(text));
}

bool exclusion_names(const struct exclusion *e, const struct known_symbol *known)
{
	return e->resolution == 'M' && known->rule == e->rule && known->defined;
}

static uint32_t exclusion_name_count(const struct records *r, const struct exclusion *e)
{
	uint32_t count = 0;

	for (size_t i = 0; i < r->resolution->known.count; i++)
		count += exclusion_names(e, &r->resolution->known.list[i]);
	return count;
}

static void head_of_exclusion(const struct records *r, const struct exclusion *e, struct writer *w)
{
	put_str(w, e->rule->name);
	put_u8(w, (uint8_t)e->resolution);
	put_u32(w, (uint32_t)e->mask_count);
	for (size_t i = 0; i < e->mask_count; i++) {
		put_u32(w, r->numbers->sections[e->masks[i].section]);
		put_u64(w, e->masks[i].offset);
		put_u64(w, e->masks[i].length);
	}
	put_u32(w, exclusion_name_count(r, e));
	for (size_t i = 0; i < r->resolution->known.count; i++) {
		const struct known_symbol *known = &r->resolution->known.list[i];

		if (!exclusion_names(e, known))
			continue;
		put_str(w, known->name);
		put_u32(w, r->numbers->sections[known->symbol.section]);
		put_u64(w, symbol_position(r->view, &known->symbol));
		put_u64(w, known->symbol.size);
	}
}

static void head_of_header(const struct elfsect_header *h, struct writer *w)
{
	put_u8(w, h->elf_class);
	put_u8(w, h->data);
	put_u8(w, h->osabi);
	put_u8(w, h->abiversion);
	put_u32(w, h->type);
	put_u32(w, h->machine);
	put_u32(w, h->version);
	put_u64(w, h->entry);
	put_u32(w, h->flags);
}

static void head_of_segment(const struct records *r, const struct elfsect_segment *p, struct writer *w)
{
	put_u32(w, p->type);
	put_u32(w, p->flags);
	put_u64(w, p->vaddr);
	put_u64(w, p->paddr);
	put_u64(w, p->filesz);
	put_u64(w, p->memsz);
	put_u64(w, p->align);
	put_u8(w, segment_holds_header(p));
	put_u64(w, segment_place(r, p));
}

bool segment_holds_header(const struct elfsect_segment *p)
{
	return p->type == PT_LOAD && !p->offset && p->filesz;
}

uint64_t segment_place(const struct records *records, const struct elfsect_segment *segment)
{
	return records->numbers->scope == HASHSECT_SCOPE_FILE ? segment->offset : 0;
}

/* Debuggers look at whether there is an address; what it is nobody asks where nothing is at it. */
static uint64_t canonical_addr(const struct records *r, const struct elfsect_section *s)
{
	if (!address_is_of_nothing(r->resolution, s) || section_is_addressed(r->numbers, s->index))
		return s->addr;
	return s->addr != 0;
}

static uint64_t canonical_info(const struct records *r, const struct elfsect_section *s)
{
	if (s->type == SHT_SYMTAB)
		return 1 + (uint64_t)r->numbers->local_symbols;
	if (s->type == SHT_GROUP)
		return r->numbers->symbols[s->info];
	if (elfsect_section_info_is_index(s))
		return r->numbers->sections[s->info];
	return s->info;
}

struct section_fields section_fields(const struct records *r, const struct elfsect_section *s)
{
	return (struct section_fields){
		.addr = canonical_addr(r, s),
		.size = s->type == SHT_SYMTAB || elfsect_section_is_name_table(r->view, s) ? 0 : s->size,
		.link = r->numbers->sections[s->link],
		.info = canonical_info(r, s),
	};
}

static void head_of_section(const struct records *r, const struct elfsect_section *s, struct writer *w)
{
	const struct section_fields f = section_fields(r, s);

	put_str(w, s->name);
	put_u32(w, s->type);
	put_u64(w, s->flags);
	put_u64(w, f.addr);
	put_u64(w, f.size);
	put_u64(w, s->align);
	put_u64(w, s->entsize);
	put_u32(w, f.link);
	put_u64(w, f.info);
}

int part_head(const struct records *r, const struct part *part, uint8_t **head, size_t *size)
{
	struct writer w = {0};
	uint32_t count;

	switch (part->kind) {
	case PART_POLICY:
		break;
	case PART_EXCLUSION:
		head_of_exclusion(r, &r->resolution->exclusions[part->index], &w);
		break;
	case PART_HEADER:
		head_of_header(elfsect_view_header(r->view), &w);
		break;
	case PART_SEGMENT:
		head_of_segment(r, &elfsect_view_segments(r->view, &count)[part->index], &w);
		break;
	case PART_SECTION:
		head_of_section(r, part->section, &w);
		break;
	case PART_TRAILER:
		put_u8(&w, 0);
		break;
	case PART_SURROUNDING:
		put_str(&w, part->name);
		break;
	}
	if (w.failed) {
		free(w.bytes);
		return -ENOMEM;
	}
	*head = w.bytes;
	*size = w.size;
	return 0;
}
