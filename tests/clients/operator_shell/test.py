"""A shell operator, bash with `kubectl get -w` and `kubectl wait` in loops: one virtual hour, one digest."""
import os

import tools, virtual_operator

HERE = os.path.dirname(os.path.abspath(__file__))


def prepare():
    return [os.path.dirname(tools.kubectl())]


def run(orrery):
    virtual_operator.check(orrery, HERE, prepare())
