// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Leaves are hashed by workers that take tasks from one list; part hashes and the root, which are few and short, after
 * them. A worker's memory is one chunk, whatever the file's size.
 */
#include "digest/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/cleanup.h"
#include "base/workers.h"
#include "digest/heads.h"

enum { PREFIX_LEAF = 0, PREFIX_PART = 1, PREFIX_ROOT = 2 };

enum { FEW_BYTES = 65536 };

/* One leaf of a part; all leaves of a symbol table, whose records have no fixed size; or relocations to check only. */
struct task {
	const struct part *part;		  /* NULL: check only */
	const struct elfsect_section *check_only; /* relocations that are not in scope */
	uint64_t leaf;				  /* in the part, or in the relocations that are checked */
};

/* What all threads share. */
struct hashing {
	const struct records *records;
	struct tree *tree;
	struct task *tasks;
	size_t count;
	uint64_t bytes; /* about how many are to be hashed */
};

/* What each thread has. */
struct worker {
	const struct hashing *hashing;
	struct hash *hash;
	uint8_t *buffer; /* CHUNK bytes */
};

static int put_u32(struct hash *hash, uint32_t value)
{
	uint8_t bytes[4];

	store_u32(bytes, ELFDATA2LSB, value);
	return hash_add(hash, bytes, sizeof(bytes));
}

static int put_u64(struct hash *hash, uint64_t value)
{
	uint8_t bytes[8];

	store_u64(bytes, ELFDATA2LSB, value);
	return hash_add(hash, bytes, sizeof(bytes));
}

static int begin(struct hash *hash, uint8_t prefix)
{
	return hash_begin(hash) ?: hash_add(hash, &prefix, 1);
}

static uint8_t *leaf_place(const struct worker *w, const struct part *part, uint64_t leaf)
{
	return w->hashing->tree->leaves + (part->first_leaf + leaf) * w->hashing->tree->hash_size;
}

/* ------------------------------------------------------------------------------------------------------- leaves */

/* The first masked byte of a section at or after `from`, and how many follow; false if there is none. */
static bool next_mask(const struct resolution *r, uint32_t section, uint64_t from, struct mask *found)
{
	bool any = false;

	for (size_t i = 0; i < r->policy->rule_count; i++)
		for (size_t j = 0; j < r->exclusions[i].mask_count; j++) {
			const struct mask *m = &r->exclusions[i].masks[j];

			if (m->section != section || m->offset + m->length <= from ||
			    (any && m->offset >= found->offset))
				continue;
			*found = *m;
			any = true;
		}
	return any;
}

/* Bytes [from, to) of a part, with zeros in place of masked ones. */
static int add_bytes(struct worker *w, const struct part *part, uint64_t from, uint64_t to)
{
	const struct resolution *r = w->hashing->records->resolution;
	struct mask mask = {0};
	int ret = 0;

	if (part->source == SOURCE_BYTES || !r->mask_count)
		return hash_add(w->hash, part->bytes + from, to - from);
	while (from < to && !ret && next_mask(r, part->section->index, from, &mask) && mask.offset < to) {
		const uint64_t start = mask.offset > from ? mask.offset : from;
		const uint64_t end = mask.offset + mask.length < to ? mask.offset + mask.length : to;

		ret = hash_add(w->hash, part->bytes + from, start - from) ?: hash_add_zeros(w->hash, end - start);
		from = end;
	}
	return ret ? ret : hash_add(w->hash, part->bytes + from, to - from);
}

static int leaf_of_bytes(struct worker *w, const struct part *part, uint64_t leaf)
{
	const uint64_t from = leaf * CHUNK, left = part->size - from;

	return begin(w->hash, PREFIX_LEAF) ?: add_bytes(w, part, from, from + (left < CHUNK ? left : CHUNK)) ?:
		       hash_end(w->hash, leaf_place(w, part, leaf));
}

static int leaf_of_relocations(struct worker *w, const struct part *part, uint64_t leaf, struct elfsect_error *error)
{
	const uint64_t first = leaf * CHUNK_RELOCATIONS, left = part->size / RELOCATION_RECORD - first;
	const uint64_t count = left < CHUNK_RELOCATIONS ? left : CHUNK_RELOCATIONS;
	int ret = relocation_records(w->hashing->records, part->section, first, count, w->buffer, error);

	if (ret)
		return ret;
	return begin(w->hash, PREFIX_LEAF) ?: hash_add(w->hash, w->buffer, count * RELOCATION_RECORD) ?:
		       hash_end(w->hash, leaf_place(w, part, leaf));
}

/* The stream of symbol records, cut into leaves. */
struct stream {
	struct worker *worker;
	const struct part *part;
	uint64_t in_chunk; /* bytes of the present leaf */
	uint64_t leaf;
};

static int stream_add(struct stream *s, const void *bytes, uint64_t size)
{
	const uint8_t *p = bytes;
	struct hash *hash = s->worker->hash;
	int ret = 0;

	while (size && !ret) {
		const uint64_t room = CHUNK - s->in_chunk, piece = size < room ? size : room;

		if (s->leaf >= s->part->leaf_count)
			return -EAGAIN; /* the names grew since they were measured: somebody writes to the file */
		if (!s->in_chunk)
			ret = begin(hash, PREFIX_LEAF);
		if (!ret)
			ret = hash_add(hash, p, piece);
		p += piece;
		size -= piece;
		s->in_chunk += piece;
		if (!ret && s->in_chunk == CHUNK) {
			ret = hash_end(hash, leaf_place(s->worker, s->part, s->leaf++));
			s->in_chunk = 0;
		}
	}
	return ret;
}

static int leaves_of_symbols(struct worker *w, const struct part *part)
{
	const struct records *r = w->hashing->records;
	struct stream stream = {.worker = w, .part = part};
	uint64_t used = 0;
	int ret = 0;

	for (uint32_t i = 1, n = elfsect_symbol_count(r->view); i < n && !ret; i++) {
		struct elfsect_symbol s;
		uint64_t name_size;

		if (!symbol_is_counted(r->numbers, i))
			continue;
		s = elfsect_symbol_get(r->view, i);
		name_size = strlen(s.name);
		/* The chunk buffer collects records, so that the hash is not called for each few bytes. */
		if (used + 26 + name_size > CHUNK) {
			ret = stream_add(&stream, w->buffer, used);
			used = 0;
		}
		if (26 + name_size > CHUNK) {
			uint8_t fields[26];

			store_u32(fields, ELFDATA2LSB, (uint32_t)name_size);
			symbol_record_fields(r, &s, fields + 4);
			ret = ret ?: stream_add(&stream, fields, 4) ?: stream_add(&stream, s.name, name_size) ?:
				     stream_add(&stream, fields + 4, 22);
			continue;
		}
		store_u32(w->buffer + used, ELFDATA2LSB, (uint32_t)name_size);
		memcpy(w->buffer + used + 4, s.name, name_size);
		symbol_record_fields(r, &s, w->buffer + used + 4 + name_size);
		used += 26 + name_size;
	}
	if (!ret)
		ret = stream_add(&stream, w->buffer, used);
	if (!ret && stream.in_chunk)
		ret = hash_end(w->hash, leaf_place(w, part, stream.leaf));
	return ret;
}

static int check_only(struct worker *w, const struct task *task, struct elfsect_error *error)
{
	const struct records *r = w->hashing->records;
	const uint64_t first = task->leaf * CHUNK_RELOCATIONS;
	const uint64_t left = elfsect_relocation_count(r->view, task->check_only) - first;

	return relocation_records(r, task->check_only, first, left < CHUNK_RELOCATIONS ? left : CHUNK_RELOCATIONS,
				  w->buffer, error);
}

/* ------------------------------------------------------------------------------------------------------ workers */

static int worker_new(void *context, void **state)
{
	const struct hashing *h = context;
	struct worker *w = calloc(1, sizeof(*w));
	int ret = -ENOMEM;

	if (!w)
		return ret;
	w->hashing = h;
	w->buffer = malloc(CHUNK);
	if (w->buffer)
		ret = hash_new(h->tree->hash_name, &w->hash);
	if (ret) {
		free(w->buffer);
		free(w);
		return ret;
	}
	*state = w;
	return 0;
}

static void worker_free(void *state)
{
	struct worker *w = state;

	hash_free(w->hash);
	free(w->buffer);
	free(w);
}

static int run_task(void *context, void *state, size_t index, struct elfsect_error *error)
{
	const struct hashing *h = context;
	const struct task *task = &h->tasks[index];
	struct worker *w = state;
	int ret;

	error->message[0] = '\0';
	if (!task->part)
		return check_only(w, task, error);
	switch (task->part->source) {
	case SOURCE_SYMBOLS:
		ret = leaves_of_symbols(w, task->part);
		break;
	case SOURCE_RELOCATIONS:
		ret = leaf_of_relocations(w, task->part, task->leaf, error);
		break;
	default:
		ret = leaf_of_bytes(w, task->part, task->leaf);
	}
	if (ret && !error->message[0])
		error_set(error, "%s: %s", elfsect_view_name(h->records->view),
			  ret == -EAGAIN ? "the file changed while it was being read" : "the hash function failed");
	return ret;
}

/* What is hashed sooner than a thread wakes up is hashed here. */
static int run_tasks(struct hashing *h, struct workers *workers, struct elfsect_error *error)
{
	const struct work work = {
		.count = h->count,
		.run = run_task,
		.state_new = worker_new,
		.state_free = worker_free,
		.context = h,
	};

	return workers_run(h->bytes > FEW_BYTES ? workers : NULL, &work, error);
}

/* In a linked file they are not loaded either, and what nobody loads is not read. */
static bool is_checked_only(const struct records *r, const struct elfsect_section *s)
{
	return elfsect_is_relocatable(r->view) && elfsect_relocations_are_symbolic(r->view, s) &&
	       !section_in_scope(r->numbers, s->index);
}

static int list_tasks(struct hashing *h)
{
	const struct records *r = h->records;
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);
	size_t room = r->leaf_count;

	for (size_t i = 0; i < r->part_count; i++)
		h->bytes += r->parts[i].size;
	for (uint32_t i = 1; i < count; i++)
		if (is_checked_only(r, &sections[i])) {
			room += elfsect_relocation_count(r->view, &sections[i]) / CHUNK_RELOCATIONS + 1;
			h->bytes += sections[i].size;
		}
	h->tasks = calloc(room ? room : 1, sizeof(*h->tasks));
	if (!h->tasks)
		return -ENOMEM;
	/* The longest first: a symbol table is one task. */
	for (size_t i = 0; i < r->part_count; i++)
		if (r->parts[i].source == SOURCE_SYMBOLS && r->parts[i].leaf_count)
			h->tasks[h->count++] = (struct task){.part = &r->parts[i]};
	for (size_t i = 0; i < r->part_count; i++)
		for (uint64_t leaf = 0; r->parts[i].source != SOURCE_SYMBOLS && leaf < r->parts[i].leaf_count; leaf++)
			h->tasks[h->count++] = (struct task){.part = &r->parts[i], .leaf = leaf};
	for (uint32_t i = 1; i < count; i++)
		for (uint64_t k = 0; is_checked_only(r, &sections[i]) &&
				     k * CHUNK_RELOCATIONS < elfsect_relocation_count(r->view, &sections[i]);
		     k++)
			h->tasks[h->count++] = (struct task){.check_only = &sections[i], .leaf = k};
	return 0;
}

/* ------------------------------------------------------------------------------------------------ parts and root */

static int hash_part(struct hash *hash, const struct records *r, const struct part *part, const struct tree *t,
		     uint8_t *out)
{
	const uint8_t kind = (uint8_t)part->kind;
	autofree uint8_t *head = NULL;
	size_t size;
	int ret = part_head(r, part, &head, &size);

	if (ret)
		return ret;
	return begin(hash, PREFIX_PART) ?: hash_add(hash, &kind, 1) ?: put_u32(hash, (uint32_t)size) ?:
		       hash_add(hash, head, size) ?: put_u64(hash, part->size) ?:
		       hash_add(hash, t->leaves + part->first_leaf * t->hash_size, part->leaf_count * t->hash_size) ?:
		       hash_end(hash, out);
}

static int hash_root(struct hash *hash, const struct records *r, enum hashsect_scope scope, struct tree *t)
{
	const uint8_t scope_byte = (uint8_t)scope;
	const size_t name_size = strlen(t->hash_name);

	return begin(hash, PREFIX_ROOT) ?: hash_add(hash, "hashsect", 8) ?: put_u32(hash, HASHSECT_SCHEME) ?:
		       put_u32(hash, (uint32_t)name_size) ?: hash_add(hash, t->hash_name, name_size) ?:
		       hash_add(hash, &scope_byte, 1) ?: put_u32(hash, (uint32_t)r->part_count) ?:
		       hash_add(hash, t->parts, r->part_count * t->hash_size) ?: hash_end(hash, t->root);
}

static int hash_upper(const struct records *r, enum hashsect_scope scope, struct tree *t)
{
	struct hash *hash;
	int ret = hash_new(t->hash_name, &hash);

	if (ret)
		return ret;
	for (size_t i = 0; i < r->part_count && !ret; i++)
		ret = hash_part(hash, r, &r->parts[i], t, t->parts + i * t->hash_size);
	if (!ret)
		ret = hash_root(hash, r, scope, t);
	hash_free(hash);
	return ret;
}

int tree_make(const struct records *r, const char *hash, enum hashsect_scope scope, struct workers *workers,
	      struct tree *t, struct elfsect_error *error)
{
	struct hashing h = {.records = r, .tree = t};
	const size_t size = hash_size(hash);
	int ret = -ENOMEM;

	*t = (struct tree){.hash_name = hash_name(hash), .hash_size = size};
	if (!size)
		return failure(error, EINVAL, "unknown hash '%s' (sha256, sha384, sha512, sha3-256, blake2b512)", hash);
	t->leaves = calloc(r->leaf_count + 1, size);
	t->parts = calloc(r->part_count + 1, size);
	if (t->leaves && t->parts)
		ret = list_tasks(&h);
	if (ret)
		failure_errno(error, -ret, "%s: hashing", elfsect_view_name(r->view));
	else
		ret = run_tasks(&h, workers, error);
	free(h.tasks);
	if (!ret) {
		ret = hash_upper(r, scope, t);
		if (ret)
			failure_errno(error, -ret, "%s: hashing", elfsect_view_name(r->view));
	}
	if (ret)
		tree_clear(t);
	return ret;
}

void tree_clear(struct tree *t)
{
	free(t->leaves);
	free(t->parts);
	t->leaves = t->parts = NULL;
}
