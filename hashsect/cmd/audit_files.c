// SPDX-License-Identifier: GPL-2.0-or-later
#include "audit_files.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "audit_findings.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "digest/pool.h"
#include "digest_files.h"
#include "image/boot.h"
#include "image/pe_verdict.h"
#include "image/spool.h"
#include "modules/hash_slot.h"
#include "modules/merkle.h"
#include "modules/module.h"
#include "modules/signature_verdict.h"
#include "package/contents.h"

/* A regular file of one of the sets. */
struct task {
	const struct contents *set;
	const struct contents_entry *entry;
	char *shown; /* owned */
};

/* A kernel whose hashes modules are looked up in. */
struct listing {
	struct image *image;
	struct elfsect_view *view;
	struct module_hash_slot slot;
};

struct auditing {
	const struct digest_options *options;
	struct digest_options module_options; /* without the map, which is a kernel's */
	struct contents *sets;
	size_t set_count;
	struct task *tasks;
	size_t count;
	struct audit_one *ones; /* one a task, and one for what concerns no single file */
	struct signers signers;
	size_t signed_modules;
	struct listing listing;
	struct audit_result *result;
};

/* The bytes of a file as it is shipped. */
struct shipped {
	const uint8_t *bytes;
	uint64_t size;
	void *map;
};

/* ------------------------------------------------------------------------------------------------------------ bytes
 */

static int shipped_open(const struct task *t, struct shipped *s, struct elfsect_error *error)
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

static void shipped_close(struct shipped *s)
{
	if (s->map)
		munmap(s->map, (size_t)s->size);
}

static bool is_elf(const uint8_t *bytes, uint64_t size)
{
	return size > SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG);
}

/* -------------------------------------------------------------------------------------------------------- one file
 */

static int refused(struct audit_one *one, const struct task *t, enum audit_kind kind, int ret,
		   const struct elfsect_error *reason)
{
	return ret == -ENOMEM || !audit_add(one, kind, t->shown, reason->message) ? -ENOMEM : 0;
}

static int examine_digest(const struct auditing *a, const struct task *t, struct image *image, struct audit_one *one)
{
	struct elfsect_error reason;
	struct file_digest digest;
	struct manifest *manifest;
	int ret = file_digest_of(image, one->is_module ? &a->module_options : a->options, &digest, &reason);

	if (ret)
		return refused(one, t, AUDIT_UNEXPLAINED, ret, &reason);
	manifest = file_manifest(&digest, NULL, !one->is_module);
	file_digest_clear(&digest);
	return manifest ? audit_exclusions(one, t->shown, manifest) : -ENOMEM;
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
		if (image_view(image, &view, &reason))
			return 0;
		ret = elfsect_keyring_open(view, NULL, NULL, &keyring, &reason);
	} else if (boot_raw_kernel(bytes, size)) {
		ret = elfsect_keyring_of_bytes(bytes, size, t->shown, &keyring, &reason);
	} else {
		return 0;
	}
	if (!ret) {
		*has = true;
		ret = audit_keyring(one, t->shown, keyring);
		elfsect_keyring_close(keyring);
	} else if (ret == -ENOENT) {
		*has = view && module_hash_slot_find(view, NULL, &slot, &reason) != -ENOENT;
		ret = 0;
	} else {
		ret = refused(one, t, AUDIT_UNEXPLAINED, ret, &reason);
	}
	elfsect_view_close(view);
	return ret;
}

/* Stripped kernels without a map have no digest; nothing is left out of what has none. */
static bool can_have_digest(const struct auditing *a, const struct image *image)
{
	struct elfsect_view *view = NULL;
	struct elfsect_error ignored;
	bool can;

	if (a->options->map)
		return true;
	if (image_view(image, &view, &ignored))
		return false;
	can = elfsect_symbol_count(view) > 0;
	elfsect_view_close(view);
	return can;
}

static int examine_image(const struct auditing *a, const struct task *t, struct image *image, struct audit_one *one)
{
	bool is_kernel;
	int ret = examine_keyring(t, image, one, &is_kernel);

	if (!ret && is_kernel && can_have_digest(a, image))
		return examine_digest(a, t, image, one);
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
		return refused(one, t, one->is_module ? AUDIT_UNEXPLAINED : AUDIT_NOT_UNDERSTOOD, ret, &reason);
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

/* A task of struct work. */
static int examine(void *context, void *state, size_t i, struct elfsect_error *error)
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

/* --------------------------------------------------------------------------------------- modules and their kernels
 */

/* Kernels take none of them any more, older ones did. */
static bool is_weak_hash(const char *name)
{
	return !strcmp(name, "SHA1") || !strcmp(name, "MD5") || !strcmp(name, "MD4");
}

static int take_verdict(const struct auditing *a, const struct task *t, const struct module_verdict *v,
			struct audit_one *one)
{
	struct elfsect_certificate *description;
	uint8_t *der = NULL;
	int size;

	one->signature = v->status;
	if (v->has_signature && v->signature.hash && is_weak_hash(v->signature.hash) &&
	    !audit_add(one, AUDIT_WEAK_HASH, t->shown, v->signature.algorithm))
		return -ENOMEM;
	switch (v->status) {
	case SIGNATURE_GOOD:
		size = i2d_X509(v->certificate, &der);
		description = calloc(1, sizeof(*description));
		if (size > 0 && description && !elfsect_certificate_describe(der, (uint64_t)size, description, NULL))
			memcpy(one->signer, description->fingerprint, sizeof(one->signer));
		free(description);
		OPENSSL_free(der);
		return *one->signer ? 0 : -ENOMEM;
	case SIGNATURE_BAD:
	case SIGNATURE_MALFORMED:
		return audit_add(one, AUDIT_SIGNATURE, t->shown, v->reason.message) ? 0 : -ENOMEM;
	case SIGNATURE_NO_CERTIFICATE:
		return !a->signers.count || audit_add(one, AUDIT_STRANGER, t->shown, v->reason.message) ? 0 : -ENOMEM;
	case SIGNATURE_UNSUPPORTED:
		return audit_add(one, AUDIT_NOT_UNDERSTOOD, t->shown, v->reason.message) ? 0 : -ENOMEM;
	case SIGNATURE_UNSIGNED:
		break;
	}
	return 0;
}

static int look_up(const struct auditing *a, const struct task *t, const uint8_t *bytes, uint64_t size,
		   struct audit_one *one)
{
	const struct module_file file = {.bytes = bytes, .size = size, .body_size = size};
	struct hash_verdict verdict = {0};
	struct hash *hash = NULL;
	int ret = module_hash_new(&hash) ?: module_hash_verify(&a->listing.slot, &file, hash, &verdict);

	hash_free(hash);
	one->is_listed = !ret && !verdict.code;
	if (!ret && verdict.code && !audit_add(one, AUDIT_NOT_LISTED, t->shown, verdict.reason))
		ret = -ENOMEM;
	return ret;
}

static int digest_module(const struct auditing *a, const struct task *t, const struct shipped *s, struct audit_one *one)
{
	const struct image_options options = {.max_size = a->options->max_size};
	struct elfsect_error ignored;
	struct image *image;

	/* What cannot be opened was said before, and so was a signature that is not good. */
	if (one->signature == SIGNATURE_BAD || one->signature == SIGNATURE_MALFORMED ||
	    image_open_memory(s->bytes, s->size, t->shown, &options, &image, &ignored))
		return 0;
	return examine_digest(a, t, image, one);
}

/* Against what all kernels of the run trust and list. */
static int judge_module(const struct auditing *a, const struct task *t, const struct shipped *s, struct audit_one *one)
{
	const struct image_options options = {.keep_trailers = true};
	struct module_verdict verdict;
	struct elfsect_error ignored;
	struct image *image;
	const uint8_t *bytes;
	uint64_t size;
	int ret;

	if (image_open_memory(s->bytes, s->size, t->shown, &options, &image, &ignored))
		return 0;
	bytes = image_bytes(image, &size);
	module_judge(bytes, size, &a->signers, &verdict);
	ret = take_verdict(a, t, &verdict, one);
	if (!ret && a->listing.view)
		ret = look_up(a, t, bytes, size, one);
	image_close(image);
	return ret ? ret : digest_module(a, t, s, one);
}

/* Firmware has certificates of its own: those that were given stand for them. */
static int judge_pe(const struct auditing *a, const struct task *t, const struct shipped *s, struct audit_one *one)
{
	struct pe_verdict verdict;
	int ret = pe_judge(s->bytes, s->size, &a->options->signers, &verdict, NULL);

	if (!ret && verdict.status != SIGNATURE_UNSIGNED) {
		one->is_signed_image = true;
		one->signature = verdict.status;
	}
	if (!ret && (verdict.status == SIGNATURE_BAD || verdict.status == SIGNATURE_MALFORMED) &&
	    !audit_add(one, AUDIT_SIGNATURE, t->shown, verdict.reason.message))
		ret = -ENOMEM;
	pe_verdict_clear(&verdict);
	return ret;
}

/* A task of struct work. */
static int judge(void *context, void *state, size_t i, struct elfsect_error *error)
{
	const struct auditing *a = context;
	const struct task *t = &a->tasks[i];
	struct audit_one *one = &a->ones[i];
	struct shipped s;
	int ret;

	(void)state;
	if (!t->entry->size || one->is_broken)
		return 0;
	ret = shipped_open(t, &s, error);
	if (ret)
		return ret;
	if (one->is_module)
		ret = judge_module(a, t, &s, one);
	else if (pe_recognise(s.bytes, s.size))
		ret = judge_pe(a, t, &s, one);
	shipped_close(&s);
	return ret ? failure_errno(error, -ret, "%s", t->shown) : 0;
}

/* ---------------------------------------------------------------------------------------------------------- together
 */

static int gather_certificates(struct auditing *a, struct elfsect_error *error)
{
	struct audit_result *r = a->result;
	size_t count = 0;

	for (size_t i = 0; i < a->count; i++)
		count += a->ones[i].certificate_count;
	r->certificates = calloc(count + 1, sizeof(*r->certificates));
	if (!r->certificates)
		return failure_errno(error, ENOMEM, "certificates");
	for (size_t i = 0; i < a->count; i++) {
		struct audit_one *one = &a->ones[i];

		for (size_t k = 0; k < one->certificate_count; k++) {
			const uint64_t size = one->certificates[k].description.size;
			int ret;

			/* One that libcrypto cannot decode signs nothing that could be verified. */
			ret = signers_add(&a->signers, one->ders[k], size, one->certificates[k].path, error);
			if (ret == -ENOMEM)
				return ret;
			r->certificates[r->certificate_count++] = one->certificates[k];
			one->certificates[k].path = NULL;
		}
	}
	return 0;
}

/* A file once more, for as long as the run takes. */
static int open_again(const struct task *t, struct image **image, struct elfsect_error *error)
{
	autoclose int fd = -1;

	if (t->set->folder < 0)
		return image_open_memory(t->entry->bytes, t->entry->size, t->shown, NULL, image, error);
	fd = contents_open(t->set, t->entry, error);
	return fd < 0 ? fd : image_open_fd(fd, t->shown, NULL, image, error);
}

/* The first kernel that lists modules. */
static void find_listing(struct auditing *a)
{
	struct listing *l = &a->listing;
	struct elfsect_error ignored;

	for (size_t i = 0; i < a->count; i++) {
		if (a->ones[i].is_module || !a->ones[i].has_digest)
			continue;
		if (!open_again(&a->tasks[i], &l->image, &ignored) && !image_view(l->image, &l->view, &ignored) &&
		    !module_hash_slot_find(l->view, NULL, &l->slot, &ignored) &&
		    (l->slot.is_root ? l->slot.levels > 0 : l->slot.entries > 0))
			return;
		elfsect_view_close(steal(l->view));
		image_close(steal(l->image));
	}
}

static int move_findings(struct audit_result *r, struct audit_one *one)
{
	struct audit_finding *list;

	if (!one->finding_count)
		return 0;
	list = reallocarray(r->findings, r->finding_count + one->finding_count, sizeof(*list));
	if (!list)
		return -ENOMEM;
	r->findings = list;
	memcpy(list + r->finding_count, one->findings, one->finding_count * sizeof(*list));
	r->finding_count += one->finding_count;
	one->finding_count = 0;
	return 0;
}

/* Of kernels all is kept. */
static int move_kernel(struct audit_result *r, struct audit_one *one)
{
	struct manifest **grown;

	if (one->is_module || !one->manifest->exclusion_count)
		return 0;
	grown = reallocarray(r->kernels, r->kernel_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	r->kernels = grown;
	r->kernels[r->kernel_count++] = steal(one->manifest);
	return 0;
}

static void count_signer(struct audit_result *r, const char *fingerprint)
{
	for (size_t i = 0; i < r->certificate_count; i++)
		if (!strcmp(r->certificates[i].description.fingerprint, fingerprint))
			r->certificates[i].modules++;
}

static int put_together(struct auditing *a)
{
	struct audit_result *r = a->result;
	int ret = 0;

	for (size_t i = 0; i < a->count; i++) {
		struct audit_one *one = &a->ones[i];

		r->files++;
		r->bytes += a->tasks[i].entry->size;
		r->digested += one->has_digest;
		if (one->is_signed_image)
			r->images[one->signature]++;
		if (!one->is_module)
			continue;
		r->modules++;
		r->signatures[one->is_broken ? SIGNATURE_MALFORMED : one->signature]++;
		r->listed += one->is_listed;
		if (*one->signer)
			count_signer(r, one->signer);
	}
	a->signed_modules = r->modules - r->signatures[SIGNATURE_UNSIGNED];
	for (size_t i = 0; i < a->count && !ret; i++) {
		struct audit_one *one = &a->ones[i];

		if (one->is_module && one->signature == SIGNATURE_UNSIGNED && a->signed_modules &&
		    !audit_add(one, AUDIT_UNSIGNED, a->tasks[i].shown, NULL))
			return -ENOMEM;
		ret = move_findings(r, one);
		if (!ret && one->manifest)
			ret = account_add(r->account, one->manifest) ?: move_kernel(r, one);
	}
	return ret;
}

/* Now, or when SOURCE_DATE_EPOCH says that it is, as certificates have their times. */
static void take_time(char now[24])
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t seconds;
	time_t at = time(NULL);
	struct tm tm;

	if (epoch && text_decimal(epoch, &seconds) && seconds < UINT32_MAX)
		at = (time_t)seconds;
	*now = '\0';
	if (gmtime_r(&at, &tm))
		strftime(now, 24, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static int judge_certificates(struct auditing *a)
{
	struct audit_one *all = &a->ones[a->count];
	struct audit_result *r = a->result;
	char now[24];
	int ret = 0;

	take_time(now);
	for (size_t i = 0; i < r->certificate_count && !ret; i++)
		ret = audit_certificate(all, &r->certificates[i], now, a->signed_modules > 0);
	if (!ret && a->signed_modules && !a->signers.count &&
	    !audit_add(all, AUDIT_NOT_UNDERSTOOD, a->sets[0].name,
		       "signed modules, and no kernel whose keyring could verify them: name it, or --keyring"))
		ret = -ENOMEM;
	return ret ? ret : move_findings(r, all);
}

/* ------------------------------------------------------------------------------------------------------------- all
 */

static int read_sets(struct auditing *a, const char *const *paths, struct elfsect_error *error)
{
	size_t count = 0;
	int ret = 0;

	for (size_t i = 0; i < a->set_count && !ret; i++) {
		ret = contents_read(paths[i], CONTENTS_KEEP_ALL, &a->sets[i], error);
		for (size_t k = 0; k < a->sets[i].count; k++)
			count += a->sets[i].list[k].type == ARCHIVE_FILE;
	}
	a->tasks = calloc(count + 1, sizeof(*a->tasks));
	a->ones = calloc(count + 1, sizeof(*a->ones));
	if (!ret && (!a->tasks || !a->ones))
		return failure_errno(error, ENOMEM, "%s", paths[0]);
	for (size_t i = 0; i < a->set_count && !ret; i++) {
		for (size_t k = 0; k < a->sets[i].count && !ret; k++) {
			struct task *t = &a->tasks[a->count];

			if (a->sets[i].list[k].type != ARCHIVE_FILE)
				continue;
			*t = (struct task){&a->sets[i], &a->sets[i].list[k],
					   contents_shown(&a->sets[i], &a->sets[i].list[k])};
			a->count++;
			if (!t->shown)
				ret = failure_errno(error, ENOMEM, "%s", paths[i]);
		}
	}
	return ret;
}

static int take_given(struct auditing *a, struct elfsect_error *error)
{
	const struct signers *given = &a->options->signers;

	for (size_t i = 0; i < given->count; i++) {
		uint8_t *der = NULL;
		const int size = i2d_X509(given->list[i], &der);
		const int ret = size > 0 ? signers_add(&a->signers, der, (uint64_t)size, "certificates", error)
					 : failure_errno(error, ENOMEM, "certificates");

		OPENSSL_free(der);
		if (ret)
			return ret;
	}
	return 0;
}

static int audit_all(struct auditing *a, const char *const *paths, struct elfsect_error *error)
{
	struct workers *workers = a->options->workers->workers;
	struct work work = {.run = examine, .context = a};
	int ret = read_sets(a, paths, error);

	work.count = a->count;
	if (!ret)
		ret = workers_run(workers, &work, error);
	if (!ret)
		ret = take_given(a, error) ?: gather_certificates(a, error);
	if (!ret)
		find_listing(a);
	a->result->has_list = a->listing.view;
	a->module_options.signers = a->signers;
	work.run = judge;
	if (!ret)
		ret = workers_run(workers, &work, error);
	if (!ret && (put_together(a) || judge_certificates(a)))
		ret = failure_errno(error, ENOMEM, "%s", paths[0]);
	return ret;
}

int audit_files(const char *const *paths, size_t count, const struct digest_options *options,
		struct audit_result *result, struct elfsect_error *error)
{
	struct auditing a = {.options = options, .module_options = *options, .set_count = count, .result = result};
	int ret;

	a.module_options.map = NULL;
	*result = (struct audit_result){.account = account_new()};
	a.sets = calloc(count + 1, sizeof(*a.sets));
	ret = a.sets && result->account ? audit_all(&a, paths, error) : failure_errno(error, ENOMEM, "%s", paths[0]);
	for (size_t i = 0; i < a.count; i++)
		free(a.tasks[i].shown);
	for (size_t i = 0; a.ones && i <= a.count; i++)
		audit_one_clear(&a.ones[i]);
	for (size_t i = 0; a.sets && i < count; i++)
		contents_clear(&a.sets[i]);
	elfsect_view_close(a.listing.view);
	image_close(a.listing.image);
	signers_clear(&a.signers);
	free(a.tasks);
	free(a.ones);
	free(a.sets);
	return ret;
}

void audit_clear(struct audit_result *result)
{
	for (size_t i = 0; i < result->finding_count; i++) {
		free(result->findings[i].path);
		free(result->findings[i].detail);
	}
	for (size_t i = 0; i < result->certificate_count; i++)
		free(result->certificates[i].path);
	free(result->findings);
	free(result->certificates);
	account_free(result->account);
	for (size_t i = 0; i < result->kernel_count; i++)
		manifest_free(result->kernels[i]);
	free(result->kernels);
	*result = (struct audit_result){0};
}
