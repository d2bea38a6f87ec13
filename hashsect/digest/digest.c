// SPDX-License-Identifier: LGPL-2.1-or-later
/* The way of a file through the library: policy, resolution, content, numbering, records, tree, digest. */
#include "digest/digest.h"
#include "digest/tag.h"

#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "digest/content.h"
#include "digest/map_note.h"
#include "digest/numbers_in_bytes.h"
#include "digest/pool.h"
#include "digest/surroundings.h"
#include "base/cleanup.h"
#include "base/options.h"

/* The map in force: the one that was given, or that of a stripped file's own note, or none. */
static int choose_map(const struct elfsect_view *view, const struct hashsect_options *options, struct analysis *a,
		      struct elfsect_error *error)
{
	struct map_note note;
	struct elfsect_error why;
	int ret;

	a->map = options->map;
	if (options->map || elfsect_view_symtab(view) || !options->policy->rule_count)
		return 0;
	note = map_note_find(view);
	if (!note.section)
		return 0;
	ret = map_parse(note.text, note.size, HASHSECT_MAP_NOTE_SECTION, &a->own_map, &why);
	if (ret)
		return failure(error, ret == -EINVAL ? EBADMSG : -ret, "%s: %s", elfsect_view_name(view), why.message);
	a->map = a->own_map;
	return 0;
}

/* Where the file has the names of the policy: its symbol table says it or, where there is none, the map. */
static int define_names(struct analysis *a, struct elfsect_error *error)
{
	struct resolution *r = &a->resolution;
	const int ret = a->map ? map_suits(a->map, r, error) : 0;

	if (ret)
		return ret;
	if (a->map && !elfsect_view_symtab(r->view))
		return map_define(a->map, r, error);
	known_symbols_define(&r->known, r->view);
	return 0;
}

/* What is wrong with a stripped file may be that the map is another file's. */
static int mention_map(const struct analysis *a, int ret, struct elfsect_error *error)
{
	if (ret && a->map && !elfsect_view_symtab(a->resolution.view))
		error_append(error, " (where the map %s puts it)", a->map->name);
	return ret;
}

/* The printed digest in scope loaded, with sha256, of a file that is resolved. */
static int loaded_digest(const struct resolution *r, struct workers *workers, char **printed,
			 struct elfsect_error *error)
{
	static const struct hashsect_options alone = {.scope = HASHSECT_SCOPE_LOADED};
	struct numbers numbers = {0};
	struct records records = {0};
	struct tree tree = {0};
	int ret;

	ret = numbers_make(r, HASHSECT_SCOPE_LOADED, &numbers, error);
	if (!ret)
		ret = numbers_in_bytes_check(r, &numbers, error);
	if (!ret)
		ret = records_make(r, &numbers, &alone, &records, error);
	if (!ret)
		ret = tree_make(&records, "sha256", HASHSECT_SCOPE_LOADED, workers, &tree, error);
	if (!ret) {
		*printed = tag_print(tree.hash_name, r->policy, HASHSECT_SCOPE_LOADED, tree.root);
		if (!*printed)
			ret = failure_errno(error, ENOMEM, "%s: map", elfsect_view_name(r->view));
	}
	tree_clear(&tree);
	records_clear(&records);
	numbers_clear(&numbers);
	return ret;
}

/* In scope `file` a note that is the map of the file does not count: it was made after the digest that it names. */
static int leave_out_map(struct resolution *r, const struct hashsect_options *options, struct workers *workers,
			 struct elfsect_error *error)
{
	autofree char *claim = NULL, *digest = NULL;
	struct elfsect_error why;
	uint32_t own;
	int ret;

	if (options->scope != HASHSECT_SCOPE_FILE)
		return 0;
	ret = map_note_judge(r, options->map, &own, &claim, error);
	if (ret)
		return ret;
	if (claim) {
		ret = loaded_digest(r, workers, &digest, &why);
		/* A file that has no digest has no map. */
		if (ret == -EBADMSG || ret == -ENOEXEC)
			return 0;
		if (ret) {
			error_copy(error, &why);
			return ret;
		}
		own = strcmp(claim, digest) ? 0 : own;
	}
	r->left_out = own;
	return 0;
}

/* From the file to the root. Each stage uses what those before it made; none calls another. */
static int analyse(const struct elfsect_view *view, const struct hashsect_options *options, struct workers *workers,
		   struct analysis *a, struct elfsect_error *error)
{
	const char *hash = options->hash ? options->hash : "sha256";
	struct resolution *r = &a->resolution;
	int ret;

	if (!hash_size(hash))
		return failure(error, EINVAL, "unknown hash '%s' (sha256, sha384, sha512, sha3-256, blake2b512)", hash);
	/* Tables are mapped: a file that was shortened since it was opened is refused before they are looked at. */
	ret = elfsect_view_unchanged(view, error);
	if (ret)
		return ret;
	ret = elfsect_check(view,
			    ELFSECT_CHECK_PLACES | (options->scope == HASHSECT_SCOPE_LOADED ? ELFSECT_CHECK_LOADED : 0),
			    error);
	if (!ret)
		ret = choose_map(view, options, a, error);
	if (!ret)
		ret = resolution_begin(view, options->policy, r, error);
	if (!ret)
		ret = define_names(a, error);
	if (!ret)
		ret = mention_map(a, resolution_make(r, error), error);
	if (!ret)
		ret = mention_map(a, content_check(r, error), error);
	if (!ret && a->map)
		ret = map_check(a->map, r, error);
	if (!ret)
		ret = surroundings_check(r, options->scope, error);
	if (!ret)
		ret = leave_out_map(r, options, workers, error);
	if (!ret)
		ret = numbers_make(r, options->scope, &a->numbers, error);
	if (!ret)
		ret = numbers_in_bytes_check(r, &a->numbers, error);
	if (!ret)
		content_note_places(r, &a->numbers);
	if (!ret)
		ret = records_make(r, &a->numbers, options, &a->records, error);
	if (!ret)
		ret = tree_make(&a->records, hash, options->scope, workers, &a->tree, error);
	if (!ret)
		ret = elfsect_view_unchanged(view, error);
	return ret;
}

int analysis_make(const struct elfsect_view *view, const struct hashsect_options *options, struct analysis *a,
		  struct elfsect_error *error)
{
	struct pool pool;
	int ret = pool_enter(options->workers, options->threads, &pool);

	*a = (struct analysis){0};
	if (ret)
		return failure_errno(error, -ret, "%s: digest", elfsect_view_name(view));
	ret = analyse(view, options, pool.workers, a, error);
	pool_leave(&pool);
	if (ret)
		analysis_clear(a);
	return ret;
}

void analysis_clear(struct analysis *a)
{
	tree_clear(&a->tree);
	records_clear(&a->records);
	numbers_clear(&a->numbers);
	if (a->resolution.exclusions)
		resolution_clear(&a->resolution);
	hashsect_map_free(steal(a->own_map));
}

/* ------------------------------------------------------------------------------------------------------- result */

static int fill_range(const struct elfsect_view *view, uint32_t section, uint64_t offset, uint64_t length,
		      struct hashsect_exclusion *out)
{
	uint32_t count;
	const struct elfsect_section *s = &elfsect_view_sections(view, &count)[section];
	struct hashsect_range *ranges = reallocarray(out->ranges, out->range_count + 1, sizeof(*ranges));

	if (!ranges)
		return -ENOMEM;
	out->ranges = ranges;
	ranges[out->range_count++] = (struct hashsect_range){
		.section = section,
		.section_name = s->name,
		.offset = offset,
		.length = length,
		.file_offset = elfsect_section_has_extent(s) ? s->offset + offset : 0,
	};
	return 0;
}

static int hash_ranges(const struct elfsect_view *view, struct hashsect_exclusion *out)
{
	uint64_t size;
	const uint8_t *bytes = elfsect_view_bytes(view, &size);
	struct hash *hash;
	int ret = hash_new("sha256", &hash);

	if (ret)
		return ret;
	ret = hash_begin(hash);
	for (size_t i = 0; i < out->range_count && !ret; i++)
		if (out->ranges[i].length)
			ret = hash_add(hash, bytes + out->ranges[i].file_offset, out->ranges[i].length);
	if (!ret)
		ret = hash_end(hash, out->sha256);
	hash_free(hash);
	return ret;
}

static int fill_exclusion(const struct elfsect_view *view, struct exclusion *e, struct hashsect_exclusion *out)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);
	int ret = 0;

	*out = (struct hashsect_exclusion){
		.rule = e->rule->name,
		.reason = e->rule->reason,
		.resolution = e->resolution,
		.proved = e->proved,
		.content = e->rule->content->name,
		.findings = e->findings.list,
		.finding_count = e->findings.count,
		.residue_size = e->residue_size,
	};
	e->findings = (struct findings){0}; /* the result owns them now */
	if (e->taken_out)
		ret = fill_range(view, e->taken_out, 0, sections[e->taken_out].size, out);
	for (size_t i = 0; i < e->mask_count && !ret; i++)
		ret = fill_range(view, e->masks[i].section, e->masks[i].offset, e->masks[i].length, out);
	return ret ? ret : hash_ranges(view, out);
}

static void fill_part(const struct part *part, const struct tree *tree, size_t index, uint8_t *leaves,
		      struct hashsect_part *out)
{
	*out = (struct hashsect_part){
		.kind = (uint8_t)part->kind,
		.number = part->number,
		.name = part->name,
		.content_size = part->size,
		.section = part->section ? part->section->index : 0,
		.leaves = leaves + part->first_leaf * tree->hash_size,
		.leaf_count = part->leaf_count,
	};
	memcpy(out->hash, tree->parts + index * tree->hash_size, tree->hash_size);
}

/* Which map was used, and whether a note was left out. */
static int fill_map(const struct elfsect_view *view, const struct hashsect_options *options, const struct analysis *a,
		    struct hashsect_digest *d)
{
	const struct hashsect_map *map = a->map;
	uint32_t count;
	const struct elfsect_section *note = &elfsect_view_sections(view, &count)[a->resolution.left_out];

	if (map) {
		d->map_use = options->map ? HASHSECT_MAP_GIVEN : HASHSECT_MAP_OF_NOTE;
		d->map_digest = strdup(map->digest);
		if (!d->map_digest || hash_once("sha256", map->text, map->size, d->map_sha256))
			return -ENOMEM;
	}
	if (!a->resolution.left_out)
		return 0;
	d->left_out = (struct hashsect_range){
		.section = note->index,
		.section_name = note->name,
		.length = note->size,
		.file_offset = note->offset,
	};
	return hash_once("sha256", elfsect_section_bytes(view, note), note->size, d->left_out_sha256);
}

static int fill(const struct elfsect_view *view, const struct hashsect_options *options, struct analysis *a,
		struct hashsect_digest *d)
{
	const size_t rules = options->policy->rule_count;
	int ret = 0;

	d->hash_name = a->tree.hash_name;
	d->hash_size = a->tree.hash_size;
	d->scope = options->scope;
	memcpy(d->root, a->tree.root, d->hash_size);
	d->tagged = tag_print(a->tree.hash_name, options->policy, options->scope, a->tree.root);
	d->parts = calloc(a->records.part_count, sizeof(*d->parts));
	d->exclusions = calloc(rules ? rules : 1, sizeof(*d->exclusions));
	if (!d->tagged || !d->parts || !d->exclusions)
		return -ENOMEM;
	d->leaves = a->tree.leaves;
	a->tree.leaves = NULL;
	for (size_t i = 0; i < a->records.part_count; i++)
		fill_part(&a->records.parts[i], &a->tree, i, d->leaves, &d->parts[i]);
	d->part_count = a->records.part_count;
	for (size_t i = 0; i < rules && !ret; i++, d->exclusion_count++)
		ret = fill_exclusion(view, &a->resolution.exclusions[i], &d->exclusions[i]);
	return ret ? ret : fill_map(view, options, a, d);
}

int hashsect_digest(const struct elfsect_view *view, const struct hashsect_options *options,
		    struct hashsect_digest **out, struct elfsect_error *error)
{
	struct hashsect_options own;
	struct hashsect_digest *d;
	struct analysis a;
	int ret = options_take(&own, sizeof(own), options, "hashsect_options", error);

	if (!ret)
		ret = analysis_make(view, &own, &a, error);
	if (ret)
		return ret;
	d = calloc(1, sizeof(*d));
	ret = d ? fill(view, &own, &a, d) : -ENOMEM;
	analysis_clear(&a);
	if (ret) {
		hashsect_digest_free(d);
		return failure_errno(error, -ret, "%s: digest", elfsect_view_name(view));
	}
	*out = d;
	return 0;
}

void hashsect_digest_free(struct hashsect_digest *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->exclusion_count; i++) {
		struct findings findings = {d->exclusions[i].findings, d->exclusions[i].finding_count};

		findings_clear(&findings);
		free(d->exclusions[i].ranges);
		free(d->exclusions[i].evidence);
	}
	free(d->exclusions);
	free(d->parts);
	free(d->leaves);
	free(d->map_digest);
	free(d->tagged);
	free(d);
}
