#include "apiserver/registry/kinds/pod_defaults.h"

#include <algorithm>
#include <string>
#include <vector>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr std::int64_t kFileMode = 0644;
constexpr std::int64_t kTokenSeconds = 3600;

void DefaultHttpGet(Object& handler) {
  if (Object* http = IfObjectOf(handler, "httpGet")) {
    FillText(*http, "path", "/");
    FillText(*http, "scheme", "HTTP");
  }
}

void DefaultProbe(Object& container, std::string_view name) {
  Object* probe = IfObjectOf(container, name);
  if (probe == nullptr) return;
  DefaultHttpGet(*probe);
  if (Object* grpc = IfObjectOf(*probe, "grpc")) FillPointer(*grpc, "service", "");
  FillInt(*probe, "timeoutSeconds", 1);
  FillInt(*probe, "periodSeconds", 10);
  FillInt(*probe, "successThreshold", 1);
  FillInt(*probe, "failureThreshold", 3);
}

void DefaultFieldRef(Object& holder) {
  if (Object* field = IfObjectOf(holder, "fieldRef")) FillText(*field, "apiVersion", "v1");
}

void DefaultEnv(Object& container) {
  ForEachObject(container, "env", [](Object& variable) {
    Object* from = IfObjectOf(variable, "valueFrom");
    if (from == nullptr) return;
    DefaultFieldRef(*from);
    if (Object* file = IfObjectOf(*from, "fileKeyRef")) FillPointer(*file, "optional", false);
  });
}

void DefaultContainer(Object& container) {
  ForEachObject(container, "ports", [](Object& port) { FillText(port, "protocol", "TCP"); });
  DefaultEnv(container);
  if (Object* resources = IfObjectOf(container, "resources")) {
    DefaultResourceList(*resources, "limits");
    DefaultResourceList(*resources, "requests");
  }
  for (std::string_view probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    DefaultProbe(container, probe);
  }
  if (Object* lifecycle = IfObjectOf(container, "lifecycle")) {
    for (std::string_view hook : {"postStart", "preStop"}) {
      if (Object* handler = IfObjectOf(*lifecycle, hook)) DefaultHttpGet(*handler);
    }
  }
  FillText(container, "terminationMessagePath", "/dev/termination-log");
  FillText(container, "terminationMessagePolicy", "File");
  FillText(container, "imagePullPolicy", DefaultPullPolicy(TextOf(container, "image")));
}

void DefaultDownwardItems(Object& source) { ForEachObject(source, "items", DefaultFieldRef); }

void DefaultProjected(Object& projected) {
  FillPointer(projected, "defaultMode", kFileMode);
  ForEachObject(projected, "sources", [](Object& source) {
    if (Object* downward = IfObjectOf(source, "downwardAPI")) DefaultDownwardItems(*downward);
    if (Object* token = IfObjectOf(source, "serviceAccountToken")) {
      FillPointer(*token, "expirationSeconds", kTokenSeconds);
    }
  });
}

bool HasVolumeSource(const Object& volume) {
  for (const auto& member : volume) {
    if (member.key() != "name" && !member.value().is_null()) return true;
  }
  return false;
}

void DefaultVolume(Object& volume) {
  if (!HasVolumeSource(volume)) {
    volume["emptyDir"].emplace_object();
    return;
  }
  for (std::string_view name : {"secret", "configMap"}) {
    if (Object* source = IfObjectOf(volume, name)) FillPointer(*source, "defaultMode", kFileMode);
  }
  if (Object* downward = IfObjectOf(volume, "downwardAPI")) {
    FillPointer(*downward, "defaultMode", kFileMode);
    DefaultDownwardItems(*downward);
  }
  if (Object* projected = IfObjectOf(volume, "projected")) DefaultProjected(*projected);
  if (Object* image = IfObjectOf(volume, "image")) {
    FillText(*image, "pullPolicy", DefaultPullPolicy(TextOf(*image, "reference")));
  }
  if (Object* ephemeral = IfObjectOf(volume, "ephemeral")) {
    if (Object* claim = IfObjectOf(*ephemeral, "volumeClaimTemplate")) {
      DefaultClaimSpec(EnsureObject(*claim, "spec"));
    }
  }
  DefaultSharedVolumeSource(volume);
}

void CopyLimitsToRequests(Object& container) {
  Object* resources = IfObjectOf(container, "resources");
  if (resources == nullptr || !IsSet(*resources, "limits")) return;
  const Object limits = ObjectOf(*resources, "limits");
  if (limits.empty()) return;
  Object& requests = EnsureObject(*resources, "requests");
  for (const auto& limit : limits) {
    if (!requests.contains(limit.key())) requests[limit.key()] = limit.value();
  }
}

void DefaultHostPorts(Object& container) {
  ForEachObject(container, "ports", [](Object& port) {
    if (const std::int64_t number = IntOf(port, "containerPort")) {
      FillInt(port, "hostPort", number);
    }
  });
}

bool IsPodLevelResource(std::string_view name) {
  return name == "cpu" || name == "memory" || name.starts_with("hugepages-");
}

Quantity QuantityOf(const Object& list, std::string_view name) {
  const Value* value = list.if_contains(name);
  if (value == nullptr) return {};
  const auto parsed = Quantity::FromJson(*value);
  return parsed.ok() ? parsed.value() : Quantity();
}

// The names that any container's `kind` (requests or limits) holds, in their first order.
std::vector<std::string> ResourceNames(const Object& spec, std::string_view kind) {
  std::vector<std::string> names;
  for (std::string_view list : {"containers", "initContainers"}) {
    for (const Value& container : ArrayOf(spec, list)) {
      for (const auto& entry : ObjectOf(ObjectOf(container, "resources"), kind)) {
        const std::string name(entry.key());
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
    }
  }
  return names;
}

// What all containers together need of `name`: the sum of the running ones, or the largest init
// container on top of the sidecars before it.
Quantity Aggregate(const Object& spec, std::string_view kind, std::string_view name) {
  Quantity running;
  for (const Value& container : ArrayOf(spec, "containers")) {
    running += QuantityOf(ObjectOf(ObjectOf(container, "resources"), kind), name);
  }
  Quantity sidecars;
  Quantity largest;
  for (const Value& container : ArrayOf(spec, "initContainers")) {
    const Quantity own = QuantityOf(ObjectOf(ObjectOf(container, "resources"), kind), name);
    if (TextOf(container, "restartPolicy") == "Always") {
      sidecars += own;
      largest = std::max(largest, sidecars);
    } else {
      largest = std::max(largest, sidecars + own);
    }
  }
  return std::max(running + sidecars, largest);
}

void FillPodLevel(Object& resources, const Object& spec, std::string_view kind, bool huge_pages) {
  for (const std::string& name : ResourceNames(spec, kind)) {
    const bool is_huge = name.starts_with("hugepages-");
    if (!IsPodLevelResource(name) || is_huge != huge_pages) continue;
    if (is_huge && ObjectOf(resources, "requests").contains(name)) continue;
    Object& list = EnsureObject(resources, kind);
    if (!list.contains(name)) list[name] = Aggregate(spec, kind, name).Text();
  }
}

void DefaultPodLevelResources(Object& spec) {
  Object* resources = IfObjectOf(spec, "resources");
  if (resources == nullptr) return;
  if (ObjectOf(*resources, "limits").empty() && ObjectOf(*resources, "requests").empty()) return;
  FillPodLevel(*resources, spec, "limits", true);
  if (ObjectOf(*resources, "limits").empty()) return;
  FillPodLevel(*resources, spec, "requests", false);
  const Object limits = ObjectOf(*resources, "limits");
  for (const auto& limit : limits) {
    if (!IsPodLevelResource(limit.key())) continue;
    Object& requests = EnsureObject(*resources, "requests");
    if (!requests.contains(limit.key())) requests[limit.key()] = limit.value();
  }
}

// Not empty, of few signs, begun by a letter or digit, and lower case after the registry's host.
bool IsPlainReference(std::string_view image) {
  constexpr std::string_view kOthers = "-._/:@+";
  if (image.empty() || kOthers.substr(0, 6).find(image.front()) != std::string_view::npos) {
    return false;
  }
  const auto is_plain = [&](char c) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_word || kOthers.find(c) != std::string_view::npos;
  };
  if (!std::all_of(image.begin(), image.end(), is_plain)) return false;
  const std::size_t slash = image.find('/');
  std::string_view path = image;
  if (slash != std::string_view::npos &&
      image.substr(0, slash).find_first_of(".:ABCDEFGHIJKLMNOPQRSTUVWXYZ") !=
          std::string_view::npos) {
    path = image.substr(slash + 1);
  }
  path = path.substr(0, path.find('@'));
  const std::size_t last_slash = path.rfind('/');
  const std::size_t colon = path.find(':', last_slash == path.npos ? 0 : last_slash);
  constexpr std::size_t kRepositoryNameMax = 255;
  if (path.substr(0, colon).size() > kRepositoryNameMax) return false;
  return path.substr(0, colon).find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == path.npos;
}

}  // namespace

std::string_view DefaultPullPolicy(std::string_view image) {
  const auto slash = image.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? image : image.substr(slash + 1);
  const bool has_digest = last.find('@') != std::string_view::npos;
  const std::string_view name = last.substr(0, last.find('@'));
  const auto colon = name.find(':');
  // Upstream's parser refuses an odd reference, and then sees no tag at all.
  if (!IsPlainReference(image)) return "IfNotPresent";
  if (colon == std::string_view::npos) return has_digest ? "IfNotPresent" : "Always";
  return name.substr(colon + 1) == "latest" ? "Always" : "IfNotPresent";
}

void DefaultResourceList(Object& holder, std::string_view name) {
  Object* list = IfObjectOf(holder, name);
  if (list == nullptr) return;
  for (auto& entry : *list) {
    // Only a fraction or a unit below one can need rounding.
    const std::string_view text = AsText(entry.value());
    if (text.find_first_of(".nue") == std::string_view::npos) continue;
    const auto parsed = Quantity::FromJson(entry.value());
    if (!parsed.ok()) continue;
    const Quantity rounded = Quantity::OfMilli(parsed->milli_value(), parsed->format());
    if (rounded != *parsed) entry.value() = rounded.Text();
  }
}

void DefaultClaimSpec(Object& claim_spec) {
  FillPointer(claim_spec, "volumeMode", "Filesystem");
  if (Object* resources = IfObjectOf(claim_spec, "resources")) {
    DefaultResourceList(*resources, "limits");
    DefaultResourceList(*resources, "requests");
  }
}

void DefaultSharedVolumeSource(Object& source) {
  if (Object* path = IfObjectOf(source, "hostPath")) FillPointer(*path, "type", "");
  if (Object* iscsi = IfObjectOf(source, "iscsi")) FillText(*iscsi, "iscsiInterface", "default");
  if (Object* rbd = IfObjectOf(source, "rbd")) {
    FillText(*rbd, "pool", "rbd");
    FillText(*rbd, "user", "admin");
    FillText(*rbd, "keyring", "/etc/ceph/keyring");
  }
  if (Object* azure = IfObjectOf(source, "azureDisk")) {
    FillPointer(*azure, "cachingMode", "ReadWrite");
    FillPointer(*azure, "fsType", "ext4");
    FillPointer(*azure, "readOnly", false);
    FillPointer(*azure, "kind", "Shared");
  }
  if (Object* scale_io = IfObjectOf(source, "scaleIO")) {
    FillText(*scale_io, "storageMode", "ThinProvisioned");
    FillText(*scale_io, "fsType", "xfs");
  }
}

void DefaultPodSpec(Object& pod_spec) {
  ForEachObject(pod_spec, "volumes", DefaultVolume);
  ForEachObject(pod_spec, "initContainers", DefaultContainer);
  ForEachObject(pod_spec, "containers", DefaultContainer);
  ForEachObject(pod_spec, "ephemeralContainers", DefaultContainer);
  FillText(pod_spec, "restartPolicy", "Always");
  FillPointer(pod_spec, "terminationGracePeriodSeconds", 30);
  FillText(pod_spec, "dnsPolicy", "ClusterFirst");
  if (!IsSet(pod_spec, "securityContext")) pod_spec["securityContext"].emplace_object();
  FillText(pod_spec, "schedulerName", "default-scheduler");
  // The older name of the account's field always says the same.
  if (TextOf(pod_spec, "serviceAccountName").empty()) {
    if (const std::string alias(TextOf(pod_spec, "serviceAccount")); !alias.empty()) {
      pod_spec["serviceAccountName"] = alias;
    }
  }
  if (const std::string name(TextOf(pod_spec, "serviceAccountName")); !name.empty()) {
    pod_spec["serviceAccount"] = name;
  }
  if (IsSet(pod_spec, "overhead")) DefaultResourceList(pod_spec, "overhead");
  if (Object* resources = IfObjectOf(pod_spec, "resources")) {
    DefaultResourceList(*resources, "limits");
    DefaultResourceList(*resources, "requests");
  }
}

void DefaultPodTemplate(Object& holder) {
  DefaultPodSpec(EnsureObject(EnsureObject(holder, "template"), "spec"));
}

void DefaultPod(Object& pod) {
  Object& spec = EnsureObject(pod, "spec");
  DefaultPodSpec(spec);
  ForEachObject(spec, "containers", CopyLimitsToRequests);
  ForEachObject(spec, "initContainers", CopyLimitsToRequests);
  DefaultPodLevelResources(spec);
  FillPointer(spec, "enableServiceLinks", true);
  // Upstream's conversion takes a negative grace period for one second.
  if (IntOf(spec, "terminationGracePeriodSeconds") < 0) spec["terminationGracePeriodSeconds"] = 1;
  if (FlagOf(spec, "hostNetwork")) {
    ForEachObject(spec, "containers", DefaultHostPorts);
    ForEachObject(spec, "initContainers", DefaultHostPorts);
  }
}

}  // namespace apiserver
