#include "apiserver/api/resource_amounts.h"

#include <algorithm>

#include "apiserver/api/quantity.h"

namespace apiserver {
namespace {

// k8s.io/kubernetes/pkg/scheduler/util/pod_resources.go.
constexpr std::int64_t kDefaultCpuMillicores = 100;
constexpr std::int64_t kDefaultMemoryBytes = 200 * 1024 * 1024;

enum class Assume : std::uint8_t { kNothing, kNonZero };

ResourceAmounts ContainerRequests(const Value& container, Assume assume) {
  const Value* requests = FindPath(container, {"resources", "requests"});
  ResourceAmounts amounts = AmountsOf(requests);
  if (assume == Assume::kNonZero) {
    const bool has_cpu = requests != nullptr && Find(*requests, "cpu") != nullptr;
    const bool has_memory = requests != nullptr && Find(*requests, "memory") != nullptr;
    if (!has_cpu) amounts.cpu_millicores = kDefaultCpuMillicores;
    if (!has_memory) amounts.memory_bytes = kDefaultMemoryBytes;
  }
  amounts.pods_count = 0;
  return amounts;
}

const Array* ArrayAt(const Value& pod, std::string_view name) {
  const Value* found = FindPath(pod, {"spec", name});
  return found != nullptr ? found->if_array() : nullptr;
}

ResourceAmounts Sum(const Value& pod, Assume assume) {
  ResourceAmounts total;
  if (const Array* containers = ArrayAt(pod, "containers")) {
    for (const Value& container : *containers) total += ContainerRequests(container, assume);
  }
  if (const Array* containers = ArrayAt(pod, "initContainers")) {
    ResourceAmounts sidecars;
    ResourceAmounts initial_max;
    for (const Value& container : *containers) {
      ResourceAmounts needed = ContainerRequests(container, assume);
      if (TextAt(container, {"restartPolicy"}) == "Always") {
        total += needed;
        sidecars += needed;
        needed = sidecars;
      } else {
        needed += sidecars;
      }
      initial_max.RaiseTo(needed);
    }
    total.RaiseTo(initial_max);
  }
  if (const Value* requests = FindPath(pod, {"spec", "resources", "requests"})) {
    const ResourceAmounts whole = AmountsOf(requests);
    if (Find(*requests, "cpu") != nullptr) total.cpu_millicores = whole.cpu_millicores;
    if (Find(*requests, "memory") != nullptr) total.memory_bytes = whole.memory_bytes;
    for (const auto& [name, amount] : whole.others) {
      if (name.starts_with("hugepages-")) total.SetOther(name, amount);
    }
  }
  if (const Value* overhead = FindPath(pod, {"spec", "overhead"})) {
    ResourceAmounts extra = AmountsOf(overhead);
    extra.pods_count = 0;
    total += extra;
  }
  return total;
}

}  // namespace

ResourceAmounts& ResourceAmounts::operator+=(const ResourceAmounts& other) {
  cpu_millicores += other.cpu_millicores;
  memory_bytes += other.memory_bytes;
  ephemeral_storage_bytes += other.ephemeral_storage_bytes;
  pods_count += other.pods_count;
  for (const auto& [name, amount] : other.others) SetOther(name, Other(name) + amount);
  return *this;
}

ResourceAmounts& ResourceAmounts::operator-=(const ResourceAmounts& other) {
  cpu_millicores -= other.cpu_millicores;
  memory_bytes -= other.memory_bytes;
  ephemeral_storage_bytes -= other.ephemeral_storage_bytes;
  pods_count -= other.pods_count;
  for (const auto& [name, amount] : other.others) SetOther(name, Other(name) - amount);
  return *this;
}

void ResourceAmounts::RaiseTo(const ResourceAmounts& other) {
  cpu_millicores = std::max(cpu_millicores, other.cpu_millicores);
  memory_bytes = std::max(memory_bytes, other.memory_bytes);
  ephemeral_storage_bytes = std::max(ephemeral_storage_bytes, other.ephemeral_storage_bytes);
  pods_count = std::max(pods_count, other.pods_count);
  for (const auto& [name, amount] : other.others) SetOther(name, std::max(Other(name), amount));
}

std::int64_t ResourceAmounts::Other(std::string_view name) const {
  const auto at =
      std::lower_bound(others.begin(), others.end(), name,
                       [](const auto& entry, std::string_view key) { return entry.first < key; });
  return at != others.end() && at->first == name ? at->second : 0;
}

void ResourceAmounts::SetOther(std::string_view name, std::int64_t amount) {
  const auto at =
      std::lower_bound(others.begin(), others.end(), name,
                       [](const auto& entry, std::string_view key) { return entry.first < key; });
  if (at != others.end() && at->first == name) {
    at->second = amount;
  } else {
    others.emplace(at, std::string(name), amount);
  }
}

ResourceAmounts AmountsOf(const Value* resource_list) {
  ResourceAmounts amounts;
  const Object* list = resource_list != nullptr ? resource_list->if_object() : nullptr;
  if (list == nullptr) return amounts;
  for (const auto& member : *list) {
    const auto quantity = Quantity::FromJson(member.value());
    if (!quantity) continue;  // Validation refused it before; what is left counts as nothing.
    if (member.key() == "cpu") {
      amounts.cpu_millicores = quantity->milli_value();
    } else if (member.key() == "memory") {
      amounts.memory_bytes = quantity->value();
    } else if (member.key() == "ephemeral-storage") {
      amounts.ephemeral_storage_bytes = quantity->value();
    } else if (member.key() == "pods") {
      amounts.pods_count = quantity->value();
    } else {
      amounts.SetOther(member.key(), quantity->value());
    }
  }
  return amounts;
}

ResourceAmounts PodRequests(const Value& pod) { return Sum(pod, Assume::kNothing); }

ResourceAmounts PodNonZeroRequests(const Value& pod) { return Sum(pod, Assume::kNonZero); }

}  // namespace apiserver
