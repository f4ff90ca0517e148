// exec, attach, port forwarding and proxies: simulated containers have nothing to connect to.
//
// Source of the refusals: k8s.io/kubernetes/pkg/registry/core/pod/strategy.go.

#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/endpoints/pod_containers.h"

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
    if (info.resource == "services")
      return ErrorResponse(NotFoundError(call.group_resource(), ServiceName(info.name)));
    const ObjectPtr object = call.FindStored(info.name);
    if (!object) return ErrorResponse(NotFoundError(call.group_resource(), info.name));
    if (info.resource == "nodes") return Unavailable();
    return Pod(call, *object->Peek());
  }

 private:
  // "scheme:name:port" or "name:port" or the name.
  static std::string ServiceName(const std::string& text) {
    const auto first = text.find(':');
    if (first == std::string::npos) return text;
    const auto second = text.find(':', first + 1);
    return second == std::string::npos ? text.substr(0, first)
                                       : text.substr(first + 1, second - first - 1);
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
