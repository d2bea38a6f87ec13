// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The map in a section of the file that it is about: FORMAT.md section 6.5. In the file's byte order:
 *
 *   9 u32 | length of the text u32 | 1 u32 | "hashsect" | 4 zero bytes | text | zero bytes to a multiple of 4
 */
#include "digest/map_note.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"

static const char owner[12] = HASHSECT_MAP_NOTE_OWNER;

enum { TEXT_OFFSET = 12 + sizeof(owner) };

static bool refers_to(const struct elfsect_view *view, const struct elfsect_section *s, uint32_t section)
{
	const uint8_t *bytes = elfsect_section_bytes(view, s);

	if (s->link == section || (elfsect_section_info_is_index(s) && s->info == section))
		return true;
	for (uint64_t at = 4; s->type == SHT_GROUP && at < s->size; at += 4)
		if (elfsect_load(view, bytes + at, 4) == section)
			return true;
	return false;
}

static bool is_referred_to(const struct elfsect_view *view, uint32_t section)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	for (uint32_t i = 1; i < count; i++)
		if (refers_to(view, &sections[i], section))
			return true;
	for (uint32_t i = 1; i < elfsect_symbol_count(view); i++)
		if (elfsect_symbol_get(view, i).section == section)
			return true;
	return false;
}

struct map_note map_note_find(const struct elfsect_view *view)
{
	const struct map_note none = {0};
	const struct elfsect_section *s;
	struct elfsect_error ignored;
	const uint8_t *bytes;
	uint64_t length, end;

	if (elfsect_section_find(view, HASHSECT_MAP_NOTE_SECTION, &s, &ignored))
		return none;
	if (s->type != SHT_NOTE || s->flags || s->addr || s->link || s->info || s->entsize || s->align != 4 ||
	    s->size < TEXT_OFFSET)
		return none;
	bytes = elfsect_section_bytes(view, s);
	length = elfsect_load(view, bytes + 4, 4);
	align_u64(TEXT_OFFSET + length, 4, &end); /* of 32 bits */
	if (elfsect_load(view, bytes, 4) != strlen(owner) + 1 || end != s->size ||
	    elfsect_load(view, bytes + 8, 4) != HASHSECT_MAP_NOTE_TYPE ||
	    memcmp(bytes + 12, owner, sizeof(owner)) != 0 ||
	    first_nonzero(bytes + TEXT_OFFSET + length, end - TEXT_OFFSET - length) != end - TEXT_OFFSET - length ||
	    is_referred_to(view, s->index))
		return none;
	return (struct map_note){s->index, (const char *)bytes + TEXT_OFFSET, length};
}

static bool is_text(const struct map_note *note, const char *text)
{
	return strlen(text) == note->size && !memcmp(text, note->text, note->size);
}

/*
 * What can be compared without hashing. A file that no map can be made of just has another note among its sections.
 */
static int claim_of(const struct resolution *r, const struct map_note *note, char **digest, struct elfsect_error *error)
{
	autofree char *text = NULL;
	struct hashsect_map *map;
	struct elfsect_error why;
	int ret;

	ret = map_is_possible(r->view, r->policy, &why) ?: map_has_symbols(r, &why) ?:
	      map_parse(note->text, note->size, HASHSECT_MAP_NOTE_SECTION, &map, &why);
	if (ret == -EINVAL)
		return 0;
	if (ret)
		return failure_errno(error, -ret, "%s: %s", elfsect_view_name(r->view), HASHSECT_MAP_NOTE_SECTION);
	text = map_text(r, map->digest);
	if (text && is_text(note, text))
		*digest = strdup(map->digest);
	if (!text || (is_text(note, text) && !*digest))
		ret = failure_errno(error, ENOMEM, "%s: map", elfsect_view_name(r->view));
	hashsect_map_free(map);
	return ret;
}

int map_note_judge(const struct resolution *r, const struct hashsect_map *given, uint32_t *own, char **claim,
		   struct elfsect_error *error)
{
	const struct map_note note = map_note_find(r->view);

	*own = 0;
	*claim = NULL;
	if (!note.section || !r->policy->rule_count || resolution_taken_out(r, note.section))
		return 0;
	if (elfsect_view_symtab(r->view)) {
		const int ret = claim_of(r, &note, claim, error);

		*own = *claim ? note.section : 0;
		return ret;
	}
	if (given && is_text(&note, given->text))
		*own = note.section;
	return 0;
}
