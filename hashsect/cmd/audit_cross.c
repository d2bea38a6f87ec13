// SPDX-License-Identifier: GPL-2.0-or-later
#include "audit_cross.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static bool is_kernel(const struct audit_one *one)
{
	return !one->is_module && one->certificate_count && *one->release;
}

static bool trusts(const struct audit_one *kernel, const char *signer)
{
	for (size_t i = 0; i < kernel->certificate_count; i++)
		if (!strcmp(kernel->certificates[i].description.fingerprint, signer))
			return true;
	return false;
}

/* Modules of one release that one key signed. */
struct group {
	const char *release, *signer;
	size_t count;
};

static int by_release(const void *a, const void *b)
{
	const struct group *p = a, *q = b;

	return strcmp(p->release, q->release) ?: strcmp(p->signer, q->signer);
}

static struct group *groups_of(const struct auditing *a, size_t *count)
{
	struct group *list = calloc(a->count + 1, sizeof(*list));
	size_t all = 0;

	*count = 0;
	for (size_t i = 0; list && i < a->count; i++)
		if (*a->ones[i].signer && *a->ones[i].release)
			list[all++] = (struct group){a->ones[i].release, a->ones[i].signer, 1};
	if (list)
		qsort(list, all, sizeof(*list), by_release);
	for (size_t i = 0; i < all; i++) {
		if (*count && !by_release(&list[*count - 1], &list[i]))
			list[*count - 1].count++;
		else
			list[(*count)++] = list[i];
	}
	return list;
}

/* Of each release and key once, however many of the certificates are of that key. */
static int look_at_kernel(const struct task *t, struct audit_one *kernel, const struct group *groups, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		autofree char *detail = NULL;
		const char *name = "a key";

		if (!strcmp(groups[i].release, kernel->release) || !trusts(kernel, groups[i].signer))
			continue;
		for (size_t k = 0; k < kernel->certificate_count; k++)
			if (!strcmp(kernel->certificates[k].description.fingerprint, groups[i].signer))
				name = kernel->certificates[k].description.subject;
		if (asprintf(&detail, "%s, which signed %zu module%s of %s", name, groups[i].count,
			     groups[i].count == 1 ? "" : "s", groups[i].release) < 0 ||
		    !audit_add(kernel, AUDIT_OTHER_RELEASE, t->shown, detail))
			return -ENOMEM;
	}
	return 0;
}

/* One of its release that trusts it will do. Of a module that does not say its release, any kernel may be its own. */
static int look_at_module(const struct auditing *a, const struct task *t, struct audit_one *module)
{
	const bool is_known = *module->release;
	const struct task *own = NULL;
	autofree char *detail = NULL;

	for (size_t i = 0; i < a->count; i++) {
		if (!is_kernel(&a->ones[i]) || (is_known && strcmp(a->ones[i].release, module->release) != 0))
			continue;
		if (!trusts(&a->ones[i], module->signer))
			own = &a->tasks[i];
		else if (is_known)
			return 0;
	}
	if (!own)
		return 0;
	if (asprintf(&detail, "of %s, %s", is_known ? module->release : "an unknown release", own->shown) < 0)
		return -ENOMEM;
	return audit_add(module, AUDIT_FOREIGN, t->shown, detail) ? 0 : -ENOMEM;
}

int audit_cross(struct auditing *a)
{
	size_t count;
	autofree struct group *groups = groups_of(a, &count);
	int ret = groups ? 0 : -ENOMEM;

	for (size_t i = 0; i < a->count && !ret; i++) {
		struct audit_one *one = &a->ones[i];

		if (is_kernel(one))
			ret = look_at_kernel(&a->tasks[i], one, groups, count);
		/* Certificates that were given are trusted by whoever gave them, for all kernels. */
		else if (one->is_module && *one->signer && !a->options->signers.count)
			ret = look_at_module(a, &a->tasks[i], one);
	}
	return ret;
}
