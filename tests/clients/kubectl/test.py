"""kubectl 1.36 prints against orrery what it prints against Kubernetes: the recorded scripts replay."""
import os, subprocess, sys

import tools
from server import Server

PARITY = os.path.join(tools.ROOT, "tests", "parity")
# Scripts that need what a later issue brings are listed with the reason; none of them may be listed without one.
WAITING = {}


def run(orrery):
    kubectl = tools.kubectl()
    scripts = sorted(os.path.join(PARITY, "kubectl", n) for n in os.listdir(os.path.join(PARITY, "kubectl")) if n.endswith(".txt"))
    with Server(orrery, "--nodes", "0", "--node-behaviour", "instant") as server:
        tools.run([kubectl, "--kubeconfig", server.kubeconfig, "create", "-f", os.path.join(PARITY, "loops_nodes.json")])
        tools.run([kubectl, "--kubeconfig", server.kubeconfig, "wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s"])
        done = subprocess.run([sys.executable, os.path.join(PARITY, "kubectl", "kubectl_scripts.py"), "replay",
                               "--kubeconfig", server.kubeconfig, "--kubectl", kubectl] + scripts,
                              capture_output=True, text=True)
        print(done.stdout)
        if done.returncode:
            raise AssertionError("kubectl scripts differ:\n" + done.stdout[-4000:] + done.stderr[-2000:])
