#!/usr/bin/env python3
"""The rules of the house that a program can check. Each refusal names the replacement. `--fix` formats the code.

Reads only what git tracks or would track. Exit status 1 when a rule is broken.
"""
import json, os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Which folders a folder may include, besides itself. tests may include all.
ARROWS = {
    "sim": set(),
    "hardware-models": {"sim"},
    "apiserver": {"sim"},
    "controllers": {"sim", "apiserver"},
    "nodes": {"sim", "apiserver", "hardware-models"},
    "scenarios": {"sim", "apiserver", "hardware-models", "controllers", "nodes"},
}
# Rooms where the real machine is at home: real clocks, threads, sockets.
REAL = ("sim/host/", "sim/inbox", "sim/log", "apiserver/http/", "apiserver/store/", "sim/check", "sim/journal",
        "scenarios/", "tests/")
# (pattern, replacement, folders that may).
BANS = [
    (r"std::(random_device|mt19937|default_random_engine|uniform_\w+_distribution)", "sim::Kernel::Stream (sim/random.h)", ("sim/host/",)),
    (r"\b(rand|srand|drand48)\(", "sim::Kernel::Stream (sim/random.h)", ()),
    (r"std::chrono::(system_clock|steady_clock|high_resolution_clock)", "sim::Kernel::now()", ("sim/host/", "apiserver/http/", "tests/bench/", "sim/log", "scenarios/")),
    (r"\b(gettimeofday|clock_gettime|time\(nullptr\)|time\(NULL\))", "sim::Kernel::now()", ("sim/host/", "tests/sim/host/virtual_process/")),
    (r"std::this_thread::sleep|\b(sleep|usleep|nanosleep)\(", "sim::Kernel::Sleep; in tests wait for the event",
     ("sim/host/", "tests/support/", "tests/sim/host/virtual_process/stress_program")),
    (r"std::(thread|mutex|condition_variable|atomic|jthread|async)\b", "the kernel's thread; other threads come in by sim/inbox.h", REAL + ("apiserver/watch/", "apiserver/ports/")),
    # The store finds objects by hash but iterates by key.
    (r"std::hash<", "an ordered container, or sim/digest.h", ("apiserver/store/store.h",)),
    (r"for \([^;)]*:\s*\w*unordered", "an ordered container", ()),
    (r"\bstd::map<[^,<>]*\*\s*,", "a name or an id as key, never a pointer", ()),
    (r"\b(FIXME|XXX|TODO)\b", "the work, or an issue", ()),
    (r"using namespace std", "std:: spelled out", ()),
]
LINES_MAX = 500
GENERATED = ("apiserver/schema/table/",)
README_LINES_MAX = 15
ARCHITECTURE_LINES_MAX = 250


def tracked():
    out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                         capture_output=True, text=True, check=True).stdout
    return [path for path in out.splitlines() if os.path.isfile(os.path.join(ROOT, path))]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def code(paths):
    return [p for p in paths if p.endswith((".cc", ".h")) and not p.startswith(GENERATED)]


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def check_arrows(paths):
    for path in code(paths):
        folder = path.split("/")[0]
        if folder not in ARROWS:
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            include = re.match(r'#include "([^"/]+)/', line)
            if include and include.group(1) in ARROWS and include.group(1) not in ARROWS[folder] | {folder}:
                yield "%s:%d: %s may not include %s (see ARCHITECTURE.md, arrows)" % (path, number, folder, include.group(1))


def check_bans(paths):
    for path in code(paths):
        text = without_comments(read(path))
        for pattern, replacement, allowed in BANS:
            if path.startswith(tuple(allowed)) if allowed else False:
                continue
            for number, line in enumerate(text.splitlines(), 1):
                found = re.search(pattern, line)
                if found:
                    yield "%s:%d: %s: use %s" % (path, number, found.group().strip(), replacement)


def check_lengths(paths):
    """No file grows beyond LINES_MAX; those in the ratchet may only shrink."""
    ratchet_path = "tests/tidy/ratchet.json"
    ratchet = json.loads(read(ratchet_path)) if os.path.exists(os.path.join(ROOT, ratchet_path)) else {}
    for path in paths:
        if path.startswith(GENERATED) or not path.endswith((".cc", ".h", ".py", ".js", ".go", ".sh")):
            continue
        if path.startswith("tests/parity/") and path.endswith(("parity.py", "kubectl_scripts.py")):
            continue
        lines = read(path).count("\n")
        limit = ratchet.get(path, LINES_MAX)
        if lines > limit:
            yield "%s: %d lines, at most %d: split it by idea" % (path, lines, limit)
    for path in ratchet:
        if path not in paths:
            yield "%s: %s is gone: remove its row" % (ratchet_path, path)
    for path in paths:
        if os.path.basename(path) == "README.md" and "/" in path and read(path).count("\n") > README_LINES_MAX:
            yield "%s: a folder's README has at most %d lines" % (path, README_LINES_MAX)
    if read("ARCHITECTURE.md").count("\n") > ARCHITECTURE_LINES_MAX:
        yield "ARCHITECTURE.md: at most %d lines" % ARCHITECTURE_LINES_MAX


def check_dead_files(paths):
    """Every .cc is listed in its folder's CMakeLists.txt, and every header is included by somebody."""
    text = {p: read(p) for p in paths if p.endswith((".cc", ".h"))}
    included = set(re.findall(r'#include "([^"]+)"', "\n".join(text.values())))
    lists = {p: read(p) for p in paths if p.endswith("CMakeLists.txt")}
    for path in text:
        if path.endswith(".h") and path not in included and path != "cmake/pch.h":
            yield "%s: nobody includes it: remove it" % path
        if path.endswith(".cc"):
            folder = os.path.dirname(path)
            listed = False
            while True:
                own = lists.get((folder + "/" if folder else "") + "CMakeLists.txt", "")
                relative = path[len(folder) + 1:] if folder else path
                if re.search(r"(?<![\w/.-])%s(?![\w.])" % re.escape(relative), own):
                    listed = True
                if not folder or listed:
                    break
                folder = os.path.dirname(folder)
            if not listed and not (path.startswith(GENERATED) and "table/" in "".join(lists.values())):
                yield "%s: no CMakeLists.txt lists it" % path


def check_headers(paths):
    for path in code(paths):
        if path.endswith(".h"):
            text = read(path)
            if "#pragma once" not in text:
                yield "%s: begin with #pragma once" % path
            if not path.startswith("tests/") and not text.startswith("//"):
                yield "%s: a header opens with a sentence about what it is" % path


def check_folders(paths):
    """Every folder of the product says in a README what it is."""
    folders = {os.path.dirname(p) for p in code(paths) if not p.startswith("tests/")}
    for folder in sorted(folders):
        if folder and folder.count("/") <= 1 and folder != "cmake" and folder + "/README.md" not in paths:
            yield "%s: wants a README.md of at most %d lines" % (folder, README_LINES_MAX)


def check_paths(paths):
    """No path of somebody's machine."""
    for path in paths:
        if path.endswith((".pb", ".zst")) or path.startswith("tests/parity/"):
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            if re.search(r"/(home|root|work|Users)/[a-z]", line) and "tidy.py" not in path:
                yield "%s:%d: a machine's path" % (path, number)


def formatted(paths, fix):
    files = code(paths)
    if not files:
        return
    command = ["clang-format-19", "-i"] if fix else ["clang-format-19", "--dry-run", "-Werror"]
    for at in range(0, len(files), 100):
        done = subprocess.run(command + files[at:at + 100], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            for path in sorted(set(re.findall(r"^(\S+?):\d+", done.stderr, flags=re.M))):
                yield "%s: not formatted: ./dev tidy --fix" % path


def main():
    paths = tracked()
    problems = []
    for check in (check_arrows, check_bans, check_lengths, check_dead_files, check_headers, check_folders, check_paths):
        problems += list(check(paths))
    problems += list(formatted(paths, "--fix" in sys.argv))
    for problem in problems:
        print(problem)
    print("tidy: %d files, %d problems" % (len(paths), len(problems)))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
