"""An informer-based controller with @kubernetes/client-node and a Lease: one virtual hour, one digest."""
import os

import tools

HERE = os.path.dirname(os.path.abspath(__file__))


def prepare():
    tools.node_modules(HERE)
    return []
