#include "apiserver/hooks/service_place.h"

#include "apiserver/api/errors.h"
#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

const Value* PortOf(const Value& service, std::int64_t number) {
  const Value* ports = FindPath(service, {"spec", "ports"});
  if (ports == nullptr || !ports->is_array()) return nullptr;
  for (const Value& port : ports->get_array()) {
    if (IntAt(port, {"port"}) == number) return &port;
  }
  return nullptr;
}

std::int64_t PortIn(const Value& slice, std::string_view name) {
  const Value* ports = Find(slice, "ports");
  if (ports == nullptr || !ports->is_array()) return 0;
  for (const Value& port : ports->get_array()) {
    if (TextAt(port, {"name"}) == name) return IntAt(port, {"port"});
  }
  return 0;
}

// The first ready address of a slice, or "".
std::string ReadyAddressIn(const Value& slice) {
  const Value* endpoints = Find(slice, "endpoints");
  if (endpoints == nullptr || !endpoints->is_array()) return {};
  for (const Value& endpoint : endpoints->get_array()) {
    if (!BoolAt(endpoint, {"conditions", "ready"}, true)) continue;
    const Value* addresses = Find(endpoint, "addresses");
    if (addresses != nullptr && addresses->is_array() && !addresses->get_array().empty() &&
        addresses->get_array()[0].is_string()) {
      return std::string(std::string_view(addresses->get_array()[0].get_string()));
    }
  }
  return {};
}

std::string EndpointOf(const Store& store, const ServiceReference& service,
                       std::string_view port_name) {
  std::string found;
  store.Visit({"discovery.k8s.io", "endpointslices"}, {.namespace_ = service.namespace_},
              [&](const ObjectPtr& object) {
                const std::string* owner = object->meta().Label("kubernetes.io/service-name");
                if (owner == nullptr || *owner != service.name) return true;
                const std::shared_ptr<const Value> slice = object->Peek();
                const std::string address = ReadyAddressIn(*slice);
                const std::int64_t port = PortIn(*slice, port_name);
                if (address.empty() || port == 0) return true;
                const bool is_v6 = address.find(':') != std::string::npos;
                found = (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
                return false;
              });
  return found;
}

}  // namespace

std::string AimAtService(const Store& store, const ServiceReference& service, OutsideCall& call) {
  const std::string host = service.name + "." + service.namespace_ + ".svc";
  const std::string port = std::to_string(service.port);
  call.url = "https://" + host + ":" + port + service.path;
  call.tls.server_name = host;
  const ObjectPtr object = store.Find({"", "services"}, {service.namespace_, service.name});
  if (object == nullptr) return NotFoundError({"", "service"}, service.name).message;
  const std::shared_ptr<const Value> value = object->Peek();
  if (TextAt(*value, {"spec", "type"}) == "ExternalName") {
    call.dial_address = std::string(TextAt(*value, {"spec", "externalName"})) + ":" + port;
    return {};
  }
  const Value* entry = PortOf(*value, service.port);
  if (entry == nullptr) {
    return "no service port " + port + " found for service " + GoQuote(service.name);
  }
  call.dial_address = EndpointOf(store, service, TextAt(*entry, {"name"}));
  if (!call.dial_address.empty()) return {};
  const std::string address(TextAt(*value, {"spec", "clusterIP"}));
  if (address.empty() || address == "None") {
    return "no endpoints available for service " + GoQuote(service.name);
  }
  call.dial_address = address + ":" + port;
  return {};
}

}  // namespace apiserver
