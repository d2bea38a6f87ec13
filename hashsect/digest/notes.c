// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Notes (gABI, chapter 5; FORMAT.md section 7.4). All fields in the file's byte order:
 *
 *   namesz u32 | descsz u32 | type u32 | name, namesz bytes, padded to 4 | descriptor, descsz bytes, padded
 *
 * With an alignment of 8 the descriptor starts and ends at multiples of 8.
 */
#include "digest/notes.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

struct note {
	uint32_t namesz, descsz, type;
	const uint8_t *name;
	uint64_t desc_offset; /* in the section */
};

static int bad_note(const struct elfsect_view *view, const struct elfsect_section *s, uint64_t at, const char *reason,
		    struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: section %u (%s): note at offset 0x%jx in it: %s", elfsect_view_name(view),
		       s->index, s->name, (uintmax_t)at, reason);
}

/* Read the note at *at, and move *at behind it. */
static int note_next(const struct elfsect_view *view, const struct elfsect_section *s, uint64_t *at, struct note *note,
		     struct elfsect_error *error)
{
	const uint8_t *bytes = elfsect_section_bytes(view, s);
	const uint64_t start = *at, alignment = s->align == 8 ? 8 : 4;
	uint64_t name_end, end, next;

	if (!range_inside(start, 12, s->size))
		return bad_note(view, s, start, "the section ends inside its header", error);
	note->namesz = (uint32_t)elfsect_load(view, bytes + start, 4);
	note->descsz = (uint32_t)elfsect_load(view, bytes + start + 4, 4);
	note->type = (uint32_t)elfsect_load(view, bytes + start + 8, 4);
	note->name = bytes + start + 12;
	/* No sum overflows: start is below the file's size, the others are 32 bits. */
	name_end = start + 12 + note->namesz;
	align_u64(name_end, alignment, &note->desc_offset);
	end = note->desc_offset + note->descsz;
	if (note->desc_offset > s->size || end > s->size)
		return bad_note(view, s, start, "name or descriptor do not fit into the section", error);
	align_u64(end, alignment, &next);
	if (next > s->size)
		next = s->size; /* the last one may lack its padding */
	if (first_nonzero(bytes + name_end, note->desc_offset - name_end) != note->desc_offset - name_end ||
	    first_nonzero(bytes + end, next - end) != next - end)
		return bad_note(view, s, start, "its padding is not zero", error);
	*at = next;
	return 0;
}

static bool owner_is(const struct note *note, const char *owner)
{
	const size_t length = strlen(owner);

	return note->namesz == length + 1 && !memcmp(note->name, owner, length + 1);
}

int note_find(const struct elfsect_view *view, const char *owner, uint32_t type, uint64_t size, uint32_t *section,
	      uint64_t *offset, struct elfsect_error *error)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);
	unsigned int found = 0;

	for (uint32_t i = 1; i < count; i++) {
		const struct elfsect_section *s = &sections[i];

		for (uint64_t at = 0; s->type == SHT_NOTE && at < s->size;) {
			struct note note;
			const uint64_t start = at;
			int ret = note_next(view, s, &at, &note, error);

			if (ret)
				return ret;
			if (note.type != type || !owner_is(&note, owner))
				continue;
			if (found++)
				return bad_note(view, s, start, "a second note of the kind that the policy excludes",
						error);
			if (note.descsz != size)
				return failure(
					error, EBADMSG,
					"%s: section %u (%s): note at offset 0x%jx in it: %s, type %u: the policy "
					"wants a descriptor of %ju bytes, it has %u",
					elfsect_view_name(view), s->index, s->name, (uintmax_t)start, owner, type,
					(uintmax_t)size, note.descsz);
			*section = i;
			*offset = note.desc_offset;
		}
	}
	return found ? 0 : -ENOENT;
}

/* ------------------------------------------------------------------------------------------------------ one reading */

static bool pads_alike(uint64_t size)
{
	return !((size + 3) / 4 % 2);
}

/* Where descriptors begin at multiples of 8, do they where one pads to 4? */
static int check_padding(const struct elfsect_view *view, const struct elfsect_section *s, struct elfsect_error *error)
{
	for (uint64_t at = 0; at < s->size;) {
		const uint64_t start = at;
		struct note note;
		const int ret = note_next(view, s, &at, &note, error);

		if (ret)
			return ret;
		if (!pads_alike(12 + (uint64_t)note.namesz) || (at < s->size && !pads_alike(note.descsz)))
			return bad_note(view, s, start, "those who pad notes to 4 bytes find others behind it", error);
	}
	return 0;
}

int notes_have_one_reading(const struct elfsect_view *view, const struct elfsect_section *s, bool noted,
			   struct elfsect_error *error)
{
	const bool linked = !elfsect_is_relocatable(view);

	if (s->align != 4 && s->align != 8)
		return failure(error, EBADMSG,
			       "%s: section %u (%s): excluded bytes in notes with an alignment of %ju, not 4 or 8",
			       elfsect_view_name(view), s->index, s->name, (uintmax_t)s->align);
	if (s->size % s->align || (linked && (s->addr % s->align || s->offset % s->align)))
		return failure(error, EBADMSG,
			       "%s: section %u (%s): excluded bytes in notes whose size or place is no multiple of %ju",
			       elfsect_view_name(view), s->index, s->name, (uintmax_t)s->align);
	return s->align == 8 && noted ? check_padding(view, s, error) : 0;
}

/* --------------------------------------------------------------------------------------------------------- segments */

static int by_offset(const void *a, const void *b)
{
	const struct elfsect_section *const *x = a, *const *y = b;

	return ((*x)->offset > (*y)->offset) - ((*x)->offset < (*y)->offset);
}

int note_sections_list(const struct elfsect_view *view, struct note_sections *notes)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	*notes = (struct note_sections){.list = calloc((size_t)count + 1, sizeof(*notes->list))};
	if (!notes->list)
		return -ENOMEM;
	for (uint32_t i = 1; i < count; i++)
		if (sections[i].type == SHT_NOTE && sections[i].size)
			notes->list[notes->count++] = &sections[i];
	qsort(notes->list, notes->count, sizeof(*notes->list), by_offset);
	return 0;
}

/* The index of the section that begins at an offset, or one that does not. */
static size_t find_offset(const struct note_sections *notes, uint64_t offset)
{
	size_t low = 0, high = notes->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (notes->list[middle]->offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool note_segment_is_plain(const struct note_sections *notes, const struct elfsect_segment *p)
{
	const uint64_t end = p->offset + p->filesz;
	uint64_t at = p->offset;

	if (p->type != PT_NOTE || (p->align != 4 && p->align != 8) || p->offset % p->align || p->vaddr % p->align ||
	    p->filesz % p->align)
		return false;
	for (size_t i = find_offset(notes, at); i < notes->count && at < end; i++) {
		if (notes->list[i]->offset != at || notes->list[i]->align != p->align)
			return false;
		at += notes->list[i]->size;
	}
	return at == end;
}
