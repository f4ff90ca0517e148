"""sample-controller, unmodified, with its own definition: one virtual hour, one digest."""
import os

import tools, virtual_operator

HERE = os.path.dirname(os.path.abspath(__file__))
GO = os.path.join(os.path.dirname(HERE), "go")


def prepare():
    return [os.path.dirname(tools.go_program(GO, "k8s.io/sample-controller"))]


def run(orrery):
    virtual_operator.check(orrery, HERE, prepare())
