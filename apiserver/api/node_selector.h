// Which nodes a pod accepts: nodeSelector and node affinity, taints and tolerations, decoded from
// JSON.
//
// Source of the rules: k8s.io/component-helpers/scheduling/corev1. Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/api/json.h"

namespace apiserver {

using SortedLabels = std::vector<std::pair<std::string, std::string>>;  // sorted by key

// The value of label `key`, or nullptr.
const std::string* FindLabel(const SortedLabels& labels, std::string_view key);
// A JSON object of strings as sorted labels; null is none.
SortedLabels LabelsOf(const Value* object);

struct NodeRequirement {
  enum class Operator : std::uint8_t { kIn, kNotIn, kExists, kDoesNotExist, kGt, kLt, kInvalid };
  std::string key;
  Operator op = Operator::kInvalid;
  std::vector<std::string> values;
  bool Matches(const SortedLabels& labels) const;
};

// All requirements hold. A term without any matches no node.
struct NodeSelectorTerm {
  std::vector<NodeRequirement> expressions;
  std::vector<NodeRequirement> fields;  // of metadata.name only
  bool Matches(std::string_view node_name, const SortedLabels& labels) const;
};

struct PreferredNodeTerm {
  std::int32_t weight = 0;
  NodeSelectorTerm term;
};

// What a pod says about nodes. `required_terms` are alternatives; nullopt asks for nothing, no
// terms match nothing.
struct NodePreferences {
  SortedLabels node_selector;
  std::optional<std::vector<NodeSelectorTerm>> required_terms;
  std::vector<PreferredNodeTerm> preferred_terms;
  bool Accepts(std::string_view node_name, const SortedLabels& labels) const;
};

NodePreferences NodePreferencesOf(const Value& pod);

enum class TaintEffect : std::uint8_t { kNoSchedule, kPreferNoSchedule, kNoExecute, kUnknown };

struct Taint {
  std::string key;
  std::string value;
  TaintEffect effect = TaintEffect::kUnknown;
};
std::vector<Taint> TaintsOf(const Value& node);

struct Toleration {
  std::string key;  // "" with Exists: every key
  std::string op;   // "", "Equal", "Exists", "Gt", "Lt"
  std::string value;
  std::optional<TaintEffect> effect;  // nullopt: every effect
  bool Tolerates(const Taint& taint) const;
};
std::vector<Toleration> TolerationsOf(const Value& pod);

// The first taint of `effects` that is not tolerated, or nullptr.
const Taint* FindUntolerated(const std::vector<Taint>& taints,
                             const std::vector<Toleration>& tolerations,
                             std::initializer_list<TaintEffect> effects);

}  // namespace apiserver
