// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "place.h"
#include "make_certificate.h"
#include "sample.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

struct place place;
const char *place_parent = "/tmp";

void place_put(const char *path, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

uint8_t *place_get(const char *path, size_t *size)
{
	FILE *f = fopen(path, "r");
	uint8_t *bytes = malloc(1 << 20);

	assert_non_null(f);
	*size = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	return bytes;
}

/* The same file again, not another one: a journal is for one inode. */
void place_reset(void)
{
	/* Still to come: then every edit has to set the time, and the number of its calls does not depend on the clock.
	 */
	static const struct timespec times[2] = {{.tv_sec = 2100000000}, {.tv_sec = 2100000000}};
	const int fd = open(place.file, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, place.old_bytes, place.size), place.size);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
	unlink(place.journal);
}

enum content place_content(void)
{
	size_t size;
	autofree uint8_t *bytes = place_get(place.file, &size);

	if (size != place.size)
		return OTHER;
	if (!memcmp(bytes, place.old_bytes, size))
		return OLD;
	return !memcmp(bytes, place.new_bytes, size) ? NEW : OTHER;
}

bool place_has_journal(void)
{
	return !access(place.journal, F_OK);
}

int place_plan_edit(const struct elfsect_view *view, struct elfsect_plan **plan, struct elfsect_error *error)
{
	struct elfsect_slot slot;
	const int ret = elfsect_slot_find(view, NULL, ELFSECT_SLOT_NAMED, "linux-extra-cert", &slot, error);

	return ret ? ret : elfsect_plan_fill(view, &slot, place.data, place.data_size, plan, error);
}

int place_edit(bool in_place, bool verify, struct elfsect_error *error)
{
	const struct elfsect_write_options options = {ELFSECT_WRITE_OPTIONS_INIT, .in_place = in_place,
						      .verify = verify};
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_plan *plan = NULL;
	enum elfsect_recovery recovery;
	int ret;

	ret = elfsect_view_open_edit(place.file, in_place ? ELFSECT_EDIT_IN_PLACE : ELFSECT_EDIT_REPLACE, &recovery,
				     &view, error);
	if (!ret)
		ret = place_plan_edit(view, &plan, error);
	if (!ret)
		ret = elfsect_plan_write(plan, place.file, &options, NULL, error);
	elfsect_plan_free(plan);
	return ret;
}

static int set_up_variant(const struct elf_variant *v)
{
	const struct elf_case *c = elf_cases_linked;
	struct elfsect_error error = {""};
	struct elfsect_view *view = NULL;
	struct elfsect_plan *plan = NULL;
	struct elf_builder *b;
	uint8_t *image;

	place.data = make_certificate(&(struct certificate_spec){.curve = "P-256", .subject = "New"}, &place.data_size);
	while (strcmp(c->name, "linked-keyring") != 0)
		c++;
	b = elf_case_build(c, v, &image, &place.size);
	place.old_bytes = malloc(place.size);
	memcpy(place.old_bytes, image, place.size);
	elf_builder_free(b);
	if (elfsect_view_of_memory(place.old_bytes, place.size, "old", &view, &error) ||
	    place_plan_edit(view, &plan, &error))
		fail_msg("%s", error.message);
	place.new_bytes = elfsect_plan_apply(plan);
	elfsect_plan_free(plan);
	elfsect_view_close(view);
	snprintf(place.directory, sizeof(place.directory), "%s/test_in_place.XXXXXX", place_parent);
	assert_non_null(mkdtemp(place.directory));
	snprintf(place.file, sizeof(place.file), "%s/vmlinux", place.directory);
	snprintf(place.journal, sizeof(place.journal), "%s/.vmlinux.elfsect-journal", place.directory);
	place_reset();
	return 0;
}

int place_set_up(void **state)
{
	return set_up_variant(*state ? *state : &sample_variants[0]);
}

int place_tear_down(void **state)
{
	char command[128];

	(void)state;
	free(place.old_bytes);
	free(place.new_bytes);
	OPENSSL_free(place.data);
	snprintf(command, sizeof(command), "rm -rf %s", place.directory);
	return system(command);
}
