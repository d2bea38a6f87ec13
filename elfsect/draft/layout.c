// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where everything lies in the new file. What did not change stays, what changed and still fits stays too, the rest
 * goes behind all that stays, in the order of its numbers, with the section header table last. One exception makes
 * growing and shrinking inverse: a section that changed its size goes right behind the section before it, where a
 * linker puts it, if there is room; an empty one's offset is there in any case, since it has to lie inside the file.
 */
#include "draft/layout.h"

#include <stdlib.h>

#include "draft/encode.h"

struct layout {
	struct draft *draft;
	struct placed *extents; /* owned; their bytes are the draft's until the plan is made */
	size_t count;
	uint64_t end; /* of the last extent so far */
	uint64_t shoff;
	uint64_t shdrs_size;
	uint8_t *header; /* owned: the ELF header */
	uint8_t *shdrs;	 /* owned: the section header table */
};

static void cleanup_layout(struct layout *layout)
{
	free(layout->extents);
	free(layout->header);
	free(layout->shdrs);
}

/* The size of a section's old place in the file, 0 if it has none. */
static uint64_t old_room(const struct draft *draft, uint32_t index)
{
	const struct elfsect_section *old;

	if (index >= draft->view->header.shnum)
		return 0;
	old = &draft->view->sections[index];
	return elfsect_section_has_extent(old) ? old->size : 0;
}

static bool stays(const struct draft *draft, uint32_t index)
{
	return draft->sections[index].header.size <= old_room(draft, index);
}

static void add_extent(struct layout *layout, uint64_t offset, uint64_t size, uint8_t *bytes)
{
	if (!size)
		return;
	layout->extents[layout->count++] = (struct placed){offset, size, bytes};
	if (offset + size > layout->end)
		layout->end = offset + size;
}

static uint32_t final_count(const struct draft *draft)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < draft->section_count; i++)
		count += !draft->sections[i].removed;
	return count;
}

/* sh_addralign of an input may be anything; only the section's own reader would miss it. */
static uint64_t usual_align(uint64_t align)
{
	return !align || (align & (align - 1)) || align > 0x10000 ? 8 : align;
}

/*
 * Assemblers and linkers align a section in the file as in memory, those of binutils 2.44 in relocatable files to a
 * word and no more. Where a section lies tells which. One that moves because it grew gets a place that tells the same,
 * or it would not find home.
 */
static bool word_is_enough(const struct draft *draft, uint32_t index)
{
	const struct elfsect_section *s = &draft->sections[index].header;
	const unsigned int word = elfsect_word_size(draft->view);

	return index < draft->view->header.shnum && usual_align(s->align) > word && s->offset % usual_align(s->align) &&
	       !(s->offset % word);
}

/* The next free offset for something of this alignment; false if the file would get too big for its class. */
static bool next_offset(const struct layout *layout, uint64_t align, uint64_t size, uint64_t *offset)
{
	const uint64_t limit = view_is_64(layout->draft->view) ? INT64_MAX : UINT32_MAX;

	return align_u64(layout->end, usual_align(align), offset) && range_inside(*offset, size, limit);
}

static bool next_offset_of_section(const struct layout *layout, uint32_t index, uint64_t *offset)
{
	const struct draft *draft = layout->draft;
	const struct elfsect_section *s = &draft->sections[index].header;
	const unsigned int word = elfsect_word_size(draft->view);

	if (!word_is_enough(draft, index))
		return next_offset(layout, s->align, s->size, offset);
	/* A word more than enough is room for the word that keeps it off the alignment. */
	if (!next_offset(layout, word, s->size + word, offset))
		return false;
	if (!(*offset % usual_align(s->align)))
		*offset += word;
	return true;
}

static bool is_free(const struct layout *layout, uint64_t offset, uint64_t size)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct placed *e = &layout->extents[i];

		if (offset < e->offset + e->size && e->offset < offset + size)
			return false;
	}
	return true;
}

static bool has_place(const struct draft *draft, uint32_t index)
{
	const struct draft_section *s = &draft->sections[index];

	return !s->removed && elfsect_section_has_extent(&s->header);
}

/*
 * The end of the nearest section of a lower number, or of the headers in front of the first. Empty ones between them
 * have been aligned too.
 */
static uint64_t end_of_previous(const struct draft *draft, uint32_t index, bool skip_relocations)
{
	const struct elfsect_header *h = &draft->view->header;

	uint64_t aligned = 0;

	while (--index) {
		const struct elfsect_section *s = &draft->sections[index].header;

		if (!s->size && s->type == SHT_PROGBITS && s->offset > aligned && s->offset < draft->view->size)
			aligned = s->offset;
		if (has_place(draft, index) && !(skip_relocations && is_relocation_type(s->type)))
			return aligned > s->offset + s->size ? aligned : s->offset + s->size;
	}
	if (aligned > h->ehsize)
		return aligned;
	return h->phnum && h->phoff == h->ehsize ? h->ehsize + (uint64_t)h->phnum * h->phentsize : h->ehsize;
}

/* An empty section tells by its offset, too, how its maker aligns. The offset has to lie inside the file. */
static uint64_t place_of_empty(const struct layout *layout, uint32_t index)
{
	const struct draft *draft = layout->draft;
	const uint64_t end = end_of_previous(draft, index, true);
	const uint64_t align = word_is_enough(draft, index) ? elfsect_word_size(draft->view)
							    : usual_align(draft->sections[index].header.align);
	uint64_t place;

	return align_u64(end, align, &place) && place <= layout->end ? place : end;
}

/*
 * Behind the section before; all that stays has its extents already. ld puts relocations behind everything else, tools
 * that use libelf behind the section that they apply to.
 */
static bool has_home(const struct layout *layout, uint32_t index, uint64_t *offset)
{
	const struct draft *draft = layout->draft;
	const struct elfsect_section *s = &draft->sections[index].header;
	const uint64_t align = word_is_enough(draft, index) ? elfsect_word_size(draft->view) : s->align;

	for (int any = 0; any < 2; any++) {
		const uint64_t end = end_of_previous(draft, index, !any);
		uint64_t home;

		if (!align || (align & (align - 1)) || !align_u64(end, align, &home) ||
		    !range_inside(home, s->size, draft->view->size) || !is_free(layout, home, s->size))
			continue;
		*offset = home;
		return true;
	}
	return false;
}

static bool changed_size(const struct draft *draft, uint32_t index)
{
	return index < draft->view->header.shnum && draft->sections[index].bytes &&
	       draft->sections[index].header.size != draft->view->sections[index].size &&
	       draft->sections[index].header.type == SHT_PROGBITS;
}

static void place_what_stays(struct layout *layout)
{
	struct draft *draft = layout->draft;

	add_extent(layout, 0, draft->view->header.ehsize, layout->header);
	add_extent(layout, draft->view->header.phoff,
		   (uint64_t)draft->view->header.phnum * draft->view->header.phentsize, NULL);
	for (uint32_t i = 1; i < draft->section_count; i++) {
		const struct draft_section *s = &draft->sections[i];

		if (has_place(draft, i) && stays(draft, i) && !changed_size(draft, i))
			add_extent(layout, s->header.offset, s->header.size, s->bytes);
	}
	/* The header table stays if it keeps its size: then it is part of what new content goes behind. */
	if (layout->shdrs_size == (uint64_t)draft->view->header.shnum * draft->view->header.shentsize) {
		layout->shoff = draft->view->header.shoff;
		add_extent(layout, layout->shoff, layout->shdrs_size, layout->shdrs);
	}
	for (uint32_t i = 1; i < draft->section_count; i++) {
		struct draft_section *s = &draft->sections[i];

		if (!s->removed && changed_size(draft, i) && !s->header.size)
			s->header.offset = place_of_empty(layout, i);
		if (!has_place(draft, i) || !changed_size(draft, i))
			continue;
		s->placed = has_home(layout, i, &s->header.offset) || stays(draft, i);
		if (s->placed)
			add_extent(layout, s->header.offset, s->header.size, s->bytes);
	}
}

static int place_sections(struct layout *layout, struct elfsect_error *error)
{
	struct draft *draft = layout->draft;

	place_what_stays(layout);
	for (uint32_t i = 1; i < draft->section_count; i++) {
		struct draft_section *s = &draft->sections[i];
		const bool fits = elfsect_section_has_extent(&s->header) && stays(draft, i);

		if (s->removed || s->header.type == SHT_NOBITS || s->placed || fits)
			continue;
		if (!s->header.size && i < draft->view->header.shnum)
			continue;
		if (!next_offset_of_section(layout, i, &s->header.offset))
			return failure(error, EFBIG, "%s: section %u (%s): the file would get too big",
				       draft->view->name, i, s->header.name);
		add_extent(layout, s->header.offset, s->header.size, s->bytes);
	}
	if (!layout->shoff) {
		if (!next_offset(layout, 8, layout->shdrs_size, &layout->shoff))
			return failure(error, EFBIG, "%s: the file would get too big", draft->view->name);
		add_extent(layout, layout->shoff, layout->shdrs_size, layout->shdrs);
	}
	return 0;
}

/* The section headers, in final numbers. Header 0 holds what does not fit into the ELF header (gABI, chapter 4). */
static void write_shdrs(struct layout *layout, uint32_t shnum, uint32_t shstrndx)
{
	struct draft *draft = layout->draft;
	struct elfsect_section zero = {0};
	uint8_t *p = layout->shdrs;

	zero.size = shnum >= SHN_LORESERVE ? shnum : 0;
	zero.link = shstrndx >= SHN_LORESERVE ? shstrndx : 0;
	encode_section(draft->view, p, &zero);
	for (uint32_t i = 1; i < draft->section_count; i++) {
		struct elfsect_section header = draft->sections[i].header;

		if (draft->sections[i].removed)
			continue;
		header.link = draft->section_map[header.link];
		if (elfsect_section_info_is_index(&header))
			header.info = draft->section_map[header.info];
		p += draft->view->header.shentsize;
		encode_section(draft->view, p, &header);
	}
}

/*
 * Elf32_Ehdr: ident[16], type, machine u16, version, entry, phoff, shoff u32, flags u32, ehsize ... shnum, shstrndx u16
 * Elf64_Ehdr: the same; entry, phoff, shoff are u64. Only e_shoff, e_shnum and e_shstrndx change.
 */
static void write_header(struct layout *layout, uint32_t shnum, uint32_t shstrndx)
{
	const struct elfsect_view *view = layout->draft->view;
	const uint8_t data = view->header.data;
	uint8_t *h = layout->header;

	memcpy(h, view->bytes, view->header.ehsize);
	if (view_is_64(view))
		store_u64(h + offsetof(Elf64_Ehdr, e_shoff), data, layout->shoff);
	else
		store_u32(h + offsetof(Elf32_Ehdr, e_shoff), data, (uint32_t)layout->shoff);
	store_u16(h + view->header.ehsize - 4, data, shnum >= SHN_LORESERVE ? 0 : (uint16_t)shnum);
	store_u16(h + view->header.ehsize - 2, data, shstrndx >= SHN_LORESERVE ? SHN_XINDEX : (uint16_t)shstrndx);
}

static uint64_t old_end(const struct elfsect_view *view)
{
	const uint64_t phdrs_end = view->header.phoff + (uint64_t)view->header.phnum * view->header.phentsize;
	uint64_t end = view->header.shoff + (uint64_t)view->header.shnum * view->header.shentsize;

	if (phdrs_end > end)
		end = phdrs_end;
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (elfsect_section_has_extent(s) && s->offset + s->size > end)
			end = s->offset + s->size;
	}
	return end;
}

static int make_plan(struct layout *layout, struct elfsect_plan **plan, struct elfsect_error *error)
{
	struct draft *draft = layout->draft;
	uint64_t size = layout->end;
	int ret;

	/* Zeros behind the last extent are the user's as long as nothing at the end changed. */
	if (size == old_end(draft->view))
		size = draft->view->size;
	ret = plan_of_extents(draft->view, layout->extents, layout->count, size, plan, error);
	if (ret)
		return ret;
	/* The bytes that have extents are the plan's now; those of removed and empty sections stay the draft's. */
	for (uint32_t i = 1; i < draft->section_count; i++)
		if (!draft->sections[i].removed && elfsect_section_has_extent(&draft->sections[i].header))
			draft->sections[i].bytes = NULL;
	layout->header = NULL;
	layout->shdrs = NULL;
	return 0;
}

int draft_layout(struct draft *draft, struct elfsect_plan **plan, struct elfsect_error *error)
{
	__attribute__((cleanup(cleanup_layout))) struct layout layout = {.draft = draft};
	const struct elfsect_header *h = &draft->view->header;
	const uint32_t shnum = final_count(draft);
	const uint32_t shstrndx = draft->section_map[h->shstrndx];
	int ret;

	layout.shdrs_size = (uint64_t)shnum * h->shentsize;
	layout.extents = calloc((size_t)draft->section_count + 3, sizeof(*layout.extents));
	layout.header = calloc(1, h->ehsize);
	layout.shdrs = calloc(shnum, h->shentsize);
	if (!layout.extents || !layout.header || !layout.shdrs)
		return failure_errno(error, ENOMEM, "%s: layout", draft->view->name);
	ret = place_sections(&layout, error);
	if (ret)
		return ret;
	write_shdrs(&layout, shnum, shstrndx);
	write_header(&layout, shnum, shstrndx);
	return make_plan(&layout, plan, error);
}
