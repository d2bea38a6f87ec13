#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""readme.py --hashsect H --elfsect E --source DIR --build DIR

The recipes of README.md, run as they stand there, line by line, on a small kernel, its modules and packages. What a line
ends with is in its remark: "# 3: ..." for an exit status of 3, else 0. Nothing but the kernel's own programs is stood in for; the
check that runs these is named. Beside that each command line of the README that begins with a tool's name has to be one that the
tool knows: the command, and every option of it.
"""
import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile

# In place of programs of the kernel's tree: what they are here, and the check that runs the line with the real one.
STAND_INS = {
    "make": ("#!/bin/sh\nexit 0\n", "tests/kernel/checks.d/91-post-link.sh"),
    "sign-file": ("#!/bin/sh\nopenssl cms -sign -binary -noattr -nocerts -nosmimecap -md \"$1\" -outform DER -signer \"$3\" "
                  "-inkey \"$2\" -in \"$4\" -out \"$4.p7s\" && hashsect sig attach --signature \"$4.p7s\" \"$4\"\n",
                  "tests/kernel/checks.d/91-post-link.sh"),
}
SKIPPED = 77


def run(words, folder, **more):
    return subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **more)


def recipes(text):
    """Title and lines of each."""
    part = re.search(r"^## Recipes$(.*?)^## ", text, re.M | re.S).group(1)
    return re.findall(r"^\*\*(.*?):\*\*.*?^```sh\n(.*?)^```$", part, re.M | re.S)


def package(folder, name, files, scene):
    """A .deb with these files of the scene: path in it, and from where."""
    root = os.path.join(folder, name + ".d")
    for path, source in files.items():
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        with open(os.path.join(scene, source), "rb") as one, open(os.path.join(root, path), "wb") as other:
            other.write(one.read())
    os.makedirs(os.path.join(root, "DEBIAN"))
    with open(os.path.join(root, "DEBIAN/control"), "w", encoding="ascii") as control:
        control.write("Package: linux-image\nVersion: 1\nArchitecture: amd64\nMaintainer: nobody <nobody@example.org>\nDescription: -\n")
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", root, os.path.join(folder, name + ".deb")], check=True,
                   stdout=subprocess.DEVNULL)


def set_out(folder, title, scene, arguments):
    """What somebody has who follows the recipe."""
    def take(name, source):
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        subprocess.run(["cp", "-r", os.path.join(scene, source), os.path.join(folder, name)], check=True)

    def image(kernel, modules):
        return {"boot/vmlinux": kernel, "lib/modules/1/a.ko": modules + "/a.ko", "lib/modules/1/b.ko": modules + "/b.ko"}

    take("vmlinux", "unsigned" if "build" in title else "vmlinux")
    take("release.pem", "two.key")
    take("lib/a.ko", "bare/a.ko" if "build" in title else "tree/lib/a.ko")
    with open(os.path.join(folder, "signing.pem"), "wb") as out:
        for name in ("one.key", "one.crt"):
            with open(os.path.join(scene, name), "rb") as part:
                out.write(part.read())
    subprocess.run(["openssl", "pkey", "-in", "release.pem", "-pubout", "-out", "release.pub"], cwd=folder, check=True)
    subprocess.run([arguments.hashsect, "attest", "--key", "release.pem", "-o", "vmlinux.intoto", "vmlinux"], cwd=folder, check=True)
    take("digest.c", os.path.join(arguments.source, "samples/library/digest.c"))
    for name in ("linux-image", "official"):
        package(folder, name, image("vmlinux", "tree/lib"), scene)
    package(folder, "rebuilt", image("unsigned", "bare"), scene)
    package(folder, "other", image("other", "bare"), scene)


def run_recipe(title, lines, scene, work, environment, arguments):
    """How many lines were run; says what is wrong with each."""
    folder = os.path.join(work, re.sub(r"\W+", "-", title))
    os.makedirs(folder)
    set_out(folder, title, scene, arguments)
    wrong = 0
    for line in lines:
        command, _, remark = line.partition("  #")
        wanted = re.match(r" (\d)\b", remark)
        ran = run(["bash", "-c", command], folder, env=environment)
        if ran.returncode != (int(wanted.group(1)) if wanted else 0):
            print(f"not ok - {title}: {command.strip()}: status {ran.returncode}: {(ran.stdout + ran.stderr)[-800:]}")
            wrong += 1
    return wrong


def parse_line(line, tools):
    """What is wrong with a command line that is only shown; None: nothing."""
    words = shlex.split(re.split(r"\s{2,}|;|\s#", line)[0].replace("...", ""))
    tool, words = tools[words[0]], words[1:]
    known = run([tool, "--help"], None).stdout
    if words[0].endswith(","):  # several, with nothing else
        missing = [word for word in " ".join(words).split(", ") if not re.search(rf"^  {re.escape(word)} ", known, re.M)]
        return f"no command {missing[0]}" if missing else None
    name = next((n for n in (" ".join(words[:2]), words[0]) if re.search(rf"^  {re.escape(n)}  ", known, re.M)), None)
    if not name:
        return f"no command {words[0]}"
    known = run([tool, *name.split(), "--help"], None).stdout
    for word in words[len(name.split()):]:
        option = re.match(r"(--[a-z-]+|-[a-z])(?![a-z])", word)
        if option and not re.search(rf"(^|[ ,]){re.escape(option.group(1))}\b", known, re.M):
            return f"no option {option.group(1)}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("hashsect", "elfsect", "source", "build"):
        parser.add_argument("--" + option, required=True, type=os.path.abspath)
    arguments = parser.parse_args()
    if run(["sh", "-c", "command -v dpkg-deb && command -v pkg-config"], None).returncode:
        print("skipped: no dpkg-deb or pkg-config: packages are made and programs built in the recipes")
        return SKIPPED
    with open(os.path.join(arguments.build, "CMakeCache.txt"), encoding="utf-8") as cache:
        if re.search(r"^CMAKE_INSTALL_(?!OLDINCLUDE)\w+DIR:\w+=/", cache.read(), re.M):
            print("skipped: this build installs into folders of the system, whatever the prefix")
            return SKIPPED
    with open(os.path.join(arguments.source, "README.md"), encoding="utf-8") as readme:
        text = readme.read()
    wrong = ran = shown = 0
    with tempfile.TemporaryDirectory() as work:
        scene, prefix, programs = (os.path.join(work, name) for name in ("scene", "prefix", "programs"))
        subprocess.run(["bash", os.path.join(arguments.source, "tests/faults/scene.sh"), arguments.hashsect, arguments.elfsect,
                        arguments.source, scene], check=True)
        subprocess.run(["cmake", "--install", arguments.build, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        os.makedirs(programs)
        for name, (script, check) in STAND_INS.items():
            if not os.path.exists(os.path.join(arguments.source, check)):
                wrong += 1
                print(f"not ok - {name}: no {check}, which runs it")
            with open(os.path.join(programs, name), "w", encoding="ascii") as out:
                out.write(script)
            os.chmod(os.path.join(programs, name), 0o755)
        libraries = [path for path, _, files in os.walk(prefix) if "libhashsect.so" in files][0]
        environment = dict(os.environ, LC_ALL="C", ELFSECT=arguments.elfsect, HASHSECT=arguments.hashsect,
                           PATH=":".join([programs, os.path.dirname(arguments.hashsect), os.path.dirname(arguments.elfsect),
                                          os.path.join(arguments.source, "scripts/kbuild"), os.environ["PATH"]]),
                           PKG_CONFIG_PATH=os.path.join(libraries, "pkgconfig"), LD_LIBRARY_PATH=libraries)
        for title, block in recipes(text):
            lines = block.splitlines()
            wrong += run_recipe(title, lines, scene, work, environment, arguments)
            ran += len(lines)
    tools = {"hashsect": arguments.hashsect, "elfsect": arguments.elfsect}
    for line in re.findall(r"^    (?:\$ )?((?:hashsect|elfsect) .*)$", text, re.M) + re.findall(r"`((?:hashsect|elfsect) [^`]*)`", text):
        problem = parse_line(line.replace("\\|", "|"), tools)
        shown += 1
        if problem:
            wrong += 1
            print(f"not ok - {line}: {problem}")
    print(f"{len(recipes(text))} recipes, {ran} lines run, {shown} others looked at, {wrong} wrong")
    return 1 if wrong or len(recipes(text)) != 5 or ran < 20 or shown < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
