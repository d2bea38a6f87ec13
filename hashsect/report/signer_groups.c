// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/signer_groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/cms.h"

static void describe(const uint8_t *message, uint64_t size, char *text, size_t room)
{
	struct cms_signature signature;
	struct cms_outline outline;
	char who[2304];

	if (!cms_read(message, size, &signature, NULL)) {
		cms_describe_signer(&signature, who, sizeof(who));
		snprintf(text, room, "%s, by %s", signature.algorithm, who);
		return;
	}
	cms_outline_read(message, size, &outline);
	cms_outline_text(&outline, text, room);
}

int signer_groups_add(struct signer_groups *groups, const uint8_t *message, uint64_t size)
{
	struct signer_group *list;
	char text[2560];
	size_t i = 0;

	describe(message, size, text, sizeof(text));
	while (i < groups->count && strcmp(groups->list[i].text, text) != 0)
		i++;
	if (i < groups->count) {
		groups->list[i].count++;
		return 0;
	}
	list = reallocarray(groups->list, groups->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	groups->list = list;
	list[groups->count] = (struct signer_group){strdup(text), 1};
	if (!list[groups->count].text)
		return -ENOMEM;
	groups->count++;
	return 0;
}

void signer_groups_print(FILE *out, const struct signer_groups *groups, const char *one, const char *many)
{
	for (size_t i = 0; i < groups->count; i++) {
		const struct signer_group *g = &groups->list[i];

		fprintf(out, "  %zu %s: ", g->count, g->count == 1 ? one : many);
		text_print(out, g->text);
		fputc('\n', out);
	}
}

void signer_groups_clear(struct signer_groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		free(groups->list[i].text);
	free(groups->list);
	*groups = (struct signer_groups){0};
}
