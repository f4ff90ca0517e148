"""Finds the API server as a pod does, says who it is, and tries what it may and what it may not."""
import json, os, ssl, time, urllib.error, urllib.request

PLACE = "/var/run/secrets/kubernetes.io/serviceaccount/"
SERVER = "https://%s:%s" % (os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"])


def read(name):
    with open(PLACE + name) as file:
        return file.read()


def call(method, path, body=None):
    request = urllib.request.Request(SERVER + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", "Bearer " + read("token"))
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, context=ssl.create_default_context(cadata=read("ca.crt"))) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, {}


review = call("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {"metadata": {}})[1]
print("I am %s in %s" % (review["status"]["userInfo"]["username"], read("namespace")), flush=True)
while call("GET", "/api/v1/namespaces/team/configmaps/settings")[0] != 200:
    time.sleep(1)
print("settings: 200", flush=True)
print("secrets: %d" % call("GET", "/api/v1/namespaces/team/secrets")[0], flush=True)
lease = {"metadata": {"name": "lock"}, "spec": {"holderIdentity": "reader"}}
print("lock: %d" % call("POST", "/apis/coordination.k8s.io/v1/namespaces/team/leases", lease)[0], flush=True)
while True:
    time.sleep(3600)
