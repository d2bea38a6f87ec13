#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the files in scripts/packaging repeat of the source: it has to be the same.

lists.py [TREE]        check the tree, by default the one that this script is in
lists.py --self-test   plant errors in a copy of what is read: each must be found

Versions; the functions that the libraries export, in Debian's symbols files; the licence of each file, in Debian's copyright;
the libraries that the build needs, in all of them.
"""
import fnmatch
import os
import re
import shutil
import sys
import tempfile

PACKAGING = "scripts/packaging/"
CONTROL = PACKAGING + "debian/control"
SPEC = PACKAGING + "rpm/hashsect.spec"
PKGBUILD = PACKAGING + "arch/PKGBUILD"
NIX = PACKAGING + "nix/default.nix"
DEPENDENCIES = "scripts/cmake/Dependencies.cmake"

# What pkg-config calls a library: its packages in Debian, Arch and nixpkgs. bzip2 has no .pc file everywhere.
LIBRARIES = {
    "libelf": ("libelf-dev", "libelf", "elfutils"),
    "libdw": ("libdw-dev", "libelf", "elfutils"),
    "libcrypto": ("libssl-dev", "openssl", "openssl"),
    "json-c": ("libjson-c-dev", "json-c", "json-c"),
    "inih": ("libinih-dev", "libinih", "inih"),
    "zlib": ("zlib1g-dev", "zlib", "zlib"),
    "liblzma": ("liblzma-dev", "xz", "xz"),
    "libzstd": ("libzstd-dev", "zstd", "zstd"),
    "libarchive": ("libarchive-dev", "libarchive", "libarchive"),
    "liblz4": ("liblz4-dev", "lz4", "lz4"),
    "lzo2": ("liblzo2-dev", "lzo", "lzo"),
    "bzip2": ("libbz2-dev", "bzip2", "bzip2"),
    "cmocka": ("libcmocka-dev", "cmocka", "cmocka"),
}
# In the tool or the tests alone: who links the library does not need them.
NOT_IN_THE_LIBRARY = {"lzo2", "cmocka"}


class Tree:
    def __init__(self, root):
        self.root = root
        self.errors = []

    def text(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def wrong(self, message):
        self.errors.append(message)

    def files(self):
        for folder, folders, names in os.walk(self.root):
            here = os.path.relpath(folder, self.root)
            folders[:] = sorted(f for f in folders if f not in (".git", "__pycache__", ".pc")
                                and not (here == "." and f in ("build", "debian"))
                                and not os.path.exists(os.path.join(folder, f, "CMakeCache.txt")))
            for name in sorted(names):
                yield os.path.normpath(os.path.join(here, name))


def one(tree, path, pattern):
    found = re.search(pattern, tree.text(path), re.M)
    if not found:
        tree.wrong(f"{path}: nothing like {pattern}")
        return None
    return found.group(1)


def versions(tree):
    """1.0.0-rc1 here is 1.0.0~rc1 there, which sorts before 1.0.0."""
    release = one(tree, "CMakeLists.txt", r"^project\(hashsect VERSION ([0-9.]+)")
    candidate = one(tree, "CMakeLists.txt", r"^set\(HASHSECT_CANDIDATE ?(\w*)\)")
    number, sign = r"([0-9.]+(?:{}rc[0-9]+)?)", "~" if candidate else ""
    for path, pattern, mark in (
            (PACKAGING + "debian/changelog", r"\Ahashsect \({}-", "~"), (SPEC, r"^Version: *{}$", "~"), (SPEC, r"^\* .* - {}-", "~"),
            (PKGBUILD, r"^pkgver={}$", ""), (PKGBUILD, r"^_source=hashsect-{} ", "~"), (NIX, r'^ *version = "{}";', "-"),
            ("elfsect/elfsect.h", r'^#define ELFSECT_VERSION "{}"', "-"), ("hashsect/hashsect.h", r'^#define HASHSECT_VERSION "{}"', "-")):
        found = one(tree, path, pattern.replace("{}", number.replace("{}", mark)))
        wanted = f"{release}{mark if sign else ''}{candidate}"
        if found != wanted:
            tree.wrong(f"{path}: version {found}, but CMakeLists.txt means {wanted}")


def exported(tree, library):
    """The names with their nodes: what follows a node's opening, without comments."""
    text = re.sub(r"/\*.*?\*/", "", tree.text(f"{library}/lib{library}.map"), flags=re.S)
    names = set()
    for node, body in re.findall(r"([\w.]+) \{(.*?)\}", text, re.S):
        names.add(f"{node}@{node}")
        names.update(f"{name}@{node}" for name in re.findall(rf"\b{library}_\w+(?=;)", body))
    return names


def symbols(tree):
    for library in ("elfsect", "hashsect"):
        path = f"{PACKAGING}debian/lib{library}1.symbols"
        listed = set(re.findall(r"^ (\S+) \S+$", tree.text(path), re.M))
        for name in sorted(exported(tree, library) - listed):
            tree.wrong(f"{path}: {name} is missing")
        for name in sorted(listed - exported(tree, library)):
            tree.wrong(f"{path}: lib{library}.map does not have {name}")


def stanzas(tree):
    """(patterns, licence), in order: the last one that fits holds."""
    for stanza in tree.text(PACKAGING + "debian/copyright").split("\n\n"):
        found = re.search(r"^Files:((?:.*\n)(?: .*\n)*)", stanza, re.M)
        if found:
            yield found.group(1).split(), re.search(r"^License: (.*)$", stanza, re.M).group(1)


def licences(tree):
    known = list(stanzas(tree))
    for path in tree.files():
        with open(os.path.join(tree.root, path), "rb") as file:
            head = file.read(400).decode("utf-8", "replace")
        found = re.search(r"SPDX-License-Identifier: ([\w.-]+)", head)
        if not found or path == PACKAGING + "debian/copyright":
            continue
        said = [licence for patterns, licence in known if any(fnmatch.fnmatchcase(path, p) for p in patterns)]
        if not said or said[-1] != found.group(1):
            tree.wrong(f"debian/copyright: {path}: {said[-1:]}, but it says {found.group(1)}")


def words_of(text, start, end):
    found = re.search(start + r"(.*?)" + end, text, re.S | re.M)
    return set(re.findall(r"[\w.+-]+", found.group(1))) if found else set()


def dependencies(tree):
    text = tree.text(DEPENDENCIES)
    modules = set(re.findall(r"^ *need\(\w+ ([\w.-]+) ", text, re.M))
    modules |= set(re.findall(r'^pkg_check_modules\(\w+ .*"([\w.-]+?)>=', text, re.M)) | {"bzip2"}
    build = words_of(tree.text(CONTROL), r"^Build-Depends:", r"\n\n")
    dev = words_of(tree.text(CONTROL), r"^Package: libhashsect-dev\n", r"^Description:")
    dev |= words_of(tree.text(CONTROL), r"^Package: libelfsect-dev\n", r"^Description:")
    arch = words_of(tree.text(PKGBUILD), r"^depends=\(", r"\)") | words_of(tree.text(PKGBUILD), r"^checkdepends=\(", r"\)")
    nix = set(re.findall(r"pkgs\.([\w-]+)", tree.text(NIX)))
    spec = set(re.findall(r"^BuildRequires: *(?:pkgconfig\()?([\w-]+)", tree.text(SPEC), re.M))
    for module in sorted(modules):
        if module not in LIBRARIES:
            tree.wrong(f"tests/packaging/lists.py: what are the packages of {module}?")
            continue
        debian, of_arch, of_nix = LIBRARIES[module]
        for path, needed, there in ((CONTROL, debian, build), (PKGBUILD, of_arch, arch), (NIX, of_nix, nix)):
            if needed not in there:
                tree.wrong(f"{path}: {needed} is missing, for {module}")
        if not {module, module + "-devel"} & spec:
            tree.wrong(f"{SPEC}: {module} is missing")
        if module not in NOT_IN_THE_LIBRARY and debian not in dev:
            tree.wrong(f"{CONTROL}: {debian} is missing in the -dev packages")


def check(root):
    tree = Tree(root)
    for rule in (versions, symbols, licences, dependencies):
        rule(tree)
    return tree.errors


# (file, what stands there, what is planted, what has to be said)
PLANTED = (
    ("CMakeLists.txt", "project(hashsect VERSION ", "project(hashsect VERSION 9", "default.nix: version"),
    ("hashsect/hashsect.h", '-rc1"', '"', "hashsect.h: version 1.0.0,"),
    (SPEC, "%changelog\n", "%changelog\n* Thu Nov 26 2026 x <x@x> - 9.9-1\n", "hashsect.spec: version 9.9"),
    ("hashsect/libhashsect.map", "hashsect_dump;", "", "does not have hashsect_dump@HASHSECT_1.0"),
    (PACKAGING + "debian/libelfsect1.symbols", " elfsect_load@ELFSECT_1.0 1.0.0~\n", "", "elfsect_load@ELFSECT_1.0 is missing"),
    ("hashsect/hashsect.h", "LGPL-2.1-or-later", "GPL-2.0-only", "hashsect/hashsect.h"),
    ("elfsect/cmd/list.c", "GPL-2.0-or-later", "LGPL-2.1-or-later", "elfsect/cmd/list.c"),
    (CONTROL, " liblz4-dev,\n", "", "liblz4-dev is missing"),
    (PKGBUILD, " libarchive ", " ", "PKGBUILD: libarchive is missing"),
    (NIX, "pkgs.zstd", "", "default.nix: zstd is missing"),
    (SPEC, "pkgconfig(libdw)", "pkgconfig(dw)", "hashsect.spec: libdw is missing"),
    (DEPENDENCIES, "need(ELF ", "need(NEW newlib 1.0 x y)\nneed(ELF ", "what are the packages of newlib?"),
)


def self_test(root):
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "tree")
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".git", "build", "__pycache__", "golden", "finds"))
        for path, old, new, said in PLANTED:
            full = os.path.join(copy, path)
            with open(full, encoding="utf-8") as file:
                before = file.read()
            with open(full, "w", encoding="utf-8") as file:
                file.write(before.replace(old, new, 1))
            errors = check(copy)
            if old not in before or not any(said in error for error in errors):
                print(f"not ok - planted and not found: {path}: {said} ({errors[:3]})")
                failures += 1
            with open(full, "w", encoding="utf-8") as file:
                file.write(before)
    if not failures:
        print(f"ok - {len(PLANTED)} planted errors found")
    return failures


def main():
    root = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test(root) else 0
    if sys.argv[1:]:
        root = sys.argv[1]
    errors = check(root)
    for error in errors:
        print("not ok - " + error)
    if not errors:
        print("ok - the packages say what the source says")
    return 1 if errors else 0


sys.exit(main())
