// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/image.h"

enum { CONFIG_MAX = 4 << 20, SIZE_OF_MARK = 8 };

/* Lines of a configuration that say something, sorted by the symbol's name. */
struct config {
	char *text; /* owned */
	struct config_line {
		const char *name; /* up to the first character that is not of a name */
		size_t length;
		const char *line;
	} * list;
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	const struct config_line *p = a, *q = b;
	const size_t least = p->length < q->length ? p->length : q->length;
	const int order = memcmp(p->name, q->name, least);

	return order ? order : p->length < q->length ? -1 : p->length > q->length;
}

/* "CONFIG_X=y" and "# CONFIG_X is not set" are of one symbol. */
static void take_line(struct config *c, const char *line)
{
	const char *name = line + (text_begins(line, "# ") ? 2 : 0);

	if (text_begins(name, "CONFIG_"))
		c->list[c->count++] = (struct config_line){name, strcspn(name, "= "), line};
}

/* Left empty if it cannot be unpacked. The marks stand around the symbol in Linux since 5.1, and in it before. */
static int config_read(const uint8_t *bytes, uint64_t size, struct config *c)
{
	const struct image_options options = {.max_size = CONFIG_MAX};
	const uint8_t *mark = memmem(bytes, size, "IKCFG_ST", SIZE_OF_MARK);
	const uint8_t *start = mark ? mark + SIZE_OF_MARK : bytes,
		      *stop = memmem(bytes, size, "IKCFG_ED", SIZE_OF_MARK);
	const uint8_t *end = stop ? stop : bytes + size;
	struct elfsect_error ignored;
	struct image *image;
	const uint8_t *text;
	uint64_t length;
	char *rest, *line;

	*c = (struct config){NULL, NULL, 0};
	if (end <= start || image_open_memory(start, (uint64_t)(end - start), "", &options, &image, &ignored))
		return 0;
	text = image_bytes(image, &length);
	c->text = strndup((const char *)text, length);
	c->list = calloc(length / 8 + 2, sizeof(*c->list));
	image_close(image);
	if (!c->text || !c->list)
		return -ENOMEM;
	for (rest = c->text; (line = strsep(&rest, "\n"));)
		take_line(c, line);
	qsort(c->list, c->count, sizeof(*c->list), by_name);
	return 0;
}

static void config_clear(struct config *c)
{
	free(c->text);
	free(c->list);
}

/* Bytes of the archive cannot be shared out among the lines: the first has them all. */
static int add_lines(const struct section_pair *pair, const struct atom *p, const struct atom *q,
		     const struct config configs[2], uint64_t bytes, size_t *found)
{
	const struct config *a = &configs[0], *b = &configs[1];
	int ret = 0;

	for (size_t i = 0, k = 0; !ret && (i < a->count || k < b->count);) {
		const int order = i == a->count ? 1 : k == b->count ? -1 : by_name(&a->list[i], &b->list[k]);
		const struct config_line *x = order <= 0 ? &a->list[i] : NULL, *y = order >= 0 ? &b->list[k] : NULL;
		const struct config_line *either = x ? x : y;
		autofree char *name = strndup(either->name, either->length);

		if (!name)
			return -ENOMEM;
		if (!x || !y || strcmp(x->line, y->line) != 0)
			ret = explain_add(pair, EXPLAIN_CONFIG, name, x ? x->line : "not there",
					  y ? y->line : "not there", p->offset, q->offset, (*found)++ ? 0 : bytes);
		i += order <= 0;
		k += order >= 0;
	}
	return ret;
}

int explain_config(const struct section_pair *pair, const struct atom *p, const struct atom *q)
{
	const uint64_t bytes = p->size > q->size ? p->size : q->size;
	struct config configs[2] = {{NULL, NULL, 0}, {NULL, NULL, 0}};
	size_t found = 0;
	int ret = config_read(pair->bytes[0] + p->offset, p->size, &configs[0])
			  ?: config_read(pair->bytes[1] + q->offset, q->size, &configs[1]);

	if (!ret)
		ret = add_lines(pair, p, q, configs, bytes, &found);
	if (!ret && !found)
		ret = explain_add(pair, EXPLAIN_CONFIG, p->name, NULL, NULL, p->offset, q->offset, bytes);
	config_clear(&configs[0]);
	config_clear(&configs[1]);
	return ret;
}
