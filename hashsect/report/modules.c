// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/modules.h"

#include <elf.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"

/* Version of the JSON. New members do not change it. */
enum { MODULES_SCHEMA = 1 };

static struct json_object *module_object(const struct module_order *order, size_t i, const uint8_t *hash)
{
	struct json_object *o = json_object_new_object();
	autofree char *path = NULL;

	if (asprintf(&path, "%s.ko", order->stems[i]) < 0)
		path = NULL;
	json_set(&o, "position", json_number(i));
	json_set(&o, "path", path ? json_name(path) : NULL);
	json_set(&o, "sha256", json_hex(hash, MODULE_HASH_SIZE));
	return o;
}

int module_hashes_print(FILE *out, bool json, const struct module_order *order, const uint8_t *hashes)
{
	struct json_object *o, *list;
	char hex[2 * MODULE_HASH_SIZE + 1];

	if (!json) {
		for (size_t i = 0; i < order->count; i++, hashes += MODULE_HASH_SIZE) {
			text_hex(hashes, MODULE_HASH_SIZE, hex, sizeof(hex));
			fprintf(out, "%s  ", hex);
			text_print(out, order->stems[i]);
			fputs(".ko\n", out);
		}
		return 0;
	}
	list = json_object_new_array();
	for (size_t i = 0; i < order->count; i++, hashes += MODULE_HASH_SIZE)
		json_append(&list, module_object(order, i, hashes));
	o = json_object_new_object();
	json_set(&o, "schema", json_number(MODULES_SCHEMA));
	json_set(&o, "modules", list);
	return json_print(o, out);
}

int merkle_tree_print(FILE *out, bool json, const struct merkle_tree *tree)
{
	uint8_t root[MERKLE_ROOT_SIZE];
	char hex[2 * MODULE_HASH_SIZE + 1];
	struct json_object *o;

	merkle_root(tree, ELFDATA2LSB, root);
	text_hex(root + 4, MODULE_HASH_SIZE, hex, sizeof(hex));
	if (!json) {
		fprintf(out, "modules: %zu\nlevels: %u\nroot hash: %s\n", tree->widths[0], tree->levels, hex);
		return 0;
	}
	o = json_object_new_object();
	json_set(&o, "schema", json_number(MODULES_SCHEMA));
	json_set(&o, "modules", json_number(tree->widths[0]));
	json_set(&o, "levels", json_number(tree->levels));
	json_set(&o, "root", json_string(hex));
	return json_print(o, out);
}

void files_report_hash_verdict(struct files_report *r, const char *path, const struct hash_verdict *verdict)
{
	struct json_object *o;

	if (!r->json) {
		text_print(r->out, path);
		fprintf(r->out, ": %s: ", hash_verdict_name(verdict));
		text_print(r->out, verdict->reason);
		fputc('\n', r->out);
		return;
	}
	o = json_object_new_object();
	json_set(&o, "path", json_name(path));
	json_set(&o, "verdict", json_string(hash_verdict_name(verdict)));
	json_set(&o, "reason", json_string(verdict->reason));
	json_append(&r->list, o);
}

int hash_verdicts_end(struct files_report *r, const char *kernel, const struct module_hash_slot *slot)
{
	struct json_object *o;

	if (!r->json)
		return 0;
	o = json_object_new_object();
	json_set(&o, "schema", json_number(MODULES_SCHEMA));
	json_set(&o, "kernel", json_name(kernel));
	json_set(&o, "kind", json_string(slot->is_root ? "root" : "table"));
	if (slot->is_root)
		json_set(&o, "levels", json_number(slot->levels));
	else
		json_set(&o, "entries", json_number(slot->entries));
	json_set(&o, "modules", r->list);
	r->list = NULL;
	return json_print(o, r->out);
}
