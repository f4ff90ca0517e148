#include "apiserver/registry/kinds/endpoint_subsets.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

// What makes two addresses one.
struct AddressKey {
  std::string ip;
  std::string uid;
  auto operator<=>(const AddressKey&) const = default;
};

struct PortKey {
  std::string name;
  std::int64_t number;
  std::string protocol;
  auto operator<=>(const PortKey&) const = default;
};

PortKey KeyOfPort(const Value& port) {
  const Object& object = AsObject(port);
  return {std::string(TextOf(object, "name")), IntOf(object, "port"),
          std::string(TextOf(object, "protocol"))};
}

AddressKey KeyOfAddress(const Value& address) {
  return {std::string(TextOf(address, "ip")),
          std::string(TextOf(ObjectOf(address, "targetRef"), "uid"))};
}

struct Group {
  std::map<AddressKey, Value> ready;
  std::map<AddressKey, Value> not_ready;
};

using Ports = std::map<PortKey, Value>;
// For each port, who serves it.
using ByPort = std::map<PortKey, std::pair<Value, Group>>;

ByPort GroupByPort(const Array& subsets) {
  ByPort by_port;
  const Value no_port;
  for (const Value& subset : subsets) {
    const Array& ports = ArrayOf(subset, "ports");
    std::vector<const Value*> served;
    for (const Value& port : ports) served.push_back(&port);
    if (served.empty()) served.push_back(&no_port);
    for (const Value* port : served) {
      const PortKey key = port == &no_port ? PortKey{"", -1, ""} : KeyOfPort(*port);
      auto& [value, group] = by_port[key];
      value = *port;
      for (const Value& address : ArrayOf(subset, "addresses")) {
        group.ready.emplace(KeyOfAddress(address), address);
      }
      for (const Value& address : ArrayOf(subset, "notReadyAddresses")) {
        group.not_ready.emplace(KeyOfAddress(address), address);
      }
    }
  }
  return by_port;
}

Array Values(const std::map<AddressKey, Value>& addresses) {
  Array values;
  for (const auto& [key, value] : addresses) values.push_back(value);
  return values;
}

}  // namespace

Array RepackSubsets(const Array& subsets) {
  using Members = std::pair<std::vector<AddressKey>, std::vector<AddressKey>>;
  std::map<Members, std::pair<Group, Array>> packed;
  for (auto& [key, entry] : GroupByPort(subsets)) {
    auto& [port, group] = entry;
    // An address that is ready for a port is not also not ready for it.
    for (const auto& [address, value] : group.ready) group.not_ready.erase(address);
    Members members;
    for (const auto& [address, value] : group.ready) members.first.push_back(address);
    for (const auto& [address, value] : group.not_ready) members.second.push_back(address);
    auto& [addresses, ports] = packed[members];
    addresses = group;
    if (!port.is_null()) ports.push_back(port);
  }
  Array repacked;
  for (const auto& [members, entry] : packed) {
    const auto& [group, ports] = entry;
    Object subset;
    if (!group.ready.empty()) subset["addresses"] = Values(group.ready);
    if (!group.not_ready.empty()) subset["notReadyAddresses"] = Values(group.not_ready);
    if (!ports.empty()) subset["ports"] = ports;
    repacked.push_back(std::move(subset));
  }
  return repacked;
}

}  // namespace apiserver
