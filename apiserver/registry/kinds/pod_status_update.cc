// What the status endpoint of pods refuses, and changes of annotations that are read from.
#include <algorithm>
#include <set>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/registry/kinds/pod_spec.h"
#include "apiserver/registry/kinds/pod_status.h"
#include "apiserver/registry/kinds/pod_update.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kAppArmor = "container.apparmor.security.beta.kubernetes.io/";
constexpr std::string_view kMirror = "kubernetes.io/config.mirror";

bool Matches(const Object& rule, std::int64_t exit_code) {
  const Object& codes = ObjectOf(rule, "exitCodes");
  const Array& values = ArrayOf(codes, "values");
  const bool is_listed = std::any_of(values.begin(), values.end(), [&](const Value& value) {
    return value.is_int64() && value.get_int64() == exit_code;
  });
  return is_listed == (TextOf(codes, "operator") == "In");
}

// A rule of any container may restart them all.
bool AllMayRestart(const Object& spec) {
  for (std::string_view list : {"initContainers", "containers"}) {
    for (const Value& container : ArrayOf(spec, list)) {
      for (const Value& rule : ArrayOf(container, "restartPolicyRules")) {
        if (TextOf(rule, "action") == "RestartAllContainers") return true;
      }
    }
  }
  return false;
}

bool MayRestart(const Object& spec, std::string_view list, std::string_view name,
                std::int64_t exit_code) {
  const Array& containers = ArrayOf(spec, list);
  const auto found =
      std::find_if(containers.begin(), containers.end(),
                   [&](const Value& container) { return TextOf(container, "name") == name; });
  if (found == containers.end()) return false;
  std::string_view policy = TextOf(spec, "restartPolicy");
  if (IsSet(*found, "restartPolicy")) {
    for (const Value& rule : ArrayOf(*found, "restartPolicyRules")) {
      if (!Matches(AsObject(rule), exit_code)) continue;
      if (TextOf(rule, "action") == "Restart") return true;
      break;
    }
    policy = TextOf(*found, "restartPolicy");
  }
  return policy == "Always" || (policy == "OnFailure" && exit_code != 0);
}

// Containers that have ended stay so, unless they may be restarted. `list` is that of their specs,
// "" for ephemeral containers, which never are.
void CheckNoRevival(const Object& spec, const Object& status, const Object& old_status,
                    std::string_view statuses, std::string_view list, Violations& out) {
  const FieldPath root("status");
  const FieldPath path = root.Child(statuses);
  std::size_t index = 0;
  for (const Value& old : ArrayOf(old_status, statuses)) {
    const FieldPath old_path = path.Index(index++);
    if (!IsSet(ObjectOf(old, "state"), "terminated")) continue;
    const std::int64_t code = IntOf(ObjectOf(ObjectOf(old, "state"), "terminated"), "exitCode");
    const std::string_view name = TextOf(old, "name");
    for (const Value& now : ArrayOf(status, statuses)) {
      if (TextOf(now, "name") != name) continue;
      const bool is_revived = !IsSet(ObjectOf(now, "state"), "terminated");
      if (is_revived && (list.empty() || !MayRestart(spec, list, name, code))) {
        out.Forbidden(old_path.Child("state"), "may not be transitioned to non-terminated state");
      }
      if (!list.empty()) break;
    }
  }
}

void CheckConditions(const Object& status, const FieldPath& path, Violations& out) {
  const FieldPath conditions_path = path.Child("conditions");
  std::size_t index = 0;
  for (const Value& condition : ArrayOf(status, "conditions")) {
    const FieldPath condition_path = conditions_path.Index(index++);
    const std::string_view type = TextOf(condition, "type");
    const std::int64_t generation = IntOf(AsObject(condition), "observedGeneration");
    if (generation < 0) {
      out.Invalid(condition_path.Child("observedGeneration"), generation,
                  "must be a non-negative integer");
    }
    if (type == "PodScheduled" || type == "Ready" || type == "Initialized") continue;
    CheckQualified(type, condition_path.Child("Type"), out);
  }
}

void CheckNominatedNode(const Object& pod, const Object& old, const FieldPath& path,
                        Violations& out) {
  const std::string_view name = TextOf(ObjectOf(pod, "status"), "nominatedNodeName");
  if (name.empty() || name == TextOf(ObjectOf(old, "status"), "nominatedNodeName")) return;
  const FieldPath name_path = path.Child("nominatedNodeName");
  CheckDnsSubdomain(name, name_path, out);
  if (!TextOf(ObjectOf(old, "spec"), "nodeName").empty()) {
    out.Forbidden(name_path, "may not be set on pods that are already bound to a node");
  }
}

// podIPs and hostIPs: one of each family; what was there may stay, however it is written.
void CheckIps(const Object& status, const Object& old_status, std::string_view list,
              std::string_view row, Violations& out) {
  const FieldPath root("status");
  const FieldPath path = root.Child(list);
  const Array& ips = ArrayOf(status, list);
  std::set<std::string_view> before;
  for (const Value& ip : ArrayOf(old_status, list)) before.insert(TextOf(ip, "ip"));
  int v4 = 0, v6 = 0;
  for (std::size_t i = 0; i < ips.size(); ++i) {
    const std::string_view text = TextOf(ips[i], "ip");
    if (!before.contains(text)) CheckIp(text, path.Index(i), out);
    if (const auto ip = ParseIp(text)) ++(ip->is_ipv6 ? v6 : v4);
  }
  if (ips.size() > 1 && (v4 != 1 || v6 != 1 || ips.size() > 2)) {
    out.Invalid(path, InternalForms(row, ips),
                "may specify no more than one IP for each IP family");
  }
}

void CheckHostIps(const Object& status, const Object& old_status, const FieldPath& path,
                  Violations& out) {
  const Array& ips = ArrayOf(status, "hostIPs");
  if (ips.empty()) return;
  const FieldPath list_path = path.Child("hostIPs");
  const FieldPath first_path = list_path.Index(0);
  if (TextOf(status, "hostIP") != TextOf(ips[0], "ip")) {
    out.Invalid(first_path.Child("ip"), TextOf(ips[0], "ip"), "must be equal to `hostIP`");
  }
  CheckIps(status, old_status, "hostIPs", "core.HostIP", out);
}

}  // namespace

void CheckPodAnnotationUpdate(const Object& pod, const Object& old, Violations& out) {
  const Object& annotations = ObjectOf(ObjectOf(pod, "metadata"), "annotations");
  const Object& before = ObjectOf(ObjectOf(old, "metadata"), "annotations");
  const FieldPath path("metadata.annotations");
  const auto check = [&](std::string_view key, std::string_view verb) {
    if (key.starts_with(kAppArmor)) {
      out.Forbidden(path.Key(key), "may not " + std::string(verb) + " AppArmor annotations");
    }
    if (key == kMirror) {
      out.Forbidden(path.Key(key), "may not " + std::string(verb) + " mirror pod annotation");
    }
  };
  for (const auto& annotation : before) {
    const Value* now = annotations.if_contains(annotation.key());
    if (now == nullptr || *now != annotation.value()) check(annotation.key(), "remove or update");
  }
  for (const auto& annotation : annotations) {
    if (!before.contains(annotation.key())) check(annotation.key(), "add");
  }
  CheckPodAnnotations(annotations, ObjectOf(pod, "spec"), path, out);
}

void ValidatePodStatusUpdate(const Object& pod, const Object& old, Violations& out) {
  const FieldPath path("status");
  const Object& status = ObjectOf(pod, "status");
  const Object& old_status = ObjectOf(old, "status");
  const Object& spec = ObjectOf(old, "spec");
  CheckPodAnnotationUpdate(pod, old, out);
  CheckConditions(status, path, out);
  CheckNominatedNode(pod, old, path, out);
  const std::int64_t generation = IntOf(status, "observedGeneration");
  if (generation < 0) {
    out.Invalid(path.Child("observedGeneration"), generation, "must be a non-negative integer");
  }
  CheckImmutable(status, old_status, "qosClass", path, out);
  if (!AllMayRestart(spec)) {
    CheckNoRevival(spec, status, old_status, "containerStatuses", "containers", out);
    CheckNoRevival(spec, status, old_status, "initContainerStatuses", "initContainers", out);
  }
  CheckNoRevival(spec, status, old_status, "ephemeralContainerStatuses", "", out);
  CheckClaimStatuses(spec, status, path, out);
  CheckExtendedClaimStatus(spec, status, path, out);
  CheckIps(status, old_status, "podIPs", "core.PodIP", out);
  CheckHostIps(status, old_status, path, out);
  CheckContainerStatuses(spec, status, path, out);
}

}  // namespace apiserver
