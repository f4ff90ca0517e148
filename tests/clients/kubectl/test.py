"""kubectl 1.36 prints against orrery what it prints against Kubernetes: the recorded scripts replay."""
import os, re, subprocess, sys

import tools
from server import Server

PARITY = os.path.join(tools.ROOT, "tests", "parity")
# Commands whose output needs what a later issue brings, by script. One that begins to agree must leave this list.
WAITING = {
    "crds.txt": {  # x-kubernetes-validations: CEL
        "$ kubectl patch widget w --type=merge -p '{\"spec\":{\"replicas\":3}}'",
        "$ kubectl patch widget w --type=merge -p '{\"spec\":{\"colour\":\"blue\"}}'",
        "$ kubectl apply -f - <<EOF",
    },
}


def differing_commands(output):
    """The commands that differ, by script."""
    found, script = {}, None
    for line in output.splitlines():
        verdict = re.match(r"(ok  |FAIL) (.*)", line)
        if verdict:
            script = os.path.basename(verdict.group(2))
            found[script] = set()
        elif line.startswith("     $ "):
            found[script].add(line.strip())
    return found


def run(orrery):
    kubectl = tools.kubectl()
    scripts = sorted(os.path.join(PARITY, "kubectl", n) for n in os.listdir(os.path.join(PARITY, "kubectl")) if n.endswith(".txt"))
    with Server(orrery, "--nodes", "0", "--node-behaviour", "instant") as server:
        tools.run([kubectl, "--kubeconfig", server.kubeconfig, "create", "-f", os.path.join(PARITY, "loops_nodes.json")])
        tools.run([kubectl, "--kubeconfig", server.kubeconfig, "wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s"])
        done = subprocess.run([sys.executable, os.path.join(PARITY, "kubectl", "kubectl_scripts.py"), "replay",
                               "--kubeconfig", server.kubeconfig, "--kubectl", kubectl] + scripts,
                              capture_output=True, text=True)
    differing = differing_commands(done.stdout)
    if set(differing) != {os.path.basename(script) for script in scripts}:
        raise AssertionError("the scripts did not all run:\n" + done.stdout + done.stderr)
    wrong = {script: commands ^ WAITING.get(script, set()) for script, commands in differing.items()}
    if any(wrong.values()):
        raise AssertionError("kubectl scripts differ: %s\n%s" % (wrong, done.stdout[-4000:]))
    print("kubectl: %d scripts, but for %d commands that need CEL" % (len(scripts), sum(map(len, WAITING.values()))))
