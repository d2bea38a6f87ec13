// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "audit_work.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "image/boot.h"
#include "image/spool.h"
#include "modules/module.h"

int shipped_open(const struct task *t, struct shipped *s, struct elfsect_error *error)
{
	autoclose int fd = -1;
	int ret;

	*s = (struct shipped){t->entry->bytes, t->entry->size, NULL};
	if (t->set->folder < 0 || !t->entry->size)
		return 0;
	fd = contents_open(t->set, t->entry, error);
	if (fd < 0)
		return fd;
	ret = spool_map(fd, s->size, t->shown, &s->map, error);
	s->bytes = s->map;
	return ret;
}

void shipped_close(struct shipped *s)
{
	if (s->map)
		munmap(s->map, (size_t)s->size);
}

static bool is_elf(const uint8_t *bytes, uint64_t size)
{
	return size > SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG);
}

int audit_refused(struct audit_one *one, const struct task *t, enum audit_kind kind, int ret,
		  const struct elfsect_error *reason)
{
	if (error_is_trouble(ret))
		return ret;
	return audit_add(one, kind, t->shown, reason->message) ? 0 : -ENOMEM;
}

int audit_digest(const struct auditing *a, const struct task *t, struct image *image, struct audit_one *one)
{
	struct elfsect_error reason;
	struct file_digest digest;
	struct manifest *manifest;
	int ret = file_digest_of(image, one->is_module ? &a->module_options : a->options, &digest, &reason);

	if (ret)
		return audit_refused(one, t, AUDIT_UNEXPLAINED, ret, &reason);
	manifest = file_manifest(&digest, NULL, !one->is_module);
	file_digest_clear(&digest);
	return manifest ? audit_exclusions(one, t->shown, manifest) : -ENOMEM;
}

static int take_release(const struct task *t, const uint8_t *bytes, uint64_t size, struct audit_one *one)
{
	autofree char *detail = NULL;
	char other[RELEASE_MAX];

	kernel_release(bytes, size, one->release, other);
	if (!*other)
		return 0;
	if (asprintf(&detail, "banners of %s and %s", one->release, other) < 0)
		return -ENOMEM;
	return audit_add(one, AUDIT_BANNERS, t->shown, detail) ? 0 : -ENOMEM;
}

/* Sets *has to whether it is a kernel that trusts or lists somebody. */
static int examine_keyring(const struct task *t, const struct image *image, struct audit_one *one, bool *has)
{
	struct elfsect_keyring *keyring = NULL;
	struct elfsect_view *view = NULL;
	struct module_hash_slot slot;
	struct elfsect_error reason;
	const uint8_t *bytes;
	uint64_t size;
	int ret;

	bytes = image_bytes(image, &size);
	*has = false;
	if (is_elf(bytes, size)) {
		/* Not every ELF file is sound enough to be a kernel. */
		ret = image_view(image, &view, &reason);
		if (ret)
			return error_is_trouble(ret) ? ret : 0;
		ret = elfsect_keyring_open(view, NULL, NULL, &keyring, &reason);
	} else if (boot_raw_kernel(bytes, size)) {
		ret = elfsect_keyring_of_bytes(bytes, size, t->shown, &keyring, &reason);
	} else {
		return 0;
	}
	if (!ret) {
		*has = true;
		ret = take_release(t, bytes, size, one);
		if (!ret)
			ret = audit_keyring(one, t->shown, keyring);
		elfsect_keyring_close(keyring);
	} else if (ret == -ENOENT) {
		*has = view && module_hash_slot_find(view, NULL, &slot, &reason) != -ENOENT;
		ret = 0;
	} else {
		ret = audit_refused(one, t, AUDIT_UNEXPLAINED, ret, &reason);
	}
	elfsect_view_close(view);
	return ret;
}

/* Stripped kernels without a map have no digest; nothing is left out of what has none. */
static int can_have_digest(const struct auditing *a, const struct image *image, bool *can)
{
	struct elfsect_view *view = NULL;
	struct elfsect_error ignored;
	int ret;

	*can = a->options->map;
	if (*can)
		return 0;
	ret = image_view(image, &view, &ignored);
	*can = !ret && elfsect_symbol_count(view) > 0;
	elfsect_view_close(view);
	return error_is_trouble(ret) ? ret : 0;
}

static int examine_image(const struct auditing *a, const struct task *t, struct image *image, struct audit_one *one)
{
	bool is_kernel, can = false;
	int ret = examine_keyring(t, image, one, &is_kernel);

	if (!ret && is_kernel)
		ret = can_have_digest(a, image, &can);
	if (!ret && can)
		return audit_digest(a, t, image, one);
	image_close(image);
	return ret;
}

static bool lies_in(const uint8_t *bytes, const struct shipped *s)
{
	return bytes >= s->bytes && bytes <= s->bytes + s->size;
}

static int examine_layers(const struct auditing *a, const struct task *t, const struct shipped *s,
			  struct audit_one *one)
{
	const struct image_options options = {.max_size = a->options->max_size};
	struct elfsect_error reason;
	struct image *image;
	const uint8_t *bytes;
	uint64_t size;
	int ret = image_open_memory(s->bytes, s->size, t->shown, &options, &image, &reason);

	if (ret) {
		one->is_broken = true;
		return audit_refused(one, t, one->is_module ? AUDIT_UNEXPLAINED : AUDIT_NOT_UNDERSTOOD, ret, &reason);
	}
	bytes = image_bytes(image, &size);
	if (!lies_in(bytes, s))
		ret = audit_private_keys(one, t->shown, bytes, size, true);
	/* Modules come second, when it is known by whom they may be signed. */
	if (!ret && !one->is_module && image_is_elf_or_pe(image))
		return examine_image(a, t, image, one);
	image_close(image);
	return ret;
}

int audit_examine(void *context, void *state, size_t i, struct elfsect_error *error)
{
	struct auditing *a = context;
	const struct task *t = &a->tasks[i];
	struct audit_one *one = &a->ones[i];
	struct shipped s;
	int ret = shipped_open(t, &s, error);

	(void)state;
	if (ret)
		return ret;
	one->is_module = module_has_name(t->entry->path);
	if (s.size)
		ret = audit_private_keys(one, t->shown, s.bytes, s.size, false) ?: examine_layers(a, t, &s, one);
	shipped_close(&s);
	return ret ? failure_errno(error, -ret, "%s", t->shown) : 0;
}
