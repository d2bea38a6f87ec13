// SPDX-License-Identifier: GPL-2.0-or-later
#include "mapped.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/map.h"

struct elf_builder *image_begin(const struct elf_case *c, const struct elf_variant *v, bool stripped)
{
	struct elf_builder *b = elf_case_begin(c, v);

	if (stripped)
		elf_builder_strip(b);
	return b;
}

uint32_t image_add_note(struct elf_builder *b, const char *text)
{
	const uint32_t section = elf_builder_section(b, ".gnu.warning.hashsect", SHT_NOTE, 0, NULL, 0, 4);

	elf_builder_note(b, section, "hashsect", 1, text, (uint32_t)strlen(text));
	return section;
}

struct image image_finish(struct elf_builder *b)
{
	struct image image = {.b = b};

	image.bytes = elf_builder_finish(b, &image.size);
	return image;
}

void image_free(struct image *image)
{
	elf_builder_free(image->b);
	*image = (struct image){0};
}

char *mapped_text(const struct image *image, const struct hashsect_policy *policy)
{
	struct elfsect_view *view;
	struct elfsect_error error;
	char *text = NULL;

	if (elfsect_view_of_memory(image->bytes, image->size, "test", &view, &error) ||
	    hashsect_map_make(view, policy, 1, &text, &error))
		fail_msg("no map: %s", error.message);
	elfsect_view_close(view);
	return text;
}

struct digest_of digest_with_map(const struct image *image, const struct hashsect_policy *policy,
				 enum hashsect_scope scope, const char *text, bool *left_out)
{
	struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = policy, .scope = scope, .threads = 1};
	struct hashsect_digest *digest;
	struct hashsect_map *map = NULL;
	struct elfsect_view *view;
	struct digest_of result = {0};

	if (left_out)
		*left_out = false;
	if (text && map_parse(text, strlen(text), "MAP", &map, &result.error))
		return result;
	options.map = map;
	if (elfsect_view_of_memory(image->bytes, image->size, "test", &view, &result.error)) {
		hashsect_map_free(map);
		return result;
	}
	if (!hashsect_digest(view, &options, &digest, &result.error)) {
		snprintf(result.text, sizeof(result.text), "%s", digest->tagged);
		if (left_out)
			*left_out = digest->left_out.section != 0;
		hashsect_digest_free(digest);
	}
	elfsect_view_close(view);
	hashsect_map_free(map);
	return result;
}

struct find {
	const char *name;
	const struct elf_case *found;
	const struct elf_variant *variant;
};

static int find_case(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	struct find *find = context;

	if (!strcmp(c->name, find->name))
		find->found = c;
	if (!strcmp(v->name, find->name))
		find->variant = v;
	return 0;
}

const struct elf_case *case_of(const char *name)
{
	struct find find = {.name = name};

	elf_cases_each(find_case, &find);
	assert_non_null(find.found);
	return find.found;
}

const struct elf_variant *variant_of(const char *name)
{
	struct find find = {.name = name};

	elf_cases_each(find_case, &find);
	assert_non_null(find.variant);
	return find.variant;
}

char *replaced(const char *text, const char *from, const char *to)
{
	size_t before = 0;
	char *result;

	while (text[before] && strncmp(text + before, from, strlen(from)) != 0)
		before++;
	if (!text[before])
		fail_msg("'%s' is not in:\n%s", from, text);
	if (asprintf(&result, "%.*s%s%s", (int)before, text, to, text + before + strlen(from)) < 0)
		fail_msg("no memory");
	return result;
}

void assert_digest(const struct digest_of *d)
{
	if (!d->text[0])
		fail_msg("refused: %s", d->error.message);
}

/* ------------------------------------------------------------------------------------------- policies, refusals,
 * changes */

struct hashsect_policy *linux_policy;

int linux_policy_load(void **state)
{
	struct elfsect_error error;

	(void)state;
	return hashsect_policy_builtin("linux", &linux_policy, &error);
}

int linux_policy_free(void **state)
{
	(void)state;
	hashsect_policy_free(linux_policy);
	return 0;
}

struct hashsect_policy *policy_of(const char *text)
{
	char path[] = "/tmp/test_map.XXXXXX";
	const int fd = mkstemp(path);
	struct hashsect_policy *policy;
	struct elfsect_error error;
	FILE *file;

	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	if (hashsect_policy_load(path, &policy, &error))
		fail_msg("%s", error.message);
	unlink(path);
	return policy;
}

struct image image_of(const char *name, const char *variant, bool stripped)
{
	return image_finish(image_begin(case_of(name), variant_of(variant), stripped));
}

void assert_refused_with(const struct digest_of *d, const char *reason)
{
	if (d->text[0])
		fail_msg("it has a digest, but should be refused: %s", reason);
	if (!strstr(d->error.message, reason))
		fail_msg("refused with '%s', not with '%s'", d->error.message, reason);
}

void changed_maps(const struct change *changes, size_t count)
{
	struct image full = image_of("linked-keyring", "64le", false),
		     stripped = image_of("linked-keyring", "64le", true);
	char *text = mapped_text(&full, linux_policy);

	for (size_t i = 0; i < count; i++) {
		char *changed = replaced(text, changes[i].from, changes[i].to);
		const struct digest_of d =
			digest_with_map(&stripped, linux_policy, HASHSECT_SCOPE_LOADED, changed, NULL);
		const struct digest_of e = digest_with_map(&full, linux_policy, HASHSECT_SCOPE_FILE, changed, NULL);

		if (d.text[0] || !strstr(d.error.message, changes[i].reason))
			fail_msg("%s -> %s: '%s', not '%s'", changes[i].from, changes[i].to,
				 d.text[0] ? "a digest" : d.error.message, changes[i].reason);
		if (e.text[0])
			fail_msg("%s -> %s: the unstripped file has a digest with it", changes[i].from, changes[i].to);
		free(changed);
	}
	free(text);
	image_free(&full);
	image_free(&stripped);
}
