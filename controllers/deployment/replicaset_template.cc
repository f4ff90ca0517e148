#include "controllers/deployment/replicaset_template.h"

#include <array>
#include <charconv>

#include "controllers/framework/ownership.h"
#include "controllers/framework/pod_template.h"

namespace controllers {
namespace {

using apiserver::EnsureObject;
using apiserver::FindPath;
using apiserver::TextAt;

// Annotations that are the Deployment's own affair.
constexpr std::array<std::string_view, 6> kNotCopied = {
    "kubectl.kubernetes.io/last-applied-configuration",
    kRevisionAnnotation,
    kHistoryAnnotation,
    kDesiredAnnotation,
    kMaxAnnotation,
    "deprecated.deployment.rollback.to"};

// Longer histories lose their oldest entries.
constexpr std::size_t kHistoryLengthMax = 2000;

bool SetAnnotation(Value& object, std::string_view name, std::string_view text) {
  if (TextAt(object, {"metadata", "annotations", name}) == text) return false;
  EnsureObject(EnsureObject(object, "metadata"), "annotations")[name] = text;
  return true;
}

std::int64_t ToNumber(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void AppendHistory(Value& replica_set, std::string old_revision) {
  std::string history(TextAt(replica_set, {"metadata", "annotations", kHistoryAnnotation}));
  while (history.size() + old_revision.size() + 1 > kHistoryLengthMax &&
         history.find(',') != std::string::npos) {
    history.erase(0, history.find(',') + 1);
  }
  if (!history.empty()) history += ",";
  SetAnnotation(replica_set, kHistoryAnnotation, history + old_revision);
}

}  // namespace

Value MakeReplicaSet(const Value& deployment, const ObjectMeta& meta, const std::string& hash,
                     int replicas) {
  Value pod_template = PodTemplateOf(deployment);
  Object& labels = EnsureObject(EnsureObject(pod_template, "metadata"), "labels");
  labels[kTemplateHashLabel] = hash;
  Value selector = Object();
  if (const Value* given = FindPath(deployment, {"spec", "selector"})) selector = *given;
  EnsureObject(selector, "matchLabels")[kTemplateHashLabel] = hash;
  Object metadata;
  metadata["name"] = meta.name + "-" + hash;
  metadata["namespace"] = meta.namespace_;
  metadata["labels"] = labels;
  metadata["ownerReferences"] = Array{ControllerReference({"apps", "v1", "Deployment"}, meta)};
  Object spec;
  spec["replicas"] = replicas;
  if (const auto seconds = apiserver::IntAt(deployment, {"spec", "minReadySeconds"})) {
    spec["minReadySeconds"] = seconds;
  }
  spec["selector"] = std::move(selector);
  spec["template"] = std::move(pod_template);
  Object replica_set;
  replica_set["apiVersion"] = "apps/v1";
  replica_set["kind"] = "ReplicaSet";
  replica_set["metadata"] = std::move(metadata);
  replica_set["spec"] = std::move(spec);
  return replica_set;
}

bool AnnotateReplicaSet(Value& replica_set, const Value& deployment, const DeploymentView& view,
                        std::int64_t revision, SetAge age) {
  bool changed = false;
  const Value* annotations = FindPath(deployment, {"metadata", "annotations"});
  if (annotations != nullptr && annotations->is_object()) {
    for (const auto& member : annotations->get_object()) {
      const std::string_view name = member.key();
      const bool is_own = std::find(kNotCopied.begin(), kNotCopied.end(), name) != kNotCopied.end();
      if (is_own || !member.value().is_string()) continue;
      changed |= SetAnnotation(replica_set, name, std::string(member.value().get_string()));
    }
  }
  const std::string old_revision(
      TextAt(replica_set, {"metadata", "annotations", kRevisionAnnotation}));
  if (ToNumber(old_revision) < revision) {
    SetAnnotation(replica_set, kRevisionAnnotation, std::to_string(revision));
    changed = true;
    if (!old_revision.empty()) AppendHistory(replica_set, old_revision);
  }
  if (age == SetAge::kNew) changed |= AnnotateSize(replica_set, view);
  return changed;
}

bool AnnotateSize(Value& replica_set, const DeploymentView& view) {
  const bool desired =
      SetAnnotation(replica_set, kDesiredAnnotation, std::to_string(view.replicas));
  const bool max =
      SetAnnotation(replica_set, kMaxAnnotation, std::to_string(view.replicas + view.max_surge));
  return desired || max;
}

}  // namespace controllers
