"""What Python programs do with a cluster through kr8s and lightkube. Argument: the kubeconfig's path."""
import sys

import kr8s
from kr8s.objects import Deployment, Pod, new_class
from lightkube import Client, KubeConfig
from lightkube.core.exceptions import ApiError
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment as LightDeployment
from lightkube.resources.core_v1 import ConfigMap, Node


def with_kr8s(kubeconfig):
    api = kr8s.api(kubeconfig=kubeconfig)
    assert api.version()["gitVersion"].startswith("v1.36"), api.version()
    pod = Pod({"metadata": {"name": "kr8s"}, "spec": {"containers": [{"name": "c", "image": "busybox"}]}}, api=api)
    pod.create()
    pod.wait("condition=Ready", timeout=60)
    pod.label({"kind": "test"})
    assert [p.name for p in api.get("pods", label_selector={"kind": "test"})] == ["kr8s"]
    pod.annotate({"note": "seen"})
    pod.refresh()
    assert pod.annotations["note"] == "seen", pod.annotations
    deployment = Deployment({"metadata": {"name": "kr8s"}, "spec": {
        "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {
            "containers": [{"name": "c", "image": "nginx"}]}}}}, api=api)
    deployment.create()
    deployment.scale(2)
    deployment.wait("condition=Available", timeout=60)
    assert len(deployment.pods()) == 2
    widget = new_class(kind="Widget", version="example.com/v1", namespaced=True)({"metadata": {"name": "w"}, "spec": {"size": 1}}, api=api)
    widget.create()
    widget.patch({"spec": {"size": 2}})
    assert [w.raw["spec"]["size"] for w in api.get("widgets.example.com")] == [2]
    for thing in (pod, deployment, widget):
        thing.delete()
        thing.wait("delete", timeout=60)
    print("kr8s: pods, labels, scale, waits, a custom resource")


def with_lightkube(kubeconfig):
    client = Client(config=KubeConfig.from_file(kubeconfig).get(), field_manager="lightkube", namespace="default")
    assert len(list(client.list(Node))) == 2
    made = client.apply(ConfigMap(metadata=ObjectMeta(name="light"), data={"a": "1"}))
    assert made.data == {"a": "1"}, made
    for kind, thing in client.watch(ConfigMap, fields={"metadata.name": "light"}):
        assert (kind, thing.metadata.name) == ("ADDED", "light")
        break
    client.patch(ConfigMap, "light", {"data": {"a": None, "b": "2"}})
    assert client.get(ConfigMap, "light").data == {"b": "2"}
    widgets = create_namespaced_resource("example.com", "v1", "Widget", "widgets")
    client.create(widgets(metadata=ObjectMeta(name="l"), spec={"size": 5}))
    assert client.get(widgets, "l").spec == {"size": 5}
    client.delete(ConfigMap, "light")
    try:
        client.get(ConfigMap, "light")
        raise AssertionError("a deleted object was found")
    except ApiError as error:
        assert error.status.reason == "NotFound", error
    assert list(client.list(LightDeployment)) == []
    print("lightkube: apply, watch, patch, a custom resource, errors")


with_kr8s(sys.argv[1])
with_lightkube(sys.argv[1])
