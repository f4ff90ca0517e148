// The ReplicaSets that a Deployment makes, and the annotations by which it keeps its books on them.
//
// Source of the rules: k8s.io/kubernetes/pkg/controller/deployment/util/deployment_util.go.
#pragma once

#include <string>

#include "controllers/deployment/deployment_view.h"
#include "controllers/framework/names.h"

namespace controllers {

inline constexpr std::string_view kRevisionAnnotation = "deployment.kubernetes.io/revision";
inline constexpr std::string_view kHistoryAnnotation = "deployment.kubernetes.io/revision-history";
inline constexpr std::string_view kDesiredAnnotation = "deployment.kubernetes.io/desired-replicas";
inline constexpr std::string_view kMaxAnnotation = "deployment.kubernetes.io/max-replicas";
inline constexpr std::string_view kTemplateHashLabel = "pod-template-hash";

// The new ReplicaSet with `hash` in its name, labels and selector; without annotations yet.
Value MakeReplicaSet(const Value& deployment, const ObjectMeta& meta, const std::string& hash,
                     int replicas);

// Whether the annotations are for a set that is there already or about to be created.
enum class SetAge : std::uint8_t { kExisting, kNew };

// Copies the Deployment's annotations to the set and notes the revision. True: something changed.
bool AnnotateReplicaSet(Value& replica_set, const Value& deployment, const DeploymentView& view,
                        std::int64_t revision, SetAge age);
// Notes the wanted and the largest size. True: something changed.
bool AnnotateSize(Value& replica_set, const DeploymentView& view);

}  // namespace controllers
