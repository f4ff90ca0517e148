#!/usr/bin/env python3
"""Measures orrery over the wire with tests/bench/load, beside the design's figures. Needs Go.

  wire.py --orrery build/orrery [-n 4000]

Prints one JSON line per setting: in memory, with --data, a Deployment of 1,000 on 100 nodes, a quiet cluster's day.
"""
import argparse, json, os, resource, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
from server import Server


def build_load():
    if not shutil.which("go"):
        print("wire: skipped, Go is not installed")
        sys.exit(0)
    folder = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "load")
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(folder, "load")
    subprocess.run(["go", "build", "-o", program, "."], cwd=os.path.join(HERE, "load"), check=True)
    return program


def resident_megabytes(pid):
    for line in open("/proc/%d/status" % pid):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


def measure(name, orrery, load, arguments, load_arguments):
    began = time.time()
    with Server(orrery, *arguments) as server:
        ready_s = time.time() - began
        idle_mb = resident_megabytes(server.process.pid)
        done = subprocess.run([load, "-server", server.url, "-token", server.token] + load_arguments,
                              capture_output=True, text=True)
        if done.returncode:
            raise SystemExit("load failed: " + done.stderr[-2000:])
        print(json.dumps({"setting": name, "ready_s": round(ready_s, 3), "idle_mb": round(idle_mb, 1),
                          "after_mb": round(resident_megabytes(server.process.pid), 1), "load": json.loads(done.stdout)}), flush=True)


QUIET = """apiVersion: orrery.dev/v1
kind: Scenario
metadata: {name: quiet}
cluster:
  nodes: [{count: 100, model: small}]
steps:
- advance: 24h
"""


def quiet_day(orrery):
    """24 hours of virtual time in which 100 nodes only beat."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(QUIET)
        file.flush()
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
        subprocess.run([orrery, "run", file.name], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(json.dumps({"setting": "quiet, 100 nodes, 24 h", "wall_s": round(time.time() - began, 2), "cpu_s": round(cpu_s, 2)}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("-n", default="4000")
    args = parser.parse_args()
    load = build_load()
    quiet = ["--nodes", "0", "--controllers", ""]
    measure("in memory", args.orrery, load, quiet, ["-n", args.n])
    measure("with --data", args.orrery, load, quiet + ["--data", "cluster.db"], ["-n", args.n])
    measure("deployment", args.orrery, load, ["--nodes", "0", "--node-behaviour", "instant", "--time", "max"],
            ["-deploy", "1000", "-nodes", "100"])
    quiet_day(args.orrery)
    measure("idle, 10 nodes", args.orrery, load, ["--nodes", "10"], ["-n", "100"])


if __name__ == "__main__":
    main()
