#!/usr/bin/env python3
"""Compares what we send to webhooks, and what we make of their answers, with what was recorded.

  webhooks.py --orrery build/orrery [-v] [NAME...]      (needs `openssl` for the webhook's certificate)
"""
import argparse, base64, copy, http.server, json, os, ssl, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]
import parity
from server import Server

DOCUMENTS = os.path.join(HERE, "documents", "webhook_requests")
HEADERS = ("accept", "content-type", "accept-encoding")


class Options:
    def __init__(self, server):
        self.server, self.token, self.ca, self.cert, self.key, self.level = server.url, server.token, None, None, None, "exact"


class Hook:
    """An HTTPS server that keeps what it is asked and answers as it is told."""

    def __init__(self, folder):
        self.certificate, key = os.path.join(folder, "hook.pem"), os.path.join(folder, "hook.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", self.certificate,
                        "-days", "3650", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                       check=True, capture_output=True)
        self.asked, self.response, hook = [], {}, self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.asked.append({"method": "POST", "path": self.path,
                                   "headers": {h: self.headers[h] for h in HEADERS if self.headers[h]}, "body": review})
                response = {"uid": review["request"]["uid"], "allowed": True, **hook.response}
                body = json.dumps({"kind": "AdmissionReview", "apiVersion": review["apiVersion"], "response": response}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return "127.0.0.1:%d" % self.server.server_port

    def bundle(self):
        with open(self.certificate, "rb") as file:
            return base64.b64encode(file.read()).decode()


def judge(document, hook, options):
    """The lines by which one document differs."""
    run = parity.Run({"namespace": True, "steps": []}, parity.Connection(options), options)
    run.normaliser.words.append((hook.address, "<webhook>"))
    run.prepare()
    run.raw("POST", "/api/v1/namespaces/%s/serviceaccounts" % run.variables["ns"],
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}})
    for request in document["before"]:
        run.exchange({"request": request})
    text = json.dumps(document["configuration"]).replace("<webhook>", hook.address).replace("<ca>", hook.bundle())
    configuration = parity.substitute(json.loads(text), run.variables)
    plural = configuration["kind"].lower() + "s"
    path = "/apis/admissionregistration.k8s.io/v1/" + plural
    run.raw("POST", path, configuration)
    hook.asked, hook.response = [], document.get("webhook_response", {})
    run.normaliser.seen.clear()
    try:
        answer = run.exchange({"request": document["request"]})
        asked = []
        for request in hook.asked:
            request = copy.deepcopy(request)
            asked.append(run.normaliser.value(request))
    finally:
        run.raw("DELETE", path + "/" + configuration["metadata"]["name"], None)
        run.clean()
    want = document["answer"]
    answer = {key: answer.get(key) for key in want}
    if "headers" in want:
        answer["headers"] = {key: answer["headers"].get(key) for key in want["headers"]}
    return ["sent: " + line for line in parity.diff(numberless(document["webhook_requests"]), numberless(asked))] + \
           ["answer: " + line for line in parity.diff(numberless(want), numberless(answer))]


def numberless(value):
    """The numbers of markers follow the order of reading, which is not ours to compare."""
    return json.loads(parity.re.sub(r"<(uid|ip|port):\d+>", r"<\1>", json.dumps(value)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orrery", required=True)
    parser.add_argument("-v", action="store_true", help="every difference, not the first two of each document")
    parser.add_argument("name", nargs="*")
    args = parser.parse_args()
    names = args.name or sorted(name[:-5] for name in os.listdir(DOCUMENTS))
    failed = 0
    with tempfile.TemporaryDirectory() as folder, Server(args.orrery, "--nodes", "0", "--controllers", "") as server:
        hook = Hook(folder)
        for name in names:
            with open(os.path.join(DOCUMENTS, name + ".json")) as file:
                try:
                    lines = judge(json.load(file), hook, Options(server))
                except Exception as error:
                    lines = ["no answer: %r" % error]
            failed += bool(lines)
            print("%s %s" % ("FAIL" if lines else "same", name))
            for line in lines if args.v else lines[:2]:
                print("     " + line[:400])
    print("%d passed, %d failed" % (len(names) - failed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
