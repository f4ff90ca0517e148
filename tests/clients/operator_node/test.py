"""An informer-based controller with @kubernetes/client-node and a Lease: one virtual hour, one digest."""
import os

import tools, virtual_operator

HERE = os.path.dirname(os.path.abspath(__file__))


def prepare():
    tools.node_modules(HERE)
    return []


def run(orrery):
    virtual_operator.check(orrery, HERE, prepare())
