"""A program that serves admission webhooks and whose own write meets one of them. `/stamp` reads the API and thinks for
three seconds before it adds a label; `/silent` never answers. It makes its certificate and its configurations itself."""
import base64, http.server, json, os, re, ssl, subprocess, tempfile, threading, time, urllib.request

PORT = 18443
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
HOOKS = "/apis/admissionregistration.k8s.io/v1/"


def connection():
    with open(os.environ["KUBECONFIG"]) as file:
        config = file.read()
    server, token, authority = (re.search(name + r": (\S+)", config).group(1)
                                for name in ("server", "token", "certificate-authority-data"))
    return server, token, ssl.create_default_context(cadata=base64.b64decode(authority).decode())


def call(method, path, body=None):
    server, token, context = connection()
    request = urllib.request.Request(server + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", "Bearer " + token)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, context=context) as answer:
        return json.load(answer)


def certificate(folder):
    names = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", names[0], "-out", names[1], "-days", "3650", "-subj", "/CN=webhooks",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
    return names


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.startswith("/silent"):
            time.sleep(10 ** 6)
        stamp = call("GET", CONFIGMAPS + "/stamp")["data"]["text"]
        time.sleep(3)
        patch = json.dumps([{"op": "add", "path": "/metadata/labels/stamp", "value": stamp}])
        answer = {"uid": review["request"]["uid"], "allowed": True, "patchType": "JSONPatch",
                  "patch": base64.b64encode(patch.encode()).decode()}
        body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        print("stamped " + review["request"]["name"], flush=True)

    def log_message(self, *arguments):
        pass


def hook(name, path, wanted, policy, seconds, authority):
    return {"name": name + ".example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "failurePolicy": policy, "timeoutSeconds": seconds, "objectSelector": {"matchLabels": {"hook": wanted}},
            "clientConfig": {"url": "https://127.0.0.1:%d%s" % (PORT, path), "caBundle": authority},
            "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"]}]}


def configure(authority):
    call("POST", CONFIGMAPS, {"metadata": {"name": "stamp"}, "data": {"text": "seen"}})
    call("POST", HOOKS + "mutatingwebhookconfigurations",
         {"metadata": {"name": "stamp"}, "webhooks": [hook("stamp", "/stamp", "stamp", "Fail", 10, authority)]})
    call("POST", HOOKS + "validatingwebhookconfigurations",
         {"metadata": {"name": "silent"}, "webhooks": [hook("strict", "/silent", "strict", "Fail", 5, authority),
                                                       hook("lenient", "/silent", "lenient", "Ignore", 5, authority)]})


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    server.daemon_threads = True
    with tempfile.TemporaryDirectory() as folder:
        key, cert = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        with open(cert, "rb") as file:
            authority = base64.b64encode(file.read()).decode()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    configure(authority)
    began = time.time()
    made = call("POST", CONFIGMAPS, {"metadata": {"name": "own", "labels": {"hook": "stamp"}}})
    print("own write: %s after %d s" % (made["metadata"]["labels"]["stamp"], time.time() - began), flush=True)
    while True:
        time.sleep(3600)


main()
