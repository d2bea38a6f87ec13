/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ELFSECT_COMMANDS_H
#define ELFSECT_COMMANDS_H

int cmd_check(int argc, char **argv);
int cmd_clear(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_inject(int argc, char **argv);
int cmd_isolate(int argc, char **argv);
int cmd_keyring_add(int argc, char **argv);
int cmd_keyring_list(int argc, char **argv);
int cmd_keyring_remove(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_recover(int argc, char **argv);
int cmd_remove(int argc, char **argv);
int cmd_rename(int argc, char **argv);

#endif
