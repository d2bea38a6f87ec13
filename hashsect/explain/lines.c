// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/lines.h"

#include <stddef.h>

#ifdef HAVE_LIBDW

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/files.h"
#include "explain/debug_file.h"

/* The code of a unit, or a part of it. */
struct unit {
	Dwarf_Addr start, end;
	Dwarf_Die die;
};

struct lines {
	const struct elfsect_view *view; /* with the debug information */
	uint32_t *mates;		 /* the sections there of those asked for; NULL: they are the same */
	Dwfl *dwfl;
	Dwfl_Module *module;
	struct unit *units; /* by address, once they were asked for */
	size_t unit_count, unit_room;
	bool has_units;
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
	const int ret = fd >= 0 ? write_all(fd, bytes, size) : 0;

	if (!ret)
		return fd;
	close(fd);
	errno = -ret;
	return -1;
}

/* Sets *is_read to whether there is debug information that can be read. */
static int report(struct lines *lines, const char *path, bool *is_read)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_build_id_find_elf,
		.find_debuginfo = no_separate_file,
		.section_address = dwfl_offline_section_address,
	};
	const int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : as_file(lines->view);
	Dwarf_Addr bias;

	if (fd < 0)
		return -errno;
	lines->dwfl = dwfl_begin(&callbacks);
	if (lines->dwfl)
		lines->module = dwfl_report_offline(lines->dwfl, "", elfsect_view_name(lines->view), fd);
	if (!lines->module)
		close(fd); /* else it is libdwfl's */
	if (!lines->dwfl)
		return -ENOMEM;
	dwfl_report_end(lines->dwfl, NULL, NULL);
	*is_read = lines->module && dwfl_module_getdwarf(lines->module, &bias);
	return 0;
}

int lines_open(const struct explain_side *side, struct lines **out)
{
	const struct elfsect_view *view = side->debug ? side->debug : side->view;
	const struct elfsect_section *info;
	struct lines *lines;
	bool is_read = false;
	int ret = 0;

	*out = NULL;
	if (elfsect_section_find(view, ".debug_info", &info, NULL))
		return 0;
	lines = calloc(1, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	lines->view = view;
	lines->mates = side->debug ? debug_file_sections(side->view, side->debug) : NULL;
	if (side->debug && !lines->mates)
		ret = -ENOMEM;
	if (!ret)
		ret = report(lines, side->debug ? side->debug_path : side->path, &is_read);
	if (ret || !is_read)
		lines_close(lines);
	else
		*out = lines;
	return ret;
}

void lines_close(struct lines *lines)
{
	if (!lines)
		return;
	if (lines->dwfl)
		dwfl_end(lines->dwfl);
	free(lines->units);
	free(lines->mates);
	free(lines);
}

/* Where libdwfl put a section: in a relocatable file it has no address of its own. */
static bool address_of(const struct lines *lines, const struct elfsect_section *section, uint64_t offset,
		       Dwarf_Addr *out)
{
	GElf_Addr bias;
	GElf_Shdr header;
	const uint32_t index = lines->mates ? lines->mates[section->index] : section->index;
	Elf *elf = dwfl_module_getelf(lines->module, &bias);
	Elf_Scn *scn = elf && index ? elf_getscn(elf, index) : NULL;

	if (!scn || !gelf_getshdr(scn, &header))
		return false;
	*out = header.sh_addr + bias + offset;
	return true;
}

/* ------------------------------------------------------------------------------------------- units by their ranges */

static bool add_range(struct lines *lines, Dwarf_Addr start, Dwarf_Addr end, const Dwarf_Die *die)
{
	if (lines->unit_count == lines->unit_room) {
		const size_t room = lines->unit_room ? 2 * lines->unit_room : 256;
		struct unit *grown = reallocarray(lines->units, room, sizeof(*grown));

		if (!grown)
			return false;
		lines->units = grown;
		lines->unit_room = room;
	}
	lines->units[lines->unit_count++] = (struct unit){start, end, *die};
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct unit *p = a, *q = b;

	return p->start < q->start ? -1 : p->start > q->start;
}

static void read_units(struct lines *lines)
{
	Dwarf_Addr bias, base, start, end;
	bool good = true;

	lines->has_units = true;
	for (Dwarf_Die *die = NULL; good && (die = dwfl_module_nextcu(lines->module, die, &bias));)
		for (ptrdiff_t at = 0; good && (at = dwarf_ranges(die, at, &base, &start, &end)) > 0;)
			good = add_range(lines, start + bias, end + bias, die);
	qsort(lines->units, lines->unit_count, sizeof(*lines->units), by_start);
}

/* For debug information without .debug_aranges, as clang makes it. */
static Dwarf_Die *unit_by_range(struct lines *lines, Dwarf_Addr address)
{
	size_t low = 0, high;

	if (!lines->has_units)
		read_units(lines);
	for (high = lines->unit_count; low < high;) {
		const size_t middle = low + (high - low) / 2;

		if (lines->units[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < lines->units[low - 1].end ? &lines->units[low - 1].die : NULL;
}

static const char *options_of(Dwarf_Die *unit)
{
	Dwarf_Attribute attribute;

	return dwarf_attr(unit, DW_AT_producer, &attribute) ? dwarf_formstring(&attribute) : NULL;
}

struct line lines_find(struct lines *lines, const struct elfsect_section *section, uint64_t offset)
{
	struct line line = {NULL, 0, NULL, NULL};
	Dwarf_Addr address, bias;
	Dwarf_Line *found;
	Dwarf_Die *unit;

	if (!lines || !address_of(lines, section, offset, &address) || !dwfl_module_getdwarf(lines->module, &bias))
		return line;
	unit = dwfl_module_addrdie(lines->module, address, &bias);
	if (!unit)
		unit = unit_by_range(lines, address);
	if (!unit)
		return line;
	line.unit = dwarf_diename(unit);
	line.options = options_of(unit);
	found = dwarf_getsrc_die(unit, address - bias);
	if (found && !dwarf_lineno(found, &line.number))
		line.file = dwarf_linesrc(found, NULL, NULL);
	return line;
}

int lines_compiled(struct lines *lines, struct compiled **list, size_t *count)
{
	size_t room = 0;
	Dwarf_Addr bias;

	*list = NULL;
	*count = 0;
	for (Dwarf_Die *die = NULL; lines && (die = dwfl_module_nextcu(lines->module, die, &bias));) {
		const struct compiled one = {dwarf_diename(die), options_of(die)};

		if (!one.unit || !one.options)
			continue;
		if (*count == room) {
			struct compiled *grown;

			room = room ? 2 * room : 64;
			grown = reallocarray(*list, room, sizeof(*grown));
			if (!grown)
				return -ENOMEM;
			*list = grown;
		}
		(*list)[(*count)++] = one;
	}
	return 0;
}

#else

int lines_open(const struct explain_side *side, struct lines **lines)
{
	(void)side;
	*lines = NULL;
	return 0;
}

void lines_close(struct lines *lines)
{
	(void)lines;
}

struct line lines_find(struct lines *lines, const struct elfsect_section *section, uint64_t offset)
{
	(void)lines, (void)section, (void)offset;
	return (struct line){NULL, 0, NULL, NULL};
}

int lines_compiled(struct lines *lines, struct compiled **list, size_t *count)
{
	(void)lines;
	*list = NULL;
	*count = 0;
	return 0;
}

#endif
