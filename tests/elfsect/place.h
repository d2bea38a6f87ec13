/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A linked file in a directory of its own, and an edit of it that keeps its size. */
#ifndef PLACE_H
#define PLACE_H

#include "edited.h"

extern struct place {
	char directory[64];
	char file[96];
	char journal[96];
	uint8_t *old_bytes, *new_bytes; /* owned */
	size_t size;
	uint8_t *data; /* what the edit puts into the slot, a certificate */
	size_t data_size;
} place;

/** place_parent - where directories are made; "/tmp" */
extern const char *place_parent;

enum content { OLD, NEW, OTHER };

/** place_set_up() - *state: the struct elf_variant, or NULL */
int place_set_up(void **state);
int place_tear_down(void **state);

/** place_reset() - the old content in the same file, not another one: a journal is for one inode */
void place_reset(void);

/** place_content() - what the file has now */
enum content place_content(void);
bool place_has_journal(void);

/** place_plan_edit() - three changes: a certificate and two length words */
int place_plan_edit(const struct elfsect_view *view, struct elfsect_plan **plan, struct elfsect_error *error);

/** place_edit() - open, plan, write */
int place_edit(bool in_place, bool verify, struct elfsect_error *error);

/** place_put(), place_get() - all of a file */
void place_put(const char *path, const void *bytes, size_t size);
uint8_t *place_get(const char *path, size_t *size);

#endif
