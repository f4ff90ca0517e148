"""Operators on virtual time. A folder of tests/clients has scenario.yaml and a test.py, whose
`prepare()` builds what the scenario starts and answers folders for PATH; all runs of the scenario must have one
digest, also while the machine is busy.

By hand, also for longer spans than CI has time for (replaces the scenario's `advance: 1h`):
  virtual_operator.py --orrery build/orrery [--span 24h] [--repeat 20] NAME...
"""
import argparse, contextlib, importlib.util, os, re, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tools

CLIENTS = os.path.join(tools.ROOT, "tests", "clients")
DIGEST = re.compile(r"digest: ([0-9a-f]{32})")
SPAN = re.compile(r"^- advance: 1h\b", re.M)


@contextlib.contextmanager
def busy_machine():
    """Programs that want every processor, without keeping others from it for good."""
    burners = [subprocess.Popen(["nice", "-n", "19", sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count())]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def scenario_of(folder, span):
    """The scenario with another span, beside its own file because paths in it are relative; removed by the caller."""
    path = os.path.join(folder, "scenario.yaml")
    if span == "1h":
        return path
    with open(path) as file:
        text, count = SPAN.subn("- advance: " + span, file.read())
    assert count == 1, "%s has %d lines `- advance: 1h`" % (path, count)
    copy = os.path.join(folder, ".span-%s-%d.yaml" % (span, os.getpid()))
    with open(copy, "w") as file:
        file.write(text)
    return copy


def runs(orrery, scenario, path, repeat):
    """(digest, wall seconds of one run); raises with what orrery printed when a run fails, or where two of them part."""
    command = [orrery, "run", "--repeat", str(repeat), scenario]
    environment = dict(os.environ, PATH=os.pathsep.join([*path, os.environ["PATH"]]))
    began = time.time()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=os.path.dirname(scenario))
    digest = DIGEST.search(done.stdout)
    if done.returncode or not digest:
        raise AssertionError("%s\n%s\n%s" % (" ".join(command), done.stdout[-12000:], done.stderr[-8000:]))
    return digest[1], (time.time() - began) / repeat


def check(orrery, folder, path, span="1h", repeat=2):
    """`repeat` runs on the machine as it is, and one more on a busy one."""
    name, scenario = os.path.basename(folder), scenario_of(folder, span)
    try:
        digest, seconds = runs(orrery, scenario, path, repeat)
        with busy_machine():
            busy_digest, busy_seconds = runs(orrery, scenario, path, 1)
    finally:
        if span != "1h":
            os.remove(scenario)
    assert digest == busy_digest, "%s: %s, and %s on a busy machine" % (name, digest, busy_digest)
    print("%s: %s of virtual time %d times in %.1f s each, once on a busy machine in %.1f s: digest %s"
          % (name, span, repeat, seconds, busy_seconds, digest), flush=True)


def load(name):
    spec = importlib.util.spec_from_file_location("operator_" + name, os.path.join(CLIENTS, name, "test.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("--span", default="1h")
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("name", nargs="+")
    args = parser.parse_args()
    for name in args.name:
        check(os.path.abspath(args.orrery), os.path.join(CLIENTS, name), load(name).prepare(), args.span, args.repeat)


if __name__ == "__main__":
    main()
