// SPDX-License-Identifier: LGPL-2.1-or-later
/* The canonical records as text: FORMAT.md section 10. */
#include <unistd.h>
#include <stdio.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "digest/digest.h"
#include "digest/heads.h"
#include "base/error.h"
#include "base/text.h"
#include "base/options.h"

struct printer {
	const struct analysis *a;
	const struct elfsect_view *view;
	int (*write)(void *context, const char *text, size_t length);
	void *context;
	int status;
	char text[65536];
	size_t used;
};

static void flush(struct printer *p)
{
	if (!p->status && p->used)
		p->status = p->write(p->context, p->text, p->used);
	p->used = 0;
}

static void emit(struct printer *p, const char *text, size_t length)
{
	while (length) {
		const size_t room = sizeof(p->text) - p->used, piece = length < room ? length : room;

		memcpy(p->text + p->used, text, piece);
		p->used += piece;
		text += piece;
		length -= piece;
		if (p->used == sizeof(p->text))
			flush(p);
	}
}

__attribute__((format(printf, 2, 3))) static void print(struct printer *p, const char *format, ...)
{
	char text[512]; /* no format here comes near */
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	emit(p, text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

/* Q() of FORMAT.md section 10: as for machines, and the quote too. */
static void print_quoted(struct printer *p, const char *name)
{
	char piece[512];

	emit(p, "\"", 1);
	while (*name) {
		const size_t quote = strcspn(name, "\""), part = quote < 100 ? quote : 100;

		emit(p, piece, text_escape(TEXT_FOR_MACHINES, name, part, piece, sizeof(piece)));
		name += part;
		if (!part) {
			emit(p, "\\x22", 4);
			name++;
		}
	}
	emit(p, "\"", 1);
}

static void print_hex(struct printer *p, const uint8_t *bytes)
{
	char hex[2 * HASHSECT_HASH_MAX + 1];

	text_hex(bytes, p->a->tree.hash_size, hex, sizeof(hex));
	print(p, "%s\n", hex);
}

static void print_leaves(struct printer *p, const struct part *part)
{
	for (uint64_t i = 0; i < part->leaf_count; i++) {
		print(p, "  leaf %" PRIu64 " ", i);
		print_hex(p, p->a->tree.leaves + (part->first_leaf + i) * p->a->tree.hash_size);
	}
}

static void print_policy(struct printer *p, const struct part *part)
{
	const char *line = (const char *)part->bytes, *end;

	print(p, "policy\n");
	for (; *line; line = end + 1) {
		end = strchr(line, '\n');
		emit(p, "  ", 2);
		emit(p, line, (size_t)(end - line) + 1);
	}
}

static void print_exclusion(struct printer *p, const struct exclusion *e, const struct part *part)
{
	print(p, "exclusion ");
	print_quoted(p, e->rule->name);
	print(p, " %c residue=%" PRIu64 "\n", e->resolution, e->residue_size);
	for (size_t i = 0; i < e->mask_count; i++)
		print(p, "  mask %u 0x%" PRIx64 " %" PRIu64 "\n", p->a->numbers.sections[e->masks[i].section],
		      e->masks[i].offset, e->masks[i].length);
	for (size_t i = 0; i < p->a->resolution.known.count; i++) {
		const struct known_symbol *known = &p->a->resolution.known.list[i];

		if (!exclusion_names(e, known))
			continue;
		print(p, "  name ");
		print_quoted(p, known->name);
		print(p, " %u 0x%" PRIx64 " %" PRIu64 "\n", p->a->numbers.sections[known->symbol.section],
		      symbol_position(p->view, &known->symbol), known->symbol.size);
	}
	print_leaves(p, part);
}

static void print_header(struct printer *p)
{
	const struct elfsect_header *h = elfsect_view_header(p->view);

	print(p,
	      "header class=%u data=%u osabi=%u abiversion=%u type=%u machine=%u version=%u entry=0x%" PRIx64
	      " flags=0x%x\n",
	      h->elf_class, h->data, h->osabi, h->abiversion, h->type, h->machine, h->version, h->entry, h->flags);
}

static void print_segment(struct printer *p, const struct elfsect_segment *s)
{
	print(p,
	      "segment type=0x%x flags=0x%x vaddr=0x%" PRIx64 " paddr=0x%" PRIx64 " filesz=%" PRIu64 " memsz=%" PRIu64
	      " align=0x%" PRIx64 " header=%u offset=0x%" PRIx64 "\n",
	      s->type, s->flags, s->vaddr, s->paddr, s->filesz, s->memsz, s->align, segment_holds_header(s),
	      segment_place(&p->a->records, s));
}

/* ----------------------------------------------------------------------------------------------------- sections */

static void print_symbols(struct printer *p)
{
	for (uint32_t i = 1, n = elfsect_symbol_count(p->view); i < n && !p->status; i++) {
		struct elfsect_symbol s;

		if (!symbol_is_counted(&p->a->numbers, i))
			continue;
		s = elfsect_symbol_get(p->view, i);
		print(p, "  symbol %u ", p->a->numbers.symbols[i]);
		print_quoted(p, s.name);
		print(p, " info=0x%x other=0x%x section=%u value=0x%" PRIx64 " size=%" PRIu64 "\n", s.info, s.other,
		      symbol_section_number(&p->a->records, &s), s.value, s.size);
	}
}

static void print_relocations(struct printer *p, const struct elfsect_section *section)
{
	for (uint64_t i = 0, n = elfsect_relocation_count(p->view, section); i < n && !p->status; i++) {
		const struct elfsect_relocation r = elfsect_relocation_get(p->view, section, i);
		const uint32_t number = p->a->numbers.symbols[r.symbol];

		print(p, "  reloc 0x%" PRIx64 " 0x%x ", r.offset, r.type);
		if (number >= NUMBER_POLICY_SYMBOL)
			print(p, "!%s", elfsect_symbol_get(p->view, r.symbol).name);
		else
			print(p, "%u", number);
		print(p, " %" PRId64 "\n", r.addend);
	}
}

static void print_group(struct printer *p, const struct part *part)
{
	print(p, "  group 0x%x", load_u32(part->bytes, ELFDATA2LSB));
	for (uint64_t at = 4; at < part->size; at += 4)
		print(p, " %u", load_u32(part->bytes + at, ELFDATA2LSB));
	print(p, "\n");
}

static void print_section(struct printer *p, const struct part *part)
{
	const struct elfsect_section *s = part->section;
	const struct section_fields f = section_fields(&p->a->records, s);

	print(p, "section %u ", part->number);
	print_quoted(p, part->name);
	print(p,
	      " type=0x%x flags=0x%" PRIx64 " addr=0x%" PRIx64 " size=%" PRIu64 " align=%" PRIu64 " entsize=%" PRIu64
	      " link=%u info=%" PRIu64 "\n",
	      s->type, s->flags, f.addr, f.size, s->align, s->entsize, f.link, f.info);
	if (part->source == SOURCE_SYMBOLS)
		print_symbols(p);
	else if (part->source == SOURCE_RELOCATIONS)
		print_relocations(p, part->section);
	else if (part->section->type == SHT_GROUP)
		print_group(p, part);
	else
		print_leaves(p, part);
}

static void print_parts(struct printer *p)
{
	const struct records *records = &p->a->records;
	uint32_t count;
	const struct elfsect_segment *segment = elfsect_view_segments(p->view, &count);
	const struct exclusion *exclusion = p->a->resolution.exclusions;

	for (size_t i = 0; i < records->part_count && !p->status; i++) {
		const struct part *part = &records->parts[i];

		switch (part->kind) {
		case PART_POLICY:
			print_policy(p, part);
			break;
		case PART_EXCLUSION:
			print_exclusion(p, exclusion++, part);
			break;
		case PART_HEADER:
			print_header(p);
			break;
		case PART_SEGMENT:
			print_segment(p, segment++);
			break;
		case PART_SECTION:
			print_section(p, part);
			break;
		case PART_TRAILER:
			print(p, "trailer %" PRIu64 "\n", part->size);
			print_leaves(p, part);
			break;
		case PART_SURROUNDING:
			print(p, "surrounding ");
			print_quoted(p, part->name);
			print(p, " %" PRIu64 "\n", part->size);
			print_leaves(p, part);
			break;
		}
		print(p, "  part ");
		print_hex(p, p->a->tree.parts + i * p->a->tree.hash_size);
	}
}

int hashsect_dump(const struct elfsect_view *view, const struct hashsect_options *options,
		  int (*write)(void *context, const char *text, size_t length), void *context,
		  struct elfsect_error *error)
{
	struct hashsect_options own;
	struct analysis a;
	struct printer *p;
	int ret = options_take(&own, sizeof(own), options, "hashsect_options", error);

	if (!ret)
		ret = analysis_make(view, &own, &a, error);
	if (ret)
		return ret;
	p = malloc(sizeof(*p));
	if (!p) {
		analysis_clear(&a);
		return failure_errno(error, ENOMEM, "%s: dump", elfsect_view_name(view));
	}
	*p = (struct printer){.a = &a, .view = view, .write = write, .context = context};
	print(p, "hashsect-dump %u %s %s\n", HASHSECT_SCHEME, a.tree.hash_name,
	      own.scope == HASHSECT_SCOPE_LOADED ? "loaded" : "file");
	print_parts(p);
	print(p, "digest ");
	print_hex(p, a.tree.root);
	flush(p);
	ret = p->status;
	free(p);
	analysis_clear(&a);
	return ret ? failure_errno(error, -ret, "writing the dump") : 0;
}
