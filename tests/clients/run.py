#!/usr/bin/env python3
"""Runs every client test against a built orrery. A test is a folder with test.py: `run(orrery)` prints what it did and
raises when something is wrong; tools.Missing skips it. Under CI=true a skip is a failure.

  run.py --orrery build/orrery [NAME...]
"""
import argparse, importlib.util, os, sys, time, traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
import tools


def load(name):
    spec = importlib.util.spec_from_file_location("client_" + name, os.path.join(HERE, name, "test.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("name", nargs="*")
    args = parser.parse_args()
    names = args.name or sorted(n for n in os.listdir(HERE) if os.path.exists(os.path.join(HERE, n, "test.py")))
    passed, failed, skipped = [], [], []
    for name in names:
        began = time.time()
        try:
            load(name).run(os.path.abspath(args.orrery))
            passed.append(name)
            print("ok   %s (%.1f s)" % (name, time.time() - began), flush=True)
        except tools.Missing as missing:
            skipped.append(name)
            print("skip %s: %s" % (name, missing), flush=True)
        except Exception:
            failed.append(name)
            print("FAIL %s\n%s" % (name, traceback.format_exc()), flush=True)
    print("%d passed, %d failed, %d skipped" % (len(passed), len(failed), len(skipped)))
    sys.exit(1 if failed or (skipped and os.environ.get("CI") == "true") else 0)


if __name__ == "__main__":
    main()
