// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/explain_packages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* So many causes, unless all are asked for. */
enum { CAUSES_SHOWN = 40 };

/* ------------------------------------------------------------------------------------------------------- gathering */

static int by_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

/* What is the same cause comes together; the order of the files is kept. */
static int by_cause(const void *a, const void *b)
{
	const struct shared_cause *p = a, *q = b;
	const int order = (int)p->cause->kind - (int)q->cause->kind ?: by_text(p->cause->subject, q->cause->subject)
			  ?: by_text(p->cause->before, q->cause->before) ?: by_text(p->cause->after, q->cause->after);

	return order ? order : strcmp(p->files.first, q->files.first);
}

static bool is_same(const struct shared_cause *p, const struct shared_cause *q)
{
	return p->cause->kind == q->cause->kind && !by_text(p->cause->subject, q->cause->subject) &&
	       !by_text(p->cause->before, q->cause->before) && !by_text(p->cause->after, q->cause->after);
}

static int by_bytes(const void *a, const void *b)
{
	const struct shared_cause *p = a, *q = b;

	return p->files.bytes != q->files.bytes ? (p->files.bytes < q->files.bytes ? 1 : -1) : by_cause(a, b);
}

static void take_file(struct shared_causes *s, const struct compared_path *path)
{
	const struct explanation *e = path->why;

	s->files++;
	s->unexplained += e->unexplained;
	for (enum explain_following f = 0; f < FOLLOWS_KINDS; f++)
		s->following[f] += e->following[f];
	for (size_t i = 0; i < e->count; i++)
		s->list[s->count++] = (struct shared_cause){&e->causes[i], {1, path->path, e->causes[i].bytes}};
}

static void merge(struct shared_causes *s)
{
	size_t count = 0;

	qsort(s->list, s->count, sizeof(*s->list), by_cause);
	for (size_t i = 0; i < s->count; i++) {
		if (count && is_same(&s->list[count - 1], &s->list[i])) {
			s->list[count - 1].files.count++;
			s->list[count - 1].files.bytes += s->list[i].files.bytes;
		} else {
			s->list[count++] = s->list[i];
		}
	}
	s->count = count;
	for (size_t i = 0; i < count; i++)
		s->named += explain_is_named(s->list[i].cause);
	qsort(s->list, count, sizeof(*s->list), by_bytes);
}

int shared_causes_make(const struct packages_comparison *c, struct shared_causes *s)
{
	size_t most = 0;

	*s = (struct shared_causes){0};
	for (size_t i = 0; i < c->count; i++)
		most += c->list[i].why ? c->list[i].why->count : 0;
	s->list = calloc(most + 1, sizeof(*s->list));
	if (!s->list)
		return -ENOMEM;
	for (size_t i = 0; i < c->count; i++) {
		if (c->list[i].why)
			take_file(s, &c->list[i]);
		else
			s->other += c->list[i].result >= COMPARED_DIFFERENT;
	}
	merge(s);
	return 0;
}

/* ------------------------------------------------------------------------------------------------------------ text */

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void print_verdict(const struct packages_comparison *c, const struct shared_causes *s, FILE *out)
{
	if (s->files)
		fprintf(out, "different: %zu cause%s in %zu file%s, %" PRIu64 " bytes that nothing explains", s->named,
			plural(s->named), s->files, plural(s->files), s->unexplained);
	else
		fputs("different", out);
	if (s->other)
		fprintf(out, "%s%zu %spath%s", s->files ? "; " : ": ", s->other, s->files ? "other " : "",
			plural(s->other));
	fputs("\nA: ", out);
	text_print(out, c->a);
	fputs("\nB: ", out);
	text_print(out, c->b);
	fputc('\n', out);
}

int packages_explain_print(const struct packages_comparison *c, bool all, FILE *out)
{
	struct shared_causes s;
	int ret = shared_causes_make(c, &s);

	if (ret)
		return ret;
	if (packages_verdict(c) != VERDICT_DIFFERENT) {
		free(s.list);
		return packages_print(c, false, out);
	}
	print_verdict(c, &s, out);
	for (size_t i = 0; i < s.count && (all || i < CAUSES_SHOWN); i++)
		explain_cause_print(s.list[i].cause, &s.list[i].files, out);
	if (s.count > CAUSES_SHOWN && !all)
		fprintf(out, "%zu more causes, smaller ones (-v and --json list all)\n", s.count - CAUSES_SHOWN);
	explain_following_print(s.following, out);
	free(s.list);
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].result >= COMPARED_DIFFERENT && !c->list[i].why)
			packages_print_difference(c, &c->list[i], out);
	ret = packages_print_excluded(c, out);
	packages_print_identical(c, out);
	return ret;
}
