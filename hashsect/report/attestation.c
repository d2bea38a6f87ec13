// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/attestation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "report/attestation_form.h"
#include "report/manifest_write.h"
#include "trust/dsse.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define SVR_TYPE       "https://in-toto.io/attestation/svr/v0.2"
#define DIGEST_TYPE    "urn:x-hashsect:attestation:v1"

static const char *const formats[] = {[ATTESTATION_DIGEST] = DIGEST_TYPE, [ATTESTATION_SVR] = SVR_TYPE};
static const char *const verdicts[] = {
	[VERDICT_IDENTICAL] = "identical",
	[VERDICT_DIFFERENT] = "different",
	[VERDICT_EXCLUDED] = "excluded",
};
/* What a Simple Verification Result says of them: it has no word for what failed. */
static const char *const properties[] = {
	[VERDICT_IDENTICAL] = "HASHSECT_IDENTICAL",
	[VERDICT_DIFFERENT] = NULL,
	[VERDICT_EXCLUDED] = "HASHSECT_EXCLUDED",
};

/* ----------------------------------------------------------------------------------------------------------- write */

static struct json_object *digest_object(const uint8_t sha256[32])
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "sha256", json_hex(sha256, 32));
	return o;
}

static struct json_object *subject_object(const struct attested_file *file)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "name", json_name(file->name));
	json_set(&o, "digest", digest_object(file->sha256));
	return o;
}

static struct json_object *policy_object(const struct manifest *m)
{
	struct json_object *o = json_object_new_object();
	uint8_t sum[SHA256_SIZE];

	if (!m->policy || hash_once("sha256", m->policy, strlen(m->policy), sum)) {
		json_object_put(o);
		return NULL;
	}
	json_set(&o, "name", json_name(m->tag.policy));
	json_set(&o, "sha256", json_hex(sum, sizeof(sum)));
	json_set(&o, "text", json_object_new_string(m->policy));
	return o;
}

/* Evidence is named by its path, which is another one elsewhere: the status says that there was some. */
static struct json_object *exclusions_array(const struct manifest *m)
{
	struct json_object *list = manifest_exclusions_object(m);

	for (size_t i = 0; list && i < json_object_array_length(list); i++)
		json_object_object_del(json_object_array_get_idx(list, i), "evidence");
	return list;
}

/* What is claimed of one file, apart from its name: attestation_check() makes it again. */
static struct json_object *claim_object(const struct manifest *m)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "nuanced_digest", json_string(m->digest));
	json_set(&o, "size", json_number(m->size));
	json_set(&o, "policy", policy_object(m));
	json_set(&o, "exclusions", exclusions_array(m));
	json_set(&o, "layers", manifest_layers_object(m->layers, m->layer_count));
	manifest_set_map(&o, m);
	return o;
}

static struct json_object *reference_object(const struct attestation_claim *claim)
{
	struct json_object *o = subject_object(claim->reference);

	json_set(&o, "nuanced_digest", json_string(claim->reference->manifest->digest));
	json_set(&o, "verdict", json_string(verdicts[claim->verdict]));
	return o;
}

static struct json_object *tool_object(void)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "name", json_string("hashsect"));
	json_set(&o, "version", json_string(HASHSECT_VERSION));
	return o;
}

static struct json_object *digest_predicate(const struct attested_file *files, size_t count,
					    const struct attestation_claim *claim)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		json_append(&list, claim_object(files[i].manifest));
	json_set(&o, "scheme", json_number(1));
	json_set(&o, "tool", tool_object());
	json_set(&o, "timeCreated", json_string(claim->time));
	json_set(&o, "files", list);
	if (claim->store) {
		struct json_object *store = json_object_new_object();

		json_set(&store, "index_sha256", json_string(claim->store));
		json_set(&o, "store", store);
	}
	if (claim->reference)
		json_set(&o, "reference", reference_object(claim));
	return o;
}

static struct json_object *policies_array(const struct manifest *m)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	uint8_t sum[SHA256_SIZE];

	json_set(&o, "uri", json_string("urn:x-hashsect:policy"));
	json_set(&o, "digest", hash_once("sha256", m->policy, strlen(m->policy), sum) ? NULL : digest_object(sum));
	json_append(&list, o);
	return list;
}

/* What it says holds for each subject: all have one digest, and so one policy. */
static struct json_object *svr_predicate(const struct manifest *m, const struct attestation_claim *claim)
{
	struct json_object *o = json_object_new_object(), *verifier = json_object_new_object(),
			   *list = json_object_new_array();

	json_set(&verifier, "id", json_string(ATTESTATION_VERIFIER_ID));
	json_set(&verifier, "policies", policies_array(m));
	json_append(&list, json_string(m->digest));
	if (claim->reference)
		json_append(&list, json_string(properties[claim->verdict]));
	json_set(&o, "verifier", verifier);
	json_set(&o, "timeCreated", json_string(claim->time));
	json_set(&o, "properties", list);
	return o;
}

char *attestation_statement(enum attestation_format format, const struct attested_file *files, size_t count,
			    const struct attestation_claim *claim)
{
	struct json_object *o = json_object_new_object(), *subjects = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		json_append(&subjects, subject_object(&files[i]));
	json_set(&o, "_type", json_string(STATEMENT_TYPE));
	json_set(&o, "subject", subjects);
	json_set(&o, "predicateType", json_string(formats[format]));
	json_set(&o, "predicate",
		 format == ATTESTATION_SVR ? svr_predicate(files->manifest, claim)
					   : digest_predicate(files, count, claim));
	return json_text(o);
}

static struct json_object *base64_string(const void *bytes, uint64_t size)
{
	autofree char *text = dsse_base64(bytes, size);

	return text ? json_object_new_string(text) : NULL;
}

char *attestation_envelope(const char *payload, const char *key_id, const uint8_t *signature, size_t signature_size)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array(),
			   *s = json_object_new_object();

	json_set(&s, "keyid", json_string(key_id));
	json_set(&s, "sig", base64_string(signature, signature_size));
	json_append(&list, s);
	json_set(&o, "payloadType", json_string(ATTESTATION_PAYLOAD_TYPE));
	json_set(&o, "payload", base64_string(payload, strlen(payload)));
	json_set(&o, "signatures", list);
	return json_text(o);
}

int attestation_readable(const char *text, const char *what, struct elfsect_error *error)
{
	struct json_object *value;
	const int ret = json_read_text("attestation", what, text, strlen(text), &value, error);

	json_object_put(value);
	return ret;
}

/* ------------------------------------------------------------------------------------------------------------ read */

static int not_one(const char *path, const char *why, struct elfsect_error *error)
{
	return failure(error, EINVAL, "%s: not an attestation: %s", path, why);
}

static const char *string_of(const struct json_object *object, const char *name)
{
	return json_take_string(json_member(object, name, json_type_string));
}

static int read_signatures(const char *path, const struct json_object *envelope, struct attestation *a,
			   struct elfsect_error *error)
{
	struct json_object *list = json_member(envelope, "signatures", json_type_array);
	const size_t count = list ? json_object_array_length(list) : 0;

	if (!count)
		return not_one(path, "no signature", error);
	a->signatures = calloc(count, sizeof(*a->signatures));
	for (size_t i = 0; a->signatures && i < count; i++) {
		const struct json_object *one = json_object_array_get_idx(list, i);
		const char *key_id = string_of(one, "keyid"), *text = string_of(one, "sig");
		struct attestation_signature *s = &a->signatures[a->signature_count];

		if (!json_object_is_type(one, json_type_object) ||
		    json_object_object_length(one) != 1 + (key_id != NULL))
			return not_one(path, "a signature with members that are not known", error);
		s->key_id = strdup(key_id ? key_id : "");
		s->bytes = text ? dsse_base64_parse(text, &s->size) : NULL;
		a->signature_count++;
		if (!s->bytes)
			return not_one(path, "a signature that is not base64", error);
		if (!s->key_id)
			return failure_errno(error, ENOMEM, "%s", path);
	}
	return a->signatures ? 0 : failure_errno(error, ENOMEM, "%s", path);
}

static struct json_object *predicate_of(const struct attestation *a)
{
	return json_member(a->statement, "predicate", json_type_object);
}

/* Of a Simple Verification Result; NULL where there are not so many. */
static const char *property_of(const struct attestation *a, size_t i)
{
	struct json_object *list = json_member(predicate_of(a), "properties", json_type_array);

	return i < json_object_array_length(list) ? json_take_string(json_object_array_get_idx(list, i)) : NULL;
}

static bool is_verdict(const char *property)
{
	return !strcmp(property, properties[VERDICT_IDENTICAL]) || !strcmp(property, properties[VERDICT_EXCLUDED]);
}

/* What a schema cannot say. */
static int check_counts(const char *path, const struct attestation *a, struct elfsect_error *error)
{
	const size_t subjects = attestation_subject_count(a);
	const struct json_object *files = json_member(predicate_of(a), "files", json_type_array);

	if (files && json_object_array_length(files) != subjects)
		return not_one(path, "it has not one of predicate.files for each subject", error);
	if (a->format == ATTESTATION_SVR && property_of(a, 1) && (property_of(a, 2) || !is_verdict(property_of(a, 1))))
		return not_one(path, "a property that is not known here", error);
	if (subjects != 1 && attestation_has_reference(a))
		return not_one(path, "a reference of more than one subject", error);
	return 0;
}

static int read_statement(const char *path, struct attestation *a, struct elfsect_error *error)
{
	int ret = json_read_text(path, "statement", a->payload, a->payload_size, &a->statement, error);
	const char *type, *predicate;

	if (ret)
		return ret;
	type = string_of(a->statement, "_type");
	predicate = string_of(a->statement, "predicateType");
	if (!type || strcmp(type, STATEMENT_TYPE) != 0)
		return not_one(path, "its payload is no in-toto statement, version 1", error);
	for (a->format = ATTESTATION_DIGEST; predicate && strcmp(predicate, formats[a->format]) != 0; a->format++)
		if (a->format == ATTESTATION_SVR)
			break;
	if (!predicate || strcmp(predicate, formats[a->format]) != 0)
		return not_one(path, "a predicate of a type that is not known here", error);
	ret = attestation_form(path, a->statement, a->format, error);
	return ret ? ret : check_counts(path, a, error);
}

/* The form that attestation_envelope() writes, or the same on one line. */
static bool is_canonical(struct json_object *envelope, const uint8_t *bytes, uint64_t size)
{
	static const int forms[] = {JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE,
				    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *text = json_object_to_json_string_ext(envelope, forms[i]);
		const size_t length = text ? strlen(text) : 0;

		if (text && (size == length || (size == length + 1 && bytes[length] == '\n')) &&
		    !memcmp(text, bytes, length))
			return true;
	}
	return false;
}

static int read_envelope(const char *path, struct json_object *envelope, struct attestation *a,
			 struct elfsect_error *error)
{
	const char *type = string_of(envelope, "payloadType"), *payload = string_of(envelope, "payload");
	int ret;

	if (json_object_is_type(envelope, json_type_object) && json_object_object_length(envelope) != 3)
		return not_one(path, "members that are not known, or too few", error);
	if (!type || strcmp(type, ATTESTATION_PAYLOAD_TYPE) != 0)
		return not_one(path, "its payloadType is not " ATTESTATION_PAYLOAD_TYPE, error);
	a->payload = payload ? (char *)dsse_base64_parse(payload, &a->payload_size) : NULL;
	if (!a->payload)
		return not_one(path, "its payload is not base64", error);
	ret = read_signatures(path, envelope, a, error);
	return ret ? ret : read_statement(path, a, error);
}

int attestation_read(const char *path, struct attestation *a, struct elfsect_error *error)
{
	struct json_object *envelope = NULL;
	autofree uint8_t *bytes = NULL;
	uint64_t size;
	int ret = json_read_bytes(path, "DSSE envelope", &bytes, &size, &envelope, error);

	*a = (struct attestation){.payload = NULL};
	if (!ret && !is_canonical(envelope, bytes, size))
		ret = not_one(path, "not in the form that one is written in", error);
	if (!ret)
		ret = read_envelope(path, envelope, a, error);
	json_object_put(envelope);
	if (ret)
		attestation_clear(a);
	return ret;
}

void attestation_clear(struct attestation *a)
{
	for (size_t i = 0; i < a->signature_count; i++) {
		free(a->signatures[i].key_id);
		free(a->signatures[i].bytes);
	}
	free(a->signatures);
	free(a->payload);
	json_object_put(a->statement);
	*a = (struct attestation){.payload = NULL};
}

/* --------------------------------------------------------------------------------------------------------- subjects */

size_t attestation_subject_count(const struct attestation *a)
{
	struct json_object *list = json_member(a->statement, "subject", json_type_array);

	return list ? json_object_array_length(list) : 0;
}

size_t attestation_find(const struct attestation *a, const uint8_t sha256[32], size_t from)
{
	struct json_object *list = json_member(a->statement, "subject", json_type_array);

	for (size_t i = from; i < attestation_subject_count(a); i++) {
		const struct json_object *digest =
			json_member(json_object_array_get_idx(list, i), "digest", json_type_object);
		uint8_t claimed[32];

		if (json_take_hex(digest, "sha256", claimed, sizeof(claimed)) &&
		    !memcmp(claimed, sha256, sizeof(claimed)))
			return i;
	}
	return SIZE_MAX;
}

static const struct json_object *claim_of(const struct attestation *a, size_t subject)
{
	return json_object_array_get_idx(json_member(predicate_of(a), "files", json_type_array), subject);
}

const char *attestation_digest(const struct attestation *a, size_t subject)
{
	return a->format == ATTESTATION_SVR ? property_of(a, 0) : string_of(claim_of(a, subject), "nuanced_digest");
}

bool attestation_has_reference(const struct attestation *a)
{
	return a->format == ATTESTATION_SVR ? property_of(a, 1) != NULL : json_has(predicate_of(a), "reference");
}

const char *attestation_store(const struct attestation *a)
{
	return string_of(json_member(predicate_of(a), "store", json_type_object), "index_sha256");
}

static int differs(const char *name, struct elfsect_error *error)
{
	return failure(error, EKEYREJECTED, "%s is not what is attested", name);
}

/* Takes over what was made. */
static int compare(const struct json_object *claimed, struct json_object *made, struct elfsect_error *error)
{
	int ret = made ? 0 : failure_errno(error, ENOMEM, "attestation");

	if (made) {
		json_object_object_foreach(made, name, value)
		{
			struct json_object *other;

			if (!ret &&
			    (!json_object_object_get_ex(claimed, name, &other) || !json_object_equal(value, other)))
				ret = differs(name, error);
		}
	}
	json_object_put(made);
	return ret;
}

static int check_result(const struct attestation *a, const struct manifest *manifest, struct elfsect_error *error)
{
	struct json_object *made = json_object_new_object();

	json_set(&made, "policies", policies_array(manifest));
	return compare(json_member(predicate_of(a), "verifier", json_type_object), made, error);
}

int attestation_check(const struct attestation *a, size_t subject, const struct manifest *manifest,
		      struct elfsect_error *error)
{
	const char *digest = attestation_digest(a, subject);

	if (!digest || strcmp(digest, manifest->digest) != 0)
		return differs("the nuanced digest", error);
	return a->format == ATTESTATION_SVR ? check_result(a, manifest, error)
					    : compare(claim_of(a, subject), claim_object(manifest), error);
}

int attestation_check_reference(const struct attestation *a, const struct attestation_claim *claim,
				struct elfsect_error *error)
{
	const char *property = properties[claim->verdict];
	struct json_object *made;

	if (a->format == ATTESTATION_SVR)
		return property && !strcmp(property, property_of(a, 1)) ? 0 : differs("the verdict", error);
	made = reference_object(claim);
	if (made)
		json_object_object_del(made, "name");
	return compare(json_member(predicate_of(a), "reference", json_type_object), made, error);
}
