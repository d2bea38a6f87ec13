// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/signer_groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "image/pe.h"
#include "report/cms.h"
#include "trust/authenticode.h"

/* The first entry of a certificate table; the others are signatures of the same bytes. */
static bool first_message(const uint8_t *table, uint64_t size, struct span *message)
{
	struct pe_table *entries = malloc(sizeof(*entries));
	const bool ok = entries && !pe_table_read(table, size, "", entries, NULL) && entries->count &&
			entries->list[0].type == PE_TYPE_PKCS7;

	if (ok)
		*message = (struct span){entries->list[0].data, entries->list[0].data_size};
	free(entries);
	return ok;
}

bool store_signature_read(enum store_kind kind, const uint8_t *bytes, uint64_t size, struct cms_signature *signature)
{
	struct authenticode a;
	struct span message;

	if (kind == STORE_MODULE)
		return !cms_read(bytes, size, signature, NULL);
	if (!first_message(bytes, size, &message) || authenticode_read(message.bytes, message.size, &a, NULL))
		return false;
	*signature = a.signer;
	return true;
}

static void describe(enum store_kind kind, const uint8_t *bytes, uint64_t size, char *text, size_t room)
{
	struct cms_signature signature;
	struct cms_outline outline = {0};
	struct span message = {bytes, size};
	char who[2304];

	if (store_signature_read(kind, bytes, size, &signature)) {
		cms_describe_signer(&signature, who, sizeof(who));
		snprintf(text, room, "%s, by %s", signature.algorithm, who);
		return;
	}
	if (kind == STORE_MODULE || first_message(bytes, size, &message))
		cms_outline_read(message.bytes, message.size, &outline);
	cms_outline_text(&outline, text, room);
}

int signer_groups_add(struct signer_groups *groups, enum store_kind kind, const uint8_t *bytes, uint64_t size)
{
	struct signer_group *list;
	char text[2560];
	size_t i = 0;

	describe(kind, bytes, size, text, sizeof(text));
	while (i < groups->count && (groups->list[i].kind != kind || strcmp(groups->list[i].text, text) != 0))
		i++;
	if (i < groups->count) {
		groups->list[i].count++;
		return 0;
	}
	list = reallocarray(groups->list, groups->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	groups->list = list;
	list[groups->count] = (struct signer_group){kind, strdup(text), 1};
	if (!list[groups->count].text)
		return -ENOMEM;
	groups->count++;
	return 0;
}

void signer_groups_print(FILE *out, const struct signer_groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		const struct signer_group *g = &groups->list[i];

		fprintf(out, "  %zu %s%s: ", g->count, store_kind_name(g->kind), g->count == 1 ? "" : "s");
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
