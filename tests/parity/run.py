#!/usr/bin/env python3
"""Replays the recorded exchanges against orrery, per folder, and holds the counts against counts.json: none may fall.

  run.py --orrery build/orrery [--update] [-v] [FOLDER...]      (without FOLDER: all but those of LATER)

Each case is sent once and judged at both levels (shape: wording does not count; exact). Folders under loops run with
controllers, a scheduler and the four recorded nodes, beside all others, which run without.
"""
import argparse, copy, json, os, sys, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]
import parity
from server import Server

COUNTS = os.path.join(HERE, "counts.json")
LEVELS = ("shape", "exact")
# What later issues bring: replayed only when named, because cases wait in vain for what is not there yet.
LATER = {"admission_policies", "aggregation", "pod_security", "quota", "loops/policy", "loops/storage"}


class Options:
    """What parity.Connection and parity.Run want of a command line."""

    def __init__(self, server):
        self.server, self.token, self.ca, self.cert, self.key, self.level = server.url, server.token, None, None, None, "exact"


def judge(case, options):
    """The differences of one case, by level."""
    run = parity.Run(case, parity.Connection(options), options)
    found = {level: [] for level in LEVELS}
    run.prepare()
    try:
        for number, step in enumerate(case["steps"], 1):
            got, want = run.step(step), step.get("answer")
            if want is None:
                continue
            found["exact"] += ["step %d: %s" % (number, line) for line in parity.diff(want, got)]
            found["shape"] += ["step %d: %s" % (number, line)
                               for line in parity.diff(parity.shape(copy.deepcopy(want)), parity.shape(got))]
    except Exception as error:
        for level in LEVELS:
            found[level].append("no answer: %r" % error)
    finally:
        try:
            run.clean()
        except Exception:
            pass
    return found


def folders():
    for name in sorted(os.listdir(os.path.join(HERE, "cases"))):
        if name == "loops":
            yield from ("loops/" + n for n in sorted(os.listdir(os.path.join(HERE, "cases", name))))
        else:
            yield name


def replay(server, chosen, results, verbose):
    options = Options(server)
    for folder in chosen:
        began, passed, total, lines = time.time(), dict.fromkeys(LEVELS, 0), 0, []
        for path in parity.cases([os.path.join(HERE, "cases", folder)]):
            with open(path) as file:
                found = judge(json.load(file), options)
            total += 1
            for level in LEVELS:
                passed[level] += not found[level]
            if verbose and found["exact"]:
                lines.append("%s %s" % ("FAIL" if found["shape"] else "text", os.path.relpath(path, HERE)))
                lines += ["     " + line for line in (found["shape"] or found["exact"])[:3]]
        results[folder] = (passed, total, time.time() - began)
        print("\n".join(lines + ["%-20s %3d cases: %3d shape, %3d exact (%.0f s)" % (
            folder, total, passed["shape"], passed["exact"], results[folder][2])]), flush=True)


def run_group(orrery, loops, chosen, results, problems, verbose):
    arguments = ["--node-behaviour", "instant"] if loops else ["--controllers", ""]
    try:
        with Server(orrery, "--nodes", "0", *arguments) as server:
            if loops:
                for node in json.load(open(os.path.join(HERE, "loops_nodes.json")))["items"]:
                    status, answer = server.request("POST", "/api/v1/nodes", node)
                    assert status == 201, answer
            replay(server, chosen, results, verbose)
            if server.process.poll() is not None:
                problems.append("the server ended: see above\n" + open(server.log).read()[-2000:])
    except Exception as error:
        problems.append(repr(error))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("--update", action="store_true", help="write what was reached into counts.json")
    parser.add_argument("-v", action="store_true", help="show the first differences of each case")
    parser.add_argument("folder", nargs="*")
    args = parser.parse_args()
    counts = json.load(open(COUNTS)) if os.path.exists(COUNTS) else {}
    results, problems, threads = {}, [], []
    for loops in (False, True):
        chosen = [f for f in folders() if f.startswith("loops/") == loops and (f in args.folder if args.folder else f not in LATER)]
        if chosen:
            threads.append(threading.Thread(target=run_group, args=(args.orrery, loops, chosen, results, problems, args.v)))
            threads[-1].start()
    for thread in threads:
        thread.join()
    for folder, (passed, total, _) in sorted(results.items()):
        for level in LEVELS:
            wanted = counts.setdefault(folder, {}).get(level, 0)
            if args.update:
                counts[folder][level] = passed[level]
            elif passed[level] < wanted:
                problems.append("%s: %d cases at level %s, were %d" % (folder, passed[level], level, wanted))
    for level in LEVELS:
        print("%s: %d of %d cases" % (level, sum(p[level] for p, _, _ in results.values()), sum(t for _, t, _ in results.values())))
    if args.update:
        with open(COUNTS, "w") as file:
            json.dump(counts, file, indent=1, sort_keys=True)
            file.write("\n")
    for problem in problems:
        print("FELL " + problem)
    print("%d passed, %d failed" % (len(results), len(problems)))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
