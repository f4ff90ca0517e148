#!/usr/bin/env python3
"""Runs every scenario of the library twice: same verdict, same digest, and the output that is expected. Then what a
digest must and must not depend on, and the operator's recording without the operator.

UPDATE_GOLDEN=1 writes the expected outputs anew.
"""
import argparse, glob, json, os, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIBRARY = os.path.join("scenarios", "library")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import tools

problems = []


def check(is_well, text):
    print(("ok   " if is_well else "FAIL ") + text, flush=True)
    if not is_well:
        problems.append(text)


def orrery(program, *arguments, **options):
    return subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600, **options)


def report(program, *arguments, **options):
    done = orrery(program, "run", "--report", "json", *arguments, **options)
    return json.loads(done.stdout) if done.stdout.startswith("[") else [], done


def scenarios():
    for path in sorted(glob.glob(os.path.join(ROOT, LIBRARY, "*", "*.yaml"))):
        with open(path) as file:
            if "kind: Scenario" in file.read():
                yield os.path.relpath(path, ROOT)


def normal(run):
    """What must be equal on every machine: no digest and no wall time, and no times at all of live programs."""
    steps = [{key: step[key] for key in ("kind", "title") + (() if run["hasPrograms"] else ("began", "took"))}
             for step in run["steps"]]
    kept = {"scenario": run["scenario"], "passed": run["passed"], "steps": steps}
    if not run["hasPrograms"]:
        kept["virtual"] = run["virtual"]
    return json.dumps(kept, indent=1) + "\n"


def check_expected(path, run):
    expected = os.path.join(ROOT, LIBRARY, "expected", os.path.relpath(path, LIBRARY)[:-5] + ".json")
    text = normal(run)
    if os.environ.get("UPDATE_GOLDEN"):
        os.makedirs(os.path.dirname(expected), exist_ok=True)
        with open(expected, "w") as file:
            file.write(text)
    is_there = os.path.exists(expected)
    check(is_there and open(expected).read() == text, path + ": the expected output")


def check_twice(program, path, environment):
    runs = []
    for _ in range(2):
        run, done = report(program, path, env=environment)
        if not run or not run[0]["passed"]:
            check(False, "%s: %s%s" % (path, done.stderr, json.dumps(run, indent=1)))
            return
        runs.append(run[0])
    if not runs[0]["hasPrograms"]:
        check(runs[0]["digest"] == runs[1]["digest"], path + ": one digest")
    check_expected(path, runs[0])


def check_digests(program):
    path = os.path.join(LIBRARY, "workloads", "rolling-update.yaml")
    done = orrery(program, "run", path, "--repeat", "100")
    check(done.returncode == 0, "100 runs, one digest: " + done.stdout.strip())
    runs, _ = report(program, path, "--seed", "1..2", "--keep-going")
    check(len(runs) == 2 and runs[0]["digest"] != runs[1]["digest"], "two seeds, two digests")
    with tempfile.TemporaryDirectory() as folder:
        changed = os.path.join(folder, "changed.yaml")
        with open(os.path.join(ROOT, path)) as file:
            text = file.read().replace("web:2", "web:3")
        with open(changed, "w") as file:
            file.write(text)
        first, _ = report(program, path)
        other, _ = report(program, changed)
        check(other and other[0]["digest"] != first[0]["digest"], "a changed manifest, another digest")


def check_recording(program, environment):
    path = os.path.join(LIBRARY, "operators", "operator-with-custom-resource.yaml")
    with tempfile.TemporaryDirectory() as folder:
        recording = os.path.join(folder, "operator.rec")
        run, done = report(program, path, "--record", recording, env=environment)
        check(bool(run) and run[0]["passed"], "the operator is recorded " + done.stderr)
        if not run:
            return
        bare = {"PATH": folder, "HOME": folder}
        same = 0
        for _ in range(20):
            replayed = orrery(program, "replay", recording, env=bare)
            same += replayed.returncode == 0 and run[0]["digest"] in replayed.stdout
        check(same == 20, "20 replays without Python, %d with the recorded digest %s" % (same, replayed.stdout))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--orrery", required=True)
    program = os.path.abspath(arguments.parse_args().orrery)
    python = tools.python_with("kopf", "kopf")
    environment = dict(os.environ, PATH=os.path.dirname(python) + os.pathsep + os.environ["PATH"])
    for path in scenarios():
        check_twice(program, path, environment)
    check_digests(program)
    check_recording(program, environment)
    print("%d problems" % len(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
