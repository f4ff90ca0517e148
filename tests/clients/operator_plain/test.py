"""A controller over client-go alone, in the shape of sample-controller, with a Lease: one virtual hour, one digest."""
import os

import tools, virtual_operator

HERE = os.path.dirname(os.path.abspath(__file__))


def prepare():
    return [os.path.dirname(tools.go_program(os.path.join(os.path.dirname(HERE), "go"), "plain"))]


def run(orrery):
    virtual_operator.check(orrery, HERE, prepare())
