/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HASHSECT_COMMANDS_H
#define HASHSECT_COMMANDS_H

int cmd_compare(int argc, char **argv);
int cmd_digest(int argc, char **argv);
int cmd_dump(int argc, char **argv);
int cmd_modules_append(int argc, char **argv);
int cmd_modules_embed(int argc, char **argv);
int cmd_modules_list(int argc, char **argv);
int cmd_modules_tree(int argc, char **argv);
int cmd_modules_verify(int argc, char **argv);
int cmd_sig_attach(int argc, char **argv);
int cmd_sig_extract(int argc, char **argv);
int cmd_sig_show(int argc, char **argv);
int cmd_sig_strip(int argc, char **argv);
int cmd_sig_verify(int argc, char **argv);
int cmd_policy_resolve(int argc, char **argv);
int cmd_policy_show(int argc, char **argv);

#endif
