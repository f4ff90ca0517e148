"""The controller-runtime operator with a Lease, workers, back-off, a finalizer and webhooks that it serves itself: one
virtual hour, one digest."""
import os

import tools, virtual_operator

HERE = os.path.dirname(os.path.abspath(__file__))


def prepare():
    return [os.path.dirname(tools.go_program(os.path.join(os.path.dirname(HERE), "go"), "operator"))]


def run(orrery):
    virtual_operator.check(orrery, HERE, prepare())
