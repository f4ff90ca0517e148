"""Starts `orrery serve` for a test and ends it: real clients then talk to it. Standard library only."""
import json, os, re, signal, ssl, subprocess, tempfile, threading, urllib.request

TOKENS = 'admintoken,admin,admin-uid,"system:masters"\nusertoken,jane,jane-uid,"developers"\n'
READY = re.compile(r"ready at (https://[\d.]+:(\d+))")


class Server:
    """`with Server(orrery, "--nodes", "0") as server:` gives .url, .token, .kubeconfig."""

    def __init__(self, orrery, *arguments, folder=None, listen="127.0.0.1:0"):
        self.orrery, self.arguments, self.listen = os.path.abspath(orrery), list(arguments), listen
        self.folder = folder or tempfile.mkdtemp(prefix="orrery-test-")
        self.token = "admintoken"
        self.kubeconfig = os.path.join(self.folder, "kubeconfig")
        self.log = os.path.join(self.folder, "server.log")
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        tokens = os.path.join(self.folder, "tokens.csv")
        with open(tokens, "w") as file:
            file.write(TOKENS)
        self.process = subprocess.Popen(
            [self.orrery, "serve", "--listen", self.listen, "--kubeconfig", self.kubeconfig,
             "--token-auth-file", tokens, "--seed", "1"] + self.arguments,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder)
        ready = threading.Event()
        lines = []

        def read():
            with open(self.log, "a") as log:
                for line in self.process.stdout:
                    log.write(line)
                    log.flush()
                    lines.append(line)
                    found = READY.search(line)
                    if found:
                        self.url, self.port = found.group(1), int(found.group(2))
                        ready.set()
            ready.set()

        threading.Thread(target=read, daemon=True).start()
        ready.wait(60)
        if not hasattr(self, "url") or self.process.poll() is not None:
            raise RuntimeError("orrery serve did not get ready:\n" + "".join(lines[-20:]))

    def kill(self):
        """kill -9: nothing is said to anybody."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Returns the exit status of a clean stop."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise RuntimeError("orrery serve did not stop within 20 s of SIGTERM")
        return self.process.returncode

    def request(self, method, path, body=None, content_type="application/json", accept="application/json"):
        """Returns (status, parsed body)."""
        request = urllib.request.Request(self.url + path, method=method, headers={
            "Authorization": "Bearer " + self.token, "Content-Type": content_type, "Accept": accept},
            data=json.dumps(body).encode() if body is not None else None)
        context = ssl._create_unverified_context()
        try:
            with urllib.request.urlopen(request, context=context, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
