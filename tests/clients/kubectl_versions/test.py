"""kubectl 1.32 to 1.36: the same script prints the same."""
import os, re, subprocess

import tools
from server import Server

HERE = os.path.dirname(os.path.abspath(__file__))
MINORS = (36, 35, 34, 33, 32)
# What differs from run to run: ages, generated names, addresses, temporary folders, what a spinner saw meanwhile.
VOLATILE = [(r"\d{4}-\d\d-\d\dT[\d:]+Z", "<time>"), (r"\b\d+(\.\d+)?(ms|s|m|h)(\d+s)?\b", "<age>"), (r"\b([a-z]+-[0-9a-f]{8,10})-[0-9a-z]{5}\b", r"\1-<name>"), (r"\bonce-[0-9a-z]{5}\b", "once-<name>"),
            (r"\b\d+\.\d+\.\d+\.\d+\b", "<ip>"), (r"/tmp/\S+", "<tmp>"), (r" +", " "),
            (r" from \w+ namespace$", "")]  # Said since kubectl 1.34.


def commands():
    with open(os.path.join(HERE, "script.txt")) as file:
        for line in file.read().splitlines():
            if line and not line.startswith("#"):
                yield line


def volatile(text):
    for pattern, word in VOLATILE:
        text = re.sub(pattern, word, text, flags=re.M)
    # How many of a rollout's states a client sees depends on when it looks; a drain evicts in parallel.
    lines = [line for line in text.splitlines() if not line.startswith("Waiting for deployment")]
    return sorted(lines) if any("evict" in line for line in lines) else lines


def transcript(orrery, minor):
    """What every command printed and how it ended, one entry a command."""
    kubectl, found = tools.kubectl(minor), []
    with Server(orrery, "--nodes", "3", "--node-behaviour", "instant") as server:
        for command in commands():
            words = [word if not word.startswith("@") else os.path.join(HERE, word[1:]) for word in command.split(" ")]
            done = subprocess.run([kubectl, "--kubeconfig", server.kubeconfig] + words, capture_output=True, text=True,
                                  env=dict(os.environ, HOME=server.folder))
            found.append((command, done.returncode, volatile(done.stdout), volatile(done.stderr)))
    return found


def run(orrery):
    wanted = transcript(orrery, MINORS[0])
    failed = [entry for entry in wanted if entry[1] and "missing" not in entry[0] and entry[0] != "create configmap settings -n shop"]
    assert not failed, failed
    for minor in MINORS[1:]:
        for want, got in zip(wanted, transcript(orrery, minor)):
            assert want == got, "kubectl 1.%d:\n  %r\nkubectl 1.36:\n  %r" % (minor, got, want)
        print("kubectl 1.%d: %d commands as with 1.36" % (minor, len(wanted)))
