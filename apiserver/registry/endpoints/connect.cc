// exec, attach, port forwarding and proxies: simulated containers have nothing to connect to.
//
// Source of the refusals: k8s.io/kubernetes/pkg/registry/core/pod/strategy.go.

#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/endpoints/pod_containers.h"
#include "apiserver/registry/write.h"

namespace apiserver {
namespace {

class ConnectEndpoint final : public Endpoint {
 public:
  Response Handle(Call& call, Verb) override {
    const RequestInfo& info = call.request.info;
    const bool is_proxy = info.subresource == "proxy";
    if (!is_proxy && call.request.method != "GET" && call.request.method != "POST") {
      return ErrorResponse({405,
                            "MethodNotAllowed",
                            "the server does not allow this method on the requested resource",
                            StatusDetails{},
                            {}});
    }
    const std::string* dry_run = call.request.Query("dryRun");
    if (dry_run != nullptr && !dry_run->empty()) {
      return ErrorResponse(BadRequestError("dryRun is not supported"));
    }
    if (auto refused = Admit(call)) return ErrorResponse(*refused);
    if (info.resource == "services") return Service(call);
    const ObjectPtr object = call.FindStored(info.name);
    if (!object) return ErrorResponse(NotFoundError(call.group_resource(), info.name));
    if (info.resource == "nodes") return Unavailable();
    return Pod(call, *object->Peek());
  }

 private:
  static std::optional<ApiError> Admit(Call& call) {
    const RequestInfo& info = call.request.info;
    const ApiSubresource* sub = call.resource.FindSubresource(info.subresource);
    const AdmissionRequest admission = Admission(call, Operation::kConnect, info.name, nullptr);
    Value options = {{"kind", sub->kind.kind}, {"apiVersion", sub->kind.api_version()}};
    for (const auto& [name, value] : call.request.query) options.get_object()[name] = value;
    if (auto refused = call.parts.admission.Admit(admission, &options)) return refused;
    return call.parts.admission.Validate(admission, &options);
  }

  static Response NoService(std::string message) {
    return ErrorResponse({503, "ServiceUnavailable", std::move(message), std::nullopt, {}});
  }

  // Finds an endpoint for "name", "name:port" or "scheme:name:port"; the port may be a number.
  static Response Service(Call& call) {
    const std::string& id = call.request.info.name;
    const auto first = id.find(':');
    const auto second = first == std::string::npos ? first : id.find(':', first + 1);
    const bool has_scheme = second != std::string::npos;
    const std::string name =
        has_scheme ? id.substr(first + 1, second - first - 1) : id.substr(0, first);
    std::string port = has_scheme                   ? id.substr(second + 1)
                       : first == std::string::npos ? ""
                                                    : id.substr(first + 1);
    const std::string scheme = has_scheme ? id.substr(0, first) : "";
    const bool is_known = scheme.empty() || scheme == "http" || scheme == "https";
    if (name.empty() || !is_known || port.find(':') != std::string::npos) {
      return ErrorResponse(BadRequestError("invalid service request \"" + id + "\""));
    }
    const ObjectKey key{call.object_namespace(), name};
    if (!port.empty() && port.find_first_not_of("0123456789") == std::string::npos) {
      const ObjectPtr service = call.parts.store.Find({"", "services"}, key);
      if (!service) return ErrorResponse(NotFoundError({"", "services"}, name));
      const std::string* declared = nullptr;
      std::string names;
      const Value* ports = FindPath(*service->Peek(), {"spec", "ports"});
      for (const Value& item :
           ports != nullptr && ports->is_array() ? ports->get_array() : Array()) {
        if (std::to_string(IntAt(item, {"port"})) != port) continue;
        names = TextAt(item, {"name"});
        declared = &names;
        break;
      }
      if (declared == nullptr) {
        return NoService("no service port " + port + " found for service \"" + name + "\"");
      }
      port = *declared;
    }
    const ObjectPtr endpoints = call.parts.store.Find({"", "endpoints"}, key);
    if (!endpoints) return ErrorResponse(NotFoundError({"", "services"}, name));
    const Value* subsets = FindPath(*endpoints->Peek(), {"subsets"});
    if (subsets == nullptr || !subsets->is_array() || subsets->get_array().empty()) {
      return NoService("no endpoints available for service \"" + name + "\"");
    }
    return NoService("no endpoints available for service \"" + id + "\"");
  }

  static Response Unavailable() {
    return ErrorResponse(
        {503, "ServiceUnavailable", "simulated nodes accept no connections", std::nullopt, {}});
  }

  static Response Pod(Call& call, const Value& pod) {
    const RequestInfo& info = call.request.info;
    if (info.subresource == "proxy") {
      if (TextAt(pod, {"status", "podIP"}).empty())
        return ErrorResponse(BadRequestError("address not allowed"));
      return Unavailable();
    }
    if (info.subresource != "portforward") {
      const std::string* asked = call.request.Query("container");
      const ApiResult<std::string> container = ChooseContainer(pod, asked == nullptr ? "" : *asked);
      if (!container) return ErrorResponse(container.error());
    }
    if (TextAt(pod, {"spec", "nodeName"}).empty()) {
      return ErrorResponse(BadRequestError("pod " + info.name + " does not have a host assigned"));
    }
    return Unavailable();
  }
};

}  // namespace

std::unique_ptr<Endpoint> MakeConnectEndpoint() { return std::make_unique<ConnectEndpoint>(); }

}  // namespace apiserver
