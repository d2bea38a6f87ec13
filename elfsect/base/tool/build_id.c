// SPDX-License-Identifier: GPL-2.0-or-later
/* The build-id of a file whose data changes after the link. */
#include <elf.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "base/tool/edit.h"

enum { BUILD_ID_MAX = 64 };

/* Where the identifier lies in the file, and the note that it is the end of. */
struct build_id {
	uint64_t offset;
	uint64_t size;
	uint64_t note_offset;
};

/*
 * Notes: namesz u32 | descsz u32 | type u32 | name, to a multiple of 4 | desc, to a multiple of 4
 *
 * The wanted one has the name "GNU" and type NT_GNU_BUILD_ID.
 */
static bool find_in_notes(const struct elfsect_view *view, const struct elfsect_section *s, struct build_id *id)
{
	const uint8_t *bytes = elfsect_section_bytes(view, s);
	uint64_t at = 0;

	while (bytes && range_inside(at, sizeof(Elf32_Nhdr), s->size)) {
		const uint64_t name_size = elfsect_load(view, bytes + at, 4),
			       size = elfsect_load(view, bytes + at + 4, 4);
		const uint64_t type = elfsect_load(view, bytes + at + 8, 4), name = at + sizeof(Elf32_Nhdr);
		const uint64_t start = name + ((name_size + 3) & ~3ull);

		if (!range_inside(start, size, s->size))
			return false;
		if (type == NT_GNU_BUILD_ID && name_size == 4 && !memcmp(bytes + name, "GNU", 4) && size &&
		    size <= BUILD_ID_MAX) {
			*id = (struct build_id){s->offset + start, size, s->offset + at};
			return true;
		}
		at = start + ((size + 3) & ~3ull);
	}
	return false;
}

static bool find_build_id(const struct elfsect_view *view, struct build_id *id)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	for (uint32_t i = 1; i < count; i++)
		if (sections[i].type == SHT_NOTE && sections[i].flags & SHF_ALLOC &&
		    find_in_notes(view, &sections[i], id))
			return true;
	return false;
}

static bool touches(const struct elfsect_plan *plan, uint64_t offset, uint64_t size)
{
	size_t count;
	const struct elfsect_change *changes = elfsect_plan_changes(plan, &count);

	for (size_t i = 0; i < count; i++)
		if (changes[i].offset < offset + size && offset < changes[i].offset + changes[i].size)
			return true;
	return false;
}

static bool changes_what_is_loaded(const struct elfsect_view *view, const struct elfsect_plan *plan)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	for (uint32_t i = 1; i < count; i++)
		if (sections[i].flags & SHF_ALLOC && elfsect_section_has_extent(&sections[i]) &&
		    touches(plan, sections[i].offset, sections[i].size))
			return true;
	return false;
}

int edit_write_data(const struct elfsect_view *view, const struct elfsect_plan *plan, const char *path,
		    const struct output_option *output)
{
	char hex[2 * BUILD_ID_MAX + 1] = "";
	struct build_id id;
	uint64_t file_size;
	const uint8_t *bytes = elfsect_view_bytes(view, &file_size);
	int status;

	if (!elfsect_is_relocatable(view) && changes_what_is_loaded(view, plan) && find_build_id(view, &id) &&
	    !touches(plan, id.note_offset, id.offset + id.size - id.note_offset))
		text_hex(bytes + id.offset, id.size, hex, sizeof(hex));
	status = edit_write(plan, path, output);
	if (status == STATUS_OK && *hex)
		cli_note("%s: note: the build-id %s stays; files that differ only in this data share it",
			 output->out ? output->out : path, hex);
	return status;
}
