// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/packages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"
#include "report/explain_json.h"

static const struct {
	const char *name, *one, *many;
} classes[COMPARED_CLASSES] = {
	[COMPARED_MODULE] = {"module", "module", "modules"},
	[COMPARED_BOOT_IMAGE] = {"boot image", "boot image", "boot images"},
	[COMPARED_ELF] = {"ELF", "ELF file", "ELF files"},
	[COMPARED_FILE] = {"file", "other file", "other files"},
	[COMPARED_DESCRIPTION] = {"description", "member that describes the package",
				  "members that describe the package"},
	[COMPARED_FOLDER] = {"folder", "folder", "folders"},
	[COMPARED_LINK] = {"link", "symbolic link", "symbolic links"},
	[COMPARED_OTHER] = {"other", "device or pipe", "devices and pipes"},
};

static const char *const results[COMPARED_RESULTS] = {
	[COMPARED_IDENTICAL] = "identical", [COMPARED_EXCLUDED] = "excluded", [COMPARED_DIFFERENT] = "different",
	[COMPARED_ONLY_A] = "only in A",    [COMPARED_ONLY_B] = "only in B",
};

const char *compared_class_name(enum compared_class class, bool many)
{
	return many ? classes[class].many : classes[class].one;
}

const char *compared_result_name(enum compared_result result)
{
	return results[result];
}

static void count_results(const struct packages_comparison *c, size_t counts[COMPARED_RESULTS])
{
	memset(counts, 0, COMPARED_RESULTS * sizeof(*counts));
	for (size_t i = 0; i < c->count; i++)
		counts[c->list[i].result]++;
}

/* --------------------------------------------------------------------------------------------------------- reasons
 */

static const char *type_name(const struct contents_entry *entry)
{
	static const char *const names[] = {
		[ARCHIVE_FILE] = "file",	  [ARCHIVE_FOLDER] = "folder", [ARCHIVE_SYMLINK] = "symbolic link",
		[ARCHIVE_HARDLINK] = "hard link", [ARCHIVE_DEVICE] = "device", [ARCHIVE_OTHER] = "pipe or socket",
	};

	return names[entry->type];
}

char *attributes_reason(const struct pair *pair, enum pair_difference difference)
{
	const struct contents_entry *p = pair->a, *q = pair->b;
	char *text = NULL;
	int ret = -1;

	switch (difference) {
	case PAIR_EQUAL:
		return strdup("nothing");
	case PAIR_TYPE:
		ret = asprintf(&text, "%s in A, %s in B", type_name(p), type_name(q));
		break;
	case PAIR_TARGET:
		ret = asprintf(&text, "link target %s in A, %s in B", p->target, q->target);
		break;
	case PAIR_DEVICE:
		ret = asprintf(&text, "device %c %u:%u in A, %c %u:%u in B", p->device.type, p->device.major,
			       p->device.minor, q->device.type, q->device.major, q->device.minor);
		break;
	case PAIR_MODE:
		ret = asprintf(&text, "mode %04o in A, %04o in B", p->mode, q->mode);
		break;
	case PAIR_OWNER:
		ret = asprintf(&text, "owner %jd:%jd %s:%s in A, %jd:%jd %s:%s in B", (intmax_t)p->uid,
			       (intmax_t)p->gid, p->owner ?: "", p->group ?: "", (intmax_t)q->uid, (intmax_t)q->gid,
			       q->owner ?: "", q->group ?: "");
		break;
	}
	return ret < 0 ? NULL : text;
}

/* The @i-th layer that is left out; NULL: there is none. */
static const struct image_layer *left_out_layer(const struct image *image, size_t i)
{
	size_t count;
	const struct image_layer *layers = image_layers(image, &count);

	for (size_t at = 0; at < count; at++)
		if (layers[at].kind->leaves_out && !i--)
			return &layers[at];
	return NULL;
}

static void print_signatures_reason(const struct image *a, const struct image *b, FILE *out)
{
	const char *separator = "";

	for (size_t i = 0;; i++) {
		const struct image_layer *p = left_out_layer(a, i), *q = left_out_layer(b, i);

		if (!p && !q)
			break;
		if (p && q && p->kind == q->kind && p->size == q->size && !memcmp(p->bytes, q->bytes, p->size))
			continue;
		fprintf(out, "%sthe trailer %s%s", separator, (p ? p : q)->kind->name,
			!p   ? ", only in B"
			: !q ? ", only in A"
			     : "");
		separator = "; ";
	}
	if (!*separator)
		fputs("compressed differently", out);
}

char *signatures_reason(const struct image *a, const struct image *b)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print_signatures_reason(a, b, out);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

char *checksums_reason(void)
{
	return strdup("checksums of such files, each that of its file");
}

char *size_reason(void)
{
	return strdup("Installed-Size, by the size of such files");
}

/* --------------------------------------------------------------------------------------------------------- verdict
 */

enum verdict packages_verdict(const struct packages_comparison *c)
{
	size_t counts[COMPARED_RESULTS];

	count_results(c, counts);
	if (counts[COMPARED_DIFFERENT] || counts[COMPARED_ONLY_A] || counts[COMPARED_ONLY_B])
		return VERDICT_DIFFERENT;
	return counts[COMPARED_EXCLUDED] ? VERDICT_EXCLUDED : VERDICT_IDENTICAL;
}

/* ------------------------------------------------------------------------------------------------------------ text */

static void print_verdict(const struct packages_comparison *c, FILE *out)
{
	size_t counts[COMPARED_RESULTS], differ;

	count_results(c, counts);
	differ = counts[COMPARED_DIFFERENT] + counts[COMPARED_ONLY_A] + counts[COMPARED_ONLY_B];
	if (differ)
		fprintf(out, "different: %zu of %zu paths", differ, c->count);
	else if (counts[COMPARED_EXCLUDED])
		fprintf(out, "equal but for the excluded bytes: in %zu of %zu paths", counts[COMPARED_EXCLUDED],
			c->count);
	else
		fprintf(out, "equal: %zu path%s", c->count, c->count == 1 ? "" : "s");
	if (!differ && !counts[COMPARED_EXCLUDED] && c->containers_differ)
		fputs("; the packages themselves are not (times, order, compression, or what lies between)", out);
	fputs("\nA: ", out);
	text_print(out, c->a);
	fputs("\nB: ", out);
	text_print(out, c->b);
	fputc('\n', out);
}

static void print_count(size_t count, enum compared_class class, FILE *out)
{
	fprintf(out, "%zu %s", count, count == 1 ? classes[class].one : classes[class].many);
}

void packages_print_identical(const struct packages_comparison *c, FILE *out)
{
	size_t counts[COMPARED_CLASSES] = {0};
	const char *separator = "identical: ";

	for (size_t i = 0; i < c->count; i++)
		counts[c->list[i].class] += c->list[i].result == COMPARED_IDENTICAL;
	for (enum compared_class class = 0; class < COMPARED_CLASSES; class ++) {
		if (!counts[class])
			continue;
		fputs(separator, out);
		print_count(counts[class], class, out);
		separator = ", ";
	}
	if (*separator == ',')
		fputc('\n', out);
}

static int by_group(const void *a, const void *b)
{
	const struct compared_path *p = *(const struct compared_path *const *)a,
				   *q = *(const struct compared_path *const *)b;
	const int order = (int)p->class - (int)q->class ?: strcmp(p->what ?: "", q->what ?: "");

	return order ? order : p < q ? -1 : 1;
}

/* What is left out of many files in the same way is one line; of one file its name is said. */
int packages_print_excluded(const struct packages_comparison *c, FILE *out)
{
	autofree const struct compared_path **sorted = calloc(c->count + 1, sizeof(*sorted));
	size_t count = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].result == COMPARED_EXCLUDED)
			sorted[count++] = &c->list[i];
	qsort(sorted, count, sizeof(*sorted), by_group);
	for (size_t first = 0, next; first < count; first = next) {
		const struct compared_path *p = sorted[first];

		for (next = first + 1; next < count && sorted[next]->class == p->class &&
				       !strcmp(sorted[next]->what ?: "", p->what ?: "");)
			next++;
		fputs("equal but for excluded bytes: ", out);
		print_count(next - first, p->class, out);
		if (next - first == 1) {
			fputs(", ", out);
			text_print(out, p->path);
		}
		fputs(": ", out);
		text_print(out, p->what ?: "");
		fputc('\n', out);
	}
	return 0;
}

static void print_path(const struct compared_path *p, FILE *out)
{
	fprintf(out, "%s: ", p->result == COMPARED_EXCLUDED ? "equal but for excluded bytes" : results[p->result]);
	text_print(out, p->path);
	if (p->what) {
		fputs(": ", out);
		text_print(out, p->what);
	}
	fputc('\n', out);
}

/* The path of a list in the order of paths; NULL: it is not there. */
static const struct compared_path *find_path(const struct packages_comparison *c, const char *path, size_t length)
{
	for (size_t low = 0, high = c->count; low < high;) {
		const size_t middle = low + (high - low) / 2;
		const char *found = c->list[middle].path;
		const int order = strncmp(path, found, length) ?: -(found[length] != '\0');

		if (!order)
			return &c->list[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Of a folder that only one side has its name is enough. */
static bool is_below_such(const struct packages_comparison *c, const struct compared_path *p)
{
	const char *slash = strrchr(p->path, '/');
	const struct compared_path *folder = slash ? find_path(c, p->path, (size_t)(slash - p->path)) : NULL;

	return folder && p->result >= COMPARED_ONLY_A && folder->result == p->result;
}

static size_t count_below(const struct packages_comparison *c, const struct compared_path *folder)
{
	const size_t length = strlen(folder->path);
	size_t count = 0;

	for (const struct compared_path *p = folder + 1; p < c->list + c->count; p++) {
		if (strncmp(p->path, folder->path, length) != 0)
			break;
		count += p->path[length] == '/';
	}
	return count;
}

void packages_print_difference(const struct packages_comparison *c, const struct compared_path *p, FILE *out)
{
	size_t below;

	if (p->result < COMPARED_ONLY_A) {
		print_path(p, out);
		return;
	}
	if (is_below_such(c, p))
		return;
	fprintf(out, "%s: ", results[p->result]);
	text_print(out, p->path);
	below = p->class == COMPARED_FOLDER ? count_below(c, p) : 0;
	if (below)
		fprintf(out, ", with %zu path%s below", below, below == 1 ? "" : "s");
	fputc('\n', out);
}

int packages_print(const struct packages_comparison *c, bool all, FILE *out)
{
	print_verdict(c, out);
	for (size_t i = 0; i < c->count; i++)
		if (!all && c->list[i].result >= COMPARED_DIFFERENT)
			packages_print_difference(c, &c->list[i], out);
	if (packages_print_excluded(c, out))
		return -ENOMEM;
	packages_print_identical(c, out);
	for (size_t i = 0; i < c->count && all; i++)
		print_path(&c->list[i], out);
	return 0;
}

/* ------------------------------------------------------------------------------------------------------------ JSON */

static struct json_object *path_object(const struct compared_path *p)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "path", json_name(p->path));
	json_set(&o, "class", json_string(classes[p->class].name));
	json_set(&o, "result", json_string(results[p->result]));
	if (p->what)
		json_set(&o, "what", json_string(p->what));
	if (p->why)
		json_set(&o, "explanation", explanation_object(p->why));
	return o;
}

int packages_print_json(const struct packages_comparison *c, FILE *out)
{
	static const char *const verdicts[] = {"identical", "different", "excluded"};
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	for (size_t i = 0; i < c->count; i++)
		json_append(&list, path_object(&c->list[i]));
	json_set(&o, "schema", json_number(PACKAGES_SCHEMA));
	json_set(&o, "verdict", json_string(verdicts[packages_verdict(c)]));
	json_set(&o, "a", json_name(c->a));
	json_set(&o, "b", json_name(c->b));
	json_set(&o, "containers_differ", json_boolean(c->containers_differ));
	json_set(&o, "paths", list);
	return json_print(o, out);
}
