// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/lines.h"

#include <stddef.h>

#ifdef HAVE_LIBDW

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/files.h"

struct lines {
	const struct elfsect_view *view;
	Dwfl *dwfl;
	Dwfl_Module *module;
};

static int no_separate_file(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base, const char *file,
			    const char *link, GElf_Word crc, char **debuginfo)
{
	(void)module, (void)userdata, (void)name, (void)base, (void)file, (void)link, (void)crc, (void)debuginfo;
	return -1;
}

/* libdwfl wants a file. */
static int as_file(const struct elfsect_view *view)
{
	uint64_t size;
	const uint8_t *bytes = elfsect_view_bytes(view, &size);
	const int fd = memfd_create("hashsect", MFD_CLOEXEC);

	if (fd >= 0 && write_all(fd, bytes, size)) {
		close(fd);
		return -1;
	}
	return fd;
}

struct lines *lines_open(const struct elfsect_view *view, const char *path)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_build_id_find_elf,
		.find_debuginfo = no_separate_file,
		.section_address = dwfl_offline_section_address,
	};
	const struct elfsect_section *info;
	struct lines *lines;
	Dwarf_Addr bias;
	int fd;

	if (elfsect_section_find(view, ".debug_info", &info, NULL))
		return NULL;
	lines = calloc(1, sizeof(*lines));
	fd = !lines ? -1 : path ? open(path, O_RDONLY | O_CLOEXEC) : as_file(view);
	if (fd < 0) {
		free(lines);
		return NULL;
	}
	lines->view = view;
	lines->dwfl = dwfl_begin(&callbacks);
	if (lines->dwfl)
		lines->module = dwfl_report_offline(lines->dwfl, "", elfsect_view_name(view), fd);
	if (!lines->module)
		close(fd); /* else it is libdwfl's */
	if (lines->dwfl)
		dwfl_report_end(lines->dwfl, NULL, NULL);
	if (!lines->module || !dwfl_module_getdwarf(lines->module, &bias)) {
		lines_close(lines);
		return NULL;
	}
	return lines;
}

void lines_close(struct lines *lines)
{
	if (lines && lines->dwfl)
		dwfl_end(lines->dwfl);
	free(lines);
}

/* Where libdwfl put a section: in a relocatable file it has no address of its own. */
static bool address_of(const struct lines *lines, const struct elfsect_section *section, uint64_t offset,
		       Dwarf_Addr *out)
{
	GElf_Addr bias;
	GElf_Shdr header;
	Elf *elf = dwfl_module_getelf(lines->module, &bias);
	Elf_Scn *scn = elf ? elf_getscn(elf, section->index) : NULL;

	if (!scn || !gelf_getshdr(scn, &header))
		return false;
	*out = header.sh_addr + bias + offset;
	return true;
}

struct line lines_find(struct lines *lines, const struct elfsect_section *section, uint64_t offset)
{
	struct line line = {NULL, 0, NULL};
	Dwarf_Attribute attribute;
	Dwarf_Addr address, bias;
	Dwfl_Line *found;
	Dwarf_Die *unit;

	if (!lines || !address_of(lines, section, offset, &address))
		return line;
	unit = dwfl_module_addrdie(lines->module, address, &bias);
	if (unit && dwarf_attr(unit, DW_AT_producer, &attribute))
		line.options = dwarf_formstring(&attribute);
	found = dwfl_module_getsrc(lines->module, address);
	if (found)
		line.file = dwfl_lineinfo(found, NULL, &line.number, NULL, NULL, NULL);
	return line;
}

#else

struct lines *lines_open(const struct elfsect_view *view, const char *path)
{
	(void)view, (void)path;
	return NULL;
}

void lines_close(struct lines *lines)
{
	(void)lines;
}

struct line lines_find(struct lines *lines, const struct elfsect_section *section, uint64_t offset)
{
	(void)lines, (void)section, (void)offset;
	return (struct line){NULL, 0, NULL};
}

#endif
