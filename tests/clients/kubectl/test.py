"""kubectl 1.36 prints against orrery what it prints against Kubernetes: the recorded scripts replay."""
import os, re, subprocess, sys

import tools
from server import Server

PARITY = os.path.join(tools.ROOT, "tests", "parity")
# What a script may print otherwise until a later issue brings what it needs: all lines that differ, as they are reported.
# Commands repeat (`kubectl apply -f - <<EOF`), so it is the difference that is excused, never a command.
WAITING = {"crds.txt": "crds.waiting"}  # x-kubernetes-validations: CEL


def differences(output):
    """The lines that differ, by script; none for a script that agrees."""
    found, script = {}, None
    for line in output.splitlines():
        verdict = re.match(r"(ok  |FAIL) (.*)", line)
        if verdict:
            script = os.path.basename(verdict.group(2))
            found[script] = []
        elif script and line.startswith("     "):
            found[script].append(line.strip())
    return found


def waiting(script):
    if script not in WAITING:
        return []
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), WAITING[script])) as file:
        return file.read().splitlines()


def run(orrery):
    kubectl = tools.kubectl()
    scripts = sorted(os.path.join(PARITY, "kubectl", n) for n in os.listdir(os.path.join(PARITY, "kubectl")) if n.endswith(".txt"))
    with Server(orrery, "--nodes", "0", "--node-behaviour", "instant") as server:
        tools.run([kubectl, "--kubeconfig", server.kubeconfig, "create", "-f", os.path.join(PARITY, "loops_nodes.json")])
        tools.run([kubectl, "--kubeconfig", server.kubeconfig, "wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s"])
        done = subprocess.run([sys.executable, os.path.join(PARITY, "kubectl", "kubectl_scripts.py"), "replay",
                               "--kubeconfig", server.kubeconfig, "--kubectl", kubectl] + scripts,
                              capture_output=True, text=True)
    found = differences(done.stdout)
    if set(found) != {os.path.basename(script) for script in scripts}:
        raise AssertionError("the scripts did not all run:\n" + done.stdout + done.stderr)
    wrong = [script for script, lines in found.items() if lines != waiting(script)]
    if wrong:
        raise AssertionError("kubectl prints otherwise in %s:\n%s" % (", ".join(wrong), done.stdout))
    print("kubectl: %d scripts, %d of them but for what needs CEL" % (len(scripts), len(WAITING)))
