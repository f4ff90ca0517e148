"""Go programs over client-go: the clients as they are, sample-controller, a controller-runtime operator with leader election,
a conversion webhook."""
import json, os

import tools
from server import Server

HERE = os.path.dirname(os.path.abspath(__file__))
COUNT = 20


def sites():
    return "\n---\n".join(json.dumps({"apiVersion": "example.com/v1", "kind": "Website",
                                      "metadata": {"name": "site-%d" % n, "namespace": "default"},
                                      "spec": {"image": "nginx:1.27", "replicas": 1 + n % 2}}) for n in range(COUNT))


def operator(orrery, program):
    kubectl = tools.kubectl()
    with Server(orrery, "--nodes", "4", "--node-behaviour", "instant") as server:
        def call(*arguments, **options):
            return tools.run([kubectl, "--kubeconfig", server.kubeconfig] + list(arguments), **options)

        call("apply", "-f", os.path.join(HERE, "config", "crd", "websites.yaml"))
        call("wait", "--for=condition=Established", "crd/websites.example.com", "--timeout=60s")
        with tools.background([program], cwd=server.folder, env=dict(os.environ, KUBECONFIG=server.kubeconfig)):
            call("apply", "-f", "-", input=sites())
            for n in range(COUNT):
                call("wait", "--for=jsonpath={.status.readyReplicas}=%d" % (1 + n % 2), "website/site-%d" % n, "--timeout=60s")
            assert "website-operator" in call("get", "events", "-o", "jsonpath={.items[?(@.reason=='Deployed')].reportingComponent}")
            assert call("get", "lease", "websites.example.com", "-o", "jsonpath={.spec.holderIdentity}"), "nobody leads"
            call("delete", "website", "site-0", "--timeout=60s")
            call("get", "configmap", "farewell-site-0")
            call("wait", "--for=delete", "deployment/site-0", "--timeout=60s")
    print("controller-runtime operator: %d websites deployed, farewell said, owned Deployment collected" % COUNT)


def sample_controller(orrery):
    """The reference controller, unmodified, with its own definition and example."""
    module, kubectl = "k8s.io/sample-controller", tools.kubectl()
    program, examples = tools.go_program(HERE, module), os.path.join(tools.go_module(HERE, module), "artifacts", "examples")
    with Server(orrery, "--nodes", "2", "--node-behaviour", "instant") as server:
        def call(*arguments):
            return tools.run([kubectl, "--kubeconfig", server.kubeconfig] + list(arguments))

        call("apply", "-f", os.path.join(examples, "crd-status-subresource.yaml"))
        call("wait", "--for=condition=Established", "crd/foos.samplecontroller.k8s.io", "--timeout=60s")
        with tools.background([program, "-kubeconfig", server.kubeconfig], cwd=server.folder):
            call("apply", "-f", os.path.join(examples, "example-foo.yaml"))
            call("wait", "--for=jsonpath={.status.availableReplicas}=1", "foo/example-foo", "--timeout=60s")
            call("patch", "foo", "example-foo", "--type=merge", "-p", '{"spec":{"replicas":3}}')
            call("wait", "--for=jsonpath={.status.availableReplicas}=3", "foo/example-foo", "--timeout=60s")
            assert "Foo synced successfully" in call("get", "events"), "no event"
    print("sample-controller: a Foo deployed and scaled")


def envtest(orrery):
    """The suites of controller and webhooks as kubebuilder lays them out, unchanged, with orrery in place of kube-apiserver and etcd."""
    assets = os.path.join(tools.CACHE, "envtest")
    tools.run([orrery, "envtest-assets", assets])
    print(tools.run(["go", "test", "-count=1", "./websites", "./webhooksuite"], cwd=HERE, env=tools.go_environment(KUBEBUILDER_ASSETS=assets)).strip())


def run(orrery):
    programs = {name: tools.go_program(HERE, name) for name in ("clients", "operator", "converter")}
    with Server(orrery, "--nodes", "2") as server:
        print(tools.run([programs["clients"], server.kubeconfig]).strip())
        print(tools.run([programs["converter"], server.kubeconfig]).strip())
    sample_controller(orrery)
    operator(orrery, programs["operator"])
    envtest(orrery)
