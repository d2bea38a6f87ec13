// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/graft.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "digest/notes.h"
#include "elfsect_cleanup.h"
#include "elfsect_keyring.h"
#include "image/pe.h"
#include "store/look.h"

enum { BUILD_ID_SIZE = 20 };

/* As it lies on the disk. */
static struct span file_of(const struct image *image)
{
	size_t count;
	const struct image_layer *layers = image_layers(image, &count);
	struct span file;

	file.bytes = image_bytes(image, &file.size);
	return image_is_compressed(image) ? (struct span){layers[0].bytes, layers[0].size} : file;
}

static bool same(const struct span *a, const struct span *b)
{
	return a->size == b->size && !memcmp(a->bytes, b->bytes, a->size);
}

static void set_different(struct graft_result *r, const struct span *made, const struct span *wanted)
{
	const uint64_t size = made->size < wanted->size ? made->size : wanted->size;
	uint64_t at = 0;

	r->outcome = GRAFT_DIFFERENT;
	while (at < size && made->bytes[at] == wanted->bytes[at])
		at++;
	error_set(&r->reason, "offset 0x%jx: other bytes than in the official file", (uintmax_t)at);
}

void graft_alone(struct graft_result *r)
{
	*r = (struct graft_result){.outcome = GRAFT_ALONE};
	error_set(&r->reason, "there is no official file of this name");
}

/* Where they are equal the caller gets the official file's bytes. */
void graft_compare(struct graft_result *r, const struct span *made, const struct span *official)
{
	if (!same(made, official)) {
		set_different(r, made, official);
		return;
	}
	r->outcome = GRAFT_EQUAL;
	*r->reason.message = '\0';
	r->bytes = *official;
}

static void compare(struct graft_result *r, const struct span *made, const struct image *official)
{
	const struct span wanted = file_of(official);

	graft_compare(r, made, &wanted);
}

/* -------------------------------------------------------------------------------------------------------- signatures
 */

/* A compressed one: it is equal if what is inside is, compressed as the official one is. */
static void compare_inside(struct graft_result *r, const struct span *made, const struct image *official)
{
	struct span wanted;

	wanted.bytes = image_bytes(official, &wanted.size);
	if (!image_is_compressed(official) || !same(made, &wanted)) {
		set_different(r, made, &wanted);
		return;
	}
	r->outcome = GRAFT_EQUAL;
	r->compression = true;
	r->bytes = file_of(official);
}

static void say_unsigned(struct graft_result *r, const struct attach_result *attached)
{
	const bool nothing = attached->outcome == ATTACH_NOTHING;

	error_set(&r->reason, "%s%s%s", *r->reason.message ? r->reason.message : "", *r->reason.message ? ": " : "",
		  nothing ? "these are not the bytes that were signed, and a signature cannot be made valid for others"
			  : attached->reason.message);
}

static void finish_signed(struct graft_result *r, const struct attach_result *attached, const struct image *rebuilt,
			  const struct image *official)
{
	const struct span whole = {attached->whole, attached->whole_size}, file = file_of(rebuilt);

	if (attached->outcome == ATTACH_SIGNED || attached->outcome == ATTACH_PRESENT ||
	    attached->outcome == ATTACH_BAD) {
		r->outcome = GRAFT_REFUSED;
		error_set(&r->reason, "%s",
			  attached->outcome == ATTACH_BAD ? attached->reason.message
							  : "it has a signature already: a rebuild has none");
		return;
	}
	r->signature = attached->outcome == ATTACH_DONE || attached->outcome == ATTACH_COMPRESSED;
	if (attached->outcome == ATTACH_COMPRESSED)
		compare_inside(r, &whole, official);
	else
		compare(r, r->signature ? &whole : &file, official);
	if (r->outcome == GRAFT_DIFFERENT && !r->signature)
		say_unsigned(r, attached);
}

/* ----------------------------------------------------------------------------------------------------------- kernels
 */

/* A linked kernel under change; its size stays. */
struct kernel {
	const struct elfsect_view *rebuilt, *official;
	uint8_t *bytes; /* owned: of the rebuilt one */
	uint64_t size;
};

static int apply(struct kernel *k, const struct elfsect_plan *plan, struct elfsect_error *error)
{
	size_t count;
	const struct elfsect_change *changes = elfsect_plan_changes(plan, &count);

	if (elfsect_plan_size(plan) != k->size)
		return failure(error, EINVAL, "%s: its size would change", elfsect_view_name(k->rebuilt));
	for (size_t i = 0; i < count; i++)
		if (changes[i].bytes)
			memcpy(k->bytes + changes[i].offset, changes[i].bytes, changes[i].size);
		else
			memset(k->bytes + changes[i].offset, 0, changes[i].size);
	return 0;
}

/* The certificates in a slot, one behind the other; the caller frees them. -ENOENT: there is no such slot. */
static int read_slot(const struct elfsect_view *view, const char *slot, uint8_t **list, uint64_t *size,
		     struct elfsect_error *error)
{
	const struct elfsect_keyring_certificate *c;
	struct elfsect_keyring *keyring;
	size_t count;
	int ret = elfsect_keyring_open(view, NULL, slot, &keyring, error);

	if (ret)
		return ret;
	c = elfsect_keyring_certificates(keyring, &count);
	*size = 0;
	for (size_t i = 0; i < count; i++)
		*size += c[i].size;
	*list = malloc(*size + 1);
	for (size_t i = 0, at = 0; *list && i < count; at += c[i++].size)
		memcpy(*list + at, c[i].der, c[i].size);
	elfsect_keyring_close(keyring);
	return *list ? 0 : failure_errno(error, ENOMEM, "%s", elfsect_view_name(view));
}

static int graft_slot(struct kernel *k, const char *name, bool *changed, struct elfsect_error *error)
{
	autofree uint8_t *theirs = NULL, *ours = NULL;
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	uint64_t size = 0, our_size = 0;
	struct elfsect_slot slot;
	int ret = read_slot(k->official, name, &theirs, &size, error);

	if (!ret)
		ret = read_slot(k->rebuilt, name, &ours, &our_size, error);
	if (ret || (size == our_size && !memcmp(theirs, ours, size)))
		return ret;
	ret = elfsect_slot_find(k->rebuilt, NULL, ELFSECT_SLOT_NAMED, name, &slot, error);
	if (!ret)
		ret = elfsect_plan_fill(k->rebuilt, &slot, theirs, size, &plan, error);
	if (!ret)
		ret = apply(k, plan, error);
	*changed |= !ret;
	return ret;
}

static int graft_build_id(struct kernel *k, bool *changed, struct elfsect_error *error)
{
	const struct elfsect_view *views[] = {k->rebuilt, k->official};
	uint64_t at[2];
	const uint8_t *theirs;

	for (size_t i = 0; i < 2; i++) {
		uint32_t section, count;
		const int ret = note_find(views[i], "GNU", NT_GNU_BUILD_ID, BUILD_ID_SIZE, &section, &at[i], error);

		if (ret)
			return ret == -ENOENT ? 0 : ret;
		at[i] += elfsect_view_sections(views[i], &count)[section].offset;
	}
	theirs = elfsect_view_bytes(k->official, &(uint64_t){0}) + at[1];
	*changed = memcmp(k->bytes + at[0], theirs, BUILD_ID_SIZE) != 0;
	memcpy(k->bytes + at[0], theirs, BUILD_ID_SIZE);
	return 0;
}

static int change_kernel(struct kernel *k, struct graft_result *r)
{
	static const char *const slots[] = {"linux-keyring", "linux-extra-cert"};
	struct elfsect_error reason;
	int ret = 0;

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]) && !ret; i++) {
		ret = graft_slot(k, slots[i], &r->certificates, &reason);
		if (ret == -ENOENT)
			ret = 0;
	}
	if (!ret)
		ret = graft_build_id(k, &r->build_id, &reason);
	if (!ret)
		return 0;
	r->outcome = GRAFT_DIFFERENT;
	r->reason = reason;
	return ret;
}

static int graft_kernel(const struct image *rebuilt, const struct image *official, struct graft_result *r,
			struct elfsect_error *error)
{
	elfsect_autoview struct elfsect_view *ours = NULL, *theirs = NULL;
	autofree uint8_t *copy = NULL;
	const struct span file = file_of(rebuilt);
	struct kernel k;
	int ret;

	compare(r, &file, official);
	if (r->outcome == GRAFT_EQUAL)
		return 0;
	ret = image_view(rebuilt, &ours, error) ?: image_view(official, &theirs, error);
	if (ret || elfsect_is_relocatable(ours))
		return error_is_trouble(ret) ? ret : 0;
	copy = malloc(file.size + 1);
	if (!copy)
		return failure_errno(error, ENOMEM, "%s", image_name(rebuilt));
	memcpy(copy, file.bytes, file.size);
	k = (struct kernel){ours, theirs, copy, file.size};
	ret = change_kernel(&k, r);
	if (!ret)
		compare(r, &(struct span){copy, file.size}, official);
	if (!error_is_trouble(ret))
		return 0;
	error_copy(error, &r->reason);
	return ret;
}

/* --------------------------------------------------------------------------------------------------------------- all
 */

static bool is_to_be_signed(const char *name, const struct image *image)
{
	uint64_t size;
	const uint8_t *bytes = image_bytes(image, &size);

	return store_is_module_name(name) || pe_recognise(bytes, size);
}

int graft_file(const char *name, const struct image *rebuilt, const struct image *official, const struct store *store,
	       const struct signers *signers, struct graft_result *r, struct elfsect_error *error)
{
	struct attach_result attached;
	int ret;

	*r = (struct graft_result){0};
	if (!is_to_be_signed(name, rebuilt))
		return graft_kernel(rebuilt, official, r, error);
	ret = attach_find(rebuilt, store, signers, &attached, error);
	if (!ret)
		finish_signed(r, &attached, rebuilt, official);
	attach_result_clear(&attached);
	return ret;
}
