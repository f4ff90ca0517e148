#!/usr/bin/env python3
"""Measures an operator at work on virtual time against the same one natively, and the day of an idle one. Needs Go.

  reconcile.py --orrery build/orrery

A thousand custom resources with ten requests each: at most 3 times the native time against `orrery serve`. 24 hours of an
idle Go controller (informers, a resync each 10 minutes, a lease renewed each 2 s): at most 15 s; an hour is measured, with
the processors that programs see by default and with one.
"""
import argparse, json, os, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import tools
from server import Server

GO = os.path.join(ROOT, "tests", "clients", "go")
DEFINITION = os.path.join(GO, "config", "crd", "websites.yaml")
RUNS = 3

SCENARIO = """apiVersion: orrery.dev/v1
kind: Scenario
metadata: {name: %s}
cluster: {nodes: [{count: 1, model: small}]}
programs:
- name: operator
  command: [%s]
  processors: %d
  ready: {watches: [websites.example.com]}
steps:
- apply: {file: %s}
- wait: {resource: customresourcedefinitions/websites.example.com, condition: Established, timeout: 10s}
- %s
"""


def virtual(orrery, name, step, processors=4):
    program = tools.go_program(GO, name)
    environment = dict(os.environ, PATH=os.path.dirname(program) + os.pathsep + os.environ["PATH"])
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(SCENARIO % (name, name, processors, DEFINITION, step))
        file.flush()
        done = subprocess.run([orrery, "run", "--report", "json", file.name], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(name + " failed: " + done.stdout[-3000:] + done.stderr[-1000:])
    run = json.loads(done.stdout)
    return (run[0] if isinstance(run, list) else run)["wallSeconds"]


def native(orrery):
    program = tools.go_program(GO, "thousand")
    with Server(orrery) as server:
        environment = dict(os.environ, KUBECONFIG=server.kubeconfig)
        subprocess.run(["kubectl", "create", "-f", DEFINITION], check=True, env=environment, stdout=subprocess.DEVNULL)
        time.sleep(1)  # Until it is served.
        began = time.perf_counter()
        subprocess.run([program], check=True, env=environment, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("--only", choices=["reconcile", "idle"])
    args = parser.parse_args()
    orrery = os.path.abspath(args.orrery)
    if not shutil.which("go"):
        print("reconcile: skipped, Go is not installed")
        return
    if args.only != "idle":
        there = min(native(orrery) for _ in range(RUNS))
        here = min(virtual(orrery, "thousand", "expect: {eventually: 1h, program: operator, exitCode: 0}") for _ in range(RUNS))
        print(json.dumps({"setting": "1,000 custom resources reconciled", "native_s": round(there, 2), "virtual_s": round(here, 2),
                          "times": round(here / there, 2), "goal": 3}), flush=True)
    if args.only != "reconcile":
        for processors in (4, 1):
            began = virtual(orrery, "plain", "advance: 1s", processors)
            hour = min(virtual(orrery, "plain", "advance: 1h", processors) for _ in range(RUNS))
            print(json.dumps({"setting": "a day of an idle Go controller, from an hour", "processors": processors,
                              "seconds": round(24 * (hour - began), 1), "goal": 15}), flush=True)


if __name__ == "__main__":
    main()
