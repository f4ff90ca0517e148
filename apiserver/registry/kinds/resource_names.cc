#include "apiserver/registry/kinds/resource_names.h"

#include <algorithm>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/checks.h"

namespace apiserver {
namespace {

template <std::size_t N>
bool Contains(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

constexpr std::string_view kContainerNames[] = {"cpu", "memory", "ephemeral-storage"};
constexpr std::string_view kStandardNames[] = {"cpu",
                                               "memory",
                                               "ephemeral-storage",
                                               "requests.cpu",
                                               "requests.memory",
                                               "requests.ephemeral-storage",
                                               "limits.cpu",
                                               "limits.memory",
                                               "limits.ephemeral-storage",
                                               "pods",
                                               "resourcequotas",
                                               "services",
                                               "replicationcontrollers",
                                               "secrets",
                                               "configmaps",
                                               "persistentvolumeclaims",
                                               "storage",
                                               "requests.storage",
                                               "services.nodeports",
                                               "services.loadbalancers"};
constexpr std::string_view kQuotaNames[] = {"cpu",
                                            "memory",
                                            "ephemeral-storage",
                                            "requests.cpu",
                                            "requests.memory",
                                            "requests.storage",
                                            "requests.ephemeral-storage",
                                            "limits.cpu",
                                            "limits.memory",
                                            "limits.ephemeral-storage",
                                            "pods",
                                            "resourcequotas",
                                            "services",
                                            "replicationcontrollers",
                                            "secrets",
                                            "persistentvolumeclaims",
                                            "configmaps",
                                            "services.nodeports",
                                            "services.loadbalancers"};
constexpr std::string_view kIntegerNames[] = {"pods",
                                              "resourcequotas",
                                              "services",
                                              "replicationcontrollers",
                                              "secrets",
                                              "configmaps",
                                              "persistentvolumeclaims",
                                              "services.nodeports",
                                              "services.loadbalancers"};

bool HasDomain(std::string_view name) { return name.find('/') != std::string_view::npos; }

bool IsStandard(std::string_view name) {
  return Contains(kStandardNames, name) || IsHugePages(name) ||
         name.starts_with("requests.hugepages-");
}

bool IsQuota(std::string_view name) {
  return Contains(kQuotaNames, name) || IsHugePages(name) ||
         name.starts_with("requests.hugepages-");
}

}  // namespace

bool IsHugePages(std::string_view name) { return name.starts_with("hugepages-"); }

bool IsNativeResource(std::string_view name) {
  return !HasDomain(name) || name.find("kubernetes.io/") != std::string_view::npos;
}

bool IsExtendedResource(std::string_view name) {
  if (IsNativeResource(name) || name.starts_with("requests.")) return false;
  return IsQualifiedName("requests." + std::string(name));
}

bool AllowsOvercommit(std::string_view name) {
  return IsNativeResource(name) && !IsHugePages(name);
}

void CheckResourceName(std::string_view name, const FieldPath& path, Violations& out) {
  if (!IsQualifiedName(name)) {
    out.InvalidEach(path, name, CheckQualifiedName(name));
  } else if (!HasDomain(name) && !IsStandard(name)) {
    out.Invalid(path, name, "must be a standard resource type or fully qualified");
  }
}

void CheckContainerResourceName(std::string_view name, const FieldPath& path, Violations& out) {
  if (Contains(kContainerNames, name)) return;
  CheckResourceName(name, path, out);
  if (!HasDomain(name)) {
    if (!IsHugePages(name)) {
      out.Invalid(path, name, "must be a standard resource for containers");
    }
  } else if (!IsNativeResource(name) && !IsExtendedResource(name)) {
    out.Invalid(path, name, "doesn't follow extended resource name standard");
  }
}

void CheckPodResourceName(std::string_view name, const FieldPath& path, Violations& out) {
  if (name == "cpu" || name == "memory" || IsHugePages(name)) return;
  Violations wrong;
  CheckResourceName(name, path, wrong);
  if (wrong.empty()) {
    out.NotSupported(path, name, {"cpu", "hugepages-", "memory"});
  } else {
    out.Append(wrong.Take());
  }
}

void CheckQuotaResourceName(std::string_view name, const FieldPath& path, Violations& out) {
  CheckResourceName(name, path, out);
  if (!HasDomain(name) && !IsQuota(name)) {
    out.Invalid(path, name, "must be a standard resource for quota");
  }
}

void CheckResourceQuantity(std::string_view name, const Value& quantity, const FieldPath& path,
                           Violations& out) {
  const auto parsed = Quantity::FromJson(quantity);
  if (!parsed.ok()) return;
  if (parsed->sign() < 0) out.Invalid(path, parsed->Text(), kNotNegative);
  const bool is_integer = Contains(kIntegerNames, name) || IsExtendedResource(name);
  if (is_integer && parsed->milli_value() % 1000 != 0) {
    out.Invalid(path, parsed->Text(), "must be an integer");
  }
}

}  // namespace apiserver
