"""An operator for Websites as people write them with kopf: handlers, a timer, a daemon per Website, events, kopf's own
finalizer, and a peer that takes over. Nothing in it knows of orrery. It uses kopf's own HTTP library for what it makes."""
import asyncio, base64, datetime, os, random, ssl

import aiohttp, kopf, yaml

GROUP = ("example.com", "v1", "websites")


class Api:
    """One session for all handlers, made once there is a loop."""

    def __init__(self):
        with open(os.environ["KUBECONFIG"]) as file:
            config = yaml.safe_load(file)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.session = aiohttp.ClientSession(cluster["server"], headers={"Authorization": "Bearer " + user["token"]},
                                             connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cadata=authority)))

    async def call(self, method, path, body=None, content_type="application/json"):
        async with self.session.request(method, path, json=body, headers={"Content-Type": content_type}) as answer:
            return answer.status, await answer.json()


@kopf.on.startup()
async def start(settings: kopf.OperatorSettings, memo: kopf.Memo, **_):
    settings.persistence.finalizer = "example.com/kopf-operator"
    settings.watching.server_timeout = 600
    memo.api = Api()


@kopf.on.cleanup()
async def stop(memo: kopf.Memo, **_):
    await memo.api.session.close()


@kopf.on.create(*GROUP)
@kopf.on.update(*GROUP, field="spec")
async def deploy(name, namespace, spec, body, memo: kopf.Memo, retry, **_):
    labels = {"website": name}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": namespace},
                  "spec": {"replicas": spec["replicas"], "selector": {"matchLabels": labels},
                           "template": {"metadata": {"labels": labels},
                                        "spec": {"containers": [{"name": "site", "image": spec["image"]}]}}}}
    kopf.adopt(deployment, owner=body)
    if retry == 0 and random.random() < 0.2:
        raise kopf.TemporaryError("as if the world were slow", delay=random.uniform(1, 5))
    status, answer = await memo.api.call(
        "PATCH", "/apis/apps/v1/namespaces/%s/deployments/%s?fieldManager=websites&force=true" % (namespace, name),
        deployment, "application/apply-patch+yaml")
    if status >= 300:
        raise kopf.TemporaryError(answer["message"], delay=2)
    kopf.info(body, reason="Deployed", message="made Deployment " + name)


@kopf.timer(*GROUP, interval=600, initial_delay=5)
async def check(name, namespace, patch, status, memo: kopf.Memo, **_):
    answer, deployment = await memo.api.call("GET", "/apis/apps/v1/namespaces/%s/deployments/%s" % (namespace, name))
    ready = deployment["status"].get("readyReplicas", 0) if answer == 200 else 0
    if ready != status.get("readyReplicas"):
        patch.status["readyReplicas"] = ready


@kopf.daemon(*GROUP, cancellation_timeout=1)
async def patrol(name, stopped, patch, **_):
    while not stopped:
        await asyncio.sleep(random.uniform(1200, 2400))
        print(datetime.datetime.now(datetime.timezone.utc).strftime("%T"), "patrol at", name, flush=True)


@kopf.on.delete(*GROUP)
async def farewell(name, namespace, memo: kopf.Memo, **_):
    await memo.api.call("POST", "/api/v1/namespaces/%s/configmaps" % namespace,
                        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "farewell-" + name}})
