"""A shell operator, bash with `kubectl get -w` and `kubectl wait` in loops: one virtual hour, one digest."""
import os

import tools


def prepare():
    return [os.path.dirname(tools.kubectl())]
