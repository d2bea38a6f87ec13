/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands; each is defined in the file of its name. */
#ifndef ELFSECT_COMMANDS_H
#define ELFSECT_COMMANDS_H

#include "base/tool/cli.h"

extern const struct command command_check;
extern const struct command command_clear;
extern const struct command command_extract;
extern const struct command command_inject;
extern const struct command command_isolate;
extern const struct command command_keyring_add;
extern const struct command command_keyring_list;
extern const struct command command_keyring_remove;
extern const struct command command_list;
extern const struct command command_recover;
extern const struct command command_remove;
extern const struct command command_rename;

#endif
