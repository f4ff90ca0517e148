#include "apiserver/upkeep/service_addresses.h"

#include <algorithm>

namespace apiserver {
namespace {

const GroupResource kServices{"", "services"};
const GroupVersionResource kAddresses{"networking.k8s.io", "v1", "ipaddresses"};

std::vector<std::string> AddressesOf(const Value* service) {
  std::vector<std::string> addresses;
  const Value* ips = service == nullptr ? nullptr : FindPath(*service, {"spec", "clusterIPs"});
  if (ips == nullptr || !ips->is_array()) return addresses;
  for (const Value& ip : ips->get_array()) {
    if (ip.is_string() && ip.get_string() != "None") {
      addresses.emplace_back(std::string_view(ip.get_string()));
    }
  }
  return addresses;
}

// Those of `some` that `others` lack.
std::vector<std::string> Without(const std::vector<std::string>& some,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::copy_if(some.begin(), some.end(), std::back_inserter(rest), [&](const std::string& ip) {
    return std::find(others.begin(), others.end(), ip) == others.end();
  });
  return rest;
}

}  // namespace

AddressChange ChangeOfAddresses(const Value* before, const Value* now) {
  const std::vector<std::string> held = AddressesOf(before);
  const std::vector<std::string> wanted = AddressesOf(now);
  return {Without(wanted, held), Without(held, wanted)};
}

Value MakeIpAddress(const std::string& ip, const ObjectKey& service) {
  const bool is_v6 = ip.find(':') != std::string::npos;
  return {
      {"apiVersion", "networking.k8s.io/v1"},
      {"kind", "IPAddress"},
      {"metadata",
       {{"name", ip},
        {"labels",
         {{"ipaddress.kubernetes.io/ip-family", is_v6 ? "IPv6" : "IPv4"},
          {"ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io"}}}}},
      {"spec",
       {{"parentRef",
         {{"resource", "services"}, {"namespace", service.namespace_}, {"name", service.name}}}}}};
}

ServiceAddresses::ServiceAddresses(sim::Kernel& kernel, RequestHandler& handler, Store& store)
    : kernel_(kernel),
      client_(handler, store,
              {.user = {"system:apiserver", "", {"system:masters", "system:authenticated"}, {}},
               .field_manager = "kube-apiserver"}) {
  store.AddObserver([this](const ChangePtr& change) {
    if (change->resource == kServices) OnChange(change);
  });
}

void ServiceAddresses::OnChange(const ChangePtr& change) {
  const auto now = change->object->Peek();
  const bool is_gone = change->type == ChangeType::kDeleted;
  AddressChange addresses;
  if (is_gone || !change->previous) {
    addresses = ChangeOfAddresses(is_gone ? &*now : nullptr, is_gone ? nullptr : &*now);
  } else {
    const auto before = change->previous->Peek();
    addresses = ChangeOfAddresses(&*before, &*now);
  }
  if (addresses.taken.empty() && addresses.released.empty()) return;
  const ObjectKey service = change->object->key();
  kernel_.Post(sim::Lane::kControl, "service_addresses.write", service.Text(),
               [this, addresses, service] { Write(addresses, service); });
}

// What is refused stays as it is: the Services alone say what is taken.
void ServiceAddresses::Write(const AddressChange& change, const ObjectKey& service) {
  for (const std::string& ip : change.released) {
    sim::Task<ApiResult<bool>> deleted = client_.Delete(kAddresses, {"", ip});
    if (deleted.done()) static_cast<void>(deleted.Take());
  }
  for (const std::string& ip : change.taken) {
    sim::Task<ApiResult<ObjectPtr>> made =
        client_.Create(kAddresses, "", MakeIpAddress(ip, service));
    if (made.done()) static_cast<void>(made.Take());
  }
}

}  // namespace apiserver
