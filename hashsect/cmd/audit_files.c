// SPDX-License-Identifier: GPL-2.0-or-later
#include "audit_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit_cross.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "base/tool/progress.h"
#include "digest/pool.h"
#include "modules/module.h"

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
static int find_listing(struct auditing *a, struct elfsect_error *error)
{
	struct listing *l = &a->listing;
	int ret;

	for (size_t i = 0; i < a->count; i++) {
		if (a->ones[i].is_module || !a->ones[i].has_digest)
			continue;
		ret = open_again(&a->tasks[i], &l->image, error) ?: image_view(l->image, &l->view, error)
			?: module_hash_slot_find(l->view, NULL, &l->slot, error);
		if (!ret && (l->slot.is_root ? l->slot.levels > 0 : l->slot.entries > 0))
			return 0;
		elfsect_view_close(steal(l->view));
		image_close(steal(l->image));
		if (error_is_trouble(ret))
			return ret;
	}
	return 0;
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

/* A task of struct work. */
static int read_set(void *context, void *state, size_t i, struct elfsect_error *error)
{
	const struct auditing *a = context;

	(void)state;
	return contents_read(a->paths[i], CONTENTS_KEEP_ALL, &a->sets[i], error);
}

static int list_files(struct auditing *a, struct elfsect_error *error)
{
	size_t count = 0;
	int ret = 0;

	for (size_t i = 0; i < a->set_count; i++)
		for (size_t k = 0; k < a->sets[i].count; k++)
			count += a->sets[i].list[k].type == ARCHIVE_FILE;
	a->tasks = calloc(count + 1, sizeof(*a->tasks));
	a->ones = calloc(count + 1, sizeof(*a->ones));
	if (!a->tasks || !a->ones)
		return failure_errno(error, ENOMEM, "%s", a->paths[0]);
	for (size_t i = 0; i < a->set_count && !ret; i++) {
		for (size_t k = 0; k < a->sets[i].count && !ret; k++) {
			struct task *t = &a->tasks[a->count];

			if (a->sets[i].list[k].type != ARCHIVE_FILE)
				continue;
			*t = (struct task){&a->sets[i], &a->sets[i].list[k],
					   contents_shown(&a->sets[i], &a->sets[i].list[k])};
			a->count++;
			if (!t->shown)
				ret = failure_errno(error, ENOMEM, "%s", a->paths[i]);
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

static int audit_all(struct auditing *a, struct elfsect_error *error)
{
	struct workers *workers = a->options->workers->workers;
	struct work work = {.count = a->set_count, .run = read_set, .doing = "reading packages", .context = a};
	int ret = workers_run(workers, &work, error) ?: list_files(a, error);

	work = (struct work){.count = a->count, .run = audit_examine, .doing = "looking at files", .context = a};
	if (!ret)
		ret = workers_run(workers, &work, error);
	if (!ret)
		ret = take_given(a, error) ?: gather_certificates(a, error);
	if (!ret)
		ret = find_listing(a, error);
	a->result->has_list = a->listing.view;
	a->module_options.signers = a->signers;
	work.run = audit_judge;
	work.doing = "judging modules and images";
	if (!ret)
		ret = workers_run(workers, &work, error);
	if (!ret && (audit_cross(a) || put_together(a) || judge_certificates(a)))
		ret = failure_errno(error, ENOMEM, "%s", a->paths[0]);
	return ret;
}

int audit_files(const char *const *paths, size_t count, const struct digest_options *options,
		struct audit_result *result, struct elfsect_error *error)
{
	struct auditing a = {
		.options = options, .module_options = *options, .set_count = count, .paths = paths, .result = result};
	int ret;

	a.module_options.map = NULL;
	*result = (struct audit_result){.account = account_new()};
	a.sets = calloc(count + 1, sizeof(*a.sets));
	progress_begin(options->workers->workers);
	ret = a.sets && result->account ? audit_all(&a, error) : failure_errno(error, ENOMEM, "%s", paths[0]);
	progress_end();
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
