/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an official build has and a rebuild cannot have, put onto the rebuild: signatures, the certificate of the
 * build's key, the build-id that depends on it. Then the rebuild has to be equal to the official file, byte for byte.
 */
#ifndef HASHSECT_STORE_GRAFT_H
#define HASHSECT_STORE_GRAFT_H

#include "image/image.h"
#include "store/attach.h"

/** enum graft_outcome - what became of a file */
enum graft_outcome {
	GRAFT_EQUAL,	 /* it is equal to the official one now */
	GRAFT_DIFFERENT, /* it is not */
	GRAFT_ALONE,	 /* there is no official one */
	GRAFT_REFUSED,	 /* it has a signature already, or the official one is no signature of it */
	GRAFT_OUTCOMES,
};

/**
 * struct graft_result - of one file
 * @reason: why it is not equal, or ""
 * @signature: it got a signature; @certificates, @build_id: these
 * @compression: it is compressed as the official file is, for its own way of compression would not show what is equal
 * @bytes: of GRAFT_EQUAL: the file, borrowed from the official one
 */
struct graft_result {
	enum graft_outcome outcome;
	struct elfsect_error reason;
	bool signature, certificates, build_id, compression;
	struct span bytes;
};

/** graft_alone() - the result where there is no official file */
void graft_alone(struct graft_result *result);

/** graft_compare() - the result where nothing is put on: equal, or not */
void graft_compare(struct graft_result *result, const struct span *made, const struct span *official);

/**
 * graft_file() - graft one file
 * @name: its path, which says whether it is a module
 * @rebuilt: opened with keep_trailers; not changed
 * @official: likewise, the file that it should become
 * @store, @signers: what attach_find() needs
 *
 * Return: 0, whatever the outcome; -errno for trouble.
 */
ELFSECT_MUST_CHECK int graft_file(const char *name, const struct image *rebuilt, const struct image *official,
				  const struct store *store, const struct signers *signers, struct graft_result *result,
				  struct elfsect_error *error);

#endif
