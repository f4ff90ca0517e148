"""A JavaScript informer survives `kill -9` of a server with --data and goes on where it was."""
import os, queue, subprocess, threading

import tools
from server import Server


def run(orrery):
    folder = tools.node_modules(os.path.join(tools.ROOT, "tests", "clients", "javascript"))
    server = Server(orrery, "--data", "cluster.db", "--nodes", "1")
    server.start()
    informer = subprocess.Popen(["node", os.path.join(folder, "informer.mjs"), server.kubeconfig], cwd=folder,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = queue.Queue()
    threading.Thread(target=lambda: [lines.put(line.strip()) for line in informer.stdout], daemon=True).start()
    seen = []

    def expect(wanted):
        while True:
            line = lines.get(timeout=60)
            seen.append(line)
            if line == wanted:
                return

    def put(name, step):
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"step": step}}
        status, answer = server.request("PUT", "/api/v1/namespaces/default/configmaps/" + name, body)
        if status == 404:
            status, answer = server.request("POST", "/api/v1/namespaces/default/configmaps", body)
        assert status in (200, 201), answer

    try:
        put("a", "1")
        expect("add a 1")
        revision = int(server.request("GET", "/api/v1/namespaces/default/configmaps/a")[1]["metadata"]["resourceVersion"])
        server.kill()
        server.listen = "127.0.0.1:%d" % server.port
        server.start()
        kept = server.request("GET", "/api/v1/namespaces/default/configmaps/a")[1]
        assert int(kept["metadata"]["resourceVersion"]) == revision, kept
        put("a", "2")
        expect("update a 2")
        put("b", "3")
        expect("add b 3")
        print("javascript: saw %s" % ", ".join(seen))
    except queue.Empty:
        raise AssertionError("the informer saw only: %s" % seen)
    finally:
        informer.kill()
        server.stop()
