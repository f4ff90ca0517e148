#!/usr/bin/env python3
"""Measures one fault plan of one operator on virtual time (fault_plan.yaml): the best and the worst of ten seeds. Needs Go.

  fault_plan.py --orrery build/orrery
"""
import argparse, json, os, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import tools

SEEDS = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    args = parser.parse_args()
    if not shutil.which("go"):
        print("fault plan: skipped, Go is not installed")
        return
    operator = tools.go_program(os.path.join(ROOT, "tests", "clients", "go"), "operator")
    environment = dict(os.environ, PATH=os.path.dirname(operator) + os.pathsep + os.environ["PATH"])
    done = subprocess.run([args.orrery, "run", "--report", "json", "--keep-going", "--seed", "1..%d" % SEEDS,
                           os.path.join(HERE, "fault_plan.yaml")], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit("the fault plan failed: " + done.stdout[-3000:] + done.stderr[-1000:])
    runs = json.loads(done.stdout)
    walls = sorted(run["wallSeconds"] for run in runs)
    print(json.dumps({"setting": "one fault plan of a Go operator", "plans": len(runs), "best_s": round(walls[0], 2),
                      "worst_s": round(walls[-1], 2), "digests": len({run["digest"] for run in runs}),
                      "requests": [run["programs"][0]["requests"] for run in runs]}))


if __name__ == "__main__":
    main()
