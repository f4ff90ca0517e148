#!/usr/bin/env python3
"""Measures programs on virtual time, beside the issue's figures. Needs gcc; Go and Java where they are at hand.

  virtual.py --build build

Prints one JSON line per measurement.
"""
import argparse, json, os, shutil, subprocess, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
CALLS = 100_000
READS = 50_000_000


def seconds(command):
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def report(**fields):
    print(json.dumps(fields), flush=True)


def measure_calls(runner, folder):
    program = os.path.join(folder, "call_cost")
    subprocess.run(["gcc", "-O2", "-o", program, os.path.join(HERE, "virtual", "call_cost.c")], check=True)
    start = min(seconds([*runner, program, "wake", "1"]) for _ in range(5))
    for kind, count, goal in (("wake", CALLS, 6), ("random", CALLS, 6), ("sleep", CALLS, 6), ("clock", READS, 0.1)):
        virtual = min(seconds([*runner, program, kind, str(count)]) for _ in range(3)) - start
        native = 0 if kind == "sleep" else min(seconds([program, kind, str(count)]) for _ in range(3))
        beyond = virtual if kind == "clock" else virtual - native
        report(name="a call: " + kind, microseconds=round(beyond / count * 1e6, 3), goal=goal)


def measure_runtimes(runner, folder):
    if shutil.which("go"):
        program = os.path.join(folder, "ticker")
        subprocess.run(["go", "build", "-o", program, os.path.join(HERE, "virtual", "ticker.go")], check=True)
        report(name="a day of a Go ticker", seconds=round(min(seconds([*runner, program]) for _ in range(3)), 2), goal=0.5)
    if shutil.which("javac"):
        subprocess.run(["javac", "-d", folder, os.path.join(HERE, "virtual", "Idle.java")], check=True)
        start = seconds([*runner, "java", "-cp", folder, "Idle", "0"])
        day = seconds([*runner, "java", "-cp", folder, "Idle", "24"])
        report(name="a day of an idle JVM", seconds=round(day, 1), start=round(start, 1), goal=60)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    runner = [os.path.abspath(os.path.join(arguments.build, "tests/sim/host/virtual_process/run_program"))]
    with tempfile.TemporaryDirectory() as folder:
        measure_calls(runner, folder)
        measure_runtimes(runner, folder)


if __name__ == "__main__":
    main()
