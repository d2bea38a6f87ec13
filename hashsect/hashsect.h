/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * DOC: libhashsect
 *
 * The digest of an ELF file that leaves out what a policy excludes, after proving what the excluded bytes are. The
 * format is defined in FORMAT.md; functions here follow its words.
 *
 *     view -> policy -> resolution -> numbers -> records -> tree -> digest
 *
 * Functions return 0 or a negative errno value and then fill the caller's struct elfsect_error. -EBADMSG: the file is
 * well-formed but refused (FORMAT.md says why); -ENOEXEC: its structure is not sound. No global state, no output.
 *
 * Threads and NULL: as in elfsect.h. Policies, maps and views are immutable, and several digests may be made of them at
 * the same time; a struct hashsect_workers serves one call at a time, a struct hashsect_modules too. A digest changes
 * only in hashsect_modules_prove(). Structs that the caller fills in have their size, as in elfsect.h.
 */
#ifndef HASHSECT_H
#define HASHSECT_H

#include "elfsect.h"
#include "elfsect_keyring.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HASHSECT_VERSION "1.0.0-rc1"
#define HASHSECT_SCHEME	 1

/** Longest hash of any supported algorithm, in bytes. */
#define HASHSECT_HASH_MAX 64

struct hashsect_policy;

/* ------------------------------------------------------------------------------------------------------- policy */

/** hashsect_policy_builtin() - "linux" or "strict"; the caller frees it. -ENOENT: no such policy */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_policy_builtin(const char *name, struct hashsect_policy **policy,
							   struct elfsect_error *error) ELFSECT_NONNULL(1, 2);

/** hashsect_policy_load() - read a policy file (INI, see samples/policies); the caller frees it */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_policy_load(const char *path, struct hashsect_policy **policy,
							struct elfsect_error *error) ELFSECT_NONNULL(1, 2);

/**
 * hashsect_policy_exclude() - a copy of a policy with one more rule, which excludes a section
 * @what: NAME or NAME:CLASS; CLASS is a content class of FORMAT.md section 6.1, x509 by default
 * @view: the file that the section's type, flags and alignment are taken from
 */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_policy_exclude(const struct hashsect_policy *policy, const char *what,
							   const struct elfsect_view *view,
							   struct hashsect_policy **result, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2, 3, 4);

/** hashsect_policy_free() - NULL is allowed */
ELFSECT_API void hashsect_policy_free(struct hashsect_policy *policy);

/** hashsect_policy_text() - the canonical text, FORMAT.md section 6.1; borrowed */
ELFSECT_API const char *hashsect_policy_text(const struct hashsect_policy *policy) ELFSECT_NONNULL(1);

/** hashsect_policy_tag() - the name as it stands in a printed digest; borrowed */
ELFSECT_API const char *hashsect_policy_tag(const struct hashsect_policy *policy) ELFSECT_NONNULL(1);

/* ---------------------------------------------------------------------------------------------------------- map */

/**
 * struct hashsect_map - where a linked file defines the names of a policy, for its stripped copies
 *
 * FORMAT.md section 6.4. A map is never trusted: whatever it says must agree with the file that it is used for, and the
 * excluded bytes must be what the policy says.
 */
struct hashsect_map;

/** Where a file may carry its map, FORMAT.md section 6.5: a note of this owner and type, in a section of this name. */
#define HASHSECT_MAP_NOTE_SECTION ".gnu.warning.hashsect"
#define HASHSECT_MAP_NOTE_OWNER	  "hashsect"
#define HASHSECT_MAP_NOTE_TYPE	  1

/** hashsect_map_load() - read a map; the caller frees it. -EINVAL: not of the form that maps have */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_map_load(const char *path, struct hashsect_map **map,
						     struct elfsect_error *error) ELFSECT_NONNULL(1, 2);

/**
 * hashsect_map_make() - the map of a linked file that has its symbol table
 * @threads: as in struct hashsect_options
 * @text: receives the text of the map; the caller frees it
 *
 * Return: 0; -EINVAL if there can be no map of this file; else as hashsect_digest().
 */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_map_make(const struct elfsect_view *view,
						     const struct hashsect_policy *policy, unsigned int threads,
						     char **text, struct elfsect_error *error) ELFSECT_NONNULL(1, 2, 4);

/** hashsect_map_digest() - the printed digest, scope loaded, of the file that the map was made of; borrowed */
ELFSECT_API const char *hashsect_map_digest(const struct hashsect_map *map) ELFSECT_NONNULL(1);

/** hashsect_map_free() - NULL is allowed */
ELFSECT_API void hashsect_map_free(struct hashsect_map *map);

/* ------------------------------------------------------------------------------------------------------ workers */

/** struct hashsect_workers - threads that several calls share; they start when there is work for them */
struct hashsect_workers;

/**
 * hashsect_workers_open() - make a pool for struct hashsect_options
 * @threads: how many may work at a time, the caller's among them; 0, or more than the machine has: one a processor
 *
 * One thread may use a pool at a time.
 */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_workers_open(unsigned int threads, struct hashsect_workers **workers,
							 struct elfsect_error *error) ELFSECT_NONNULL(2);

/** hashsect_workers_close() - end the threads; NULL is allowed */
ELFSECT_API void hashsect_workers_close(struct hashsect_workers *workers);

/* ------------------------------------------------------------------------------------------------------- digest */

enum hashsect_scope {
	HASHSECT_SCOPE_FILE = 0,
	HASHSECT_SCOPE_LOADED = 1,
};

/** struct hashsect_span - bytes somewhere in memory, borrowed */
struct hashsect_span {
	const uint8_t *bytes;
	uint64_t size;
};

/** struct hashsect_piece - bytes that have a name, borrowed */
struct hashsect_piece {
	const char *name;
	const uint8_t *bytes;
	uint64_t size;
};

/**
 * struct hashsect_options - how to compute a digest
 * @struct_size: set by HASHSECT_OPTIONS_INIT: {HASHSECT_OPTIONS_INIT, .policy = policy}
 * @policy: borrowed
 * @hash: "sha256" (also if NULL), "sha384", "sha512", "sha3-256" or "blake2b512"
 * @scope: what counts: all of the file, or what the machine would load
 * @workers: threads that do it, borrowed; NULL: a pool for this call
 * @threads: how many in that pool; 0, or more than the machine has: one a processor. Has no effect on the result
 * @map: of the file, borrowed; NULL: none is given. A stripped file without one that has a note with its map uses that
 * @trailers: what stands behind the ELF file, @trailer_count pieces, the outermost first, each with its 12 bytes and
 *	its marker; borrowed. FORMAT.md section 13: under a policy without rules they count, else they have no effect
 * @surroundings: what stands around the ELF file in a boot image, @surrounding_count pieces, the outermost layer's
 *first; borrowed. They count in scope file, and have no effect in scope loaded
 */
struct hashsect_options {
	size_t struct_size;
	const struct hashsect_policy *policy;
	const char *hash;
	enum hashsect_scope scope;
	unsigned int threads;
	const struct hashsect_map *map;
	const struct hashsect_workers *workers;
	const struct hashsect_span *trailers;
	size_t trailer_count;
	const struct hashsect_piece *surroundings;
	size_t surrounding_count;
};

#define HASHSECT_OPTIONS_INIT .struct_size = sizeof(struct hashsect_options)

/**
 * struct hashsect_range - excluded bytes
 * @section: index of their section in the file
 * @section_name: borrowed from the view
 * @offset: from the start of the section, in bytes
 * @file_offset: from the start of the file, in bytes
 * @length: in bytes
 */
struct hashsect_range {
	uint32_t section;
	const char *section_name;
	uint64_t offset;
	uint64_t file_offset;
	uint64_t length;
};

/**
 * enum hashsect_finding_kind - what can be found in excluded bytes; the fields of struct hashsect_finding that say more
 * @HASHSECT_FOUND_CERTIFICATE: @certificate
 * @HASHSECT_FOUND_SLOT: for an extra certificate: @size, @used
 * @HASHSECT_FOUND_CONFIGURED_CERTIFICATES: which count: @size
 * @HASHSECT_FOUND_MODULE_HASHES: a table: @size, @count; @bytes
 * @HASHSECT_FOUND_MERKLE_ROOT: of module hashes: @count levels; @bytes, @size
 * @HASHSECT_FOUND_BUILD_ID: @bytes, @size
 * @HASHSECT_FOUND_ZEROS: @size
 * @HASHSECT_FOUND_LENGTH_WORD: one that holds the length of something next to it: @size
 * @HASHSECT_FOUND_PADDING: zero bytes between or behind other things: @size
 * @HASHSECT_FOUND_DEFINITIONS: what else goes with a section that was taken out: its @alignment, its place, which is
 *	behind section @behind_number of the digest, called @behind (0, "": in front of all), and @symbols
 */
enum hashsect_finding_kind {
	HASHSECT_FOUND_CERTIFICATE,
	HASHSECT_FOUND_SLOT,
	HASHSECT_FOUND_CONFIGURED_CERTIFICATES,
	HASHSECT_FOUND_MODULE_HASHES,
	HASHSECT_FOUND_MERKLE_ROOT,
	HASHSECT_FOUND_BUILD_ID,
	HASHSECT_FOUND_ZEROS,
	HASHSECT_FOUND_DEFINITIONS,
	HASHSECT_FOUND_LENGTH_WORD,
	HASHSECT_FOUND_PADDING,
};

/** struct hashsect_definition - a symbol; @name is borrowed from the policy, @value and @size are the file's */
struct hashsect_definition {
	const char *name;
	uint64_t value;
	uint64_t size;
};

/**
 * struct hashsect_finding - one thing found in excluded bytes; fields that its kind does not name are 0
 * @size: in bytes; @used: how many of them are used
 * @count: of hashes, or levels
 * @bytes: the thing itself, borrowed from the view
 * @certificate: if it is not self-issued, anybody may have made it: its signature was not checked
 * @symbols: @symbol_count of them, in the order of the policy
 */
struct hashsect_finding {
	enum hashsect_finding_kind kind;
	uint64_t size;
	uint64_t used;
	uint64_t count;
	const uint8_t *bytes;
	struct elfsect_certificate *certificate;
	uint64_t alignment;
	struct hashsect_definition *symbols;
	size_t symbol_count;
	uint32_t behind_number;
	const char *behind;
};

/**
 * struct hashsect_exclusion - what one rule left out
 * @rule: the rule's name, borrowed from the policy; @reason likewise
 * @resolution: 'F', 'S', 'M' or 'N', FORMAT.md section 6.3
 * @ranges: all bytes that were left out, residue included
 * @findings: what they are
 * @content: the content class of the rule, FORMAT.md section 6.1; borrowed
 * @proved: the content itself proves what it is (certificates, zero bytes), or evidence does; false: evidence is needed
 * @evidence: what proved it, one line; NULL if nothing did but the content
 * @sha256: of the excluded bytes, the ranges concatenated
 * @residue_size: bytes among them that count all the same (configured certificates)
 */
struct hashsect_exclusion {
	const char *rule;
	const char *reason;
	char resolution;
	struct hashsect_range *ranges;
	size_t range_count;
	struct hashsect_finding *findings;
	size_t finding_count;
	const char *content;
	bool proved;
	char *evidence;
	uint8_t sha256[32];
	uint64_t residue_size;
};

/**
 * struct hashsect_part - one part of the digest, FORMAT.md section 2
 * @kind: 1 policy, 2 exclusion, 3 header, 4 segment, 5 section, 6 trailer, 7 surrounding
 * @number: canonical number of a section, else 0
 * @name: of the rule, section or surrounding, else ""; borrowed from policy, view or options
 * @section: index in the file of a section, else 0
 * @content_size: length of the content, in bytes
 * @hash: of the part, as long as the digest's hash
 * @leaves: @leaf_count hashes of @hash_size bytes each
 */
struct hashsect_part {
	uint8_t kind;
	uint32_t number;
	const char *name;
	uint32_t section;
	uint64_t content_size;
	uint8_t hash[HASHSECT_HASH_MAX];
	const uint8_t *leaves;
	uint64_t leaf_count;
};

/**
 * enum hashsect_map_use - where the map came from that a digest was made with
 * @HASHSECT_MAP_GIVEN: from the caller
 * @HASHSECT_MAP_OF_NOTE: from the note of the file itself
 */
enum hashsect_map_use {
	HASHSECT_MAP_NONE,
	HASHSECT_MAP_GIVEN,
	HASHSECT_MAP_OF_NOTE,
};

/**
 * struct hashsect_digest - a digest and what it is made of
 * @tagged: the printed form
 * @hash_name: as in struct hashsect_options; @hash_size: its length in bytes
 * @root: the digest itself, @hash_size bytes
 * @parts: what it is the root of, in order; @exclusions: one a rule, in the policy's order
 * @leaves: the hashes that the parts' @leaves point into
 * @map_use: whether a map was used
 * @map_digest: the digest line of the map that was used, or NULL
 * @map_sha256: of the text of that map
 * @left_out: the note .gnu.warning.hashsect that the digest leaves out, because it is the file's map; section 0: none
 * @left_out_sha256: of its section
 *
 * Names are borrowed from the policy and the view, which must live longer.
 */
struct hashsect_digest {
	char *tagged;
	const char *hash_name;
	size_t hash_size;
	enum hashsect_scope scope;
	uint8_t root[HASHSECT_HASH_MAX];
	struct hashsect_part *parts;
	size_t part_count;
	struct hashsect_exclusion *exclusions;
	size_t exclusion_count;
	uint8_t *leaves;
	enum hashsect_map_use map_use;
	char *map_digest;
	uint8_t map_sha256[32];
	struct hashsect_range left_out;
	uint8_t left_out_sha256[32];
};

/** hashsect_digest() - compute it; the caller releases the result with hashsect_digest_free() */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_digest(const struct elfsect_view *view,
						   const struct hashsect_options *options,
						   struct hashsect_digest **digest, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2, 3);

/** hashsect_digest_free() - the digest and all that it owns; NULL is allowed */
ELFSECT_API void hashsect_digest_free(struct hashsect_digest *digest);

/* ----------------------------------------------------------------------------------------------------- evidence */

/** struct hashsect_modules - the modules of a kernel, which prove the hashes that it holds; modules/FORMAT.md */
struct hashsect_modules;

/**
 * hashsect_modules_open() - read a modules.order, or that of a directory; hashes are made when they are needed
 * @workers: threads that make them, borrowed until hashsect_modules_close(); NULL: a pool each time, one a processor
 */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_modules_open(const char *path, const struct hashsect_workers *workers,
							 struct hashsect_modules **modules, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 3);

/** hashsect_modules_close() - NULL is allowed */
ELFSECT_API void hashsect_modules_close(struct hashsect_modules *modules);

/**
 * hashsect_modules_prove() - recompute the module hashes that a digest excludes, and call them proved
 * @view: of the file that was digested
 * @digest: its exclusions get @proved and @evidence; the digest stays the same
 *
 * Return: 0; -EKEYREJECTED if the excluded bytes are not the hashes of these modules (the error names the first that
 * differs, where that can be known); -ENOENT if no module hashes are excluded; else as for reading files.
 */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_modules_prove(struct hashsect_modules *modules,
							  const struct elfsect_view *view,
							  struct hashsect_digest *digest, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2, 3);

/**
 * hashsect_dump() - write the canonical records as text, FORMAT.md section 10
 * @write: receives pieces of the text in order; returns 0, or -errno to stop
 */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_dump(const struct elfsect_view *view,
						 const struct hashsect_options *options,
						 int (*write)(void *context, const char *text, size_t length),
						 void *context, struct elfsect_error *error) ELFSECT_NONNULL(1, 2, 3);

/* -------------------------------------------------------------------------------------------------------- types */

/**
 * struct hashsect_btf - a section .BTF
 * @bytes: its @size bytes; borrowed
 * @base: the section of the vmlinux that a module's continues, @base_size bytes; NULL: none
 * @name: for messages
 */
struct hashsect_btf {
	const void *bytes;
	size_t size;
	const void *base;
	size_t base_size;
	const char *name;
};

/**
 * enum hashsect_btf_verdict - what two such sections have in common
 * @HASHSECT_BTF_IDENTICAL: the bytes of both, and so those of their bases
 * @HASHSECT_BTF_REORDERED: the types, whatever their numbers; a type is its kind, name, size and members, and whatever
 *	one can get to from it
 * @HASHSECT_BTF_PROTOTYPES: the types but for prototypes, and the names of functions
 * @HASHSECT_BTF_DIFFERENT: none of these
 */
enum hashsect_btf_verdict {
	HASHSECT_BTF_IDENTICAL,
	HASHSECT_BTF_REORDERED,
	HASHSECT_BTF_PROTOTYPES,
	HASHSECT_BTF_DIFFERENT,
};

/**
 * hashsect_btf_compare() - compare the types of two sections
 *
 * pahole before 1.29 with several threads writes types in an order that depends on timing, and depending on it keeps
 * one or the other prototype of functions of one name: HASHSECT_BTF_REORDERED and HASHSECT_BTF_PROTOTYPES.
 *
 * Return: 0; -EBADMSG if one is not well-formed; -EFBIG above 64 MiB, or for types nested beyond measure; -ENOMEM.
 */
ELFSECT_API ELFSECT_MUST_CHECK int hashsect_btf_compare(const struct hashsect_btf *a, const struct hashsect_btf *b,
							enum hashsect_btf_verdict *verdict, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2, 3);

/* ----------------------------------------------------------------------------------------------------- manifest */

/** Version of the manifest's JSON schema. */
#define HASHSECT_MANIFEST_SCHEMA 1

/** hashsect_manifest() - the digest with its parts and exclusions as JSON text; the caller frees it. NULL: no memory */
ELFSECT_API char *hashsect_manifest(const struct hashsect_digest *digest, const struct elfsect_view *view,
				    const struct hashsect_policy *policy) ELFSECT_NONNULL(1, 2, 3);

#ifdef __cplusplus
}
#endif
#endif
