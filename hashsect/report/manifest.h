/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The manifest: all that is known of one digest, apart from the file that it was made of. It is made of a digest
 * (manifest.c), written as JSON (manifest_write.c) and read from it (manifest_read.c), and two of them can be compared.
 */
#ifndef HASHSECT_REPORT_MANIFEST_H
#define HASHSECT_REPORT_MANIFEST_H

#include "digest/tag.h"
#include "hashsect.h"
#include "image/image.h"
#include "report/arena.h"

/* Strings are the bytes that they stand for: what JSON needs escaped is escaped when it is written. */

/** struct manifest_range - as struct hashsect_range */
struct manifest_range {
	const char *section;
	uint64_t offset;
	uint64_t file_offset;
	uint64_t length;
};

/** struct exclusion_piece - what so many of the bytes that an exclusion leaves out are: "certificate" */
struct exclusion_piece {
	const char *what;
	uint64_t size;
};

/**
 * enum exclusion_status - what is known of the bytes of an exclusion
 * @EXCLUSION_WELL_FORMED: they have the form of what they are, which is all that their class asks for
 * @EXCLUSION_PROVED: they were checked against something else
 * @EXCLUSION_NOT_PROVED: only something else could show that they are what they should be, and nothing did
 */
enum exclusion_status { EXCLUSION_EMPTY, EXCLUSION_WELL_FORMED, EXCLUSION_PROVED, EXCLUSION_NOT_PROVED };

/**
 * struct manifest_exclusion - as struct hashsect_exclusion
 * @content: its class
 * @pieces: what the bytes are, those of one name in a row; together they are all bytes of the ranges. None if the
 *	manifest is an older one
 * @contents: what was found, each in a line; not what @pieces says as well
 * @certificates: those among it, field by field; none if the manifest is an older one
 */
struct manifest_exclusion {
	const char *rule;
	const char *reason;
	const char *content;
	char resolution;
	struct manifest_range *ranges;
	size_t range_count;
	uint8_t sha256[32];
	enum exclusion_status status;
	const char *evidence; /* or NULL */
	struct exclusion_piece *pieces;
	size_t piece_count;
	const char **contents;
	size_t content_count;
	struct elfsect_certificate *certificates;
	size_t certificate_count;
	uint64_t residue_size;
};

/** struct manifest_piece - as struct layer_piece */
struct manifest_piece {
	const char *name;
	uint64_t size;
	uint8_t sha256[32];
};

/**
 * struct manifest_layer - as struct image_layer
 * @is_trailer: it takes bytes away, which @offset, @sha256 and @id_type are of; a compression writes the same another
 *	way
 * @counted: a trailer that is part of the digest; of a boot image that its pieces are
 * @hash: of a signature; NULL: not known, like each of the next five
 * @key_id: the signer, in hexadecimal
 * @signers: how many; 0: not known
 * @pieces: what stands around the kernel in a boot image, @piece_count of them; NULL: it is none
 */
struct manifest_layer {
	const char *kind;
	uint64_t size;
	uint64_t content_size;
	bool is_trailer;
	bool counted;
	uint8_t id_type;
	uint64_t offset;
	uint8_t sha256[32];
	enum layer_status status;
	const char *hash;
	const char *algorithm;
	const char *key_id;
	const char *issuer;
	const char *serial;
	const char *signer_name;
	uint64_t signers;
	const char *text;
	struct manifest_piece *pieces;
	size_t piece_count;
};

/** struct manifest_part - as struct hashsect_part */
struct manifest_part {
	uint8_t kind;
	uint32_t number;
	const char *name;
	uint64_t size;
	uint8_t hash[HASHSECT_HASH_MAX];
	uint8_t *leaves;
	uint64_t leaf_count;
};

/** struct manifest_note - the note .gnu.warning.hashsect that the digest leaves out */
struct manifest_note {
	uint64_t file_offset;
	uint64_t length;
	uint8_t sha256[32];
};

/**
 * struct manifest - a digest and what it is made of
 * @digest: the printed form; @tag: the same, taken apart; @hash_size: of its hash, in bytes
 * @size: of the ELF file, in bytes
 * @layers: what was peeled, outermost first; NULL if the manifest does not say
 * @map_agrees: the file has symbols, and they agree with the map; not written
 * @map_digest: of the map that was used; NULL: none was, and @map_sha256 is of none
 * @map_note: or NULL
 * @parts: NULL if the manifest was made without
 * @policy: its text, or NULL
 */
struct manifest {
	struct arena arena; /* holds everything below */
	const char *digest;
	struct tag tag;
	size_t hash_size;
	const char *path;
	uint64_t size;
	struct manifest_exclusion *exclusions;
	size_t exclusion_count;
	struct manifest_layer *layers;
	size_t layer_count;
	enum hashsect_map_use map_use;
	bool map_agrees;
	const char *map_digest;
	uint8_t map_sha256[32];
	struct manifest_note *map_note;
	struct manifest_part *parts;
	size_t part_count;
	const char *policy;
};

/** trailers_count() - whether trailers are part of a digest, if there are any: FORMAT.md, section 13 */
bool trailers_count(const struct hashsect_digest *digest);

/**
 * manifest_layers_make() - the layers of an image, in an arena; NULL: no memory
 * @counted: its trailers are part of the digest; @surroundings_counted: what stands around a kernel is
 * @count: receives their number
 */
struct manifest_layer *manifest_layers_make(struct arena *arena, const struct image *image, bool counted,
					    bool surroundings_counted, size_t *count);

/**
 * manifest_make() - of a digest; nothing is borrowed
 * @image: what was peeled; NULL: not known
 * @policy: whose text goes into it, or NULL
 * @with_parts: the parts and their leaves too
 *
 * Return: NULL: no memory.
 */
struct manifest *manifest_make(const struct hashsect_digest *digest, const struct elfsect_view *view,
			       const struct image *image, const struct hashsect_policy *policy, bool with_parts);

/** manifest_free() - NULL is allowed */
void manifest_free(struct manifest *manifest);

/** exclusion_status_name() - "nothing left out", "well-formed", "proved", "not proved"; NULL: there is no such status
 */
const char *exclusion_status_name(enum exclusion_status status);

/** manifest_part_kind() - "policy", "exclusion", "header", "segment", "section", "trailer",
 * "surrounding"; NULL: there is no such kind */
const char *manifest_part_kind(unsigned int kind);

/**
 * manifest_proved() - whether all that was left out is proved
 * @accept_build_id: build-ids need no proof: nobody can recompute them
 *
 * Return: 0; -EBADMSG and what is not, with @name in front.
 */
ELFSECT_MUST_CHECK int manifest_proved(const struct manifest *manifest, bool accept_build_id, const char *name,
				       struct elfsect_error *error);

#endif
