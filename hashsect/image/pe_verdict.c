// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/pe_verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static const struct {
	const char *of_libcrypto, *name;
} hashes[] = {{"SHA256", "sha256"}, {"SHA384", "sha384"}, {"SHA512", "sha512"}};

static const char *hash_name_of(const struct authenticode *a)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (!strcmp(a->file_hash, hashes[i].of_libcrypto))
			return hashes[i].name;
	return NULL;
}

/* The digest that this signature should be over. */
static int digest_for(const struct pe *pe, uint64_t padding, const struct authenticode *a,
		      uint8_t digest[AUTHENTICODE_DIGEST_MAX], struct elfsect_error *error)
{
	const char *hash = hash_name_of(a);

	return hash ? pe_digest(pe, hash, padding, digest, error) : failure(error, ENOPKG, "hash %s", a->file_hash);
}

/* Messages begin with the name of the file, which a report has in front of the verdict already. */
static const char nameless[] = "it";

static void drop_name(struct elfsect_error *reason)
{
	static const char start[] = "it: ";
	const size_t length = sizeof(start) - 1;

	if (!strncmp(reason->message, start, length))
		memmove(reason->message, reason->message + length, strlen(reason->message + length) + 1);
}

static int judge_entry(const struct pe *pe, const struct signers *signers, struct pe_signature *s)
{
	uint8_t digest[AUTHENTICODE_DIGEST_MAX];
	int ret;

	if (s->entry.type != PE_TYPE_PKCS7)
		return failure(&s->reason, ENOPKG, "an entry of type 0x%x, which is no PKCS#7 message", s->entry.type);
	ret = authenticode_read(s->entry.data, s->entry.data_size, &s->signature, &s->reason);
	if (ret)
		return ret;
	s->has_signature = true;
	ret = digest_for(pe, 0, &s->signature, digest, &s->reason);
	return ret ? ret : authenticode_verify(&s->signature, digest, signers, &s->anchor, &s->reason);
}

static bool decides(enum signature_status status, enum signature_status before)
{
	static const int weight[] = {
		[SIGNATURE_BAD] = 5,	     [SIGNATURE_MALFORMED] = 4,
		[SIGNATURE_GOOD] = 3,	     [SIGNATURE_NO_CERTIFICATE] = 2,
		[SIGNATURE_UNSUPPORTED] = 1, [SIGNATURE_UNSIGNED] = 0,
	};

	return weight[status] > weight[before];
}

static int judge_table(const struct pe *pe, const struct signers *signers, struct pe_verdict *v,
		       struct elfsect_error *error)
{
	struct pe_table *table = malloc(sizeof(*table));
	int ret;

	v->list = table ? calloc(PE_CERTIFICATES_MAX, sizeof(*v->list)) : NULL;
	if (!v->list) {
		free(table);
		return failure_errno(error, ENOMEM, "%s", pe->name);
	}
	ret = pe_table_read(pe->bytes + pe->table, pe->table_size, pe->name, table, &v->reason);
	if (ret)
		v->status = SIGNATURE_MALFORMED;
	drop_name(&v->reason);
	for (size_t i = 0; !ret && i < table->count; i++) {
		struct pe_signature *s = &v->list[v->count++];

		s->entry = table->list[i];
		s->status = signature_status_of(judge_entry(pe, signers, s));
		drop_name(&s->reason);
		if (s->status == SIGNATURE_GOOD)
			*s->reason.message = '\0';
		if (decides(s->status, v->status)) {
			v->status = s->status;
			v->signer = i;
			error_copy(&v->reason, &s->reason);
		}
	}
	free(table);
	return 0;
}

int pe_judge(const uint8_t *bytes, uint64_t size, const struct signers *signers, struct pe_verdict *v,
	     struct elfsect_error *error)
{
	struct pe pe;

	*v = (struct pe_verdict){.status = SIGNATURE_UNSIGNED};
	error_set(&v->reason, "there is no signature");
	if (pe_read(bytes, size, nameless, &pe, &v->reason)) {
		drop_name(&v->reason);
		v->status = SIGNATURE_MALFORMED;
		return 0;
	}
	return pe.table_size ? judge_table(&pe, signers, v, error) : 0;
}

void pe_verdict_clear(struct pe_verdict *v)
{
	free(v->list);
	v->list = NULL;
}

/* ---------------------------------------------------------------------------------------------------------- covers */

static int covers_entry(const struct pe *pe, const struct pe_certificate *entry, struct elfsect_error *error)
{
	uint8_t digest[AUTHENTICODE_DIGEST_MAX];
	struct authenticode a;
	int ret;

	if (entry->type != PE_TYPE_PKCS7)
		return failure(error, ENOPKG, "an entry of type 0x%x, which is no PKCS#7 message", entry->type);
	ret = authenticode_read(entry->data, entry->data_size, &a, error);
	if (!ret)
		ret = digest_for(pe, pe_padding(pe), &a, digest, error);
	if (!ret && memcmp(digest, a.digest.content, a.digest.length) != 0)
		ret = failure(error, EKEYREJECTED, "a signature of other bytes");
	return ret;
}

int pe_covers(const struct pe *pe, const uint8_t *table, uint64_t table_size, const char *table_name,
	      struct elfsect_error *error)
{
	struct pe_table *entries = malloc(sizeof(*entries));
	struct elfsect_error reason;
	int ret = entries ? pe_table_read(table, table_size, table_name, entries, error)
			  : failure_errno(error, ENOMEM, "%s", table_name);

	for (size_t i = 0; !ret && i < entries->count; i++) {
		ret = covers_entry(pe, &entries->list[i], &reason);
		if (ret)
			ret = failure(error, -ret, "%s: not put on %s: %s", table_name, pe->name, reason.message);
	}
	free(entries);
	return ret;
}
