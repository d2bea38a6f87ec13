/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands; each is defined in the file of its name. */
#ifndef HASHSECT_COMMANDS_H
#define HASHSECT_COMMANDS_H

#include "base/tool/cli.h"

extern const struct command command_btf_compare;
extern const struct command command_btf_prove;
extern const struct command command_attest;
extern const struct command command_audit;
extern const struct command command_verify_attestation;
extern const struct command command_explain;
extern const struct command command_compare;
extern const struct command command_digest;
extern const struct command command_dump;
extern const struct command command_graft;
extern const struct command command_modules_append;
extern const struct command command_modules_embed;
extern const struct command command_modules_list;
extern const struct command command_modules_tree;
extern const struct command command_modules_verify;
extern const struct command command_policy_resolve;
extern const struct command command_policy_show;
extern const struct command command_sig_attach;
extern const struct command command_sig_collect;
extern const struct command command_sig_extract;
extern const struct command command_sig_show;
extern const struct command command_sig_strip;
extern const struct command command_sig_verify;

#endif
