"""Programs on virtual time: the same in every run of a seed, another history with another, and a planted race that some
seeds find and others do not."""
import json, os, subprocess

import tools

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = 20


def runs(orrery, name, *arguments):
    done = subprocess.run([orrery, "run", "--report", "json", "--keep-going", *arguments, os.path.join(HERE, name + ".yaml")],
                          capture_output=True, text=True, timeout=600)
    assert done.stdout.startswith("["), done.stdout + done.stderr
    return [(run["seed"], run["passed"], run["digest"]) for run in json.loads(done.stdout)], done.returncode


def run(orrery):
    seeds = "1..%d" % SEEDS
    race, status = runs(orrery, "race", "--seed", seeds)
    again, _ = runs(orrery, "race", "--seed", seeds)
    assert race == again, "a seed is not the same twice: %s and %s" % (race, again)
    lost = [seed for seed, passed, _ in race if not passed]
    assert 0 < len(lost) < SEEDS and status == 1, "the race shows with seeds %s of %s" % (lost, seeds)
    digests = len({digest for _, _, digest in race})
    assert digests >= SEEDS * 9 // 10, "%d digests of %d seeds" % (digests, SEEDS)
    mended, status = runs(orrery, "mended", "--seed", seeds)
    assert status == 0, mended
    _, status = runs(orrery, "mended", "--repeat", "3")
    assert status == 0, "three runs of one seed differ"
    _, status = runs(orrery, "restart", "--repeat", "3")
    assert status == 0, "a program that is killed, stopped and restarted does not do the same thrice"
    print("lost updates with %d of %d seeds, %d digests; mended: none" % (len(lost), SEEDS, digests))
