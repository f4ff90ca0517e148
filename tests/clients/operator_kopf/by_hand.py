"""A kopf operator with a timer and daemons, and its peer that takes over: one virtual hour, one digest."""
import os

import tools


def prepare():
    return [os.path.dirname(tools.python_with("kopf", "kopf"))]
