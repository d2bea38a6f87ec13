/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command that edits the file of place.h, the state it starts from, and what has to be true whatever harms it. */
#ifndef SCENE_H
#define SCENE_H

#include "place.h"
#include "traced.h"

/**
 * enum scene_kind - what the command does to the file
 * @SCENE_IN_PLACE: writes into it
 * @SCENE_REPLACE: puts a new one in its place
 * @SCENE_OUTPUT: leaves it alone, and makes place.directory/out
 * @SCENE_RECOVER: takes it back from an edit in place that was killed halfway
 */
enum scene_kind { SCENE_IN_PLACE, SCENE_REPLACE, SCENE_OUTPUT, SCENE_RECOVER };

/**
 * struct scene - one command line
 * @words: between the program and the file; "DATA" and "OUT" stand for paths
 * @new_bytes: what it makes of the file; owned, set by scene_learn(). That of SCENE_RECOVER is the old content.
 * @messages: what it writes to standard error; set by scene_learn()
 */
struct scene {
	const char *name;
	enum scene_kind kind;
	const char *words[10];
	uint8_t *new_bytes;
	size_t new_size;
	char messages[4096];
};

/** scenes - ends with one without a name */
extern struct scene scenes[];

/** scene_program - path of the tool */
extern const char *scene_program;

/** scene_set_up(), scene_tear_down() - *state: the struct elf_variant of the file, or NULL */
int scene_set_up(void **state);
int scene_tear_down(void **state);

/** scene_learn() - run the command unharmed and remember its result */
void scene_learn(struct scene *scene);

/** scene_reset() - the state from which the command starts: old content, attributes of its own, an old mtime */
void scene_reset(const struct scene *scene);

/** scene_run() - run the command; @wound may be NULL */
void scene_run(const struct scene *scene, const struct wound *wound, struct traced *traced);

/** scene_recover() - elfsect recover, which has to succeed; no journal and no temporary file are there any more */
void scene_recover(void);

/** scene_content() - of the file, or of what SCENE_OUTPUT makes: there OLD means that it does not exist */
enum content scene_content(const struct scene *scene);

/** scene_file_content() - of the file itself */
enum content scene_file_content(const struct scene *scene);

/** scene_count_temporaries() - files that the tool made in the directory, the journal not counted */
unsigned int scene_count_temporaries(void);

/** scene_expect_attributes() - mode, owner and extended attributes are those of the old file; new content has a new
 * mtime */
void scene_expect_attributes(const struct scene *scene);

#endif
