// SPDX-License-Identifier: LGPL-2.1-or-later
/* The headers of one ELF file, decoded by libelf. */
#include "view/parse.h"

#include <gelf.h>
#include <stdlib.h>

/* -------------------------------------------------------------------------------------------------- ELF header */

static int bad(const struct elfsect_view *view, struct elfsect_error *error, const char *reason)
{
	return failure(error, ENOEXEC, "%s: ELF header: %s", view->name, reason);
}

static int parse_ident(struct elfsect_view *view, struct elfsect_error *error)
{
	const uint8_t *ident = view->bytes;

	if (view->size < EI_NIDENT || memcmp(ident, ELFMAG, SELFMAG) != 0)
		return failure(error, ENOEXEC, "%s: not an ELF file", view->name);
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return bad(view, error, "EI_CLASS is neither 32 nor 64 bit");
	if (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB)
		return bad(view, error, "EI_DATA names no byte order");
	if (ident[EI_VERSION] != EV_CURRENT)
		return bad(view, error, "EI_VERSION is not 1");
	for (unsigned int i = EI_ABIVERSION + 1; i < EI_NIDENT; i++)
		if (ident[i])
			return bad(view, error, "padding of e_ident is not zero");
	view->header.elf_class = ident[EI_CLASS];
	view->header.data = ident[EI_DATA];
	view->header.osabi = ident[EI_OSABI];
	view->header.abiversion = ident[EI_ABIVERSION];
	if (view->size < (view_is_64(view) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return bad(view, error, "the file ends inside it");
	return 0;
}

static int parse_header(struct elfsect_view *view, Elf *elf, GElf_Ehdr *ehdr, struct elfsect_error *error)
{
	struct elfsect_header *h = &view->header;

	if (!gelf_getehdr(elf, ehdr))
		return bad(view, error, elf_errmsg(-1));
	h->type = ehdr->e_type;
	h->machine = ehdr->e_machine;
	h->version = ehdr->e_version;
	h->flags = ehdr->e_flags;
	h->entry = ehdr->e_entry;
	h->phoff = ehdr->e_phoff;
	h->shoff = ehdr->e_shoff;
	h->ehsize = ehdr->e_ehsize;
	h->phentsize = ehdr->e_phentsize;
	h->shentsize = ehdr->e_shentsize;
	if (h->version != EV_CURRENT)
		return bad(view, error, "e_version is not 1");
	if (h->ehsize != gelf_fsize(elf, ELF_T_EHDR, 1, EV_CURRENT))
		return bad(view, error, "e_ehsize does not fit the class");
	if (h->type != ET_REL && h->type != ET_EXEC && h->type != ET_DYN)
		return failure(error, ENOEXEC, "%s: ELF header: e_type %u is not REL, EXEC or DYN", view->name,
			       h->type);
	return 0;
}

/*
 * Section header 0, where extended numbers stand (gABI, chapter 4):
 *   sh_size: number of sections if e_shnum is 0; sh_link: index of the name table if e_shstrndx is SHN_XINDEX.
 * All other fields are zero. sh_info would hold a number of program headers from 65535 (PN_XNUM), which only core files
 * have.
 */
static int parse_counts(struct elfsect_view *view, Elf *elf, const GElf_Ehdr *ehdr, struct elfsect_error *error)
{
	struct elfsect_header *h = &view->header;
	const uint64_t shentsize = gelf_fsize(elf, ELF_T_SHDR, 1, EV_CURRENT);
	const uint64_t phentsize = gelf_fsize(elf, ELF_T_PHDR, 1, EV_CURRENT);
	GElf_Shdr zero = {0};
	bool xnum, xstrndx;
	uint64_t size, shnum;

	if (!ehdr->e_shoff) {
		if (ehdr->e_shnum || ehdr->e_shstrndx)
			return bad(view, error, "e_shoff is 0 but e_shnum or e_shstrndx is not");
		if (h->shentsize && h->shentsize != shentsize)
			return bad(view, error, "e_shentsize does not fit the class");
	} else {
		if (h->shentsize != shentsize)
			return bad(view, error, "e_shentsize does not fit the class");
		if (!range_inside(ehdr->e_shoff, shentsize, view->size))
			return bad(view, error, "the section header table lies outside the file");
		if (!gelf_getshdr(elf_getscn(elf, 0), &zero))
			return bad(view, error, elf_errmsg(-1));
		xnum = ehdr->e_shnum == 0;
		xstrndx = ehdr->e_shstrndx == SHN_XINDEX;
		shnum = xnum ? zero.sh_size : ehdr->e_shnum;
		if (xnum ? shnum < SHN_LORESERVE || shnum > UINT32_MAX : shnum >= SHN_LORESERVE)
			return bad(view, error, "the number of sections is not in its proper form");
		h->shnum = (uint32_t)shnum;
		h->shstrndx = xstrndx ? zero.sh_link : ehdr->e_shstrndx;
		if (xstrndx ? h->shstrndx < SHN_LORESERVE : h->shstrndx >= SHN_LORESERVE)
			return bad(view, error, "the index of the section name table is not in its proper form");
		if (zero.sh_name || zero.sh_type || zero.sh_flags || zero.sh_addr || zero.sh_offset ||
		    zero.sh_addralign || zero.sh_entsize || (zero.sh_size && !xnum) || (zero.sh_link && !xstrndx) ||
		    zero.sh_info)
			return failure(error, ENOEXEC, "%s: section header 0: a reserved field is not zero",
				       view->name);
		if (!mul_u64(shnum, shentsize, &size) || !range_inside(ehdr->e_shoff, size, view->size))
			return bad(view, error, "the section header table lies outside the file");
		if (h->shstrndx >= h->shnum)
			return bad(view, error, "the index of the section name table is out of range");
	}
	h->phnum = ehdr->e_phnum;
	if (h->phnum > SEGMENTS_MAX)
		return bad(view, error, "more than 1024 program headers");
	if (!h->phnum != !ehdr->e_phoff)
		return bad(view, error, "e_phoff and e_phnum do not agree");
	if (h->phnum ? h->phentsize != phentsize : h->phentsize && h->phentsize != phentsize)
		return bad(view, error, "e_phentsize does not fit the class");
	if (!mul_u64(h->phnum, phentsize, &size) || !range_inside(ehdr->e_phoff, size, view->size))
		return bad(view, error, "the program header table lies outside the file");
	if (h->type == ET_REL && h->phnum)
		return bad(view, error, "a relocatable file with program headers");
	return 0;
}

/* ---------------------------------------------------------------------------------------- sections and segments */

static int parse_sections(struct elfsect_view *view, Elf *elf, struct elfsect_error *error)
{
	const uint32_t count = view->header.shnum;

	view->sections = calloc(count ? count : 1, sizeof(*view->sections));
	if (!view->sections)
		return failure_errno(error, ENOMEM, "%s: section headers", view->name);
	for (uint32_t i = 0; i < count; i++) {
		struct elfsect_section *s = &view->sections[i];
		Elf_Scn *scn = elf_getscn(elf, i);
		GElf_Shdr shdr;

		if (!scn || !gelf_getshdr(scn, &shdr))
			return failure(error, ENOEXEC, "%s: section header %u: %s", view->name, i, elf_errmsg(-1));
		*s = (struct elfsect_section){
			.name = "",
			.index = i,
			.name_offset = shdr.sh_name,
			.type = shdr.sh_type,
			.link = shdr.sh_link,
			.info = shdr.sh_info,
			.flags = shdr.sh_flags,
			.addr = shdr.sh_addr,
			.offset = shdr.sh_offset,
			.size = shdr.sh_size,
			.align = shdr.sh_addralign,
			.entsize = shdr.sh_entsize,
		};
		if (i && elfsect_section_has_extent(s) && !range_inside(s->offset, s->size, view->size))
			return failure(error, ENOEXEC, "%s: section %u: offset 0x%jx, size 0x%jx: outside the file",
				       view->name, i, (uintmax_t)s->offset, (uintmax_t)s->size);
	}
	return 0;
}

static int name_sections(struct elfsect_view *view, struct elfsect_error *error)
{
	const struct elfsect_section *table = &view->sections[view->header.shstrndx];
	uint64_t sum = 0;

	if (view->header.shstrndx && table->type != SHT_STRTAB)
		return bad(view, error, "e_shstrndx is not the index of a string table");
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		struct elfsect_section *s = &view->sections[i];

		if (view->header.shstrndx)
			s->name = strtab_get(view, table, s->name_offset, SECTION_NAME_MAX);
		else if (s->name_offset)
			s->name = NULL;
		if (!s->name)
			return failure(error, ENOEXEC,
				       "%s: section header %u: its name lies outside the name table or is too long",
				       view->name, i);
		sum += strlen(s->name);
		if (sum > SECTION_NAMES_MAX)
			return failure(error, ENOEXEC, "%s: the names of the sections have more than 32 MiB",
				       view->name);
	}
	return 0;
}

static int check_references(struct elfsect_view *view, struct elfsect_error *error)
{
	const uint32_t count = view->header.shnum;

	for (uint32_t i = 1; i < count; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (s->link >= count)
			return failure(error, ENOEXEC, "%s: section %u (%s): sh_link %u is no section", view->name, i,
				       s->name, s->link);
		if (elfsect_section_info_is_index(s) && s->info >= count)
			return failure(error, ENOEXEC, "%s: section %u (%s): sh_info %u is no section", view->name, i,
				       s->name, s->info);
		if (s->type == SHT_SYMTAB) {
			if (view->symtab)
				return failure(error, ENOEXEC, "%s: section %u (%s): a second symbol table", view->name,
					       i, s->name);
			view->symtab = i;
		} else if (s->type == SHT_SYMTAB_SHNDX) {
			if (view->symtab_shndx)
				return failure(error, ENOEXEC, "%s: section %u (%s): a second SHT_SYMTAB_SHNDX",
					       view->name, i, s->name);
			view->symtab_shndx = i;
		}
	}
	return 0;
}

static int parse_segments(struct elfsect_view *view, Elf *elf, struct elfsect_error *error)
{
	view->segments = calloc(view->header.phnum ? view->header.phnum : 1, sizeof(*view->segments));
	if (!view->segments)
		return failure_errno(error, ENOMEM, "%s: program headers", view->name);
	for (uint32_t i = 0; i < view->header.phnum; i++) {
		GElf_Phdr phdr;

		if (!gelf_getphdr(elf, (int)i, &phdr))
			return failure(error, ENOEXEC, "%s: program header %u: %s", view->name, i, elf_errmsg(-1));
		view->segments[i] = (struct elfsect_segment){
			.type = phdr.p_type,
			.flags = phdr.p_flags,
			.offset = phdr.p_offset,
			.vaddr = phdr.p_vaddr,
			.paddr = phdr.p_paddr,
			.filesz = phdr.p_filesz,
			.memsz = phdr.p_memsz,
			.align = phdr.p_align,
		};
	}
	return 0;
}

static int parse_elf(struct elfsect_view *view, Elf *elf, struct elfsect_error *error)
{
	GElf_Ehdr ehdr;
	int ret;

	ret = parse_header(view, elf, &ehdr, error);
	if (!ret)
		ret = parse_counts(view, elf, &ehdr, error);
	if (!ret)
		ret = parse_sections(view, elf, error);
	if (!ret)
		ret = name_sections(view, error);
	if (!ret)
		ret = check_references(view, error);
	if (!ret)
		ret = parse_segments(view, elf, error);
	return ret;
}

int view_parse(struct elfsect_view *view, struct elfsect_error *error)
{
	Elf *elf;
	int ret;

	ret = parse_ident(view, error);
	if (ret)
		return ret;
	elf_version(EV_CURRENT);
	/* libelf only reads what it is given here; its prototype lacks the const. */
	elf = elf_memory((char *)(uintptr_t)view->bytes, view->size);
	if (!elf)
		return failure(error, ENOEXEC, "%s: %s", view->name, elf_errmsg(-1));
	ret = parse_elf(view, elf, error);
	elf_end(elf);
	return ret;
}
