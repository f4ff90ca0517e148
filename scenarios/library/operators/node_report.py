"""Prints the nodes that are ready, by name, and ends: one request, with nothing but the standard library."""
import base64, json, os, re, ssl, urllib.request

with open(os.environ["KUBECONFIG"]) as file:
    config = file.read()
server = re.search(r"server: (\S+)", config).group(1)
token = re.search(r"token: (\S+)", config).group(1)
authority = base64.b64decode(re.search(r"certificate-authority-data: (\S+)", config).group(1)).decode()

request = urllib.request.Request(server + "/api/v1/nodes", headers={"Authorization": "Bearer " + token})
with urllib.request.urlopen(request, context=ssl.create_default_context(cadata=authority)) as answer:
    nodes = json.load(answer)["items"]
for node in nodes:
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"].get("conditions", []))
    print(node["metadata"]["name"], "ready" if ready else "not ready")
