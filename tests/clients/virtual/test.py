"""Programs on virtual time: the same in every run of a seed, another history with another, and a planted race that some
seeds find and others do not."""
import json, os, shutil, subprocess, tempfile

import tools

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = 20


def runs(orrery, name, *arguments):
    done = subprocess.run([orrery, "run", "--report", "json", "--keep-going", *arguments, os.path.join(HERE, name + ".yaml")],
                          capture_output=True, text=True, timeout=600)
    assert done.stdout.startswith("["), done.stdout + done.stderr
    return [(run["seed"], run["passed"], run["digest"]) for run in json.loads(done.stdout)], done.returncode


def against(orrery):
    """A recorded program as it was asks the same; a changed one is named with its first other request."""
    with tempfile.TemporaryDirectory() as folder:
        recording = os.path.join(folder, "restart.rec")

        def call(*arguments):
            done = subprocess.run([orrery, *arguments], capture_output=True, text=True, timeout=300, cwd=HERE)
            return done.returncode, done.stdout + done.stderr

        status, said = call("run", "restart.yaml", "--seed", "3", "--record", recording)
        assert status == 0, said
        status, said = call("replay", recording, "--against", "python3 race.py --mended")
        assert status == 0 and said.startswith("SAME "), said
        status, said = call("replay", recording, "--against", "python3 race.py")
        assert status == 3 and "PUT /api/v1/namespaces/default/configmaps/counter" in said, said
        assert "body metadata.resourceVersion: recorded" in said, said
        status, said = call("replay", recording, "--against", "sh -c 'echo broken; exit 3'")
        assert status == 3 and "now:      it ended: exit code 3" in said and "output: broken" in said, said


def rights(orrery):
    """What an account may, what it was refused, and the smallest role that it used."""
    done = subprocess.run([orrery, "run", "account.yaml", "--least-role"], capture_output=True, text=True, timeout=300, cwd=HERE)
    assert done.returncode == 0, done.stdout + done.stderr
    for line in ("program reader acts as service account team/reader", "program leader acts as administrator",
                 'resources: ["leases"]', 'verbs: ["create"]', 'resourceNames: ["settings"]', "list secrets team/*, once"):
        assert line in done.stdout, "want %r in\n%s" % (line, done.stdout)


def places(orrery):
    """From another folder, as another user, on one processor, under another name, time zone and language: all the same."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        for name in ("place.yaml", "place.py"):
            shutil.copy(os.path.join(HERE, name), folder)
        binary = shutil.copy(orrery, folder)
        begins = {"here": ["env"], "one processor": ["taskset", "-c", "0"], "language": ["env", "LANG=de_DE.UTF-8", "TZ=Asia/Tokyo"]}
        if os.geteuid() == 0:
            begins["user"] = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
            begins["host"] = ["unshare", "--uts", "sh", "-c", 'hostname elsewhere && exec "$@"', "sh"]
        digests = {}
        for name, begin in begins.items():
            where = HERE if name == "here" else folder
            done = subprocess.run([*begin, binary, "run", "--report", "json", "place.yaml"], capture_output=True, text=True,
                                  timeout=120, cwd=where, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
            assert done.returncode == 0, "%s: %s%s" % (name, done.stdout, done.stderr)
            said = json.loads(done.stdout)[0]
            digests[name] = said["digest"], [line["text"] for line in said["programs"][0]["output"]]
        for name, seen in digests.items():
            assert seen == digests["here"], "%s: %s, here: %s" % (name, seen, digests["here"])
        return len(digests)


def run(orrery):
    seen = places(orrery)
    against(orrery)
    rights(orrery)
    _, status = runs(orrery, "restarts", "--repeat", "3")
    assert status == 0, "a program that begins anew does not do the same thrice"
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
    print("lost updates with %d of %d seeds, %d digests; mended: none; %d places: one history" % (len(lost), SEEDS, digests, seen))
