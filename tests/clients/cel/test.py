"""The conformance tests of the CEL specification pass, but for what Kubernetes' CEL does not cover (excused.json)."""
import os, subprocess

import tools


def run(orrery):
    folder = tools.node_modules(os.path.join(tools.ROOT, "tests", "clients", "cel"))
    program = os.path.join(os.path.dirname(orrery), "tests", "apiserver", "cel", "cel_conformance")
    if not os.path.exists(program):
        raise tools.Missing("cel_conformance is not built")
    suites = os.path.join(folder, "suites.json")
    with open(suites, "w") as out:
        subprocess.run(["node", os.path.join(folder, "suites.mjs")], cwd=folder, stdout=out, check=True)
    done = subprocess.run([program, suites, os.path.join(folder, "excused.json")], capture_output=True, text=True)
    print(done.stdout)
    if done.returncode != 0:
        raise AssertionError("conformance tests fail")
