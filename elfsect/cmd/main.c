// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "base/tool/cli.h"
#include "commands.h"

#define REGION_HELP                                                                                                    \
	"  --section NAME             all bytes of a section\n"                                                        \
	"  --symbols FIRST..LAST[+N]  from a symbol up to another one, or to N bytes behind it\n"                      \
	"  --symbol NAME              the bytes of a symbol that has a size\n"

#define OUTPUT_HELP                                                                                                    \
	"  -o, --output OUT           write OUT and leave FILE as it is; default: replace FILE.\n"                     \
	"                             Either appears complete and verified, or not at all.\n"                          \
	"  --in-place                 write only the bytes that change into FILE, under a journal\n"                   \
	"                             (see 'elfsect recover'); FILE must keep its size\n"                              \
	"  --verify                   with --in-place: check all of FILE, and prove by a hash\n"                       \
	"                             before and after that no other byte changed\n"

#define KEYRING_HELP                                                                                                   \
	"  --slot NAME                linux-keyring (the built-in list), or linux-extra-cert\n"                        \
	"                             (system_extra_cert)\n"                                                           \
	"  --system-map FILE          the symbols of a stripped kernel\n"

static const char list_usage[] =
	"[--hash] [--json] FILE\n"
	"  --hash                     add the SHA-256 of each section's bytes\n"
	"  --json                     as JSON. In names, bytes other than printable ASCII are\n"
	"                             written as \\xHH.";

static const char extract_usage[] = "REGION [-o OUT] FILE\n" REGION_HELP
				    "  --address A..B             the bytes at these addresses of a linked file\n"
				    "  -o, --output OUT           a file instead of stdout";

static const char inject_usage[] =
	"TARGET --data DATA [options] FILE\n"
	"  --section NAME             the section to create or refill\n"
	"  --symbols FIRST..LAST[+N]  from a symbol up to another one, or to N bytes behind it\n"
	"  --symbol NAME              the bytes of a symbol that has a size\n"
	"  --slot NAME                a slot of a kernel:\n"
	"         linux-extra-cert    system_extra_cert, with system_extra_cert_used and\n"
	"                             system_certificate_list_size kept in step\n"
	"         linux-keyring       the built-in certificates, same length only; if there\n"
	"                             are none, system_extra_cert behind them\n"
	"         module-hashes       .module_hashes, module_hashes_root, or\n"
	"                             __start_module_hashes..__stop_module_hashes\n"
	"  --system-map FILE          the symbols of a stripped kernel\n"
	"  --data DATA                a file with the data, - for stdin\n"
	"  --align N                  of a new section, a power of two; default 8\n"
	"  --flags FLAGS              of a new section: letters a (allocated), w (writable),\n"
	"                             x (executable), e (excluded), or a number; default a\n"
	"  --define NAME=start        symbol at the first byte\n"
	"  --define NAME=end          symbol behind the last byte of the data\n"
	"  --define NAME=size-word    symbol at a word of the target's size and byte order that\n"
	"                             holds the length of the data\n"
	"  --note OWNER:TYPE          make the data an ELF note, and the section one of notes\n" OUTPUT_HELP "\n"
	"Size words follow the data in the order in which they are given, each at a multiple\n"
	"of 8. (A kernel's keyring has system_certificate_list_size before module_cert_size.)\n"
	"An undefined reference to NAME becomes defined, a symbol of this section is moved, any\n"
	"other name becomes a new global symbol.\n"
	"\n"
	"Other data means other places: each symbol inside a section that is refilled must be\n"
	"named by --define, unless the length stays the same. Sections with code, relocations\n"
	"or special flags are refused.\n"
	"\n"
	"In a linked file nothing moves: the target must be there with room for the data, and the\n"
	"rest of it is zeroed. Only a section that is not loaded can be new (--flags 0); it goes\n"
	"behind everything else. --align, --flags and --define are for relocatable files and\n"
	"such sections.";

static const char keyring_list_usage[] =
	"[options] FILE...\n" KEYRING_HELP "  --json                     as JSON\n"
	"  --pem                      the certificates themselves, for openssl\n"
	"\n"
	"Without --slot all certificates that the kernel will load. Bytes that are not exactly a\n"
	"list of certificates, or length words that do not fit, are an error.";

static const char keyring_add_usage[] =
	"[options] FILE CERT...\n" KEYRING_HELP OUTPUT_HELP "\n"
	"CERT holds certificates, PEM or DER, one or several; - is stdin. They go behind those\n"
	"that are there. Without --slot: into linux-extra-cert if FILE has it, else linux-keyring.\n"
	"What is there already is left out, with a note.";

static const char keyring_remove_usage[] =
	"[options] FILE {CERT | --fingerprint HEX | --key-id HEX}... | --all\n" KEYRING_HELP
	"  --fingerprint HEX          the certificate with this SHA-256, with or without colons\n"
	"  --key-id HEX               those with this subject key id\n"
	"  --all                      all of the slot\n" OUTPUT_HELP "\n"
	"The slot is that of 'keyring add'. If something that is named is not there, nothing is\n"
	"changed, and the exit status is 1. Removing what was added last gives the file back as\n"
	"it was.";

static const char isolate_usage[] =
	"--symbols FIRST..LAST[+N] --into NAME [--align N] [-o OUT] FILE\n"
	"  --symbols FIRST..LAST[+N]  from a symbol up to another one, or to N bytes behind it\n"
	"  --into NAME                the new section\n"
	"  --align N                  its alignment; default 8, or less where the data's position\n"
	"                             in its section is not a multiple of 8\n" OUTPUT_HELP "\n"
	"If the data is all of a section, the section is renamed. If it is part of one, its\n"
	"bytes, symbols and relocations move to the new section, zeros stay behind so that\n"
	"nothing else moves, and references follow. What cannot be decided is refused, such\n"
	"as a reference from code by number that lands within 512 bytes of its edges. A\n"
	"label or pointer at the range's end belongs to what comes next, one at its start\n"
	"to the range.\n"
	"Distances that the assembler has already computed are not seen. Data that needs more\n"
	"than the default alignment needs --align.\n"
	"\n"
	"The zeros keep the length of the data: with a key of another length, the rest of the\n"
	"file still differs. Only isolation before the link, in the object that is all data\n"
	"(certs/system_certificates.o), gives one digest for keys of different lengths.";

static const char rename_usage[] = "[-o OUT] FILE OLD=NEW\n" OUTPUT_HELP;

static const char remove_usage[] =
	"--section NAME [-o OUT] FILE\n"
	"  --section NAME             the section\n" OUTPUT_HELP "\n"
	"Its global symbols become undefined if something refers to them and are removed\n"
	"otherwise. A reference to the section itself or to one of its local symbols is an error.";

static const char clear_usage[] = "REGION [-o OUT] FILE\n" REGION_HELP OUTPUT_HELP "\n"
				  "Code is refused, and in relocatable files bytes that relocations change.";

static const char recover_usage[] =
	"FILE...\n"
	"\n"
	"While an edit in place runs, the old bytes stand in a journal beside FILE\n"
	"(.FILE.elfsect-journal). If the edit was interrupted, this command, and any other that\n"
	"edits FILE, takes it back to its old content and removes the journal. A journal that\n"
	"belongs to another file is an error, and stays.";

static const char check_usage[] = "FILE...\n"
				  "  exit status 0: every file is sound; 2: what is wrong, and where";

static const struct command commands[] = {
	{"list", cmd_list, "list the sections of an ELF file", list_usage},
	{"check", cmd_check, "check the structure of ELF files", check_usage},
	{"extract", cmd_extract, "write the bytes of a region to stdout or a file", extract_usage},
	{"inject", cmd_inject, "put data into a section, created at need, or into a slot", inject_usage},
	{"clear", cmd_clear, "make the bytes of a region zero", clear_usage},
	{"isolate", cmd_isolate, "give data in a relocatable file a section of its own", isolate_usage},
	{"rename", cmd_rename, "rename a section of a relocatable file and its relocation section", rename_usage},
	{"remove", cmd_remove, "remove a section of a relocatable file with its relocations and symbols", remove_usage},
	{"recover", cmd_recover, "after an interrupted edit in place, bring the old content back", recover_usage},
	{"keyring list", cmd_keyring_list, "list the X.509 certificates in a kernel", keyring_list_usage},
	{"keyring add", cmd_keyring_add, "add certificates to a kernel's keyring", keyring_add_usage},
	{"keyring remove", cmd_keyring_remove, "remove certificates from a kernel's keyring", keyring_remove_usage},
	{0},
};

static const struct tool tool = {
	.name = "elfsect",
	.version = ELFSECT_VERSION,
	.summary = "Place, list, extract, isolate and remove sections of ELF files without moving anything else.",
	.commands = commands,
	.statuses = "0 done; 1 what 'keyring remove' should remove is not there; 2 trouble",
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
