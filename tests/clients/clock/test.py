"""A serve whose clock `orrery ctl` moves, recorded, killed, and replayed without any client. Nothing but the binary."""
import concurrent.futures, json, os, socket, ssl, subprocess
from datetime import datetime, timedelta

from server import Server

DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
    "replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": {
        "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "registry.example/web:1"}]}}}}
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
CLOCK = "/orrery/v1/clock"


def check(is_well, text):
    if not is_well:
        raise AssertionError(text)


class Program:
    def __init__(self, orrery, folder):
        self.orrery, self.folder = orrery, folder

    def __call__(self, *arguments, status=0):
        done = subprocess.run([self.orrery, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120)
        check(done.returncode == status, "orrery %s: status %d, want %d\n%s%s" % (
            " ".join(arguments), done.returncode, status, done.stdout, done.stderr))
        return done.stdout + done.stderr

    def ctl(self, *arguments, status=0):
        text = self("ctl", "--kubeconfig", os.path.join(self.folder, "kubeconfig"), *arguments, status=status)
        return text


def time_of(server):
    return server.request("GET", CLOCK)[1]["time"]


def move(server, orrery):
    """All that ctl does to a paused cluster."""
    status, made = server.request("POST", DEPLOYMENTS, DEPLOYMENT)
    check(status == 201, made)
    stood = time_of(server)
    check(time_of(server) == stood, "time stands while it is paused")
    orrery.ctl("until", "{resource: deployments/web, matches: {status: {readyReplicas: 3}}}")
    check(time_of(server) > stood, "what was waited for took time")
    check("quiet" in orrery.ctl("idle"), "nothing is due")
    before = json.loads(orrery.ctl("status", "-o", "json"))
    after = json.loads(orrery.ctl("-o", "json", "advance", "2h"))
    passed = datetime.fromisoformat(after["time"][:19]) - datetime.fromisoformat(before["time"][:19])
    check(passed == timedelta(hours=2), "2 hours from %s are %s" % (before["time"], after["time"]))
    text = orrery.ctl("until", "{resource: deployments/web, eventually: 5m, matches: {status: {readyReplicas: 4}}}", status=1)
    check("status.readyReplicas: want 4, got 3" in text, text)
    server.request("PATCH", DEPLOYMENTS + "/web", {"spec": {"replicas": 4}}, "application/merge-patch+json")
    check("node.heartbeat" not in orrery.ctl("step"), "a step goes to the next work")
    expectation = os.path.join(orrery.folder, "expect.yaml")
    with open(expectation, "w") as file:
        file.write("expect:\n  eventually: 5m\n  resource: deployments/web\n  matches: {status: {readyReplicas: 4}}\n")
    orrery.ctl("until", expectation)
    check("pace x10" in orrery.ctl("resume", "--time", "x10"), "another pace")
    check("pace paused" in orrery.ctl("pause"), "and none")
    # An advance that a pause interrupts.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        far = pool.submit(server.request, "POST", CLOCK, {"advance": "87600h"})
        while server.request("GET", CLOCK)[1]["isAdvancing"] is False and not far.done():
            pass
        orrery.ctl("pause")
        answer = far.result(60)[1]
    check(answer.get("interrupted") or answer["holds"], answer)


def refuse(server, orrery):
    for token, want in (("usertoken", 'User \\"jane\\" cannot post path'), ("", 'User \\"system:anonymous\\" cannot post path')):
        asked = subprocess.run(["curl", "-sk", "-X", "POST", "-d", "{}", server.url + CLOCK] +
                               (["-H", "Authorization: Bearer " + token] if token else []), capture_output=True, text=True)
        check(want in asked.stdout and '"code":403' in asked.stdout.replace(": ", ":"), asked.stdout)
    for arguments, want in ((("advance", "1x"), "want a duration such as 90s"),
                            (("until", "{resorce: pods}"), 'did you mean "resource"?'),
                            (("until", "{resource: pdos}"), 'did you mean "pods"?'),
                            (("advanc",), 'did you mean "advance"?'),
                            (("resume", "--tim", "x2"), 'did you mean "--time"?')):
        text = orrery.ctl(*arguments, status=2)
        check(want in text, text)


def fall_behind(server):
    """A watch that is never read, until it is more than its backlog behind."""
    context = ssl._create_unverified_context()
    raw = socket.create_connection(("127.0.0.1", server.port))
    watch = context.wrap_socket(raw)
    watch.sendall(b"GET /api/v1/namespaces/default/configmaps?watch=true HTTP/1.1\r\nHost: x\r\n"
                  b"Authorization: Bearer admintoken\r\n\r\n")
    watch.recv(1)
    body = {"metadata": {"name": "big"}, "data": {"a": "x" * 1000000}}
    check(server.request("POST", "/api/v1/namespaces/default/configmaps", body)[0] == 201, "made")
    for number in range(40):
        status, _ = server.request("PATCH", "/api/v1/namespaces/default/configmaps/big",
                                   {"metadata": {"labels": {"n": str(number)}}}, "application/merge-patch+json")
        check(status == 200, "patched")
    watch.settimeout(30)
    got = b""
    while not got.endswith(b"\r\n0\r\n\r\n"):
        part = watch.recv(1 << 20)
        check(part, "the answer ends as it must, not with the connection")
        got = got[-16:] + part
    watch.close()


def run(orrery):
    orrery = os.path.abspath(orrery)
    with Server(orrery, "--time", "paused", "--nodes", "2", "--record", "serve.rec") as server:
        program = Program(orrery, server.folder)
        move(server, program)
        refuse(server, program)
        fall_behind(server)
        check(os.stat(os.path.join(server.folder, "serve.rec")).st_mode & 0o777 == 0o600, "nobody else may read it")
        check(server.stop() == 0, "SIGTERM ends it well")
        check("SAME" in program("replay", "serve.rec"), "the recorded digest")
        check("STOPPED" in program("replay", "serve.rec", "--until", "1h"), "an hour of it")
        check("no server answers" in program.ctl("status", status=2), "nobody is there")
        with open(server.log) as log:
            check("bodies of Secrets are in it" in log.read(), "it says what it keeps")
    cluster = os.path.join(server.folder, "cluster.yaml")
    with open(cluster, "w") as file:
        file.write("apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: c}\n"
                   "cluster: {start: '2031-03-01T00:00:00Z', nodes: [{count: 2, model: small, name: edge}]}\n")
    arguments = ["--cluster", cluster, "--data", "cluster.db", "--time", "max"]
    with Server(orrery, *arguments, "--record", "killed.rec", folder=server.folder) as killed:
        status, node = killed.request("GET", "/api/v1/nodes/edge-2")
        check(status == 200, "nodes of the cluster file")
        check(node["metadata"]["creationTimestamp"].startswith("2031-03-01T00:00:0"), "the start of the cluster file")
        check(killed.request("POST", DEPLOYMENTS, DEPLOYMENT)[0] == 201, "made")
        killed.request("POST", CLOCK, {"idle": True})
        killed.kill()
    text = program("replay", "killed.rec")
    check("CUT" in text and "as far as it goes" in text, text)
    # The data file goes on where it was, and so does a recording of that.
    with Server(orrery, *arguments, "--record", "again.rec", folder=server.folder) as again:
        check(again.request("GET", DEPLOYMENTS + "/web")[0] == 200, "it is still there")
        again.request("POST", CLOCK, {"advance": "1h"})
        check(again.stop() == 0, "SIGTERM ends it well")
    check("SAME" in program("replay", "again.rec"), "the recorded digest")
    check("File exists" in program("serve", "--record", "again.rec", status=2), "nothing is overwritten")
    print("clock: paused, moved, recorded, killed and replayed")
