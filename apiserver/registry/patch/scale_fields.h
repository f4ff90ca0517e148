// managedFields of the subresource scale: whoever owns the replicas of the parent owns them in its
// Scale.
//
// Source of the rules: k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go. Threads: any.
#pragma once

#include <map>
#include <string>

#include "apiserver/api/json.h"
#include "apiserver/registry/patch/field_set.h"

namespace apiserver {

// Where each version of the parent keeps its replicas: {"apps/v1", spec.replicas}.
using ReplicasPaths = std::map<std::string, FieldPath>;

// The managedFields that a Scale shows, from its parent's; null when nobody owns the replicas.
Value ScaleManagedFields(const Value* parent_entries, const ReplicasPaths& paths,
                         JsonStorage storage = {});

// The parent's managedFields after its Scale was written with `scale_entries`. `api_version` is the
// parent's.
Value ParentManagedFields(const Value* parent_entries, const Value* scale_entries,
                          const std::string& api_version, const ReplicasPaths& paths,
                          JsonStorage storage = {});

}  // namespace apiserver
