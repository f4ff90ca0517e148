"""helm 4 (server-side apply) and helm 3 (three-way merge): create, install, upgrade, roll back and uninstall a chart, with pods that really become ready."""
import json, os

import tools
from server import Server


def life_of_a_chart(orrery, minor):
    helm, kubectl = tools.helm(minor), tools.kubectl()
    with Server(orrery, "--nodes", "2") as server:
        environment = dict(os.environ, KUBECONFIG=server.kubeconfig, HELM_CACHE_HOME=server.folder + "/hc",
                           HELM_CONFIG_HOME=server.folder + "/hf", HELM_DATA_HOME=server.folder + "/hd")

        def call(*command):
            return tools.run(list(command), cwd=server.folder, env=environment)

        call(helm, "create", "shop")
        print(call(helm, "install", "shop", "./shop", "--wait", "--timeout", "120s").splitlines()[0])
        call(helm, "upgrade", "shop", "./shop", "--set", "replicaCount=3", "--wait", "--timeout", "120s")
        deployment = json.loads(call(kubectl, "get", "deployment", "shop", "-o", "json"))
        assert deployment["status"]["readyReplicas"] == 3, deployment["status"]
        call(helm, "rollback", "shop", "1", "--wait", "--timeout", "120s")
        deployment = json.loads(call(kubectl, "get", "deployment", "shop", "-o", "json"))
        assert deployment["spec"]["replicas"] == 1, deployment["spec"]
        history = json.loads(call(helm, "history", "shop", "-o", "json"))
        assert [entry["status"] for entry in history] == ["superseded", "superseded", "deployed"], history
        call(helm, "uninstall", "shop", "--wait", "--timeout", "120s")
        assert call(helm, "list", "-q").strip() == ""
        assert json.loads(call(kubectl, "get", "deployments,services", "-l", "app.kubernetes.io/name=shop", "-o", "json"))["items"] == []
        print(call(helm, "version", "--short").strip() + ": installed, upgraded, rolled back and uninstalled")


def run(orrery):
    for minor in (36, 32):
        life_of_a_chart(orrery, minor)
