/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a package or a folder holds, as a list in the order of paths. Of a folder the files stay where they are. Of a
 * package each content is hashed as it is decompressed, and kept, in one temporary file without a name, where it is of
 * a kind that can be equal without having the same bytes.
 */
#ifndef HASHSECT_PACKAGE_CONTENTS_H
#define HASHSECT_PACKAGE_CONTENTS_H

#include "base/hash.h"
#include "package/archive.h"

/**
 * struct contents_entry - one of them
 * @path: below the folder or in the package, as in struct archive_item
 * @type: a hard link in a package is the file that it is a link to
 * @describes, @mode, @uid, @gid, @device: as in struct archive_item
 * @owner, @group: of a package; NULL: not known
 * @target: of a symbolic link; else NULL
 * @size: of a file, in bytes
 * @is_hashed: @sha256 is of the content of a file
 * @bytes: a content that is kept, @size bytes; NULL: it is not, or it is empty
 */
struct contents_entry {
	char *path;
	enum archive_item_type type;
	bool describes;
	unsigned int mode;
	int64_t uid, gid;
	char *owner, *group;
	char *target;
	struct archive_device device;
	uint64_t size;
	bool is_hashed;
	uint8_t sha256[SHA256_SIZE];
	uint64_t kept_at; /* in the temporary file; UINT64_MAX: not there */
	const uint8_t *bytes;
};

/**
 * struct contents - the list; all zero is an empty one
 * @name: of the package or folder, as it was given
 * @folder: the descriptor of a folder; -1: it is a package
 * @is_file: it is neither but a file, the one entry; @folder is where its path starts
 */
struct contents {
	char *name;
	int folder;
	bool is_file;
	struct contents_entry *list;
	size_t count, room;
	void *map; /* of what is kept, map_size bytes */
	uint64_t map_size;
};

/** enum contents_keeping - which contents of a package are kept */
enum contents_keeping {
	CONTENTS_KEEP_CODE, /* ELF and PE files, and what may hold them; lists of checksums */
	CONTENTS_KEEP_ALL,
};

/**
 * contents_read() - list a package or a folder, or a single file; contents_clear() afterwards, always
 *
 * Return: 0; -EBADMSG for a package that is damaged, has two members of one name or a link to none; -EFBIG beyond a
 * limit; -errno.
 */
ELFSECT_MUST_CHECK int contents_read(const char *path, enum contents_keeping keeping, struct contents *contents,
				     struct elfsect_error *error);

void contents_clear(struct contents *contents);

/** contents_find() - the entry with a path, or NULL */
const struct contents_entry *contents_find(const struct contents *contents, const char *path);

/** contents_shown() - "PACKAGE: PATH" or "FOLDER/PATH", for messages; the caller frees it; NULL: no memory */
char *contents_shown(const struct contents *contents, const struct contents_entry *entry);

/** contents_open() - a file of a folder; its descriptor, or -errno */
ELFSECT_MUST_CHECK int contents_open(const struct contents *contents, const struct contents_entry *entry,
				     struct elfsect_error *error);

/** contents_start() - the first 4 bytes of a file that is kept or lies in a folder, of others zeros; 0 or -errno */
ELFSECT_MUST_CHECK int contents_start(const struct contents *contents, const struct contents_entry *entry,
				      uint8_t start[4], struct elfsect_error *error);

/** contents_containers_differ() - whether two packages are not the same as files; two folders never are; 0 or -errno */
ELFSECT_MUST_CHECK int contents_containers_differ(const struct contents *a, const struct contents *b, bool *differ,
						  struct elfsect_error *error);

/**
 * contents_same() - whether two files have the same bytes; they are compared, or where one is not kept, their SHA-256
 *
 * Return: 0; -EBADMSG: a file is not as long as it was when it was listed; -errno.
 */
ELFSECT_MUST_CHECK int contents_same(const struct contents *a, const struct contents_entry *p, const struct contents *b,
				     const struct contents_entry *q, bool *same, struct elfsect_error *error);

#endif
