"""kill -9 under write load with --data: nothing that was shown is lost, revisions never go back, and a watch that is
resumed at the last revision it saw misses nothing. KILLS says how often (10)."""
import http.client, json, os, random, ssl, sys, tempfile, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from server import Server

PATH = "/api/v1/namespaces/default/configmaps"
WRITERS = 4


class Client:
    """One connection; any failure means that the server is gone."""

    def __init__(self, server):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.http = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=30)

    def send(self, method, path, body=None, content_type="application/json"):
        self.http.request(method, path, json.dumps(body) if body is not None else None,
                          {"Authorization": "Bearer admintoken", "Content-Type": content_type})
        return self.http.getresponse()

    def call(self, method, path, body=None, content_type="application/json"):
        answer = self.send(method, path, body, content_type)
        return answer.status, json.loads(answer.read())


class World:
    """What clients were shown so far, over all lives of the server."""

    def __init__(self):
        self.lock = threading.Lock()
        self.revision = 0         # the newest that anybody saw
        self.shown = {}           # name: (revision, value), value None once deleted
        self.in_flight = {}       # name: the value of a write that was not answered
        self.cache = {}           # name: revision, as the watch says
        self.watched = None       # the last revision that the watch saw
        self.problems = []
        self.writes = self.events = self.unanswered = 0

    def saw(self, revision):
        with self.lock:
            self.revision = max(self.revision, revision)


GONE = (OSError, http.client.HTTPException, ValueError)


def guarded(world, function, *arguments):
    try:
        function(world, *arguments)
    except BaseException as problem:  # A thread's failure is the test's.
        world.problems.append(problem)


def write(world, server, writer, generation):
    client = Client(server)
    number = 0
    try:
        while True:
            name = "w%d-%d-%d" % (writer, generation, number // 3)
            step = number % 3
            number += 1
            value = None if step == 2 and number % 2 else "%d" % number
            with world.lock:
                world.in_flight[name] = value
            if step == 0:
                status, answer = client.call("POST", PATH, {"metadata": {"name": name}, "data": {"v": value}})
            elif value is None:
                status, answer = client.call("DELETE", PATH + "/" + name)
            else:
                status, answer = client.call("PATCH", PATH + "/" + name, {"data": {"v": value}}, "application/merge-patch+json")
            if status not in (200, 201):
                raise AssertionError("%s: %s" % (name, answer))
            with world.lock:
                del world.in_flight[name]
                world.writes += 1
                revision = int(answer["metadata"].get("resourceVersion", 0))
                world.shown[name] = (revision, value)
                world.revision = max(world.revision, revision)
    except GONE:
        pass


def watch(world, server, stop_at=None):
    """Follows from where the last watch ended, until the server is gone or the object `stop_at` is shown."""
    try:
        answer = Client(server).send("GET", PATH + "?watch=1&resourceVersion=%d" % world.watched)
        assert answer.status == 200, answer.status
        for line in answer:
            event = json.loads(line)
            assert event["type"] in ("ADDED", "MODIFIED", "DELETED"), event
            meta = event["object"]["metadata"]
            revision = int(meta["resourceVersion"])
            assert revision > world.watched, "the watch went back from %d to %d" % (world.watched, revision)
            with world.lock:
                world.watched = revision
                world.revision = max(world.revision, revision)
                world.events += 1
                if event["type"] == "DELETED":
                    del world.cache[meta["name"]]
                else:
                    world.cache[meta["name"]] = revision
            if meta["name"] == stop_at and event["type"] != "DELETED":
                return True
    except GONE:
        pass
    return False


def listed(client):
    status, answer = client.call("GET", PATH)
    assert status == 200, answer
    items = {i["metadata"]["name"]: (int(i["metadata"]["resourceVersion"]), i.get("data", {}).get("v")) for i in answer["items"]}
    return int(answer["metadata"]["resourceVersion"]), items


def check(world, server, generation):
    """A server that has just come back shows everything that was shown before."""
    client = Client(server)
    revision, items = listed(client)
    assert revision >= world.revision, "revision %d after %d was shown" % (revision, world.revision)
    for name, (seen, value) in world.shown.items():
        got = items.get(name)
        if name in world.in_flight:
            # The last write may have happened or not; never anything before the one that was answered.
            wanted = (value, world.in_flight[name])
            assert (got[1] if got else None) in wanted, "%s: want one of %s, got %s" % (name, wanted, got)
            world.unanswered += 1
            world.shown[name] = got or (revision, None)
        elif value is None:
            assert got is None, "%s was deleted and is back: %s" % (name, got)
        else:
            assert got == (seen, value), "%s: %s was shown, got %s" % (name, (seen, value), got)
    world.in_flight.clear()
    if world.watched is None:
        world.watched, world.cache = revision, {name: at for name, (at, _) in items.items()}
    marker = "marker-%d" % generation
    status, answer = client.call("POST", PATH, {"metadata": {"name": marker}})
    assert status == 201, answer
    assert watch(world, server, stop_at=marker), "the watch ended before it caught up"
    _, items = listed(client)
    assert world.cache == {name: at for name, (at, _) in items.items()}, "the watch missed something"


def run(orrery):
    kills = int(os.environ.get("KILLS", "10"))
    chance = random.Random(int(os.environ.get("KILL_SEED", "1")))
    world = World()
    server = Server(orrery, "--nodes", "0", "--controllers", "", "--data", "cluster.db", folder=tempfile.mkdtemp(prefix="orrery-kill-"))
    for generation in range(kills):
        server.start()
        check(world, server, generation)
        threads = [threading.Thread(target=guarded, args=(world, write, server, w, generation)) for w in range(WRITERS)]
        threads.append(threading.Thread(target=guarded, args=(world, watch, server)))
        for thread in threads:
            thread.start()
        killer = threading.Timer(chance.uniform(0.02, 0.4), server.kill)
        killer.start()
        for thread in threads + [killer]:
            thread.join()
        if world.problems:
            raise world.problems[0]
    server.start()
    try:
        check(world, server, kills)
    finally:
        assert server.stop() == 0
    assert world.writes > kills and world.events > kills
    print("%d kills, %d answered writes, %d unanswered, %d events, last revision %d"
          % (kills, world.writes, world.unanswered, world.events, world.revision))
