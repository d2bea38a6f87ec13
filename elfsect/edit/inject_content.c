// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The bytes of an injected section:
 *
 *     content: data | zeros to a multiple of N | word | zeros to a multiple of N | word ...
 *
 * where N is 8, and in a kernel's keyring what keyring_layout.h says,
 *
 * or a note (gABI, chapter 5), in the target's byte order:
 *
 *     content: namesz u32 | descsz u32 | type u32 | owner and its zero byte | zeros to 4 | data | zeros to 4
 */
#include "edit/inject_content.h"

#include <stdlib.h>

#include "kernel/keyring_layout.h"

enum { NOTE_HEADER = 12, NOTE_ALIGN = 4, NOTE_DATA_MAX = 1 << 30 };

bool injection_is_word(const struct elfsect_definition *definition)
{
	return definition->place == ELFSECT_AT_SIZE_WORD || definition->place == ELFSECT_AT_NUMBER_WORD;
}

static bool has_keyring_word(const struct elfsect_injection *wish)
{
	for (size_t i = 0; i < wish->definition_count; i++)
		if (injection_is_word(&wish->definitions[i]) && keyring_has_word(wish->definitions[i].name))
			return true;
	return false;
}

static uint64_t word_align(const struct job *job)
{
	if (job->shape.word_align)
		return job->shape.word_align;
	return has_keyring_word(job->wish) ? keyring_align_of_section(job->align) : 8;
}

int injection_place(struct job *job, struct elfsect_error *error)
{
	const struct elfsect_injection *wish = job->wish;
	const struct elfsect_view *view = job->draft->view;
	const unsigned int word = elfsect_word_size(view);

	job->size = wish->size;
	if (wish->note_owner) {
		align_u64(NOTE_HEADER + strlen(wish->note_owner) + 1, 4,
			  &job->data_offset); /* injection_check() limits both */
		align_u64(job->data_offset + wish->size, 4, &job->size);
	}
	for (size_t i = 0; i < wish->definition_count; i++) {
		const struct elfsect_definition *d = &wish->definitions[i];

		job->places[i] = d->place == ELFSECT_AT_END	 ? wish->size
				 : d->place == ELFSECT_AT_OFFSET ? d->number
								 : 0;
		if (job->places[i] > wish->size)
			return failure(error, EINVAL, "%s: symbol %s: not inside the data for section %s", view->name,
				       d->name, wish->section);
		if (!injection_is_word(d))
			continue;
		if (!align_u64(job->size, word_align(job), &job->places[i]) ||
		    !add_u64(job->places[i], word, &job->size))
			return failure_errno(error, EFBIG, "%s: section %s", view->name, wish->section);
	}
	if (!add_u64(job->size, job->shape.tail, &job->size))
		return failure_errno(error, EFBIG, "%s: section %s", view->name, wish->section);
	if (!wish->note_owner && job->size != wish->size && job->align < word)
		return failure(error, EINVAL,
			       "%s: section %s: with alignment %ju a size word of %u bytes would not be aligned",
			       view->name, wish->section, (uintmax_t)job->align, word);
	if (word == 4 && job->size > UINT32_MAX)
		return failure_errno(error, EFBIG, "%s: section %s", view->name, wish->section);
	return 0;
}

int injection_content(const struct job *job, uint8_t **content, struct elfsect_error *error)
{
	const struct elfsect_injection *wish = job->wish;
	const struct elfsect_view *view = job->draft->view;
	uint8_t *bytes = calloc(1, job->size ? job->size : 1);

	if (!bytes)
		return failure_errno(error, ENOMEM, "%s: section %s", view->name, wish->section);
	if (wish->note_owner) {
		store_u32(bytes, view->header.data, (uint32_t)strlen(wish->note_owner) + 1);
		store_u32(bytes + 4, view->header.data, (uint32_t)wish->size);
		store_u32(bytes + 8, view->header.data, wish->note_type);
		memcpy(bytes + NOTE_HEADER, wish->note_owner, strlen(wish->note_owner));
	}
	if (wish->size)
		memcpy(bytes + job->data_offset, wish->data, wish->size);
	for (size_t i = 0; i < wish->definition_count; i++) {
		const struct elfsect_definition *d = &wish->definitions[i];
		const uint64_t number = d->place == ELFSECT_AT_NUMBER_WORD ? d->number : wish->size;

		if (injection_is_word(d) && view_is_64(view))
			store_u64(bytes + job->places[i], view->header.data, number);
		else if (injection_is_word(d))
			store_u32(bytes + job->places[i], view->header.data, (uint32_t)number);
	}
	*content = bytes;
	return 0;
}

bool injection_is_same_note(const struct job *job, const uint8_t *content, const struct elfsect_section *section)
{
	const struct elfsect_view *view = job->draft->view;
	const uint8_t *old = elfsect_section_bytes(view, section);
	uint64_t end;

	if (section->size < job->data_offset || memcmp(old, content, 4) != 0 ||
	    memcmp(old + 8, content + 8, job->data_offset - 8) != 0)
		return false;
	align_u64(job->data_offset + view_u32(view, old + 4), 4, &end); /* of 32 bits */
	return end == section->size;
}

uint64_t injection_align(const struct elfsect_view *view, const struct elfsect_injection *wish)
{
	if (wish->note_owner)
		return NOTE_ALIGN;
	if (wish->align)
		return wish->align;
	return has_keyring_word(wish) ? keyring_align_of_machine(view->header.machine) : 8;
}

static int check_note(const struct elfsect_view *view, const struct elfsect_injection *wish,
		      struct elfsect_error *error)
{
	if (!*wish->note_owner || strlen(wish->note_owner) > 255)
		return failure(error, EINVAL, "%s: section %s: a note's owner has 1 to 255 bytes", view->name,
			       wish->section);
	if (wish->size > NOTE_DATA_MAX)
		return failure(error, EINVAL, "%s: section %s: more than 1 GiB for a note", view->name, wish->section);
	if (wish->align && wish->align != NOTE_ALIGN)
		return failure(error, EINVAL, "%s: section %s: notes have an alignment of 4", view->name,
			       wish->section);
	if (wish->definition_count)
		return failure(error, EINVAL, "%s: section %s: no symbols can be defined in a note", view->name,
			       wish->section);
	return 0;
}

int injection_check(const struct elfsect_view *view, const struct elfsect_injection *wish, struct elfsect_error *error)
{
	if (!*wish->section)
		return failure(error, EINVAL, "%s: a section needs a name", view->name);
	if (wish->align & (wish->align - 1) || wish->align > INT32_MAX)
		return failure(error, EINVAL, "%s: section %s: alignment %ju is not a power of two below 2^31",
			       view->name, wish->section, (uintmax_t)wish->align);
	if (wish->note_owner && check_note(view, wish, error))
		return -EINVAL;
	for (size_t i = 0; i < wish->definition_count; i++) {
		if (!*wish->definitions[i].name)
			return failure(error, EINVAL, "%s: a symbol needs a name", view->name);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(wish->definitions[i].name, wish->definitions[j].name))
				return failure(error, EINVAL, "%s: symbol %s: defined twice by this edit", view->name,
					       wish->definitions[i].name);
	}
	return 0;
}
