"""Prints the Python that has kopf, bringing it first when it is not there: for `./dev run`."""
import tools

print(tools.python_with("kopf", "kopf"))
