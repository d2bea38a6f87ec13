// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Leaves are hashed by workers that take tasks from one list; part hashes and the root, which are few and short, after
 * them. What is hashed is read into the worker's memory, a few chunks, and not through the mapping: memory stays flat,
 * whatever the file's size.
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
#include "digest/batch.h"
#include "digest/heads.h"

enum { PREFIX_LEAF = 0, PREFIX_PART = 1, PREFIX_ROOT = 2 };

enum { FEW_BYTES = 65536 };

enum {
	MESSAGES = 16,		  /* leaves of a task, at most */
	MESSAGE_ROOM = CHUNK + 64 /* the prefix is the last byte before an aligned chunk */
};

/* Some leaves of a part; all leaves of a symbol table, whose records have no fixed size; or relocations to check only.
 */
struct task {
	const struct part *part;		  /* NULL: check only */
	const struct elfsect_section *check_only; /* relocations that are not in scope */
	uint64_t leaf;				  /* the first, in the part or in the relocations that are checked */
	size_t count;				  /* of leaves */
};

/* What all threads share. */
struct hashing {
	const struct records *records;
	struct tree *tree;
	struct task *tasks;
	size_t count;
	uint64_t bytes; /* about how many are to be hashed */
};

/* What each thread has; it is kept from file to file. */
struct worker {
	const struct hashing *hashing; /* of the present task */
	const char *hash_name;	       /* of batch; borrowed, lives for ever */
	struct batch *batch;
	uint8_t *messages; /* MESSAGES times MESSAGE_ROOM bytes */
	uint8_t *entries;  /* CHUNK bytes: relocations as they are in the file */
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

static uint8_t *message(const struct worker *w, size_t i)
{
	return w->messages + i * MESSAGE_ROOM + 64;
}

static struct span finished(const struct worker *w, size_t i, uint64_t size)
{
	uint8_t *first = message(w, i) - 1;

	*first = PREFIX_LEAF;
	return (struct span){first, size + 1};
}

static uint64_t leaf_size(const struct part *part, uint64_t leaf)
{
	const uint64_t left = part->size - leaf * CHUNK;

	return left < CHUNK ? left : CHUNK;
}

/* The masked bytes among [from, from + size) of a section become zeros; where there are some, bytes are moved to out.
 */
static void mask(const struct resolution *r, uint32_t section, uint64_t from, uint64_t size, uint8_t *out,
		 const uint8_t **bytes)
{
	for (size_t i = 0; r->mask_count && i < r->policy->rule_count; i++)
		for (size_t j = 0; j < r->exclusions[i].mask_count; j++) {
			const struct mask *m = &r->exclusions[i].masks[j];
			const uint64_t start = m->offset > from ? m->offset : from;
			const uint64_t end = m->offset + m->length < from + size ? m->offset + m->length : from + size;

			if (m->section != section || start >= end)
				continue;
			if (*bytes != out)
				memcpy(out, *bytes, size);
			*bytes = out;
			memset(out + (start - from), 0, end - start);
		}
}

static int read_relocations(struct worker *w, const struct elfsect_section *section, uint64_t first, uint64_t count,
			    uint8_t *out, struct elfsect_error *error)
{
	const struct records *r = w->hashing->records;
	const uint8_t *entries;
	int ret = elfsect_view_read(r->view, section->offset + first * section->entsize, count * section->entsize,
				    w->entries, &entries, error);

	return ret ? ret : relocation_records(r, section, first, count, entries, out, error);
}

/* The content of a leaf: in out, CHUNK bytes, or where it is in memory. */
static int leaf_content(struct worker *w, const struct part *part, uint64_t leaf, uint8_t *out, const uint8_t **bytes,
			struct elfsect_error *error)
{
	const struct records *r = w->hashing->records;
	const uint64_t from = leaf * CHUNK, size = leaf_size(part, leaf);
	int ret;

	switch (part->source) {
	case SOURCE_RELOCATIONS:
		*bytes = out;
		return read_relocations(w, part->section, from / RELOCATION_RECORD, size / RELOCATION_RECORD, out,
					error);
	case SOURCE_SECTION:
		ret = elfsect_view_read(r->view, part->section->offset + from, size, out, bytes, error);
		if (!ret)
			mask(r->resolution, part->section->index, from, size, out, bytes);
		return ret;
	default:
		*bytes = part->bytes + from;
		return 0;
	}
}

/* While it is in the processor's cache. */
static int leaf_alone(struct worker *w, const struct part *part, uint64_t leaf, struct elfsect_error *error)
{
	const uint8_t *bytes;
	const int ret = leaf_content(w, part, leaf, message(w, 0), &bytes, error);

	return ret
		       ?: batch_hash_in_place(w->batch, PREFIX_LEAF, (struct span){bytes, leaf_size(part, leaf)},
					      leaf_place(w, part, leaf));
}

static int leaves(struct worker *w, const struct task *task, struct elfsect_error *error)
{
	struct span messages[MESSAGES];
	int ret = 0;

	if (batch_best(w->batch) == 1) {
		for (size_t i = 0; i < task->count && !ret; i++)
			ret = leaf_alone(w, task->part, task->leaf + i, error);
		return ret;
	}
	for (size_t i = 0; i < task->count; i++) {
		const uint64_t size = leaf_size(task->part, task->leaf + i);
		const uint8_t *bytes;

		ret = leaf_content(w, task->part, task->leaf + i, message(w, i), &bytes, error);
		if (ret)
			return ret;
		if (bytes != message(w, i))
			memcpy(message(w, i), bytes, size);
		messages[i] = finished(w, i, size);
	}
	return batch_hash(w->batch, messages, task->count, leaf_place(w, task->part, task->leaf));
}

/* The stream of symbol records, cut into leaves. */
struct stream {
	struct worker *worker;
	const struct part *part;
	struct span messages[MESSAGES];
	size_t full;	   /* messages that wait to be hashed */
	uint64_t in_chunk; /* bytes of the present one */
	uint64_t leaf;	   /* the first that is not hashed */
};

static int stream_hash(struct stream *s)
{
	const int ret = batch_hash(s->worker->batch, s->messages, s->full, leaf_place(s->worker, s->part, s->leaf));

	s->leaf += s->full;
	s->full = 0;
	return ret;
}

static int stream_end_chunk(struct stream *s)
{
	s->messages[s->full] = finished(s->worker, s->full, s->in_chunk);
	s->full++;
	s->in_chunk = 0;
	return s->full == MESSAGES ? stream_hash(s) : 0;
}

static int stream_add(struct stream *s, const void *bytes, uint64_t size)
{
	const uint8_t *p = bytes;
	int ret = 0;

	while (size && !ret) {
		const uint64_t room = CHUNK - s->in_chunk, piece = size < room ? size : room;

		if (s->leaf + s->full >= s->part->leaf_count)
			return -EAGAIN; /* the names grew since they were measured: somebody writes to the file */
		memcpy(message(s->worker, s->full) + s->in_chunk, p, piece);
		p += piece;
		size -= piece;
		s->in_chunk += piece;
		if (s->in_chunk == CHUNK)
			ret = stream_end_chunk(s);
	}
	return ret;
}

static int leaves_of_symbols(struct worker *w, const struct part *part)
{
	const struct records *r = w->hashing->records;
	struct stream stream = {.worker = w, .part = part};
	int ret = 0;

	for (uint32_t i = 1, n = elfsect_symbol_count(r->view); i < n && !ret; i++) {
		uint8_t name_size[4], fields[22];
		struct elfsect_symbol s;
		size_t length;

		if (!symbol_is_counted(r->numbers, i))
			continue;
		s = elfsect_symbol_get(r->view, i);
		length = strlen(s.name);
		store_u32(name_size, ELFDATA2LSB, (uint32_t)length);
		symbol_record_fields(r, &s, fields);
		ret = stream_add(&stream, name_size, sizeof(name_size)) ?: stream_add(&stream, s.name, length) ?:
		      stream_add(&stream, fields, sizeof(fields));
	}
	if (!ret && stream.in_chunk)
		ret = stream_end_chunk(&stream);
	return ret ?: stream_hash(&stream);
}

static int check_only(struct worker *w, const struct task *task, struct elfsect_error *error)
{
	const uint64_t first = task->leaf * CHUNK_RELOCATIONS;
	const uint64_t left = elfsect_relocation_count(w->hashing->records->view, task->check_only) - first;

	return read_relocations(w, task->check_only, first, left < CHUNK_RELOCATIONS ? left : CHUNK_RELOCATIONS,
				message(w, 0), error);
}

/* ------------------------------------------------------------------------------------------------------ workers */

static void worker_free(void *state)
{
	struct worker *w = state;

	batch_free(w->batch);
	free(w->messages);
	free(w->entries);
	free(w);
}

static int worker_new(void *context, void **state)
{
	struct worker *w = calloc(1, sizeof(*w));

	(void)context;
	if (!w)
		return -ENOMEM;
	w->messages = malloc((size_t)MESSAGES * MESSAGE_ROOM);
	w->entries = malloc(CHUNK);
	if (!w->messages || !w->entries) {
		worker_free(w);
		return -ENOMEM;
	}
	*state = w;
	return 0;
}

/* For this file; the last one may have had another hash. */
static int worker_prepare(struct worker *w, const struct hashing *h)
{
	w->hashing = h;
	if (w->hash_name == h->tree->hash_name)
		return 0;
	batch_free(w->batch);
	w->batch = NULL;
	w->hash_name = NULL;
	if (batch_new(h->tree->hash_name, &w->batch))
		return -ENOMEM;
	w->hash_name = h->tree->hash_name;
	return 0;
}

static int run_task(void *context, void *state, size_t index, struct elfsect_error *error)
{
	const struct hashing *h = context;
	const struct task *task = &h->tasks[index];
	struct worker *w = state;
	int ret;

	error->message[0] = '\0';
	ret = worker_prepare(w, h);
	if (!ret && !task->part)
		ret = check_only(w, task, error);
	else if (!ret && task->part->source == SOURCE_SYMBOLS)
		ret = leaves_of_symbols(w, task->part);
	else if (!ret)
		ret = leaves(w, task, error);
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
		.state_kept = true,
		.alone = h->bytes <= FEW_BYTES,
		.context = h,
	};

	return workers_run(workers, &work, error);
}

/* In a linked file they are not loaded either, and what nobody loads is not read. */
static bool is_checked_only(const struct records *r, const struct elfsect_section *s)
{
	return elfsect_is_relocatable(r->view) && elfsect_relocations_are_symbolic(r->view, s) &&
	       !section_in_scope(r->numbers, s->index);
}

/* Leaves of a task: several at once are faster, and each thread wants a share. */
static uint64_t leaves_of_task(const struct hashing *h, const struct workers *workers)
{
	const uint64_t share = h->records->leaf_count / (4 * (uint64_t)workers_count(workers)) + 1;

	return share < MESSAGES ? share : MESSAGES;
}

static int list_tasks(struct hashing *h, const struct workers *workers)
{
	const uint64_t several = leaves_of_task(h, workers);
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
		for (uint64_t leaf = 0; r->parts[i].source != SOURCE_SYMBOLS && leaf < r->parts[i].leaf_count;
		     leaf += several) {
			const uint64_t left = r->parts[i].leaf_count - leaf;

			h->tasks[h->count++] = (struct task){
				.part = &r->parts[i], .leaf = leaf, .count = left < several ? left : several};
		}
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
		ret = list_tasks(&h, workers);
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
