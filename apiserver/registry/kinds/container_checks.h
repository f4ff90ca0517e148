// Rules of containers: names, ports, environment, mounts, probes, hooks, resources.
//
// Source: kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "apiserver/registry/kinds/resource_names.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// What a container's rules need to know of its pod.
struct PodFacts {
  std::map<std::string_view, const Object*> volumes;  // the valid ones
  std::set<std::string_view> claim_names;
  std::optional<std::int64_t> grace_seconds;
  std::string_view restart_policy;
  bool host_users = true;
};

void CheckContainers(const Object& spec, const PodFacts& pod, const FieldPath& path,
                     Violations& out);
void CheckInitContainers(const Object& spec, const PodFacts& pod, const FieldPath& path,
                         Violations& out);
void CheckEphemeralContainers(const Object& spec, const PodFacts& pod, const FieldPath& path,
                              Violations& out);

// Parts with files of their own.
void CheckEnv(const Object& container, const FieldPath& path, Violations& out);
void CheckMounts(const Object& container, const PodFacts& pod, const FieldPath& path,
                 Violations& out);
void CheckProbes(const Object& container, const PodFacts& pod, const FieldPath& path,
                 Violations& out);
void CheckLifecycle(const Object& lifecycle, const PodFacts& pod, const FieldPath& path,
                    Violations& out);
using ResourceNameCheck = void (*)(std::string_view name, const FieldPath& path, Violations& out);
// `requirements` at `path`: names, amounts, requests within limits, claims.
void CheckResourceRequirements(const Object& requirements, const PodFacts* pod,
                               const FieldPath& path, Violations& out,
                               ResourceNameCheck check_name = CheckContainerResourceName);
// A reference to a field of the pod; `supported` are the plain paths.
void CheckFieldRef(const Object& ref, const SupportedValues& supported, const FieldPath& path,
                   Violations& out);
void CheckResourceFieldRef(const Object& ref, bool is_volume, const FieldPath& path,
                           Violations& out);

// A path without "..", relative.
void CheckDescendingPath(std::string_view text, const FieldPath& path, Violations& out);
void CheckNoBacksteps(std::string_view text, const FieldPath& path, Violations& out);
// The same, and not starting with "..".
void CheckNonReservedPath(std::string_view text, const FieldPath& path, Violations& out);

// Calls `visit(container, path)` for init, plain and ephemeral containers.
template <class Visit>
void VisitContainers(const Object& spec, const FieldPath& path, Visit visit);

}  // namespace apiserver

#include "apiserver/registry/kinds/fields.h"

template <class Visit>
void apiserver::VisitContainers(const Object& spec, const FieldPath& path, Visit visit) {
  for (std::string_view list : {"initContainers", "containers", "ephemeralContainers"}) {
    const FieldPath list_path = path.Child(list);
    std::size_t index = 0;
    for (const Value& container : ArrayOf(spec, list)) {
      visit(AsObject(container), list_path.Index(index++));
    }
  }
}
