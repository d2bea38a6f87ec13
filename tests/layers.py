#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which room may include which: reads every #include of elfsect/ and hashsect/.

layers.py [TREE]        check the tree, by default the one that this script is in
layers.py --self-test   plant wrong includes in a copy of the tree: each must be found

An include names its room ("view/view.h"); public headers, and the headers of the own cmd/ folder, are bare. A header and the
source of one name are one file here. There is no cycle between rooms and none between files.
"""
import os
import re
import shutil
import sys
import tempfile

# The rooms and what each may include beside itself and the public headers of its library. Each stands on rooms above it only.
# hashsect's rooms may include the public headers of elfsect too.
ROOMS = {
    "elfsect/base": [],
    "elfsect/base/tool": ["elfsect/base"],
    "elfsect/view": ["elfsect/base"],
    "elfsect/plan": ["elfsect/base", "elfsect/view"],
    "elfsect/draft": ["elfsect/base", "elfsect/view", "elfsect/plan"],
    "elfsect/kernel": ["elfsect/base", "elfsect/view"],
    "elfsect/edit": ["elfsect/base", "elfsect/view", "elfsect/plan", "elfsect/draft", "elfsect/kernel"],
    "elfsect/write": ["elfsect/base", "elfsect/view", "elfsect/plan"],
    "elfsect/cmd": ["elfsect/base", "elfsect/base/tool"],
    "hashsect/trust": ["elfsect/base"],
    "hashsect/btf": ["elfsect/base"],
    "hashsect/image": ["elfsect/base", "hashsect/trust"],
    "hashsect/digest": ["elfsect/base", "hashsect/trust"],
    "hashsect/modules": ["elfsect/base", "hashsect/trust", "hashsect/image", "hashsect/digest"],
    "hashsect/package": ["elfsect/base", "hashsect/image"],
    "hashsect/store": ["elfsect/base", "hashsect/trust", "hashsect/image", "hashsect/digest", "hashsect/modules"],
    "hashsect/explain": ["elfsect/base", "hashsect/image", "hashsect/btf"],
    "hashsect/report": ["elfsect/base", "hashsect/trust", "hashsect/image", "hashsect/digest", "hashsect/modules",
                        "hashsect/btf", "hashsect/store", "hashsect/package", "hashsect/explain"],
    "hashsect/report/page": ["elfsect/base", "hashsect/digest", "hashsect/explain", "hashsect/package", "hashsect/trust",
                             "hashsect/image", "hashsect/report"],
    "hashsect/cmd": ["elfsect/base", "elfsect/base/tool", "hashsect/trust", "hashsect/image", "hashsect/digest", "hashsect/modules",
                     "hashsect/btf", "hashsect/package", "hashsect/store", "hashsect/explain", "hashsect/report", "hashsect/report/page"],
}

# Where the headers of other projects may be included; those of the C library anywhere.
LIBRARIES = {
    r"json": ["elfsect/base"],
    r"base/json\.h": ["elfsect/base", "elfsect/cmd", "hashsect/report"],
    r"openssl/": ["elfsect/base", "elfsect/base/tool", "elfsect/kernel", "elfsect/cmd", "hashsect/trust", "hashsect/report",
                  "hashsect/cmd"],
    r"(gelf|libelf)\.h": ["elfsect/view"],
    r"(dwarf|elfutils/libdwfl)\.h": ["hashsect/explain"],
    r"(archive|archive_entry)\.h": ["hashsect/package"],
    r"(zlib|lzma|zstd|zstd_errors|bzlib|lz4|lzo/lzo1x)\.h": ["hashsect/image"],
    r"ini\.h": ["hashsect/digest"],
    r"intel-ipsec-mb\.h": ["hashsect/digest"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def sources(tree):
    for library in ("elfsect", "hashsect"):
        for folder, _, names in os.walk(os.path.join(tree, library)):
            for name in sorted(names):
                if name.endswith((".c", ".h", ".S")):
                    yield os.path.relpath(os.path.join(folder, name), tree)


def includes(tree, path):
    """(line number, name, quoted) of each include."""
    with open(os.path.join(tree, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            found = INCLUDE.match(line)
            if found:
                yield number, found.group(1) or found.group(2), found.group(1) is not None


def file_of(path):
    """A header and the source of its name are one file."""
    return os.path.splitext(path)[0]


def cycles(graph):
    """The strongly connected parts of more than one member, each as a sorted list (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            part = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(part) > 1:
                found.append(sorted(part))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


class Check:
    def __init__(self, tree):
        self.tree = tree
        self.errors = []
        self.rooms, self.files = {}, {}

    def resolve(self, path, name):
        """The file that an include means, or None; what is bare is public or in the own cmd/."""
        library, room = path.split("/")[0], os.path.dirname(path)
        places = [library, "elfsect"] if "/" in name else [room] if room.endswith("/cmd") else []
        if "/" not in name:
            places += [library, "elfsect"]
        for place in places:
            found = os.path.normpath(os.path.join(place, name))
            if os.path.exists(os.path.join(self.tree, found)):
                return found
        return None

    def check_room(self, where, path, target):
        room, other = os.path.dirname(path), os.path.dirname(target)
        if "/" not in other or room == other:  # public, or at home
            return
        self.rooms.setdefault(room, set()).add(other)
        if other not in ROOMS.get(room, ()):
            self.errors.append(f"{where}: {room} may not include {target}")

    def check_quoted(self, where, path, name):
        target = self.resolve(path, name)
        if target is None:
            beside = os.path.join(os.path.dirname(path), name)
            reason = "does not name its room" if os.path.exists(os.path.join(self.tree, beside)) else "is no file of the project"
            self.errors.append(f'{where}: "{name}" {reason}')
            return
        if file_of(target) != file_of(path):
            self.files.setdefault(file_of(path), set()).add(file_of(target))
        self.check_room(where, path, target)

    def check_library(self, where, path, name):
        for pattern, rooms in LIBRARIES.items():
            if re.match(pattern, name) and os.path.dirname(path) not in rooms:
                self.errors.append(f"{where}: <{name}> is for {', '.join(rooms)}")

    def run(self):
        count = 0
        for path in sources(self.tree):
            room = os.path.dirname(path)
            count += 1
            if "/" in room and room not in ROOMS:
                self.errors.append(f"{path}: the folder {room} is in no row of the table in tests/layers.py")
            for number, name, quoted in includes(self.tree, path):
                where = f"{path}:{number}"
                if quoted:
                    self.check_quoted(where, path, name)
                self.check_library(where, path, name)
        for kind, graph in (("folders", self.rooms), ("files", self.files)):
            for part in cycles(graph):
                edges = [f"{a} -> {b}" for a in part for b in sorted(graph.get(a, ())) if b in part]
                self.errors.append(f"a cycle of {kind}: {', '.join(edges)}")
        for room in ROOMS:
            if not os.path.isdir(os.path.join(self.tree, room)):
                self.errors.append(f"tests/layers.py: there is no folder {room}")
        if count < 50:
            self.errors.append(f"{count} files in {self.tree}: this is not the project")
        return count


# What is planted, each in a copy of its own: files that get a line (made if they are not there), and words of the error.
PLANTED = (
    ({"elfsect/view/view.c": '#include "write/temporary.h"'}, "elfsect/view may not include elfsect/write/temporary.h"),
    ({"elfsect/cmd/list.c": '#include "view/view.h"'}, "elfsect/cmd may not include elfsect/view/view.h"),
    ({"elfsect/base/files.c": '#include "base/tool/cli.h"'}, "elfsect/base may not include elfsect/base/tool/cli.h"),
    ({"hashsect/digest/tree.c": '#include "view/view.h"'}, "hashsect/digest may not include elfsect/view/view.h"),
    ({"hashsect/trust/cms.c": '#  include "image/image.h"'}, "hashsect/trust may not include hashsect/image/image.h"),
    ({"elfsect/plan/plan.c": '#include "hashsect.h"'}, '"hashsect.h" is no file of the project'),
    ({"elfsect/write/write.c": '#include "temporary.h"'}, '"temporary.h" does not name its room'),
    ({"hashsect/image/image.c": '#include "base/json.h"'}, "<base/json.h> is for elfsect/base, elfsect/cmd, "),
    ({"hashsect/image/image.c": "#include <json-c/json.h>"}, "<json-c/json.h> is for elfsect/base"),
    ({"hashsect/digest/tree.c": "#include <openssl/evp.h>"}, "<openssl/evp.h> is for elfsect/base, "),
    ({"elfsect/attic/new.c": '#include "base/bytes.h"'}, "the folder elfsect/attic is in no row"),
    ({"elfsect/base/one.c": '#include "base/two.h"', "elfsect/base/one.h": "", "elfsect/base/two.h": '#include "base/three.h"',
      "elfsect/base/three.h": '#include "base/one.h"'}, "a cycle of files: elfsect/base/one -> elfsect/base/two, "),
    ({"elfsect/base/one.h": '#include "plan/plan.h"'}, "a cycle of folders: elfsect/base -> elfsect/plan, "),
)


def self_test(tree):
    """Every planted include is found."""
    failures = 0
    for lines, words in PLANTED:
        with tempfile.TemporaryDirectory() as directory:
            for path in sources(tree):
                os.makedirs(os.path.dirname(os.path.join(directory, path)), exist_ok=True)
                shutil.copy(os.path.join(tree, path), os.path.join(directory, path))
            for path, line in lines.items():
                os.makedirs(os.path.dirname(os.path.join(directory, path)), exist_ok=True)
                with open(os.path.join(directory, path), "a", encoding="utf-8") as file:
                    file.write("\n" + line + "\n")
            check = Check(directory)
            check.run()
        if not any(words in error for error in check.errors):
            failures += 1
            print(f"not ok - {lines}: no '{words}' in {check.errors}")
    print(f"{len(PLANTED) - failures} planted includes found, {failures} not")
    return 1 if failures else 0


def main():
    tree = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.argv[1:] == ["--self-test"]:
        return self_test(tree)
    check = Check(sys.argv[1] if len(sys.argv) > 1 else tree)
    count = check.run()
    for error in check.errors:
        print(error)
    print(f"{count} files, {len(check.errors)} errors")
    return 1 if check.errors else 0


if __name__ == "__main__":
    sys.exit(main())
