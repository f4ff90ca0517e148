#include "apiserver/registry/kinds/pod_quality.h"

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

// What is asked for of one compute resource, in sum.
struct Sums {
  Quantity cpu;
  Quantity memory;
  bool has_cpu = false;
  bool has_memory = false;

  // Adds a list; answers whether it names both resources with more than nothing.
  bool Add(const Object& list) {
    const bool with_cpu = AddOne(list, "cpu", cpu);
    const bool with_memory = AddOne(list, "memory", memory);
    has_cpu = has_cpu || with_cpu;
    has_memory = has_memory || with_memory;
    return with_cpu && with_memory;
  }

 private:
  static bool AddOne(const Object& list, std::string_view name, Quantity& sum) {
    const Value* value = list.if_contains(name);
    if (value == nullptr) return false;
    const auto amount = Quantity::FromJson(*value);
    if (!amount.ok() || amount->sign() <= 0) return false;
    sum += *amount;
    return true;
  }
};

}  // namespace

std::string_view PodQualityOfService(const Object& pod_spec) {
  Sums requests;
  Sums limits;
  bool guaranteed = true;
  if (IsSet(pod_spec, "resources")) {
    const Object& resources = ObjectOf(pod_spec, "resources");
    requests.Add(ObjectOf(resources, "requests"));
    const Object& pod_limits = ObjectOf(resources, "limits");
    if (!pod_limits.empty()) guaranteed = limits.Add(pod_limits);
  } else {
    for (std::string_view list : {"containers", "initContainers"}) {
      for (const Value& container : ArrayOf(pod_spec, list)) {
        const Object& resources = ObjectOf(container, "resources");
        requests.Add(ObjectOf(resources, "requests"));
        if (!limits.Add(ObjectOf(resources, "limits"))) guaranteed = false;
      }
    }
  }
  const bool asks = requests.has_cpu || requests.has_memory;
  const bool limited = limits.has_cpu || limits.has_memory;
  if (!asks && !limited) return "BestEffort";
  const bool equal = requests.has_cpu == limits.has_cpu &&
                     requests.has_memory == limits.has_memory && requests.cpu == limits.cpu &&
                     requests.memory == limits.memory;
  return guaranteed && equal ? "Guaranteed" : "Burstable";
}

}  // namespace apiserver
