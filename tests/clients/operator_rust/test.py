"""A static program in Rust with threads, condition variables and time-outs: one virtual hour, one digest."""
import os

import tools, virtual_operator

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = "x86_64-unknown-linux-gnu"  # Named so that only the program is static, not what builds it.


def prepare():
    tools.need("cargo")
    target = os.path.join(tools.CACHE, "rust-websites")
    tools.run(["cargo", "build", "--quiet", "--release", "--locked", "--target", TARGET, "--target-dir", target], cwd=HERE,
              env=dict(os.environ, RUSTFLAGS="-C target-feature=+crt-static"))
    return [os.path.join(target, TARGET, "release")]


def run(orrery):
    virtual_operator.check(orrery, HERE, prepare())
