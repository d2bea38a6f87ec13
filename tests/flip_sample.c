// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flip_sample [-s STRATA] [-p POLICY] FILE COUNT SEED: flip COUNT single bits of a file, one after the other, every
 * kind of byte its share, and require that each changes the digest or has the file refused, or is one that FORMAT.md
 * section 9 lists.
 *
 * -s content: only the content of sections; -s structure: all but that; default: both. A flip in content is judged by
 * the leaf that covers it, which does not read the file again: large files are for -s content, and what objcopy leaves
 * of them without debug sections is for -s structure.
 */
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "harmless.h"
#include "strata.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

enum { CHUNK = 49152, WORKERS_MAX = 64 };

/* One file and what it is compared with. */
struct sample {
	uint8_t *bytes; /* private: flips stay in this process */
	uint64_t size;
	struct elfsect_view *view; /* of the file as it is, by a second mapping */
	struct hashsect_policy *policy;
	struct hashsect_digest *digest;
	struct strata strata;
};

/* Shared by all workers. */
struct result {
	uint64_t flips;
	uint64_t changed;
	uint64_t refused;
	uint64_t excluded;
	uint64_t listed;
	uint64_t failed;
};

/* ------------------------------------------------------------------------------------------------ the library */

static int compute(const struct elfsect_view *view, const struct hashsect_policy *policy, unsigned int threads,
		   struct hashsect_digest **digest, struct elfsect_error *error)
{
	const struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = policy, .scope = HASHSECT_SCOPE_FILE,
						 .threads = threads};

	return hashsect_digest(view, &options, digest, error);
}

static const struct hashsect_part *part_of(const struct hashsect_digest *digest, uint32_t section)
{
	for (size_t i = 0; i < digest->part_count; i++)
		if (digest->parts[i].kind == 5 && digest->parts[i].section == section)
			return &digest->parts[i];
	return NULL;
}

/* Zero what a rule masks in bytes [start, start + size) of a section. */
static void mask(const struct hashsect_digest *digest, uint32_t section, uint64_t start, uint64_t size, uint8_t *chunk)
{
	for (size_t i = 0; i < digest->exclusion_count; i++) {
		for (size_t j = 0; j < digest->exclusions[i].range_count; j++) {
			const struct hashsect_range *r = &digest->exclusions[i].ranges[j];

			for (uint64_t k = 0; r->section == section && k < r->length; k++)
				if (r->offset + k >= start && r->offset + k - start < size)
					chunk[r->offset + k - start] = 0;
		}
	}
}

/* ------------------------------------------------------------------------------------------------------- flips */

static void count(uint64_t *counter)
{
	__atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

static void judge_same(const struct sample *s, const struct elfsect_view *after, uint64_t offset, unsigned int bit,
		       struct result *result)
{
	const enum harmless kind = harmless_at(s->view, s->digest, after, offset);

	count(kind == HARMLESS_EXCLUDED ? &result->excluded : kind ? &result->listed : &result->failed);
	if (!kind)
		printf("FAIL offset 0x%jx bit %u does not count\n", (uintmax_t)offset, bit);
}

/* The whole way, with the bit flipped. */
static void flip_file(const struct sample *s, uint64_t offset, unsigned int bit, struct result *result)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct hashsect_digest *digest = NULL;
	struct elfsect_error error;

	s->bytes[offset] ^= (uint8_t)(1u << bit);
	if (elfsect_view_of_memory(s->bytes, s->size, "flipped", &view, &error) ||
	    compute(view, s->policy, 1, &digest, &error))
		count(&result->refused);
	else if (memcmp(digest->root, s->digest->root, digest->hash_size) != 0)
		count(&result->changed);
	else
		judge_same(s, view, offset, bit, result);
	hashsect_digest_free(digest);
	s->bytes[offset] ^= (uint8_t)(1u << bit);
}

static void leaf_hash(const struct sample *s, const uint8_t *leaf, size_t size, uint8_t *hash)
{
	if (!EVP_Q_digest(NULL, s->digest->hash_name, NULL, leaf, size, hash, NULL))
		abort();
}

/*
 * The leaf over this chunk of the section is the hash of these very bytes, and of others with the bit flipped. False:
 * the section has no leaves over its own bytes.
 */
static bool flip_leaf(const struct sample *s, uint32_t section, uint64_t offset, unsigned int bit,
		      struct result *result)
{
	static uint8_t leaf[1 + CHUNK]; /* the first byte is the 0 of a leaf */
	const struct hashsect_part *part = part_of(s->digest, section);
	uint8_t hash[HASHSECT_HASH_MAX], flipped[HASHSECT_HASH_MAX];
	const struct elfsect_section *sec;
	uint64_t start, size;
	uint32_t sections;

	sec = &elfsect_view_sections(s->view, &sections)[section];
	start = (offset - sec->offset) / CHUNK * CHUNK;
	size = sec->size - start < CHUNK ? sec->size - start : CHUNK;
	if (!part || harmless_at(s->view, s->digest, s->view, offset) == HARMLESS_EXCLUDED)
		return false;
	memcpy(leaf + 1, s->bytes + sec->offset + start, size);
	mask(s->digest, section, start, size, leaf + 1);
	leaf_hash(s, leaf, 1 + size, hash);
	leaf[1 + offset - sec->offset - start] ^= (uint8_t)(1u << bit);
	leaf_hash(s, leaf, 1 + size, flipped);
	if (part->content_size != sec->size ||
	    memcmp(hash, part->leaves + start / CHUNK * s->digest->hash_size, s->digest->hash_size) != 0 ||
	    memcmp(hash, flipped, s->digest->hash_size) == 0) {
		printf("FAIL offset 0x%jx: section %u (%s): its leaf does not cover it\n", (uintmax_t)offset, section,
		       sec->name);
		count(&result->failed);
	} else {
		count(&result->changed);
	}
	return true;
}

/* xorshift64* after a step that spreads neighbouring seeds. */
static uint64_t random_of(uint64_t seed, uint64_t index)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15u + index * 0xbf58476d1ce4e5b9u + 1;

	for (int i = 0; i < 4; i++) {
		x ^= x >> 12;
		x ^= x << 25;
		x ^= x >> 27;
		x *= 0x2545f4914f6cdd1du;
	}
	return x;
}

static void flip_one(const struct sample *s, enum stratum stratum, uint64_t random, struct result *result)
{
	const unsigned int bit = (unsigned int)(random >> 61);
	uint32_t section;
	const uint64_t offset = strata_pick(&s->strata, stratum, random, &section);

	count(&result->flips);
	if (stratum != STRATUM_CONTENT || !flip_leaf(s, section, offset, bit, result))
		flip_file(s, offset, bit, result);
}

/* ----------------------------------------------------------------------------------------------------- workers */

struct plan {
	enum stratum strata[STRATA];
	size_t count;
	uint64_t flips;
	uint64_t seed;
	struct result *results; /* shared, one a stratum */
};

static void work(const struct sample *s, const struct plan *plan, uint64_t worker, uint64_t workers)
{
	for (uint64_t i = worker; i < plan->flips; i += workers) {
		const enum stratum stratum = plan->strata[i % plan->count];

		flip_one(s, stratum, random_of(plan->seed, i), &plan->results[stratum]);
	}
}

static int run_workers(const struct sample *s, const struct plan *plan)
{
	long workers = sysconf(_SC_NPROCESSORS_ONLN);
	int bad = 0, status;

	workers = workers < 1 ? 1 : workers > WORKERS_MAX ? WORKERS_MAX : workers;
	fflush(stdout);
	for (long i = 0; i < workers; i++) {
		const pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (!pid) {
			work(s, plan, (uint64_t)i, (uint64_t)workers);
			fflush(stdout);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		bad |= status != 0;
	return bad;
}

static int print_table(const struct plan *plan)
{
	int bad = 0;

	printf("%-16s %8s %8s %8s %9s %8s %8s\n", "stratum", "flips", "changed", "refused", "excluded", "listed",
	       "failed");
	for (size_t i = 0; i < plan->count; i++) {
		const struct result *r = &plan->results[plan->strata[i]];

		printf("%-16s %8ju %8ju %8ju %9ju %8ju %8ju\n", stratum_names[plan->strata[i]], (uintmax_t)r->flips,
		       (uintmax_t)r->changed, (uintmax_t)r->refused, (uintmax_t)r->excluded, (uintmax_t)r->listed,
		       (uintmax_t)r->failed);
		bad |= r->failed != 0;
	}
	return bad;
}

static int sample_open(const char *path, const char *policy, struct sample *s, struct elfsect_error *error)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return failure_errno(error, errno, "%s", path);
	ret = elfsect_view_of_fd(fd, path, &s->view, error);
	if (!ret)
		ret = hashsect_policy_builtin(policy, &s->policy, error);
	if (ret)
		return ret;
	ret = compute(s->view, s->policy, 0, &s->digest, error);
	if (ret)
		return ret;
	elfsect_view_bytes(s->view, &s->size);
	s->bytes = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (s->bytes == MAP_FAILED)
		return failure_errno(error, errno, "%s: mmap", path);
	strata_make(s->view, &s->strata);
	return 0;
}

static void sample_close(struct sample *s)
{
	munmap(s->bytes, s->size);
	strata_free(&s->strata);
	hashsect_digest_free(s->digest);
	hashsect_policy_free(s->policy);
	elfsect_view_close(s->view);
}

int main(int argc, char **argv)
{
	const char *policy = "linux", *strata = "";
	struct plan plan = {0};
	struct sample s = {0};
	struct elfsect_error error;
	int option, bad;

	while ((option = getopt(argc, argv, "p:s:")) != -1) {
		if (option == 'p')
			policy = optarg;
		else if (option == 's')
			strata = optarg;
		else
			return 2;
	}
	if (argc - optind != 3 || (*strata && strcmp(strata, "content") != 0 && strcmp(strata, "structure") != 0)) {
		fprintf(stderr, "Usage: flip_sample [-p POLICY] [-s content|structure] FILE COUNT SEED\n");
		return 2;
	}
	if (sample_open(argv[optind], policy, &s, &error)) {
		fprintf(stderr, "flip_sample: %s\n", error.message);
		return 2;
	}
	for (int i = 0; i < STRATA; i++)
		if (s.strata.count[i] && (!*strata || (i == STRATUM_CONTENT) == (strcmp(strata, "content") == 0)))
			plan.strata[plan.count++] = (enum stratum)i;
	plan.flips = strtoull(argv[optind + 1], NULL, 0);
	plan.seed = strtoull(argv[optind + 2], NULL, 0);
	plan.results =
		mmap(NULL, STRATA * sizeof(*plan.results), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (plan.results == MAP_FAILED)
		return 2;
	bad = run_workers(&s, &plan);
	sample_close(&s);
	return print_table(&plan) || bad;
}
