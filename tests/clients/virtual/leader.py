"""Takes a lease, after a while."""
import json, time, urllib.request

import config_reader

api = config_reader.read()
time.sleep(4)
lease = {"metadata": {"name": "leader"}, "spec": {"holderIdentity": "me"}}
request = urllib.request.Request(api["server"] + "/apis/coordination.k8s.io/v1/namespaces/default/leases", method="POST", data=json.dumps(lease).encode())
request.add_header("Authorization", "Bearer " + api["token"])
request.add_header("Content-Type", "application/json")
print("took it", urllib.request.urlopen(request, context=api["context"]).status, flush=True)
while True:
    time.sleep(3600)
