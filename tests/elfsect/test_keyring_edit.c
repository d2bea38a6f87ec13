// SPDX-License-Identifier: GPL-2.0-or-later
/* Adding certificates to a kernel and removing them again. */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "elf_builder_internal.h"
#include "kernel_file.h"
#include "sample.h"
#include "base/cleanup.h"

static const struct test_certificate *const p256 = &test_certificate_p256, *const rsa = &test_certificate_rsa2048;

static void add_ok(struct edited *e, const char *slot, const struct test_certificate *c)
{
	struct elfsect_keyring *keyring = keyring_of(e->view, slot);
	struct elfsect_error error = {""};

	if (elfsect_plan_keyring_add(keyring, c->der, c->size, &e->plan, &error))
		fail_msg("%s", error.message);
	elfsect_keyring_close(keyring);
}

static void remove_ok(struct edited *e, const char *slot, const struct test_certificate *c)
{
	struct elfsect_keyring *keyring = keyring_of(e->view, slot);
	struct elfsect_error error = {""};
	bool marks[8] = {false};

	marks[elfsect_keyring_find(keyring, c->der, c->size)] = true;
	if (elfsect_plan_keyring_remove(keyring, marks, &e->plan, &error))
		fail_msg("%s", error.message);
	elfsect_keyring_close(keyring);
}

/* Add, add again, remove: the first file. */
static void there_and_back(struct elf_builder *b, const char *slot, const char *section,
			   const struct test_certificate *c)
{
	struct elfsect_keyring *keyring;
	autofree uint8_t *first = NULL;
	struct edited e;
	size_t count;

	edited_start(&e, b);
	first = malloc(b->size);
	memcpy(first, b->image, b->size);
	add_ok(&e, slot, c);
	edited_apply(&e, section);
	edited_next(&e);
	keyring = keyring_of(e.view, slot);
	elfsect_keyring_certificates(keyring, &count);
	assert_int_equal(elfsect_keyring_find(keyring, c->der, c->size), count - 1);
	elfsect_keyring_close(keyring);
	add_ok(&e, slot, c);
	assert_true(elfsect_plan_is_empty(e.plan));
	elfsect_plan_free(steal(e.plan));
	remove_ok(&e, slot, c);
	edited_apply(&e, section);
	assert_int_equal(elfsect_plan_size(e.plan), b->size);
	assert_memory_equal(e.result_bytes, first, b->size);
	edited_end(&e);
}

static void add_and_remove(void **state)
{
	const struct keyring with_room = {.module = p256, .slot = KERNEL_ROOM}, own = {.module = p256};
	const struct keyring empty = {.slot = KERNEL_ROOM};
	const struct keyring one_in_room = {.module = p256, .slot = KERNEL_ROOM, .inserted = p256};
	const struct keyring configured = {.module = p256, .configured = p256}, nothing = {0};

	for (enum form form = 0; form < FORMS; form++) {
		const char *section =
			form == LINKED_SECTION || form == OWN_SECTION ? ".init.rodata.keyring" : ".init.data";

		there_and_back(kernel_make(*state, form, &with_room).b, "linux-extra-cert", section, rsa);
		there_and_back(kernel_make(*state, form, &one_in_room).b, "linux-extra-cert", section, rsa);
		there_and_back(kernel_make(*state, form, &empty).b, "linux-keyring", section, rsa);
		there_and_back(kernel_make(*state, form, &empty).b, "linux-extra-cert", section, rsa);
	}
	there_and_back(kernel_make(*state, OWN_SECTION, &own).b, "linux-keyring", ".init.rodata.keyring", rsa);
	there_and_back(kernel_make(*state, OWN_SECTION, &configured).b, "linux-keyring", ".init.rodata.keyring", rsa);
	there_and_back(kernel_make(*state, OWN_SECTION, &nothing).b, "linux-keyring", ".init.rodata.keyring", rsa);
}

/* The section that grows keeps what its symbols mean. */
static void own_section(void **state)
{
	const struct keyring own = {.module = p256};
	struct elfsect_keyring *keyring;
	struct elfsect_symbol symbol;
	const uint8_t *bytes;
	struct edited e;

	edited_start(&e, kernel_make(*state, OWN_SECTION, &own).b);
	add_ok(&e, "linux-keyring", rsa);
	edited_apply(&e, ".init.rodata.keyring");
	bytes = elfsect_section_bytes(e.result, section_of(e.result, ".init.rodata.keyring"));
	assert_int_equal(find_symbol(e.result, "__module_cert_end", NULL).value, p256->size);
	assert_int_equal(find_symbol(e.result, "__cert_list_end", NULL).value, p256->size + rsa->size);
	symbol = find_symbol(e.result, "system_certificate_list_size", NULL);
	assert_int_equal(elfsect_load(e.result, bytes + symbol.value, elfsect_word_size(e.result)),
			 p256->size + rsa->size);
	symbol = find_symbol(e.result, "module_cert_size", NULL);
	assert_int_equal(elfsect_load(e.result, bytes + symbol.value, elfsect_word_size(e.result)), p256->size);
	edited_next(&e);
	/* Without the build's own certificate its length is 0. */
	remove_ok(&e, "linux-keyring", p256);
	edited_apply(&e, ".init.rodata.keyring");
	assert_int_equal(find_symbol(e.result, "__module_cert_end", NULL).value, 0);
	keyring = keyring_of(e.result, NULL);
	expect_certificate(keyring, 0, 1, "linux-keyring", 0, rsa);
	elfsect_keyring_close(keyring);
	edited_end(&e);
}

static void edit_refused(struct kernel k, const char *slot, const uint8_t *list, size_t size, int code,
			 const char *word)
{
	struct elfsect_error error = {""};
	struct elfsect_keyring *keyring;
	struct edited e;

	edited_start(&e, k.b);
	keyring = keyring_of(e.view, slot);
	expect_refusal(elfsect_plan_keyring_add(keyring, list, size, &e.plan, &error), code, &error, word);
	assert_null(strchr(error.message, '\n'));
	elfsect_keyring_close(keyring);
	edited_end(&e);
}

static void refused_edits(void **state)
{
	const struct keyring with_room = {.module = p256, .slot = KERNEL_ROOM}, own = {.module = p256};
	const struct keyring small = {.slot = 400};
	uint8_t list[4096];
	struct kernel k;

	memcpy(list, rsa->der, rsa->size);
	list[rsa->size] = list[rsa->size + 1] = 0;
	edit_refused(kernel_make(*state, LINKED, &with_room), "linux-extra-cert", list, rsa->size + 2, EBADMSG,
		     "tag 0x00");
	edit_refused(kernel_make(*state, LINKED, &with_room), "linux-extra-cert", list, rsa->size - 1, EBADMSG,
		     "does not fit");
	edit_refused(kernel_make(*state, LINKED, &with_room), NULL, list, rsa->size, EINVAL, "which slot");
	edit_refused(kernel_make(*state, LINKED, &small), "linux-extra-cert", list, rsa->size, ENOSPC,
		     "400 bytes are available, ");
	/* A built-in list keeps its length, except in a section of its own of a relocatable file. */
	edit_refused(kernel_make(*state, LINKED, &own), "linux-keyring", list, rsa->size, ENOSPC, "have to be filled");
	edit_refused(kernel_make(*state, LINKED_SECTION, &own), "linux-keyring", list, rsa->size, ENOSPC,
		     "have to be filled");
	edit_refused(kernel_make(*state, STOCK, &own), "linux-keyring", list, rsa->size, ENOSPC, "have to be filled");
	edit_refused(kernel_make(*state, OWN_SECTION, &with_room), "linux-keyring", list, rsa->size, ENOSPC,
		     "have to be filled");
	/* What making the section anew would lose. */
	k = kernel_make(*state, OWN_SECTION, &own);
	elf_builder_symbol(k.b, "other", CASE_GLOBAL, 0, k.section, 8, 0);
	edit_refused(k, "linux-keyring", list, rsa->size, EBUSY, "symbol other");
	k = kernel_start(*state, OWN_SECTION, &own);
	elf_builder_symbol(k.b, "system_certificate_list", CASE_GLOBAL, 0, k.section, 0, 0);
	elf_builder_symbol(k.b, "system_certificate_list_size", CASE_GLOBAL, 0, k.section, (p256->size + 7) / 8 * 8, 0);
	edit_refused(k, "linux-keyring", list, rsa->size, EINVAL, "more than the list");
	k = kernel_make(*state, OWN_SECTION, &own);
	elf_builder_put(k.b, k.section, k.end - case_word_size(k.b), case_word_size(k.b), p256->size - 1);
	edit_refused(k, "linux-keyring", list, rsa->size, EINVAL, "module_cert_size");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_VARIANT(add_and_remove),
		EACH_VARIANT(own_section),
		EACH_VARIANT(refused_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
