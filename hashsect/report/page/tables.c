// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/page/tables.h"

#include <inttypes.h>
#include <string.h>

#include "report/left_out.h"

/* Which sides there are: "A", "B", or if there is one only, nothing. */
static const char *letter(const struct manifest *b, int side)
{
	return !b ? "" : side ? "B" : "A";
}

static void print_side(const char *name, const struct manifest *m, FILE *out)
{
	fprintf(out, "<dt>%s</dt><dd>", *name ? name : "File");
	page_code(out, m->path);
	fputs("<span class=\"place\">", out);
	page_code(out, m->digest);
	fputs("</span></dd>\n", out);
}

void sides_list(const struct manifest *a, const struct manifest *b, FILE *out)
{
	fputs("<dl>\n", out);
	print_side(letter(b, 0), a, out);
	if (b)
		print_side(letter(b, 1), b, out);
	fputs("</dl>\n", out);
}

/* ------------------------------------------------------------------------------------------------------ exclusions */

static void ranges_cell(struct page_table *t, const struct manifest_exclusion *e)
{
	page_cell(t);
	for (size_t i = 0; i < e->range_count; i++) {
		fputs("<span class=\"place\">", t->out);
		page_code(t->out, e->ranges[i].section);
		fprintf(t->out, "+0x%" PRIx64 ", ", e->ranges[i].offset);
		page_size(t->out, e->ranges[i].length);
		fputs("</span>", t->out);
	}
	page_cell_end(t);
}

static void contents_cell(struct page_table *t, const struct manifest_exclusion *e)
{
	page_cell(t);
	for (size_t i = 0; i < e->piece_count; i++) {
		fputs("<span class=\"place\">", t->out);
		page_size(t->out, e->pieces[i].size);
		fputs(" of ", t->out);
		page_text(t->out, e->pieces[i].what);
		fputs("</span>", t->out);
	}
	for (size_t i = 0; i < e->content_count; i++) {
		fputs("<span class=\"place\">", t->out);
		page_text(t->out, e->contents[i]);
		fputs("</span>", t->out);
	}
	page_cell_end(t);
}

static void status_cell(struct page_table *t, const struct manifest_exclusion *e)
{
	page_cell(t);
	fputs(exclusion_status_name(e->status), t->out);
	if (e->evidence) {
		fputs(": ", t->out);
		page_text(t->out, e->evidence);
	}
	page_cell_end(t);
}

static void exclusion_row(struct page_table *t, const char *side, const struct manifest_exclusion *e, const char *same)
{
	page_row(t);
	page_cell(t);
	page_code(t->out, e->rule);
	if (*side)
		fprintf(t->out, ", %s%s", side, same);
	page_cell_end(t);
	ranges_cell(t, e);
	contents_cell(t, e);
	status_cell(t, e);
	page_cell_text(t, e->reason);
	page_row_end(t);
}

static bool leaves_something(const struct manifest_exclusion *e)
{
	return e->range_count || e->content_count;
}

void exclusions_part(const struct manifest *a, const struct manifest *b, FILE *out)
{
	static const char *const heads[] = {"Rule", "Place", "What it is", "Status", "Reason"};
	struct page_table t;

	page_part(out, "Left out of the digest");
	t = page_table(out, "Each rule of the policy, and the bytes that it leaves out", heads,
		       sizeof(heads) / sizeof(*heads));
	for (size_t i = 0; i < a->exclusion_count; i++) {
		const struct manifest_exclusion *p = &a->exclusions[i];
		const struct manifest_exclusion *q = b && i < b->exclusion_count ? &b->exclusions[i] : NULL;
		const char *same = !q ? "" : exclusion_equal(p, q) ? ": the same in both" : ": different";

		if (leaves_something(p))
			exclusion_row(&t, letter(b, 0), p, same);
		if (q && leaves_something(q))
			exclusion_row(&t, letter(b, 1), q, same);
	}
	page_table_end(&t);
	page_part_end(out);
}

/* ---------------------------------------------------------------------------------------------------- certificates */

static void named_line(FILE *out, const char *name, const char *value, bool is_code)
{
	if (!*value)
		return;
	fprintf(out, "<span class=\"place\">%s ", name);
	(is_code ? page_code : page_text)(out, value);
	fputs("</span>", out);
}

struct page_table certificate_table(FILE *out, const char *caption, const char *where, const char *last)
{
	/* Kept until the table ends, as there is one at a time. */
	static const char *heads[6];

	memcpy(heads, (const char *[]){where, "Subject", "Key", "Identity", "Valid", last}, sizeof(heads));
	return page_table(out, caption, heads, sizeof(heads) / sizeof(*heads));
}

void certificate_cells(struct page_table *t, const struct elfsect_certificate *c)
{
	page_cell(t);
	page_text(t->out, c->subject);
	if (!c->self_issued)
		named_line(t->out, "issued by", c->issuer, false);
	if (c->is_ca)
		fputs("<span class=\"place\">may certify others</span>", t->out);
	page_cell_end(t);
	page_cell_text(t, c->key_type);
	page_cell(t);
	named_line(t->out, "sha256", c->fingerprint, true);
	named_line(t->out, "serial", c->serial, true);
	named_line(t->out, "key id", c->key_id, true);
	page_cell_end(t);
	page_cell(t);
	named_line(t->out, "from", c->not_before, false);
	named_line(t->out, "to", c->not_after, false);
	page_cell_end(t);
}

static size_t count_certificates(const struct manifest *m)
{
	size_t count = 0;

	for (size_t i = 0; m && i < m->exclusion_count; i++)
		count += m->exclusions[i].certificate_count;
	return count;
}

static void certificate_rows(struct page_table *t, const char *side, const struct manifest *m)
{
	for (size_t i = 0; m && i < m->exclusion_count; i++) {
		for (size_t k = 0; k < m->exclusions[i].certificate_count; k++) {
			const struct elfsect_certificate *c = &m->exclusions[i].certificates[k];

			page_row(t);
			page_cell(t);
			fprintf(t->out, "%s%s", side, *side ? ", " : "");
			page_code(t->out, m->exclusions[i].rule);
			page_cell_end(t);
			certificate_cells(t, c);
			page_cell(t);
			page_number(t->out, c->free_bytes);
			fputs(" of ", t->out);
			page_number(t->out, c->size);
			page_cell_end(t);
			page_row_end(t);
		}
	}
}

void certificates_part(const struct manifest *a, const struct manifest *b, FILE *out)
{
	struct page_table t;

	if (!count_certificates(a) && !count_certificates(b))
		return;
	page_part(out, "Certificates");
	t = certificate_table(out, "Certificates among the excluded bytes. Free bytes are those that their maker chose",
			      "Where", "Free bytes");
	certificate_rows(&t, letter(b, 0), a);
	certificate_rows(&t, letter(b, 1), b);
	page_table_end(&t);
	page_part_end(out);
}

/* ---------------------------------------------------------------------------------------------------------- layers */

static void layer_rows(struct page_table *t, const char *side, const struct manifest *m)
{
	for (size_t i = 0; m && i < m->layer_count; i++) {
		const struct manifest_layer *layer = &m->layers[i];

		page_row(t);
		page_cell(t);
		fprintf(t->out, "%s%s", side, *side ? ", " : "");
		page_text(t->out, layer->kind);
		page_cell_end(t);
		page_cell_number(t, layer->size);
		page_cell_text(t, layer->counted ? "yes" : "no");
		page_cell(t);
		page_text(t->out, layer->text);
		for (size_t k = 0; k < layer->piece_count; k++) {
			fputs("<span class=\"place\">", t->out);
			page_text(t->out, layer->pieces[k].name);
			fputs(": ", t->out);
			page_size(t->out, layer->pieces[k].size);
			fputs("</span>", t->out);
		}
		page_cell_end(t);
		page_row_end(t);
	}
}

void layers_part(const struct manifest *a, const struct manifest *b, FILE *out)
{
	static const char *const heads[] = {"Layer", "Bytes", "Counted", "What it is"};
	struct page_table t;

	if (!a->layer_count && !(b && b->layer_count))
		return;
	page_part(out, "Layers");
	t = page_table(out, "What was peeled off, outermost first", heads, sizeof(heads) / sizeof(*heads));
	layer_rows(&t, letter(b, 0), a);
	layer_rows(&t, letter(b, 1), b);
	page_table_end(&t);
	page_part_end(out);
}
