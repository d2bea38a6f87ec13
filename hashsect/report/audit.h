/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an audit of files, folders and packages found: each excluded byte, each signature, and what should not be there.
 */
#ifndef HASHSECT_REPORT_AUDIT_H
#define HASHSECT_REPORT_AUDIT_H

#include <stdio.h>

#include "base/private_key.h"
#include "elfsect_keyring.h"
#include "report/left_out.h"
#include "trust/status.h"

/** Version of the JSON. New members do not change it. */
enum { AUDIT_SCHEMA = 1 };

/** enum audit_kind - what was found; the order is that of the report */
enum audit_kind {
	AUDIT_PRIVATE_KEY,    /* a private key, at @offset, of @form */
	AUDIT_UNEXPLAINED,    /* the file has no digest: @detail */
	AUDIT_SIGNATURE,      /* a signature that is bad or malformed: @detail */
	AUDIT_STRANGER,	      /* a signature by a key that no kernel here trusts: @detail */
	AUDIT_FOREIGN,	      /* a signature by a key that another kernel trusts, and its own does not: @detail */
	AUDIT_BANNERS,	      /* which modules are a kernel's own cannot be told: @detail */
	AUDIT_NOT_LISTED,     /* a module whose hash a kernel here does not have: @detail */
	AUDIT_WEAK_KEY,	      /* a certificate's key is too short: @detail */
	AUDIT_WEAK_HASH,      /* a module's signature is of a hash that others can collide: @detail */
	AUDIT_UNSIGNED,	      /* a module without a signature, beside others that have one */
	AUDIT_EXPIRED,	      /* a certificate whose time is over: @detail */
	AUDIT_NOT_UNDERSTOOD, /* what cannot be judged here: @detail */
	AUDIT_AUTHORITY,      /* a certificate of a build's key that may certify others: @detail */
	AUDIT_SIGNS_NOTHING,  /* a certificate of a build's key that signed none of the modules here: @detail */
	AUDIT_OTHER_RELEASE,  /* a kernel trusts a key that signed modules of another release: @detail */
	AUDIT_PUBLISHED_KEY,  /* a private key that everybody has, at @offset: @detail */
	AUDIT_ROOM,	      /* excluded bytes that hold nothing: @size of them, @detail is the rule */
	AUDIT_KINDS,
};

enum audit_severity { AUDIT_ERROR, AUDIT_WARNING, AUDIT_NOTE, AUDIT_SEVERITIES };

/** audit_severity() - of a kind */
enum audit_severity audit_severity(enum audit_kind kind);

/** audit_severity_name() - "error", "warning", "note" */
const char *audit_severity_name(enum audit_severity severity);

/** audit_kind_text() - "a private key" */
const char *audit_kind_text(enum audit_kind kind);

/**
 * struct audit_finding - one thing
 * @path: of the file; owned
 * @detail: owned; NULL: nothing more to say
 * @offset: in the file, or if @is_inside in what is inside its layers
 */
struct audit_finding {
	enum audit_kind kind;
	char *path;
	char *detail;
	uint64_t offset, size;
	bool is_inside;
	enum private_key_form form;
};

/**
 * struct audit_certificate - one that a kernel trusts
 * @path: of the kernel; owned
 * @slot: static
 * @modules: how many were signed by it
 */
struct audit_certificate {
	char *path;
	const char *slot;
	struct elfsect_certificate description;
	size_t modules;
};

/**
 * struct audit_result - all of it
 * @files: that were looked at; @bytes of them
 * @modules: of them; @signatures: by what is found of the outermost one; @images: of signed PE files, likewise
 * @digested: files that have a digest
 * @listed: modules whose hash the kernel has; @has_list: it has a list or tree
 * @account: what the digests left out
 * @kernels: the digests of files that are no modules and leave something out, with parts, in the order of files; owned
 */
struct audit_result {
	size_t files, modules, digested, listed;
	uint64_t bytes;
	bool has_list;
	size_t signatures[SIGNATURE_UNSUPPORTED + 1], images[SIGNATURE_UNSUPPORTED + 1];
	struct audit_certificate *certificates;
	size_t certificate_count;
	struct audit_finding *findings;
	size_t finding_count;
	struct account *account;
	struct manifest **kernels;
	size_t kernel_count;
};

/** audit_failed() - whether there is an error among the findings */
bool audit_failed(const struct audit_result *result);

/** audit_print() - the verdict in the first line; @all: each finding, however many are alike. 0 or -ENOMEM */
ELFSECT_MUST_CHECK int audit_print(const struct audit_result *result, bool all, FILE *out);

/** audit_print_json() - 0 or -ENOMEM */
ELFSECT_MUST_CHECK int audit_print_json(const struct audit_result *result, FILE *out);

#endif
