// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>

#include "report/page/pages.h"
#include "report/page/section_map.h"
#include "report/page/tables.h"

/* A page has to open on a phone too. */
enum { FINDINGS_MAX = 1000 };

static void finding_row(struct page_table *t, const struct audit_finding *f)
{
	const bool is_key = f->kind == AUDIT_PRIVATE_KEY || f->kind == AUDIT_PUBLISHED_KEY;
	const enum audit_severity severity = audit_severity(f->kind);

	page_row(t);
	page_cell(t);
	fprintf(t->out, "<span class=\"label %s\">%s</span>",
		severity == AUDIT_ERROR	    ? "bad"
		: severity == AUDIT_WARNING ? "caution"
					    : "good",
		audit_severity_name(severity));
	page_cell_end(t);
	page_cell_text(t, audit_kind_text(f->kind));
	page_cell_code(t, f->path);
	page_cell(t);
	if (is_key)
		fprintf(t->out, "%s, at 0x%" PRIx64 "%s ", private_key_form_name(f->form), f->offset,
			f->is_inside ? " of what is inside" : "");
	if (f->kind == AUDIT_ROOM) {
		page_size(t->out, f->size);
		fputc(' ', t->out);
	}
	if (f->detail)
		page_text(t->out, f->detail);
	page_cell_end(t);
	page_row_end(t);
}

static void findings_part(const struct audit_result *r, FILE *out)
{
	static const char *const heads[] = {"Weight", "What", "File", "More"};
	size_t shown = 0;
	struct page_table t;

	if (!r->finding_count)
		return;
	page_part(out, "Findings");
	t = page_table(out, "What was found, errors first", heads, sizeof(heads) / sizeof(*heads));
	for (enum audit_severity s = AUDIT_ERROR; s < AUDIT_SEVERITIES; s++)
		for (size_t i = 0; i < r->finding_count; i++)
			if (audit_severity(r->findings[i].kind) == s && shown++ < FINDINGS_MAX)
				finding_row(&t, &r->findings[i]);
	page_table_end(&t);
	if (shown > FINDINGS_MAX)
		fprintf(out, "<p>And %zu more; --json lists all.</p>\n", shown - FINDINGS_MAX);
	page_part_end(out);
}

static void signature_rows(struct page_table *t, const char *what, const size_t counts[SIGNATURE_UNSUPPORTED + 1])
{
	for (enum signature_status s = 0; s <= SIGNATURE_UNSUPPORTED; s++) {
		if (!counts[s])
			continue;
		page_row(t);
		page_cell_text(t, what);
		page_cell_text(t, signature_status_name(s));
		page_cell_number(t, counts[s]);
		page_row_end(t);
	}
}

static void signatures_part(const struct audit_result *r, FILE *out)
{
	static const char *const heads[] = {"Files", "Signature", "Number"};
	struct page_table t;

	page_part(out, "Signatures");
	t = page_table(
		out,
		"Signatures of modules, by certificates below, and of boot images, by certificates that were given",
		heads, sizeof(heads) / sizeof(*heads));
	signature_rows(&t, "modules", r->signatures);
	signature_rows(&t, "PE files", r->images);
	page_table_end(&t);
	if (r->has_list)
		fprintf(out, "<p>The kernel lists the hashes of %zu of %zu modules.</p>\n", r->listed, r->modules);
	page_part_end(out);
}

static void trusted_part(const struct audit_result *r, FILE *out)
{
	struct page_table t;

	if (!r->certificate_count)
		return;
	page_part(out, "Certificates that a kernel here trusts");
	t = certificate_table(out, "Each certificate, and how many of the modules it signed", "Kernel",
			      "Signed modules");
	for (size_t i = 0; i < r->certificate_count; i++) {
		page_row(&t);
		page_cell(&t);
		page_code(out, r->certificates[i].path);
		fprintf(out, "<span class=\"place\">%s</span>", r->certificates[i].slot);
		page_cell_end(&t);
		certificate_cells(&t, &r->certificates[i].description);
		page_cell_number(&t, r->certificates[i].modules);
		page_row_end(&t);
	}
	page_table_end(&t);
	page_part_end(out);
}

/* So many kernels have a picture. */
enum { KERNELS_MAX = 4 };

static int kernels_parts(const struct audit_result *r, FILE *out)
{
	int ret = 0;

	for (size_t i = 0; i < r->kernel_count && i < KERNELS_MAX && !ret; i++) {
		sides_list(r->kernels[i], NULL, out);
		ret = section_map_print(r->kernels[i], NULL, out);
		exclusions_part(r->kernels[i], NULL, out);
		layers_part(r->kernels[i], NULL, out);
	}
	return ret;
}

static int print_report(const void *values, const char *unused, FILE *out)
{
	(void)unused;
	return audit_print(values, false, out);
}

static int print(const void *values, const char *report, FILE *out)
{
	const struct audit_result *r = values;
	bool doubt = false;
	int ret;

	for (size_t i = 0; i < r->finding_count; i++)
		doubt |= audit_severity(r->findings[i].kind) == AUDIT_WARNING;
	page_begin(out, "audit", audit_failed(r) ? PAGE_BAD : doubt ? PAGE_CAUTION : PAGE_GOOD, report);
	findings_part(r, out);
	signatures_part(r, out);
	trusted_part(r, out);
	ret = kernels_parts(r, out);
	page_end(out, report);
	return ret;
}

char *audit_page(const struct audit_result *r)
{
	return page_whole(print_report, print, r);
}
