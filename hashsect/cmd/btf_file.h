/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands on BTF read: a section by itself, or the one of an ELF file. */
#ifndef HASHSECT_BTF_FILE_H
#define HASHSECT_BTF_FILE_H

#include "base/tool/cli.h"
#include "btf/btf.h"
#include "image/image.h"

/* A file and the types in it; all zero before btf_file_open(). */
struct btf_file {
	struct image *image;
	struct elfsect_view *view;
	struct btf *btf;
};

/* Read it; @base is what it continues, or NULL. btf_file_close() afterwards, always. */
int btf_file_open(const char *path, const struct btf *base, struct btf_file *file, struct elfsect_error *error);

void btf_file_close(struct btf_file *file);

#endif
