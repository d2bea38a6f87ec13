// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Relocations around a range that moves. Those that patch the range move with it. Those that point into it by the
 * number "section + addend" are tied to a symbol at its start. Those that name a symbol follow by themselves.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "draft/encode.h"
#include "edit/isolate_references.h"
#include "view/relocation_types.h"

/*
 * How far an addend may be off its target. A place-relative one in code: x86 counts from the end of an instruction, up
 * to 8 bytes behind the field. Others in code: compilers fold the constant part of an index into an absolute address
 * (array[i - 100]), and section anchors leave an offset to the next instruction. There is no bound; this one is far
 * more than usual, and less than what lies next to the keyring in real kernels.
 */
enum { BIAS = 8, FOLDED = 512 };

struct relocations {
	struct isolation *job;
	const struct elfsect_section *header; /* in the view */
	uint64_t entsize;
	uint8_t *moved; /* owned; of the range */
	uint64_t moved_count;
	uint64_t kept_count;
};

struct field {
	uint8_t *bytes;	    /* in the draft; NULL for RELA */
	unsigned int width; /* if it is a plain integer, or 0 */
	bool relative;
};

static int fail(const struct relocations *t, const struct elfsect_relocation *r, const char *reason,
		struct elfsect_error *error)
{
	const struct isolation *job = t->job;
	const struct elfsect_view *view = job->draft->view;

	return failure(error, EBUSY, "%s: section %u (%s): relocation of type %u at 0x%jx of %s: %s", view->name,
		       t->header->index, t->header->name, r->type, (uintmax_t)r->offset,
		       view->sections[t->header->info].name, reason);
}

/* Whether a relocation patches the range; one that patches a part of it is an error. */
static int patches_range(const struct relocations *t, const struct elfsect_relocation *r, bool *patches,
			 struct elfsect_error *error)
{
	const struct isolation *job = t->job;
	const unsigned int width = relocation_patched_width(job->draft->view->header.machine, r->type);
	uint64_t end;

	*patches = false;
	if (t->header->info != job->from->index)
		return 0;
	if (!add_u64(r->offset, width, &end))
		end = UINT64_MAX;
	*patches = r->offset >= job->start && r->offset < job->end;
	if (*patches ? end > job->end : r->offset < job->start && end > job->start)
		return fail(t, r, "it patches bytes on both sides of an edge of the range", error);
	return 0;
}

/* ------------------------------------------------------------------------------------------------------- addends */

/* Where a REL relocation keeps its addend, after the range has moved. */
static uint8_t *field_bytes(const struct relocations *t, const struct elfsect_relocation *r, bool patches,
			    unsigned int width)
{
	const struct isolation *job = t->job;
	const uint32_t target = patches ? job->to : t->header->info;
	const uint64_t offset = patches ? r->offset - job->start : r->offset;
	uint8_t *bytes;

	if (!range_inside(offset, width, job->draft->sections[target].header.size))
		return NULL;
	bytes = draft_own(job->draft, target);
	return bytes ? bytes + offset : NULL;
}

static int64_t sign_extend(uint64_t value, unsigned int width)
{
	const unsigned int unused = 64 - 8 * width;

	return (int64_t)(value << unused) >> unused;
}

/* r->addend for REL too, if the field is a plain integer. Others stay unread: field->width is 0 then. */
static int read_addend(const struct relocations *t, struct elfsect_relocation *r, bool patches, struct field *field,
		       struct elfsect_error *error)
{
	const struct elfsect_view *view = t->job->draft->view;

	*field = (struct field){0};
	field->width = relocation_integer_width(view->header.machine, r->type, &field->relative);
	if (t->header->type == SHT_RELA || !field->width)
		return 0;
	field->bytes = field_bytes(t, r, patches, field->width);
	if (!field->bytes)
		return fail(t, r, "its field is not in a section with bytes", error);
	r->addend = sign_extend(elfsect_load(view, field->bytes, field->width), field->width);
	return 0;
}

static int write_addend(const struct relocations *t, const struct elfsect_relocation *r, const struct field *field,
			struct elfsect_error *error)
{
	const uint8_t data = t->job->draft->view->header.data;

	if (!field->bytes)
		return 0;
	if (sign_extend((uint64_t)r->addend, field->width) != r->addend)
		return fail(t, r, "the new addend does not fit into its field", error);
	if (field->width == 1)
		*field->bytes = (uint8_t)r->addend;
	else if (field->width == 2)
		store_u16(field->bytes, data, (uint16_t)r->addend);
	else if (field->width == 4)
		store_u32(field->bytes, data, (uint32_t)r->addend);
	else
		store_u64(field->bytes, data, (uint64_t)r->addend);
	return 0;
}

/* Sums of numbers from a file stay where they cannot be mistaken for a place in a section. */
static int64_t add_saturated(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? (b < 0 ? INT64_MIN : INT64_MAX) : sum;
}

/* Instructions of no plain form that hold the distance to the very target: s390's larl and brasl. */
static bool is_exact_distance(const struct relocations *t, const struct elfsect_relocation *r)
{
	return t->job->draft->view->header.machine == EM_S390 &&
	       (r->type == R_390_PC32DBL || r->type == R_390_PLT32DBL);
}

/*
 * The lowest and highest place that "base + addend" may mean.
 *
 * In data an absolute field means exactly what it says. A place-relative one may be a distance from anywhere in its
 * section:
 * ".long target - table" becomes target + (place - table); so may one whose type is not known. In code compilers bias
 * the addend.
 */
static void target_bounds(const struct relocations *t, const struct elfsect_relocation *r, const struct field *field,
			  int64_t at, int64_t *low, int64_t *high)
{
	const struct elfsect_section *place = &t->job->draft->view->sections[t->header->info];
	const bool code = place->flags & SHF_EXECINSTR;
	const int64_t bias = code && !field->relative && !is_exact_distance(t, r) ? FOLDED : BIAS;

	*low = *high = at;
	if (field->width && !field->relative && !code)
		return;
	*low = add_saturated(at, -bias);
	*high = add_saturated(at, bias);
	if ((field->relative || !field->width) && !code && r->offset <= place->size) {
		*low = add_saturated(*low, -(int64_t)r->offset);
		*high = add_saturated(*high, (int64_t)(place->size - r->offset));
	}
}

/* ---------------------------------------------------------------------------------------------------- references */

/* 1: all of [low, high] is inside the range, -1: all is outside, 0: neither. */
static int side(const struct isolation *job, int64_t low, int64_t high)
{
	const int64_t start = (int64_t)job->start, end = (int64_t)job->end;

	if (low >= start && high < end)
		return 1;
	return high < start || low >= end ? -1 : 0;
}

/* "section + addend": tie it to the anchor if it means the range. */
static int redirect(const struct relocations *t, struct elfsect_relocation *r, const struct field *field, bool *changed,
		    struct elfsect_error *error)
{
	const struct isolation *job = t->job;
	int64_t low, high;

	if (t->header->type == SHT_REL && !field->width)
		return fail(t, r, "it refers to the section by number, in a form that is not known", error);
	target_bounds(t, r, field, r->addend, &low, &high);
	switch (side(job, low, high)) {
	case -1:
		return 0;
	case 0:
		return fail(t, r, "it cannot be decided whether it refers to the range or to what is next to it",
			    error);
	}
	if (!job->anchor)
		return fail(t, r, "it refers to the range by number, and no symbol stands at the range's start", error);
	r->symbol = job->anchor;
	r->addend -= (int64_t)job->start;
	*changed = true;
	return write_addend(t, r, field, error);
}

/* "symbol + addend" must mean the side on which the symbol is. Fields that cannot be read are taken to. */
static int check_side(const struct relocations *t, const struct elfsect_relocation *r, const struct field *field,
		      const struct elfsect_symbol *symbol, struct elfsect_error *error)
{
	const struct isolation *job = t->job;
	const bool moves = symbol->value >= job->start && symbol->value < job->end;
	int64_t low, high;
	int where;

	if (!r->addend || (t->header->type == SHT_REL && !field->width))
		return 0;
	target_bounds(t, r, field, add_saturated((int64_t)symbol->value, r->addend), &low, &high);
	where = side(job, low, high);
	/* A pointer to the end of what a symbol names is that symbol's. */
	if ((moves && where == -1 && low == high && low == (int64_t)job->end) || !where || moves == (where == 1))
		return 0;
	return fail(t, r, "its symbol is on one side of the range's edge, what it refers to on the other", error);
}

static int one_relocation(struct relocations *t, uint64_t index, struct elfsect_error *error)
{
	struct isolation *job = t->job;
	const struct elfsect_view *view = job->draft->view;
	struct elfsect_relocation r = elfsect_relocation_get(view, t->header, index);
	const struct elfsect_symbol *symbol = &job->draft->symbols[r.symbol].entry;
	bool patches, changed = false;
	struct field field = {0};
	uint8_t *bytes;
	int ret;

	ret = patches_range(t, &r, &patches, error);
	if (!ret && symbol->section == job->from->index) {
		ret = read_addend(t, &r, patches, &field, error);
		if (!ret && ELF64_ST_TYPE(symbol->info) == STT_SECTION)
			ret = redirect(t, &r, &field, &changed, error);
		else if (!ret)
			ret = check_side(t, &r, &field, symbol, error);
	}
	if (ret)
		return ret;
	if (patches) {
		r.offset -= job->start;
		encode_relocation(view, t->header->type, t->moved + t->moved_count++ * t->entsize, &r);
		return 0;
	}
	if (changed || t->kept_count != index) {
		bytes = draft_own(job->draft, t->header->index);
		if (!bytes)
			return failure_errno(error, ENOMEM, "%s: relocations", view->name);
		encode_relocation(view, t->header->type, bytes + t->kept_count * t->entsize, &r);
	}
	t->kept_count++;
	return 0;
}

/* A relocation section for what has moved; the old one shrinks. */
static int split(struct relocations *t, struct elfsect_error *error)
{
	struct isolation *job = t->job;
	struct elfsect_section header = *t->header;
	uint8_t *kept;
	uint32_t index;

	if (!t->moved_count)
		return 0;
	kept = draft_own(job->draft, t->header->index);
	header.name = draft_string(job->draft, "%s%s", header.type == SHT_RELA ? ".rela" : ".rel", job->into);
	header.info = job->to;
	header.size = t->moved_count * t->entsize;
	if (!kept || !header.name)
		return failure_errno(error, ENOMEM, "%s: relocations", job->draft->view->name);
	job->draft->sections[t->header->index].header.size = t->kept_count * t->entsize;
	return draft_add_section(job->draft, &header, steal(t->moved), &index, error);
}

int isolate_references(struct isolation *job, struct elfsect_error *error)
{
	const struct elfsect_view *view = job->draft->view;
	int ret = 0;

	for (uint32_t i = 1; i < view->header.shnum && !ret; i++) {
		struct relocations t = {.job = job, .header = &view->sections[i]};
		const uint64_t count =
			elfsect_relocations_are_symbolic(view, t.header) ? elfsect_relocation_count(view, t.header) : 0;

		if (!count)
			continue;
		t.entsize = relocation_entsize(view, t.header->type);
		if (t.header->info == job->from->index) {
			t.moved = malloc(t.header->size);
			if (!t.moved)
				return failure_errno(error, ENOMEM, "%s: relocations", view->name);
		}
		for (uint64_t j = 0; j < count && !ret; j++)
			ret = one_relocation(&t, j, error);
		if (!ret)
			ret = split(&t, error);
		free(t.moved);
	}
	return ret;
}
