"""A kopf operator with a timer and daemons, and its peer that takes over: one virtual hour, one digest."""
import os

import tools, virtual_operator

HERE = os.path.dirname(os.path.abspath(__file__))


def prepare():
    return [os.path.dirname(tools.python_with("kopf", "kopf"))]


def run(orrery):
    virtual_operator.check(orrery, HERE, prepare())
