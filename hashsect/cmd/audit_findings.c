// SPDX-License-Identifier: GPL-2.0-or-later
#include "audit_findings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/finding.h"
#include "trust/published_keys.h"

enum { KEYS_MAX = 16 };	   /* of one file; more say nothing new, and each costs a search of the rest */
enum { RSA_LEAST = 2048 }; /* bits */

struct audit_finding *audit_add(struct audit_one *one, enum audit_kind kind, const char *path, const char *detail)
{
	struct audit_finding *list = reallocarray(one->findings, one->finding_count + 1, sizeof(*list)), *f;

	if (!list)
		return NULL;
	one->findings = list;
	f = &list[one->finding_count];
	*f = (struct audit_finding){.kind = kind, .path = strdup(path), .detail = detail ? strdup(detail) : NULL};
	one->finding_count++;
	return f->path && (f->detail || !detail) ? f : NULL;
}

int audit_private_keys(struct audit_one *one, const char *path, const uint8_t *bytes, uint64_t size, bool is_inside)
{
	struct private_key_place key;
	uint64_t at = 0;

	for (int i = 0; i < KEYS_MAX && private_key_next(bytes, size, &at, &key); i++) {
		const char *origin = key.size ? published_key_origin(bytes + key.start, key.size) : NULL;
		struct audit_finding *f =
			audit_add(one, origin ? AUDIT_PUBLISHED_KEY : AUDIT_PRIVATE_KEY, path, origin);

		if (!f)
			return -ENOMEM;
		f->offset = key.start;
		f->form = key.form;
		f->is_inside = is_inside;
	}
	return 0;
}

static int take_certificate(struct audit_one *one, const char *path, const struct elfsect_keyring_certificate *c)
{
	const size_t count = one->certificate_count;
	struct audit_certificate *list = reallocarray(one->certificates, count + 1, sizeof(*list));
	uint8_t **ders;

	if (!list)
		return -ENOMEM;
	one->certificates = list;
	ders = reallocarray(one->ders, count + 1, sizeof(*ders));
	if (!ders)
		return -ENOMEM;
	one->ders = ders;
	list[count] = (struct audit_certificate){.path = strdup(path), .slot = c->slot};
	ders[count] = malloc(c->size);
	one->certificate_count++;
	if (!list[count].path || !ders[count])
		return -ENOMEM;
	memcpy(ders[count], c->der, c->size);
	return elfsect_certificate_describe(c->der, c->size, &list[count].description, NULL) == -ENOMEM ? -ENOMEM : 0;
}

int audit_keyring(struct audit_one *one, const char *path, const struct elfsect_keyring *keyring)
{
	const struct elfsect_keyring_certificate *list;
	size_t count;
	int ret = 0;

	list = elfsect_keyring_certificates(keyring, &count);
	for (size_t i = 0; i < count && !ret; i++)
		ret = take_certificate(one, path, &list[i]);
	return ret;
}

int audit_exclusions(struct audit_one *one, const char *path, struct manifest *manifest)
{
	one->manifest = manifest;
	one->has_digest = true;
	for (size_t i = 0; i < manifest->exclusion_count; i++) {
		const struct manifest_exclusion *e = &manifest->exclusions[i];

		for (size_t k = 0; k < e->piece_count; k++) {
			struct audit_finding *f;

			if (!finding_piece_is_room(e->pieces[k].what))
				continue;
			f = audit_add(one, AUDIT_ROOM, path, e->rule);
			if (!f)
				return -ENOMEM;
			f->size = e->pieces[k].size;
		}
	}
	return 0;
}

/* RSA keys that no longer are enough. */
static bool is_weak(const char *key_type)
{
	uint64_t bits;

	return text_begins(key_type, "RSA-") && text_decimal(key_type + 4, &bits) && bits < RSA_LEAST;
}

int audit_certificate(struct audit_one *one, const struct audit_certificate *c, const char *now, bool has_modules)
{
	const struct elfsect_certificate *d = &c->description;
	struct audit_finding *f = NULL;
	bool found = false;

	if (is_weak(d->key_type)) {
		found = true;
		f = audit_add(one, AUDIT_WEAK_KEY, c->path, d->subject);
	}
	if (*d->not_after != '?' && strcmp(d->not_after, now) < 0 && (f || !found)) {
		found = true;
		f = audit_add(one, AUDIT_EXPIRED, c->path, d->subject);
	}
	if (d->is_ca && c->modules && (f || !found)) {
		found = true;
		f = audit_add(one, AUDIT_AUTHORITY, c->path, d->subject);
	}
	if (!d->is_ca && !c->modules && has_modules && (f || !found)) {
		found = true;
		f = audit_add(one, AUDIT_SIGNS_NOTHING, c->path, d->subject);
	}
	return found && !f ? -ENOMEM : 0;
}

void audit_one_clear(struct audit_one *one)
{
	for (size_t i = 0; i < one->finding_count; i++) {
		free(one->findings[i].path);
		free(one->findings[i].detail);
	}
	for (size_t i = 0; i < one->certificate_count; i++) {
		free(one->certificates[i].path);
		free(one->ders[i]);
	}
	free(one->findings);
	free(one->certificates);
	free(one->ders);
	manifest_free(one->manifest);
	*one = (struct audit_one){0};
}
