#!/usr/bin/env python3
"""Replays the recorded exchanges against orrery, per folder, and holds the counts against counts.json: none may fall.

  run.py --orrery build/orrery [--level shape|exact] [--update] [FOLDER...]

Folders under loops run with controllers, a scheduler and the four recorded nodes; all others without.
"""
import argparse, json, os, re, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
from server import Server

COUNTS = os.path.join(HERE, "counts.json")


def folders():
    top = sorted(os.listdir(os.path.join(HERE, "cases")))
    for name in top:
        if name == "loops":
            yield from ("loops/" + n for n in sorted(os.listdir(os.path.join(HERE, "cases", name))))
        else:
            yield name


def replay(server, folder, level, verbose):
    done = subprocess.run([sys.executable, os.path.join(HERE, "parity.py"), "replay", "--server", server.url, "--token",
                           server.token, "--level", level, "-v", os.path.join(HERE, "cases", folder)],
                          capture_output=True, text=True)
    if verbose:
        print(done.stdout)
    found = re.search(r"(\d+) passed, (\d+) failed", done.stdout)
    if not found:
        raise SystemExit("parity: no result for %s:\n%s%s" % (folder, done.stdout[-2000:], done.stderr[-2000:]))
    return int(found.group(1)), int(found.group(1)) + int(found.group(2))


def serve(orrery, loops):
    if not loops:
        return Server(orrery, "--nodes", "0", "--controllers", "")
    server = Server(orrery, "--nodes", "0", "--node-behaviour", "instant")
    return server


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("--level", choices=("shape", "exact"), action="append")
    parser.add_argument("--update", action="store_true", help="write what was reached into counts.json")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("folder", nargs="*")
    args = parser.parse_args()
    counts = json.load(open(COUNTS)) if os.path.exists(COUNTS) else {}
    failed = False
    for level in args.level or ["shape", "exact"]:
        wanted = counts.setdefault(level, {})
        total_passed = total = 0
        for loops in (False, True):
            chosen = [f for f in folders() if f.startswith("loops/") == loops and (not args.folder or f in args.folder)]
            if not chosen:
                continue
            with serve(args.orrery, loops) as server:
                if loops:
                    for node in json.load(open(os.path.join(HERE, "loops_nodes.json")))["items"]:
                        status, answer = server.request("POST", "/api/v1/nodes", node)
                        assert status == 201, answer
                for folder in chosen:
                    began = time.time()
                    passed, count = replay(server, folder, level, args.v)
                    total_passed, total = total_passed + passed, total + count
                    fell = passed < wanted.get(folder, 0)
                    failed = failed or fell
                    print("%s %-20s %3d of %3d (%.0f s)%s" % (level, folder, passed, count, time.time() - began,
                                                            ", was %d: FELL" % wanted[folder] if fell else ""), flush=True)
                    if args.update:
                        wanted[folder] = passed
        print("%s: %d of %d cases" % (level, total_passed, total))
    if args.update:
        with open(COUNTS, "w") as file:
            json.dump(counts, file, indent=1, sort_keys=True)
            file.write("\n")
    print("%d passed, %d failed" % (0 if failed else 1, 1 if failed else 0))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
