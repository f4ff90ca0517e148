"""Python programs over kr8s and lightkube."""
import os

import tools
from server import Server

HERE = os.path.dirname(os.path.abspath(__file__))
CRD = os.path.join(os.path.dirname(HERE), "kubectl_versions", "widget-crd.yaml")


def run(orrery):
    python = tools.python_with("python-clients", "kr8s==0.20.15", "lightkube==1.0.1")
    with Server(orrery, "--nodes", "2", "--node-behaviour", "instant") as server:
        kubectl = [tools.kubectl(), "--kubeconfig", server.kubeconfig]
        tools.run(kubectl + ["apply", "-f", CRD])
        tools.run(kubectl + ["wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=60s"])
        print(tools.run([python, os.path.join(HERE, "clients.py"), server.kubeconfig]).strip())
