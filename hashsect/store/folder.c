// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

static const char format[] = "hashsect store 1\n";

enum { FORMAT_MAX = 64, CERTIFICATES_MAX = 4096, CERTIFICATE_MAX = 65539, CHECKSUM_MAX = 9 };

/* ----------------------------------------------------------------------------------------------------------- write */

struct writing {
	const char *folder;
	struct elfsect_batch *batch;
};

static int write_file(const struct writing *w, const char *below, const char *name, const void *bytes, uint64_t size,
		      struct elfsect_error *error)
{
	autofree char *path = NULL;

	if (asprintf(&path, "%s/%s%s%s", w->folder, below ? below : "", below ? "/" : "", name) < 0) {
		path = NULL;
		return failure_errno(error, ENOMEM, "%s", w->folder);
	}
	return elfsect_batch_add(w->batch, path, bytes, size, error);
}

static int write_entry(const struct writing *w, const struct store_entry *e, struct elfsect_error *error)
{
	char name[STORE_NAME_MAX], text[16];
	int ret;

	store_entry_name(e->kind, e->digest, e->number, name);
	ret = write_file(w, store_kind_folder(e->kind), name, e->bytes, e->size, error);
	if (ret || !e->has_checksum)
		return ret;
	strcpy(strrchr(name, '.'), ".checksum");
	snprintf(text, sizeof(text), "%08x\n", e->checksum);
	return write_file(w, store_kind_folder(e->kind), name, text, strlen(text), error);
}

static int make_folder(const char *folder, const char *below, struct elfsect_error *error)
{
	autofree char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, below) < 0) {
		path = NULL;
		return failure_errno(error, ENOMEM, "%s", folder);
	}
	return mkdir(path, 0777) ? failure_errno(error, errno, "%s", path) : 0;
}

/* A folder with nothing in it. */
static int make_store(const char *folder, struct elfsect_error *error)
{
	const struct dirent *entry;
	bool empty = true;
	DIR *directory;

	if (!mkdir(folder, 0777))
		return 0;
	if (errno != EEXIST)
		return failure_errno(error, errno, "%s", folder);
	directory = opendir(folder);
	if (!directory)
		return failure_errno(error, errno, "%s", folder);
	while ((entry = readdir(directory)))
		empty &= !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	closedir(directory);
	return empty ? 0 : failure(error, EEXIST, "%s: it is there already, and not empty", folder);
}

static int write_all_files(const struct writing *w, const struct store_entries *entries, const char *index,
			   struct elfsect_error *error)
{
	int ret = make_store(w->folder, error);

	for (enum store_kind kind = 0; kind < STORE_KINDS && !ret; kind++)
		ret = make_folder(w->folder, store_kind_folder(kind), error);
	for (size_t i = 0; i < entries->count && !ret; i++)
		ret = write_entry(w, &entries->list[i], error);
	if (!ret)
		ret = write_file(w, NULL, "index.json", index, strlen(index), error);
	if (!ret)
		ret = elfsect_batch_finish(w->batch, error);
	/* A batch may put files in place in any order: this one comes when all others are there. */
	if (!ret)
		ret = write_file(w, NULL, "format", format, strlen(format), error);
	return ret ? ret : elfsect_batch_finish(w->batch, error);
}

int store_write(const char *folder, const struct store_entries *entries, const char *index,
		const struct elfsect_write_options *options, struct elfsect_error *error)
{
	struct writing w = {.folder = folder};
	int ret = elfsect_batch_new(options, &w.batch, error);

	if (!ret)
		ret = write_all_files(&w, entries, index, error);
	elfsect_batch_free(w.batch);
	return ret;
}

/* ------------------------------------------------------------------------------------------------------------ open */

struct store {
	const struct store_entries *entries; /* borrowed; NULL: it is a folder: */
	char *folder;			     /* owned; for messages */
	int kinds[STORE_KINDS];		     /* its folders, owned; -1: there is none */
};

static struct store *store_new(const char *folder)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	for (enum store_kind kind = 0; kind < STORE_KINDS; kind++)
		store->kinds[kind] = -1;
	store->folder = strdup(folder);
	if (store->folder)
		return store;
	free(store);
	return NULL;
}

struct store *store_of_entries(const struct store_entries *entries)
{
	struct store *store = store_new("memory");

	if (store)
		store->entries = entries;
	return store;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (enum store_kind kind = 0; kind < STORE_KINDS; kind++)
		if (store->kinds[kind] >= 0)
			close(store->kinds[kind]);
	free(store->folder);
	free(store);
}

/*
 * Read a file of a store: a regular one, of its own name, not too long. -ENOENT without a message: there is none.
 * @below: of the folder, for messages
 */
static int read_file(const struct store *store, int folder_fd, const char *below, const char *name, uint64_t limit,
		     uint8_t **bytes, uint64_t *size, struct elfsect_error *error)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	autoclose int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int ret;

	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0)
		return failure_errno(error, errno, "%s/%s%s", store->folder, below, name);
	if (fstat(fd, &st))
		return failure_errno(error, errno, "%s/%s%s", store->folder, below, name);
	if (!S_ISREG(st.st_mode))
		return failure(error, EINVAL, "%s/%s%s: not a regular file", store->folder, below, name);
	ret = read_all(fd, limit, bytes, size);
	if (ret == -EFBIG)
		return failure(error, EFBIG, "%s/%s%s: more than %ju bytes, which is too long for it", store->folder,
			       below, name, (uintmax_t)limit);
	return ret ? failure_errno(error, -ret, "%s/%s%s", store->folder, below, name) : 0;
}

static int check_format(const struct store *store, int fd, struct elfsect_error *error)
{
	autofree uint8_t *bytes = NULL;
	uint64_t size;
	const int ret = read_file(store, fd, "", "format", FORMAT_MAX, &bytes, &size, error);

	if (ret == -ENOENT)
		return failure(error, EINVAL,
			       "%s: not a signature store, or one that was not finished: no file 'format'",
			       store->folder);
	if (ret)
		return ret;
	if (size == strlen(format) && !memcmp(bytes, format, size))
		return 0;
	return failure(error, EINVAL, "%s/format: not the line 'hashsect store 1': a store of another kind",
		       store->folder);
}

static int open_folders(struct store *store, struct elfsect_error *error)
{
	autoclose int fd = open(store->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return failure_errno(error, errno, "%s", store->folder);
	ret = check_format(store, fd, error);
	for (enum store_kind kind = 0; kind < STORE_KINDS && !ret; kind++) {
		const char *name = store_kind_folder(kind);

		store->kinds[kind] = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (store->kinds[kind] < 0 && errno != ENOENT)
			ret = failure_errno(error, errno, "%s/%s", store->folder, name);
	}
	return ret;
}

int store_open(const char *folder, struct store **out, struct elfsect_error *error)
{
	struct store *store = store_new(folder);
	int ret = store ? open_folders(store, error) : failure_errno(error, ENOMEM, "%s", folder);

	if (ret)
		store_close(store);
	else
		*out = store;
	return ret;
}

/* ------------------------------------------------------------------------------------------------------------ find */

void store_found_clear(struct store_found *found)
{
	for (size_t i = 0; i < found->count; i++)
		free(found->list[i].bytes);
	*found = (struct store_found){0};
}

static int find_in_memory(const struct store *store, enum store_kind kind, const uint8_t digest[SHA256_SIZE],
			  struct store_found *found, struct elfsect_error *error)
{
	size_t count;
	const struct store_entry *e = store_entries_find(store->entries, kind, digest, &count);

	for (size_t i = 0; i < count; i++, e++) {
		uint8_t *copy = malloc(e->size ? e->size : 1);

		if (!copy)
			return failure_errno(error, ENOMEM, "signatures");
		memcpy(copy, e->bytes, e->size);
		found->list[found->count++] = (struct store_piece){copy, e->size, e->has_checksum, e->checksum};
	}
	return 0;
}

/* CheckSum beside a table: 8 digits and a line end, or nothing. @name: of the table; becomes another one. */
static int read_checksum(const struct store *store, const char *below, char *name, struct store_piece *piece,
			 struct elfsect_error *error)
{
	autofree uint8_t *text = NULL;
	uint8_t value[4];
	uint64_t size;
	int ret;

	strcpy(strrchr(name, '.'), ".checksum");
	ret = read_file(store, store->kinds[STORE_IMAGE], below, name, CHECKSUM_MAX, &text, &size, error);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	if (size == CHECKSUM_MAX && text[size - 1] == '\n')
		text[size - 1] = '\0';
	if (size != CHECKSUM_MAX || !text_hex_parse((const char *)text, value, sizeof(value)))
		return failure(error, EINVAL, "%s/%s%s: not 8 hexadecimal digits and a line end", store->folder, below,
			       name);
	piece->has_checksum = true;
	piece->checksum = load_u32(value, ELFDATA2MSB);
	return 0;
}

static int find_in_folder(const struct store *store, enum store_kind kind, const uint8_t digest[SHA256_SIZE],
			  struct store_found *found, struct elfsect_error *error)
{
	const uint64_t limit = kind == STORE_IMAGE ? STORE_TABLE_MAX : STORE_SIGNATURE_MAX;
	char below[32], name[STORE_NAME_MAX];
	int ret = 0;

	snprintf(below, sizeof(below), "%s/", store_kind_folder(kind));
	while (!ret && found->count < STORE_SAME_MAX) {
		struct store_piece *piece = &found->list[found->count];

		store_entry_name(kind, digest, (unsigned int)found->count + 1, name);
		ret = read_file(store, store->kinds[kind], below, name, limit, &piece->bytes, &piece->size, error);
		if (ret)
			break;
		found->count++;
		if (kind == STORE_IMAGE)
			ret = read_checksum(store, below, name, piece, error);
	}
	return ret == -ENOENT ? 0 : ret;
}

int store_find(const struct store *store, enum store_kind kind, const uint8_t digest[SHA256_SIZE],
	       struct store_found *found, struct elfsect_error *error)
{
	*found = (struct store_found){0};
	if (store->entries)
		return find_in_memory(store, kind, digest, found, error);
	return store->kinds[kind] < 0 ? 0 : find_in_folder(store, kind, digest, found, error);
}

/* ---------------------------------------------------------------------------------------------------- certificates */

static int is_certificate(const struct dirent *entry)
{
	char hex[2 * SHA256_SIZE + 1];
	const size_t length = strlen(entry->d_name);

	if (length != 2 * SHA256_SIZE + 4 || strcmp(entry->d_name + length - 4, ".der") != 0)
		return 0;
	memcpy(hex, entry->d_name, 2 * SHA256_SIZE);
	hex[2 * SHA256_SIZE] = '\0';
	return text_is_hex(hex, 2 * SHA256_SIZE);
}

/* One certificate, under the name that is its own. */
static int add_certificate(const struct store *store, const char *name, struct signers *signers,
			   struct elfsect_error *error)
{
	autofree uint8_t *bytes = NULL;
	uint8_t sha256[SHA256_SIZE];
	char right[STORE_NAME_MAX], shown[STORE_NAME_MAX + 16];
	uint64_t size;
	int ret = read_file(store, store->kinds[STORE_CERTIFICATE], "certificates/", name, CERTIFICATE_MAX, &bytes,
			    &size, error);

	if (ret == -ENOENT)
		return failure_errno(error, ENOENT, "%s/certificates/%s", store->folder, name);
	if (ret)
		return ret;
	if (hash_once("sha256", bytes, size, sha256))
		return failure_errno(error, ENOMEM, "%s", store->folder);
	store_entry_name(STORE_CERTIFICATE, sha256, 1, right);
	if (strcmp(right, name) != 0)
		return failure(error, EBADMSG, "%s/certificates/%s: the name is not the SHA-256 of the file",
			       store->folder, name);
	snprintf(shown, sizeof(shown), "certificates/%s", right);
	return signers_add(signers, bytes, size, shown, error);
}

static int signers_of_memory(const struct store *store, struct signers *signers, struct elfsect_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < store->entries->count && !ret; i++) {
		const struct store_entry *e = &store->entries->list[i];

		if (e->kind == STORE_CERTIFICATE)
			ret = signers_add(signers, e->bytes, e->size, e->origins->path, error);
	}
	return ret;
}

int store_signers(const struct store *store, struct signers *signers, struct elfsect_error *error)
{
	struct dirent **names = NULL;
	int count, ret = 0;

	if (store->entries)
		return signers_of_memory(store, signers, error);
	if (store->kinds[STORE_CERTIFICATE] < 0)
		return 0;
	count = scandirat(store->kinds[STORE_CERTIFICATE], ".", &names, is_certificate, alphasort);
	if (count < 0)
		return failure_errno(error, errno, "%s/certificates", store->folder);
	if (count > CERTIFICATES_MAX)
		ret = failure(error, E2BIG, "%s/certificates: more than %d of them", store->folder, CERTIFICATES_MAX);
	for (int i = 0; i < count; i++) {
		if (!ret)
			ret = add_certificate(store, names[i]->d_name, signers, error);
		free(names[i]);
	}
	free(names);
	return ret;
}
