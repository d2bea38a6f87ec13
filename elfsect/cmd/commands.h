/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ELFSECT_COMMANDS_H
#define ELFSECT_COMMANDS_H

int cmd_check(int argc, char **argv);

#endif
