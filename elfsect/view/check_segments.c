// SPDX-License-Identifier: LGPL-2.1-or-later
#include "view/check_segments.h"

static int bad_segment(const struct elfsect_view *view, uint32_t i, struct elfsect_error *error, const char *reason)
{
	return failure(error, ENOEXEC, "%s: program header %u: offset 0x%jx, address 0x%jx: %s", view->name, i,
		       (uintmax_t)view->segments[i].offset, (uintmax_t)view->segments[i].vaddr, reason);
}

static bool ranges_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a_size && b_size && a < b + b_size && b < a + a_size;
}

/* How many PT_LOADs hold this range of the file at this address. */
static unsigned int loads_with(const struct elfsect_view *view, uint64_t offset, uint64_t size, uint64_t addr)
{
	unsigned int found = 0;

	for (uint32_t i = 0; i < view->header.phnum; i++) {
		const struct elfsect_segment *p = &view->segments[i];

		if (p->type == PT_LOAD && offset >= p->offset && range_inside(offset - p->offset, size, p->filesz) &&
		    offset - p->offset == addr - p->vaddr)
			found++;
	}
	return found;
}

/*
 * Where p_offset does not count, it must not decide what is loaded: the ELF header with the program headers
 * is at the start of a segment, or in none.
 */
static int check_loaded_header(const struct elfsect_view *view, uint32_t i, struct elfsect_error *error)
{
	const struct elfsect_header *h = &view->header;
	const struct elfsect_segment *p = &view->segments[i];
	const uint64_t phdrs = (uint64_t)h->phnum * h->phentsize;
	const bool header = ranges_overlap(p->offset, p->filesz, 0, h->ehsize);

	if (!header && !ranges_overlap(p->offset, p->filesz, h->phoff, phdrs))
		return 0;
	if (header && !p->offset && h->phoff == h->ehsize && p->filesz >= h->ehsize + phdrs)
		return 0;
	return bad_segment(view, i, error, "holds part of the ELF header or of the program headers");
}

static int check_load(const struct elfsect_view *view, uint32_t i, struct elfsect_error *error)
{
	const struct elfsect_segment *p = &view->segments[i];
	uint64_t sum;

	if (p->filesz && !range_inside(p->offset, p->filesz, view->size))
		return bad_segment(view, i, error, "the segment lies outside the file");
	if (p->align & (p->align - 1) || (p->filesz && p->align && (p->offset - p->vaddr) % p->align))
		return bad_segment(view, i, error,
				   "p_align is no power of two, or offset and address do not agree modulo p_align");
	if (p->filesz > p->memsz)
		return bad_segment(view, i, error, "p_filesz is more than p_memsz");
	if (!add_u64(p->paddr, p->memsz, &sum) || !add_u64(p->vaddr, p->memsz, &sum))
		return bad_segment(view, i, error, "the address range overflows");
	for (uint32_t j = 0; j < i; j++) {
		const struct elfsect_segment *q = &view->segments[j];

		if (q->type != PT_LOAD)
			continue;
		if (ranges_overlap(p->offset, p->filesz, q->offset, q->filesz))
			return bad_segment(view, i, error, "overlaps another PT_LOAD in the file");
		if (ranges_overlap(p->paddr, p->memsz, q->paddr, q->memsz))
			return bad_segment(view, i, error, "overlaps another PT_LOAD in physical memory");
	}
	if (check_loaded_header(view, i, error))
		return -ENOEXEC;
	if (ranges_overlap(p->offset, p->filesz, view->header.shoff,
			   (uint64_t)view->header.shnum * view->header.shentsize))
		return bad_segment(view, i, error, "the section header table lies in a PT_LOAD");
	for (uint32_t j = 1; j < view->header.shnum; j++) {
		const struct elfsect_section *s = &view->sections[j];

		if (!(s->flags & SHF_ALLOC) && elfsect_section_has_extent(s) &&
		    ranges_overlap(p->offset, p->filesz, s->offset, s->size))
			return section_failure(view, s, ENOEXEC, "not allocated, but inside a PT_LOAD", error);
	}
	return 0;
}

/* RISC-V: PT_RISCV_ATTRIBUTES points to a section that is not loaded, the only one of its type. */
static bool is_attributes_segment(const struct elfsect_view *view, const struct elfsect_segment *p)
{
	unsigned int same = 0, all = 0;

	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (s->type != SHT_RISCV_ATTRIBUTES)
			continue;
		all++;
		same += s->offset == p->offset && s->size == p->filesz;
	}
	return all == 1 && same == 1;
}

/* What a search through the first bytes of a file finds must be loaded, so that it does not move unnoticed. */
static int check_places(const struct elfsect_view *view, struct elfsect_error *error)
{
	const struct elfsect_header *h = &view->header;
	uint64_t end = 0;

	if (h->phnum && h->phoff != h->ehsize)
		return failure(error, ENOEXEC, "%s: ELF header: the program headers are not right behind it",
			       view->name);
	for (uint32_t i = 0; i < h->phnum; i++) {
		const struct elfsect_segment *p = &view->segments[i];

		if (p->type == PT_LOAD && p->filesz && p->offset + p->filesz > end)
			end = p->offset + p->filesz;
	}
	if (h->shnum && h->shoff < end)
		return failure(error, ENOEXEC,
			       "%s: ELF header: the section header table is not behind all that is loaded", view->name);
	for (uint32_t i = 1; i < h->shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (!(s->flags & SHF_ALLOC) && elfsect_section_has_extent(s) && s->offset < end)
			return section_failure(view, s, ENOEXEC, "not allocated, but not behind all that is loaded",
					       error);
	}
	return 0;
}

static int check_other_segment(const struct elfsect_view *view, uint32_t i, struct elfsect_error *error)
{
	const struct elfsect_segment *p = &view->segments[i];
	/* PT_GNU_RELRO is about memory: it may reach over the end of the file's part (lld's .relro_padding). */
	const uint64_t size = p->type == PT_GNU_RELRO ? 1 : p->filesz;
	const bool attributes = view->header.machine == EM_RISCV && p->type == PT_RISCV_ATTRIBUTES;

	if (!p->filesz)
		return 0;
	if (attributes && !is_attributes_segment(view, p))
		return bad_segment(view, i, error, "is not the one section of attributes");
	if (attributes || loads_with(view, p->offset, size, p->vaddr) == 1)
		return 0;
	return bad_segment(view, i, error, "not inside exactly one PT_LOAD at the same distance from its start");
}

int check_segments(const struct elfsect_view *view, bool places, struct elfsect_error *error)
{
	if (view->header.type == ET_REL)
		return 0;
	for (uint32_t i = 0; i < view->header.phnum; i++) {
		int ret = view->segments[i].type == PT_LOAD ? check_load(view, i, error)
							    : check_other_segment(view, i, error);

		if (ret)
			return ret;
	}
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if ((s->flags & SHF_ALLOC) && elfsect_section_has_extent(s) &&
		    loads_with(view, s->offset, s->size, s->addr) != 1)
			return section_failure(view, s, ENOEXEC,
					       "not inside exactly one PT_LOAD at the same distance from its start",
					       error);
	}
	return places ? check_places(view, error) : 0;
}
