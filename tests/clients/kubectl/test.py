"""kubectl 1.36 prints against orrery what it prints against Kubernetes: the recorded scripts replay."""
import os, subprocess, sys

import tools
from server import Server

PARITY = os.path.join(tools.ROOT, "tests", "parity")


def run(orrery):
    kubectl = tools.kubectl()
    scripts = sorted(os.path.join(PARITY, "kubectl", n) for n in os.listdir(os.path.join(PARITY, "kubectl")) if n.endswith(".txt"))
    with Server(orrery, "--nodes", "0", "--node-behaviour", "instant") as server:
        tools.run([kubectl, "--kubeconfig", server.kubeconfig, "create", "-f", os.path.join(PARITY, "loops_nodes.json")])
        tools.run([kubectl, "--kubeconfig", server.kubeconfig, "wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s"])
        done = subprocess.run([sys.executable, os.path.join(PARITY, "kubectl", "kubectl_scripts.py"), "replay",
                               "--kubeconfig", server.kubeconfig, "--kubectl", kubectl] + scripts,
                              capture_output=True, text=True)
    equal = sum(line.startswith("ok ") for line in done.stdout.splitlines())
    if equal != len(scripts):
        raise AssertionError("kubectl prints otherwise:\n" + done.stdout + done.stderr)
    print("kubectl: %d scripts print as against Kubernetes" % equal)
