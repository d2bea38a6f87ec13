/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One wrapping of an image, and the kinds of it. A kind is a file that ends in its struct layer_kind, and a line in
 * layers.c; nothing else knows how it is taken off or put back.
 */
#ifndef HASHSECT_IMAGE_LAYER_H
#define HASHSECT_IMAGE_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfsect.h"
#include "trust/cms.h"
#include "trust/cms_outline.h"

/** enum layer_form - what there is to say of a layer */
enum layer_form {
	LAYER_COMPRESSION,  /* the whole file, written another way */
	LAYER_SIGNATURE,    /* bytes behind the content: PKCS#7 */
	LAYER_NAMED,	    /* bytes behind the content: a signature as kernels before 4.3 have it */
	LAYER_MERKLE,	    /* bytes behind the content: a Merkle proof */
	LAYER_PE_SIGNATURE, /* the certificate table of a PE file, and what goes with it */
	LAYER_BOOT_IMAGE,   /* a kernel with what starts it around */
	LAYER_UNKNOWN,	    /* stays where it is: whoever reads the content has to judge it */
};

/** enum layer_status - what is known of the bytes of a layer */
enum layer_status {
	LAYER_WELL_FORMED,    /* they have the form of what they are; nothing was checked against anything else */
	LAYER_VERIFIED,	      /* a signature, by certificates that somebody gave */
	LAYER_NOT_UNDERSTOOD, /* a signature that ends where it should, and that this tool could not verify */
	LAYER_MALFORMED,      /* the trailer says what they are, and they are not */
};

enum { LAYER_REASON_MAX = 256, LAYER_PIECES_MAX = 64, LAYER_PIECE_NAME_MAX = 32 };

/**
 * struct layer_piece - bytes around the content that are neither left out nor follow from it: they count by themselves
 * @name: what they are; of a UKI with the name of a section, which is whatever stands in the file
 */
struct layer_piece {
	char name[LAYER_PIECE_NAME_MAX];
	const uint8_t *bytes;
	uint64_t size;
	uint8_t sha256[32];
};

struct layer_kind;

/**
 * struct image_layer - one wrapping; of static size, and borrowed from the image
 * @bytes: what was around the content: a trailer, or the whole compressed file
 * @size: of these bytes
 * @offset: of a trailer or table: its offset in what it was peeled from; otherwise 0
 * @outside: what it was peeled from, @outside_size bytes
 * @content: what was inside; of a layer that stays all bytes, it included
 * @content_size: of that
 * @reason: why a policy with rules refuses the file (FORMAT.md, section 13, item 6c); "": it does not
 * @sha256: of @bytes, where the kind leaves bytes out; else zeros
 * @data_size: of a trailer: without the 12 bytes and the marker
 * @signature: of LAYER_SIGNATURE that is well-formed or verified
 * @outline: of LAYER_SIGNATURE that is not understood
 * @levels: of LAYER_MERKLE that is well-formed
 * @signer_size: of LAYER_NAMED: bytes of the signer's name, the first of @bytes
 * @key_id_size: of LAYER_NAMED: bytes of the key identifier, which follow
 * @id_type: of all module trailers, as it stands in the file
 * @signatures: of LAYER_PE_SIGNATURE: their number; @signature or @outline is of the first
 * @restored: of LAYER_PE_SIGNATURE: that the content is the file before it was signed was proved, by its own CRC-32
 * @maybe_padding: of LAYER_PE_SIGNATURE: zero bytes at the end of the content that its signer may have added
 * @payload_compression: of LAYER_BOOT_IMAGE: how its payload is compressed; NULL: it is not
 * @payload_size: of it, compressed
 * @pieces: of a kind that surrounds: @piece_count of them, in order; owned
 * @map: memory of the content, @map_size bytes, which ends with the image; NULL if the content is part of what it was
 *peeled from
 */
struct image_layer {
	const struct layer_kind *kind;
	const uint8_t *bytes;
	uint64_t size;
	uint64_t offset;
	const uint8_t *outside;
	uint64_t outside_size;
	const uint8_t *content;
	uint64_t content_size;
	enum layer_status status;
	char reason[LAYER_REASON_MAX];
	uint8_t sha256[32];
	uint64_t data_size;
	struct cms_signature signature;
	struct cms_outline outline;
	uint32_t levels;
	uint8_t signer_size;
	uint8_t key_id_size;
	uint8_t id_type;
	uint64_t signatures;
	bool restored;
	uint64_t maybe_padding;
	const char *payload_compression;
	uint64_t payload_size;
	struct layer_piece *pieces;
	size_t piece_count;
	void *map;
	uint64_t map_size;
};

/**
 * struct layer_source - what a layer is peeled from
 * @bytes: borrowed; they live as long as the image
 * @max_size: the most that decompressed bytes may be
 * @name: for messages
 */
struct layer_source {
	const uint8_t *bytes;
	uint64_t size;
	uint64_t max_size;
	const char *name;
};

/**
 * struct layer_kind - how a kind of layer is known, taken off and put back
 * @name: for reports and messages
 * @form: which fields of a layer say something
 * @outermost_only: refused inside another layer
 * @compresses: takes no bytes away but writes all of them another way; what works on signatures looks through it
 * @leaves_out: takes bytes away, which a policy with rules leaves out of the digest and one without counts
 * @surrounds: has bytes around the content, pieces, which count in scope file
 * @stays: is not taken off, and ends the search: whoever reads the content has to judge it
 * @recognise: whether these bytes have it; says nothing on whether it is sound
 * @peel: fill a layer, which is all zero but for @kind. Returns 0; -EBADMSG for one that breaks the rules of FORMAT.md
 *	under any policy, -EFBIG beyond a limit, -errno
 * @wrap: the bytes of @content with the layer around them again, exactly those that it was peeled from if @content is
 *	what was inside. The caller frees *whole. Returns 0; -ENOTSUP if that cannot be; -ENOMEM
 */
struct layer_kind {
	const char *name;
	enum layer_form form;
	bool outermost_only;
	bool compresses;
	bool leaves_out;
	bool surrounds;
	bool stays;
	bool (*recognise)(const uint8_t *bytes, uint64_t size);
	int (*peel)(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error);
	int (*wrap)(const struct image_layer *layer, const uint8_t *content, uint64_t content_size, uint8_t **whole,
		    uint64_t *whole_size, struct elfsect_error *error);
};

/** layer_recognise() - the layer that is outermost around these bytes, the first of the table; NULL: there is none */
const struct layer_kind *layer_recognise(const uint8_t *bytes, uint64_t size);

/** layer_kind_at() - the table, entry by entry; NULL behind the last */
const struct layer_kind *layer_kind_at(size_t i);

#endif
