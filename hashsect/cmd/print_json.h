/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HASHSECT_PRINT_JSON_H
#define HASHSECT_PRINT_JSON_H

#include <json-c/json.h>

/* Print an object to standard output and release it. Returns an exit status. */
int print_json(struct json_object *object);

#endif
