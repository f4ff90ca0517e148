"""sample-controller, unmodified, with its own definition: one virtual hour, one digest."""
import os

import tools

GO = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "go")


def prepare():
    return [os.path.dirname(tools.go_program(GO, "k8s.io/sample-controller"))]
