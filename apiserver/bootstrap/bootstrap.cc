#include "apiserver/bootstrap/bootstrap.h"

#include "apiserver/api/json_parse.h"
#include "apiserver/bootstrap/bootstrap_object.h"
#include "apiserver/bootstrap/rbac_objects.h"
#include "apiserver/pipeline/request_info.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/schema/builtin.h"
#include "sim/check.h"

namespace apiserver {
namespace {

using Objects = std::vector<BootstrapObject>;

// Who says of flow schemas that their level exists.

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

void AddNamespaces(Objects& objects) {
  for (const char* name : {"kube-system", "kube-public", "kube-node-lease", "default"}) {
    objects.push_back({"/api/v1/namespaces", name, R"({"metadata":{"name":)" + Quoted(name) + "}}",
                       "kube-apiserver", ""});
  }
}

void AddPriorityClasses(Objects& objects) {
  const std::string path = "/apis/scheduling.k8s.io/v1/priorityclasses";
  objects.push_back(
      {path, "system-node-critical",
       R"({"metadata":{"name":"system-node-critical"},"value":2000001000,"description":)"
       R"("Used for system critical pods that must not be moved from their current node."})",
       "kube-apiserver", ""});
  objects.push_back(
      {path, "system-cluster-critical",
       R"({"metadata":{"name":"system-cluster-critical"},"value":2000000000,"description":)"
       R"("Used for system critical pods that must run in the cluster, but can be moved to another )"
       R"(node if necessary."})",
       "kube-apiserver", ""});
}

// There is one server and it never goes while there is time, so nobody needs to renew this.
void AddIdentityLease(Objects& objects) {
  const std::string name = "apiserver-ogrfckqqlkqctlzjuolxs2vgii";
  objects.push_back({"/apis/coordination.k8s.io/v1/namespaces/kube-system/leases", name,
                     R"({"metadata":{"name":)" + Quoted(name) +
                         R"(,"labels":{"apiserver.kubernetes.io/identity":"kube-apiserver",)"
                         R"("kubernetes.io/hostname":"orrery"}},"spec":{"holderIdentity":)" +
                         Quoted(name + "_0") + R"(,"leaseDurationSeconds":3600}})",
                     "kube-apiserver", ""});
}

void AddService(const BootstrapOptions& options, Objects& objects) {
  const std::string service_address = FirstServiceAddress(options.service_cidr);
  const std::string port = std::to_string(options.advertise_port);
  const std::string address = Quoted(options.advertise_address);
  objects.push_back({"/apis/networking.k8s.io/v1/servicecidrs", "kubernetes",
                     R"({"metadata":{"name":"kubernetes"},"spec":{"cidrs":[)" +
                         Quoted(options.service_cidr) + "]}}",
                     "kube-apiserver",
                     R"({"conditions":[{"type":"Ready","status":"True","lastTransitionTime":"NOW",)"
                     R"("message":"Kubernetes default Service CIDR is ready"}]})"});
  objects.push_back(
      {"/api/v1/namespaces/default/services", "kubernetes",
       R"({"metadata":{"name":"kubernetes","labels":{"component":"apiserver","provider":"kubernetes"}},"spec":)"
       R"({"clusterIP":)" +
           Quoted(service_address) +
           R"(,"ports":[{"name":"https","protocol":"TCP","port":443,"targetPort":)" + port +
           R"(}],"type":"ClusterIP","sessionAffinity":"None","ipFamilyPolicy":"SingleStack"}})",
       "kube-apiserver", ""});
  objects.push_back(
      {"/apis/networking.k8s.io/v1/ipaddresses", service_address,
       R"({"metadata":{"name":)" + Quoted(service_address) +
           R"(,"labels":{"ipaddress.kubernetes.io/ip-family":"IPv4",)"
           R"("ipaddress.kubernetes.io/managed-by":"ipallocator.k8s.io"}},"spec":{"parentRef":)"
           R"({"resource":"services","namespace":"default","name":"kubernetes"}}})",
       "kube-apiserver", ""});
  objects.push_back(
      {"/api/v1/namespaces/default/endpoints", "kubernetes",
       R"({"metadata":{"name":"kubernetes","labels":{"endpointslice.kubernetes.io/skip-mirror":"true"}},)"
       R"("subsets":[{"addresses":[{"ip":)" +
           address + R"(}],"ports":[{"name":"https","port":)" + port + R"(,"protocol":"TCP"}]}]})",
       "kube-apiserver", ""});
  objects.push_back(
      {"/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", "kubernetes",
       R"({"metadata":{"name":"kubernetes","labels":{"kubernetes.io/service-name":"kubernetes"}},)"
       R"("addressType":"IPv4","endpoints":[{"addresses":[)" +
           address + R"(],"conditions":{"ready":true}}],"ports":[{"name":"https","port":)" + port +
           R"(,"protocol":"TCP"}]})",
       "kube-apiserver", ""});
}

bool IsRbac(const BootstrapObject& object) {
  return object.collection.starts_with("/apis/rbac.authorization.k8s.io/");
}

// Who applies the status of such objects; "" where it is merged.
std::string StatusApplierOf(const BootstrapObject& object) {
  if (object.collection.ends_with("/flowschemas")) {
    return "api-priority-and-fairness-config-consumer-v1";
  }
  return object.collection.ends_with("/servicecidrs") ? "kubernetes-service-cidr-controller" : "";
}

Response Send(RequestHandler& handler, const std::string& method, const BootstrapObject& object,
              const std::string& path, Value body) {
  auto request = std::make_unique<Request>();
  request->method = method;
  request->path = path;
  request->info = ReadRequestInfo(method, path, {});
  request->user = {"system:apiserver", "", {"system:masters", "system:authenticated"}, {}};
  request->user_agent = object.manager;
  request->content_type = "application/json";
  request->is_internal = true;
  request->object = std::move(body);
  if (method == "PATCH") {
    const std::string applier = StatusApplierOf(object);
    const bool is_applied = !applier.empty();
    request->content_type =
        is_applied ? "application/apply-patch+yaml" : "application/merge-patch+json";
    if (is_applied) request->query = {{"fieldManager", applier}, {"force", "true"}};
    request->body = boost::json::serialize(*request->object);
    request->object.reset();
  }
  sim::Task<Response> task = handler.Handle(std::move(request));
  SIM_CHECK_MSG(task.done(), "a bootstrap object had to wait");
  return task.Take();
}

std::string TextOf(const Response& response) {
  const SharedBytes* bytes = std::get_if<SharedBytes>(&response.body);
  return bytes == nullptr ? std::string() : **bytes;
}

// Roles of an earlier version get the rules that they lack.
void Reconcile(RequestHandler& handler, const BootstrapObject& object,
               const StoredObject& present) {
  const JsonParseResult wanted = ParseJson(object.json);
  SIM_CHECK_MSG(wanted.ok(), object.json);
  std::optional<Value> updated = Reconciled(present.Parse(), wanted.value);
  if (!updated) return;
  const std::string path = object.collection + "/" + object.name;
  const Response answer = Send(handler, "PUT", object, path, std::move(*updated));
  SIM_CHECK_MSG(answer.status == 200, TextOf(answer));
}

void Make(RequestHandler& handler, const Store& store, const BootstrapObject& object) {
  const RequestInfo info = ReadRequestInfo("GET", object.collection + "/" + object.name, {});
  const ObjectKey key{info.resource == "namespaces" ? "" : info.namespace_, object.name};
  if (const ObjectPtr present = store.Find(info.group_resource(), key)) {
    if (IsRbac(object)) Reconcile(handler, object, *present);
    return;
  }
  JsonParseResult body = ParseJson(object.json);
  SIM_CHECK_MSG(body.ok(), object.json);
  const Response made = Send(handler, "POST", object, object.collection, std::move(body.value));
  SIM_CHECK_MSG(made.status == 201, TextOf(made));
  if (object.status_json.empty()) return;
  const ObjectPtr stored = store.Find(info.group_resource(), key);
  std::string status = object.status_json;
  const std::size_t now = status.find("NOW");
  if (now != std::string::npos) status.replace(now, 3, stored->meta().creation_timestamp);
  std::string head = "{";
  if (!StatusApplierOf(object).empty()) {
    const ResourceInfo* resource = FindResource(info.group, info.version, info.resource);
    SIM_CHECK(resource != nullptr);
    head += R"("apiVersion":)" + Quoted(info.group + "/" + info.version) + R"(,"kind":)" +
            Quoted(std::string(resource->kind)) + R"(,"metadata":{"name":)" + Quoted(object.name) +
            "},";
  }
  JsonParseResult parsed = ParseJson(head + R"("status":)" + status + "}");
  SIM_CHECK_MSG(parsed.ok(), status);
  const std::string path = object.collection + "/" + object.name + "/status";
  const Response updated = Send(handler, "PATCH", object, path, std::move(parsed.value));
  SIM_CHECK_MSG(updated.status == 200, TextOf(updated));
}

}  // namespace

std::string FirstServiceAddress(const std::string& service_cidr) {
  const std::optional<Cidr> range = ParseCidr(service_cidr);
  SIM_CHECK(range.has_value());
  IpAddress address = range->base;
  for (std::size_t i = address.is_ipv6 ? 16 : 4; i-- > 0;) {
    if (++address.bytes[i] != 0) break;
  }
  return address.Text();
}

void Bootstrap(RequestHandler& handler, const Store& store, const BootstrapOptions& options) {
  Objects objects;
  AddNamespaces(objects);
  AddPriorityClasses(objects);
  AddIdentityLease(objects);
  AddService(options, objects);
  for (BootstrapObject& object : RbacObjects()) objects.push_back(std::move(object));
  for (BootstrapObject& object : FlowControlObjects()) objects.push_back(std::move(object));
  for (BootstrapObject& object : ApiServiceObjects()) objects.push_back(std::move(object));
  for (const BootstrapObject& object : objects) Make(handler, store, object);
}

}  // namespace apiserver
