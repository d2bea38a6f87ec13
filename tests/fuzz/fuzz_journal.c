// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The journal beside a file. The first byte is the number of changes; where it is even the rest is what follows the
 * header, which is made for the file, with a checksum; else the input is the journal as it stands. Whatever it says, a
 * file that is not brought back is as it was.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "elfsect_edit.h"
#include "fuzz.h"

enum { FILE_SIZE = 64, HEADER_SIZE = 64, MOST = 4096 };

static char folder[] = "/dev/shm/fuzz-journal-XXXXXX", file[64], journal[64];

static void remove_folder(void)
{
	unlink(journal);
	unlink(file);
	rmdir(folder);
}

static void make_folder(void)
{
	if (*file)
		return;
	fuzz_require(mkdtemp(folder) != NULL, "a folder in /dev/shm");
	snprintf(file, sizeof(file), "%s/file", folder);
	snprintf(journal, sizeof(journal), "%s/.file.elfsect-journal", folder);
	atexit(remove_folder);
}

static void write_file(const char *path, const uint8_t *bytes, size_t size)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	fuzz_require(fd >= 0 && write(fd, bytes, size) == (ssize_t)size && !close(fd), "a file in /dev/shm");
}

static void put(uint8_t *at, uint64_t number, int size)
{
	for (int i = 0; i < size; i++)
		at[i] = (uint8_t)(number >> (8 * i));
}

/* A header for the file, and the checksum of all. */
static size_t complete(uint8_t *bytes, const uint8_t *data, size_t size)
{
	const size_t all = HEADER_SIZE + size - 1;
	struct stat st;

	fuzz_require(!stat(file, &st), "the file");
	memset(bytes, 0, HEADER_SIZE);
	memcpy(bytes, "elfsect journal", 15);
	put(bytes + 16, 1, 4);
	put(bytes + 20, data[0] / 2, 4);
	put(bytes + 24, st.st_ino, 8);
	put(bytes + 48, FILE_SIZE, 8);
	put(bytes + 56, all + SHA256_SIZE, 8);
	memcpy(bytes + HEADER_SIZE, data + 1, size - 1);
	fuzz_require(!hash_once("sha256", bytes, all, bytes + all), "SHA-256");
	return all + SHA256_SIZE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t bytes[HEADER_SIZE + MOST + SHA256_SIZE], before[FILE_SIZE], after[FILE_SIZE];
	enum elfsect_recovery recovery;
	struct elfsect_error error;
	int fd, ret;

	if (!size || size > MOST)
		return 0;
	make_folder();
	for (size_t i = 0; i < FILE_SIZE; i++)
		before[i] = (uint8_t)i;
	write_file(file, before, FILE_SIZE);
	if (data[0] % 2)
		write_file(journal, data + 1, size - 1);
	else
		write_file(journal, bytes, complete(bytes, data, size));
	ret = elfsect_recover(file, &recovery, &error);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	fuzz_require(fd >= 0 && read(fd, after, FILE_SIZE) == FILE_SIZE && read(fd, after, 1) == 0 && !close(fd),
		     "its size");
	after[0] = ret || recovery != ELFSECT_FILE_RESTORED ? after[0] : 0;
	fuzz_require((!ret && recovery == ELFSECT_FILE_RESTORED) || !memcmp(before + 1, after + 1, FILE_SIZE - 1),
		     "what is not brought back is as it was");
	fuzz_require(!access(journal, F_OK) == !!ret, "the journal stays where it was not used, and only there");
	return 0;
}
