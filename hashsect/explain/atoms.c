// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/atoms.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "explain/addresses.h"
#include "explain/config.h"
#include "explain/fill.h"
#include "explain/order.h"
#include "explain/sections.h"

/* -------------------------------------------------------------------------------------------------------------- runs
 */

/* Of a note: three numbers and "GNU"; the longest descriptor of a build-id that is known. */
enum { NOTE_HEADER = 16, BUILD_ID_MAX = 64 };

/* The string around a place, if all of it can be read; its size without the zero byte. Rust's strings end with their
 * objects. */
static bool string_around(const uint8_t *bytes, const struct atom *atom, uint64_t at, uint64_t *start, uint64_t *length)
{
	const uint64_t size = atom->size;
	uint64_t from = at, to = at;

	while (from && bytes[from - 1] && isprint(bytes[from - 1]))
		from--;
	while (to < size && bytes[to] && (isprint(bytes[to]) || isspace(bytes[to])))
		to++;
	*start = from;
	*length = to - from;
	return *length >= 4 && (to < size ? !bytes[to] : !from && !atom->is_gap);
}

static enum explain_kind string_kind(const char *name, const char *before, const char *after)
{
	if (!strcmp(name, "linux_banner") || !strcmp(name, "linux_proc_banner") || !strcmp(name, "init_uts_ns") ||
	    text_begins(before, "Linux version "))
		return EXPLAIN_VERSION;
	return string_has_seed(before) && string_has_seed(after) ? EXPLAIN_RANDSTRUCT : EXPLAIN_STRING;
}

static int add_string(const struct section_pair *pair, const struct atom *p, const struct atom *q, uint64_t at,
		      uint64_t bytes, bool *is_one)
{
	const uint8_t *x = pair->bytes[0] + p->offset, *y = pair->bytes[1] + q->offset;
	uint64_t from[2], length[2];
	autofree char *before = NULL, *after = NULL;
	bool is_path;
	int ret;

	*is_one = string_around(x, p, at, &from[0], &length[0]) && string_around(y, q, at, &from[1], &length[1]);
	if (!*is_one)
		return 0;
	ret = explain_path(
		pair,
		(const struct string[]){{(const char *)x + from[0], length[0]}, {(const char *)y + from[1], length[1]}},
		(const uint64_t[]){p->offset + from[0], q->offset + from[1]}, bytes, &is_path);
	if (ret || is_path)
		return ret;
	before = explain_value(x + from[0], length[0]);
	after = explain_value(y + from[1], length[1]);
	if (!before || !after)
		return -ENOMEM;
	return explain_add(pair, string_kind(p->name, before, after),
			   *p->name && !p->is_behind ? p->name : p->section->name, before, after, p->offset + from[0],
			   q->offset + from[1], bytes);
}

/* In an ELF file that the object is, as the vDSO in a kernel: whether these bytes are of its build-id's descriptor. */
static bool is_inner_build_id(const uint8_t *bytes, uint64_t size, uint64_t at, uint64_t length)
{
	static const uint8_t owner[] = "GNU";
	const uint8_t data = size > EI_NIDENT ? bytes[EI_DATA] : 0;

	if (size <= EI_NIDENT || memcmp(bytes, ELFMAG, SELFMAG) != 0 || (data != ELFDATA2LSB && data != ELFDATA2MSB))
		return false;
	for (uint64_t back = 0; back < BUILD_ID_MAX && back + NOTE_HEADER <= at; back++) {
		const uint8_t *note = bytes + at - back - NOTE_HEADER;
		const uint32_t room = load_u32(note + 4, data);

		if (load_u32(note, data) == sizeof(owner) && load_u32(note + 8, data) == NT_GNU_BUILD_ID &&
		    !memcmp(note + 12, owner, sizeof(owner)))
			return room <= BUILD_ID_MAX && back + length <= room;
	}
	return false;
}

/* @size: of the bytes from @at on; @differ of them do. */
static int add_run(const struct section_pair *pair, const struct atom *p, const struct atom *q, uint64_t at,
		   uint64_t size, uint64_t differ)
{
	autofree char *before = NULL, *after = NULL;
	bool is_string = false;
	int ret;

	if (text_begins(p->section->name, ".note.gnu.build-id"))
		return explain_add(pair, EXPLAIN_BUILD_ID, p->section->name, NULL, NULL, p->offset + at, q->offset + at,
				   differ);
	if (is_inner_build_id(pair->bytes[0] + p->offset, p->size, at, size) &&
	    is_inner_build_id(pair->bytes[1] + q->offset, q->size, at, size))
		return explain_add(pair, EXPLAIN_BUILD_ID, *p->name ? p->name : p->section->name, NULL, NULL,
				   p->offset + at, q->offset + at, differ);
	if (p->is_function)
		return explain_add(pair, EXPLAIN_FUNCTION, p->name, NULL, NULL, p->offset + at, q->offset + at, differ);
	ret = add_string(pair, p, q, at, differ, &is_string);
	if (ret || is_string)
		return ret;
	before = explain_value(pair->bytes[0] + p->offset + at, size);
	after = explain_value(pair->bytes[1] + q->offset + at, size);
	if (!before || !after)
		return -ENOMEM;
	return explain_add_at(pair, *p->name ? EXPLAIN_DATA : EXPLAIN_BYTES, p, before, after, p->offset + at,
			      q->offset + at, differ);
}

/* Of one size: run by run; equal bytes that are few between two runs belong to them. */
static int compare_runs(const struct section_pair *pair, const struct atom *p, const struct atom *q)
{
	enum { APART = 8 };
	const uint8_t *x = pair->bytes[0] + p->offset, *y = pair->bytes[1] + q->offset;
	uint64_t at = 0, moved = 0;
	int ret = 0;

	while (!ret && at < p->size) {
		uint64_t end, differ = 0, same = 0;

		if (x[at] == y[at]) {
			at++;
			continue;
		}
		end = address_moved(pair, p, q, at);
		if (end > at) {
			for (; at < end; at++)
				moved += x[at] != y[at];
			continue;
		}
		for (end = at; end < p->size && same < APART &&
			       (end == at || x[end] == y[end] || !address_moved(pair, p, q, end));
		     end++) {
			differ += x[end] != y[end];
			same = x[end] == y[end] ? same + 1 : 0;
		}
		ret = add_run(pair, p, q, at, end - same - at, differ);
		at = end;
	}
	return ret ? ret : explain_follow(pair, FOLLOWS_ADDRESS, moved);
}

/* ------------------------------------------------------------------------------------------------------------- atoms
 */

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool is_fill_atom(const struct section_pair *pair, int side, const struct atom *atom)
{
	return is_fill(elfsect_view_header(pair->work->sides[side].view)->machine, pair->bytes[side] + atom->offset,
		       atom->size);
}

/*
 * Code without a symbol of its own may be followed by other fill: how many bytes come first in both. 0: it is not so.
 * They may part within the first instruction of the fill.
 */
static uint64_t before_other_fill(const struct section_pair *pair, const struct atom *p, const struct atom *q)
{
	enum { LONGEST_NOP = 15 };
	const uint8_t *x = pair->bytes[0] + p->offset, *y = pair->bytes[1] + q->offset;
	const uint16_t machine = elfsect_view_header(pair->work->sides[0].view)->machine;
	const uint64_t least = smaller(p->size, q->size);

	for (uint64_t back = 0; back <= LONGEST_NOP && back < least; back++)
		if (is_fill(machine, x + least - back, p->size - least + back) &&
		    is_fill(machine, y + least - back, q->size - least + back))
			return least - back;
	return 0;
}

/* What lies between symbols may be fill, or strings that a linker has merged. */
static int compare_gaps(const struct section_pair *pair, const struct atom *p, const struct atom *q)
{
	const bool is_code = p->section->flags & SHF_EXECINSTR;
	const uint64_t code = is_code && p->size != q->size ? before_other_fill(pair, p, q) : 0;

	if (is_fill_atom(pair, 0, p) && is_fill_atom(pair, 1, q))
		return explain_follow_padding(pair, p, q, larger(p->size, q->size));
	if (code) {
		struct atom a = *p, b = *q;

		a.size = b.size = code;
		return compare_runs(pair, &a, &b)
			       ?: explain_follow_padding(pair, p, q, larger(p->size, q->size) - code);
	}
	if (p->size == q->size)
		return compare_runs(pair, p, q);
	pair->work->moved = true;
	return explain_strings(pair, p->offset, p->size, q->offset, q->size);
}

static int compare_sizes(const struct section_pair *pair, const struct atom *p, const struct atom *q)
{
	char before[32], after[32];
	bool is_string = false;
	int ret;

	pair->work->moved = true;
	if (!p->is_function) {
		ret = add_string(pair, p, q, 0, larger(p->size, q->size), &is_string);
		if (ret || is_string)
			return ret;
	}
	snprintf(before, sizeof(before), "%ju bytes", (uintmax_t)p->size);
	snprintf(after, sizeof(after), "%ju bytes", (uintmax_t)q->size);
	return explain_add(pair, p->is_function ? EXPLAIN_FUNCTION : EXPLAIN_DATA, p->name, before, after, p->offset,
			   q->offset, larger(p->size, q->size));
}

static uint64_t count_differing(const uint8_t *x, const uint8_t *y, uint64_t size)
{
	uint64_t differ = 0;

	for (uint64_t i = 0; i < size; i++)
		differ += x[i] != y[i];
	return differ;
}

static int compare_excluded(const struct section_pair *pair, const struct atom *p, const struct atom *q)
{
	const uint64_t bytes =
		p->size == q->size ? count_differing(pair->bytes[0] + p->offset, pair->bytes[1] + q->offset, p->size)
				   : larger(p->size, q->size);

	pair->work->moved |= p->size != q->size;
	return explain_add(pair, EXPLAIN_EXCLUDED, p->name, NULL, NULL, p->offset, q->offset, bytes);
}

static int compare_atoms(const struct section_pair *pair, const struct atom *p, const struct atom *q)
{
	const uint8_t *x = pair->bytes[0] + p->offset, *y = pair->bytes[1] + q->offset;
	bool is_order;
	int ret;

	if (p->size == q->size && !memcmp(x, y, p->size))
		return 0;
	if (p->is_excluded)
		return compare_excluded(pair, p, q);
	ret = explain_entry_order(pair, p, q, &is_order);
	if (ret || is_order)
		return ret;
	if (text_begins(p->name, "kallsyms_"))
		return explain_follow(pair, FOLLOWS_KALLSYMS, larger(p->size, q->size));
	if (!p->is_behind && !strcmp(p->name, "kernel_config_data"))
		return explain_config(pair, p, q);
	if (!p->is_behind && !strcmp(p->name, "kernel_headers_data"))
		return explain_add(pair, EXPLAIN_HEADERS, p->name, NULL, NULL, p->offset, q->offset,
				   larger(p->size, q->size));
	if (p->is_gap)
		return compare_gaps(pair, p, q);
	return p->size == q->size ? compare_runs(pair, p, q) : compare_sizes(pair, p, q);
}

static int add_alone(const struct section_pair *pair, const struct atom *atom, int side)
{
	const uint64_t here[2] = {side ? 0 : atom->offset, side ? atom->offset : 0};

	if (atom->is_gap && is_fill_atom(pair, side, atom))
		return explain_follow_padding(pair, side ? NULL : atom, side ? atom : NULL, atom->size);
	pair->work->moved = true;
	if (atom->is_excluded)
		return explain_add(pair, EXPLAIN_EXCLUDED, atom->name, NULL, NULL, here[0], here[1], atom->size);
	if (atom->is_gap && !*atom->name)
		return explain_add(pair, EXPLAIN_BYTES, atom->section->name, NULL, NULL, here[0], here[1], atom->size);
	return explain_add_at(pair, side ? EXPLAIN_ADDED : EXPLAIN_REMOVED, atom, NULL, NULL, here[0], here[1],
			      atom->size);
}

/* All gaps of a section that are no fill, one behind the other. */
static uint8_t *gather_gaps(const struct section_pair *pair, int side, uint64_t *size)
{
	const struct symbols *s = &pair->work->symbols[side];
	const uint32_t section = pair->sections[side]->index;
	uint8_t *all = malloc(pair->sections[side]->size + 1);

	*size = 0;
	for (size_t n = s->first[section]; all && n < s->first[section + 1]; n++) {
		const struct atom *atom = &s->list[n];

		if (!atom_is_between(atom) || is_fill_atom(pair, side, atom))
			continue;
		memcpy(all + *size, pair->bytes[side] + atom->offset, atom->size);
		*size += atom->size;
	}
	return all;
}

/* Where symbols are in another order what lies between them belongs to none of them: all of it together, as strings. */
static int compare_all_gaps(const struct section_pair *pair)
{
	uint64_t sizes[2];
	uint8_t *gaps[2] = {gather_gaps(pair, 0, &sizes[0]), gather_gaps(pair, 1, &sizes[1])};
	const struct section_pair together = {pair->work, {pair->sections[0], pair->sections[1]}, {gaps[0], gaps[1]}};
	int ret = gaps[0] && gaps[1] ? explain_strings(&together, 0, sizes[0], 0, sizes[1]) : -ENOMEM;

	free(gaps[0]);
	free(gaps[1]);
	return ret;
}

int explain_atoms(const struct section_pair *pair)
{
	const struct symbols *a = &pair->work->symbols[0], *b = &pair->work->symbols[1];
	const uint32_t i = pair->sections[0]->index, k = pair->sections[1]->index;
	bool other_order;
	int ret = explain_symbol_order(pair, &other_order);

	/* Code without a symbol is of the file whose function it follows. */
	other_order &= !(pair->sections[0]->flags & SHF_EXECINSTR);
	for (size_t n = a->first[i]; n < a->first[i + 1] && !ret; n++)
		if (!other_order || !atom_is_between(&a->list[n]))
			ret = a->list[n].mate ? compare_atoms(pair, &a->list[n], a->list[n].mate)
					      : add_alone(pair, &a->list[n], 0);
	for (size_t n = b->first[k]; n < b->first[k + 1] && !ret; n++)
		if (!b->list[n].mate && (!other_order || !atom_is_between(&b->list[n])))
			ret = add_alone(pair, &b->list[n], 1);
	return ret || !other_order ? ret : compare_all_gaps(pair);
}
