/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the steps of an audit share: first every file by itself, then modules and signed images by what was found. */
#ifndef HASHSECT_CMD_AUDIT_WORK_H
#define HASHSECT_CMD_AUDIT_WORK_H

#include "audit_findings.h"
#include "digest_files.h"
#include "modules/hash_slot.h"
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
	const char *const *paths;
	struct contents *sets; /* what each of the paths holds */
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

/* They are mapped where they are not in memory. shipped_close() afterwards. Returns 0 or -errno. */
int shipped_open(const struct task *task, struct shipped *shipped, struct elfsect_error *error);
void shipped_close(struct shipped *shipped);

/* The finding that a file was refused for this reason. Returns 0, or -errno if the trouble is none of the file's. */
int audit_refused(struct audit_one *one, const struct task *task, enum audit_kind kind, int ret,
		  const struct elfsect_error *reason);

/* Account for what the digest of a file leaves out; closes the image. Returns 0 or -errno. */
int audit_digest(const struct auditing *auditing, const struct task *task, struct image *image, struct audit_one *one);

/* The two steps, as tasks of struct work; the context is the auditing. */
int audit_examine(void *context, void *state, size_t i, struct elfsect_error *error);
int audit_judge(void *context, void *state, size_t i, struct elfsect_error *error);

#endif
