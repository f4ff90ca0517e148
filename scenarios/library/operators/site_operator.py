"""An operator for Sites, written with kopf: a Deployment per Site, its readiness in the Site's status, a timer that
counts, and a finalizer (kopf's own) that lets it say goodbye. Knows nothing of orrery.

It talks to the API through kopf's own client alone, so that it needs no other package.
"""
import asyncio
import base64
import json
import os
import ssl

import aiohttp
import kopf
import yaml


def connection():
    """Reads KUBECONFIG: where the API is, and who we are."""
    with open(os.environ["KUBECONFIG"]) as file:
        config = yaml.safe_load(file)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    return cluster["server"], user["token"], ssl.create_default_context(cadata=authority)


async def call(method, path, body=None, content_type="application/json"):
    server, token, context = connection()
    headers = {"Authorization": "Bearer " + token, "Content-Type": content_type}
    async with aiohttp.ClientSession() as session:
        data = json.dumps(body) if body is not None else None
        async with session.request(method, server + path, data=data, headers=headers, ssl=context) as answer:
            return answer.status, await answer.json()


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_):
    settings.posting.enabled = False
    settings.persistence.finalizer = "example.com/site-operator"
    settings.watching.server_timeout = 600


def deployment_of(name, namespace, spec, owner):
    return {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "ownerReferences": [owner]},
        "spec": {
            "replicas": spec.get("pods", 1),
            "selector": {"matchLabels": {"site": name}},
            "template": {
                "metadata": {"labels": {"site": name}},
                "spec": {"terminationGracePeriodSeconds": 1,
                         "containers": [{"name": "site", "image": spec["image"]}]},
            },
        },
    }


@kopf.on.create("example.com", "v1", "sites")
@kopf.on.update("example.com", "v1", "sites", field="spec")
async def reconcile(name, namespace, spec, body, patch, logger, **_):
    owner = {"apiVersion": "example.com/v1", "kind": "Site", "name": name, "uid": body["metadata"]["uid"],
             "controller": True}
    path = "/apis/apps/v1/namespaces/%s/deployments/%s?fieldManager=site-operator&force=true" % (namespace, name)
    status, answer = await call("PATCH", path, deployment_of(name, namespace, spec, owner),
                                "application/apply-patch+yaml")
    if status >= 300:
        raise kopf.TemporaryError(answer.get("message", str(status)), delay=2)
    patch.status["deployed"] = spec["image"]
    logger.info("deployed %s of %s", spec["image"], name)


@kopf.on.event("apps", "v1", "deployments")
async def follow(event, body, namespace, **_):
    owner = next((o for o in body["metadata"].get("ownerReferences", []) if o["kind"] == "Site"), None)
    if owner is None or event["type"] == "DELETED":
        return
    ready = body.get("status", {}).get("readyReplicas", 0)
    await call("PATCH", "/apis/example.com/v1/namespaces/%s/sites/%s/status" % (namespace, owner["name"]),
               {"status": {"ready": ready}}, "application/merge-patch+json")


@kopf.timer("example.com", "v1", "sites", interval=1.0, initial_delay=1.0)
def count(status, patch, **_):
    patch.status["ticks"] = status.get("ticks", 0) + 1 if status.get("ticks", 0) < 3 else status["ticks"]


@kopf.on.delete("example.com", "v1", "sites")
async def goodbye(name, namespace, **_):
    await call("POST", "/api/v1/namespaces/%s/configmaps" % namespace,
               {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "farewell-" + name},
                "data": {"text": "%s was here" % name}})
    await asyncio.sleep(0)
