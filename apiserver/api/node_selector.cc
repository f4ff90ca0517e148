#include "apiserver/api/node_selector.h"

#include <algorithm>
#include <charconv>

namespace apiserver {
namespace {

std::optional<std::int64_t> ToInteger(std::string_view text) {
  std::int64_t number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

NodeRequirement::Operator OperatorOf(std::string_view text) {
  using Operator = NodeRequirement::Operator;
  if (text == "In") return Operator::kIn;
  if (text == "NotIn") return Operator::kNotIn;
  if (text == "Exists") return Operator::kExists;
  if (text == "DoesNotExist") return Operator::kDoesNotExist;
  if (text == "Gt") return Operator::kGt;
  if (text == "Lt") return Operator::kLt;
  return Operator::kInvalid;
}

const Array* ArrayOf(const Value& value, std::string_view name) {
  const Value* found = Find(value, name);
  return found != nullptr ? found->if_array() : nullptr;
}

std::vector<NodeRequirement> RequirementsOf(const Value& term, std::string_view name) {
  std::vector<NodeRequirement> requirements;
  const Array* items = ArrayOf(term, name);
  if (items == nullptr) return requirements;
  for (const Value& item : *items) {
    NodeRequirement requirement{.key = std::string(TextAt(item, {"key"})),
                                .op = OperatorOf(TextAt(item, {"operator"})),
                                .values = {}};
    if (const Array* values = ArrayOf(item, "values")) {
      for (const Value& value : *values) {
        if (value.is_string()) requirement.values.emplace_back(value.get_string());
      }
    }
    requirements.push_back(std::move(requirement));
  }
  return requirements;
}

NodeSelectorTerm TermOf(const Value& term) {
  return {RequirementsOf(term, "matchExpressions"), RequirementsOf(term, "matchFields")};
}

TaintEffect EffectOf(std::string_view text) {
  if (text == "NoSchedule") return TaintEffect::kNoSchedule;
  if (text == "PreferNoSchedule") return TaintEffect::kPreferNoSchedule;
  if (text == "NoExecute") return TaintEffect::kNoExecute;
  return TaintEffect::kUnknown;
}

}  // namespace

const std::string* FindLabel(const SortedLabels& labels, std::string_view key) {
  const auto at = std::lower_bound(
      labels.begin(), labels.end(), key,
      [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return at != labels.end() && at->first == key ? &at->second : nullptr;
}

SortedLabels LabelsOf(const Value* object) {
  SortedLabels labels;
  const Object* members = object != nullptr ? object->if_object() : nullptr;
  if (members == nullptr) return labels;
  for (const auto& member : *members) {
    if (member.value().is_string()) labels.emplace_back(member.key(), member.value().get_string());
  }
  std::sort(labels.begin(), labels.end());
  return labels;
}

bool NodeRequirement::Matches(const SortedLabels& labels) const {
  const std::string* value = FindLabel(labels, key);
  const auto is_listed = [&] {
    return std::find(values.begin(), values.end(), *value) != values.end();
  };
  switch (op) {
    case Operator::kIn:
      return value != nullptr && is_listed();
    case Operator::kNotIn:
      return value == nullptr || !is_listed();
    case Operator::kExists:
      return value != nullptr;
    case Operator::kDoesNotExist:
      return value == nullptr;
    case Operator::kGt:
    case Operator::kLt: {
      if (value == nullptr || values.size() != 1) return false;
      const auto have = ToInteger(*value);
      const auto bound = ToInteger(values.front());
      if (!have || !bound) return false;
      return op == Operator::kGt ? *have > *bound : *have < *bound;
    }
    case Operator::kInvalid:
      return false;
  }
  return false;
}

bool NodeSelectorTerm::Matches(std::string_view node_name, const SortedLabels& labels) const {
  if (expressions.empty() && fields.empty()) return false;
  for (const NodeRequirement& requirement : expressions) {
    if (!requirement.Matches(labels)) return false;
  }
  if (fields.empty()) return true;
  const SortedLabels node_fields = {{"metadata.name", std::string(node_name)}};
  return std::all_of(fields.begin(), fields.end(), [&](const NodeRequirement& requirement) {
    return requirement.Matches(node_fields);
  });
}

bool NodePreferences::Accepts(std::string_view node_name, const SortedLabels& labels) const {
  for (const auto& [key, value] : node_selector) {
    const std::string* have = FindLabel(labels, key);
    if (have == nullptr || *have != value) return false;
  }
  if (!required_terms) return true;
  return std::any_of(required_terms->begin(), required_terms->end(),
                     [&](const NodeSelectorTerm& term) { return term.Matches(node_name, labels); });
}

NodePreferences NodePreferencesOf(const Value& pod) {
  NodePreferences preferences;
  preferences.node_selector = LabelsOf(FindPath(pod, {"spec", "nodeSelector"}));
  const Value* affinity = FindPath(pod, {"spec", "affinity", "nodeAffinity"});
  if (affinity == nullptr) return preferences;
  if (const Value* required = Find(*affinity, "requiredDuringSchedulingIgnoredDuringExecution");
      required != nullptr && required->is_object()) {
    preferences.required_terms.emplace();
    if (const Array* terms = ArrayOf(*required, "nodeSelectorTerms")) {
      for (const Value& term : *terms) preferences.required_terms->push_back(TermOf(term));
    }
  }
  if (const Array* preferred =
          ArrayOf(*affinity, "preferredDuringSchedulingIgnoredDuringExecution")) {
    for (const Value& item : *preferred) {
      const Value* term = Find(item, "preference");
      if (term == nullptr) continue;
      preferences.preferred_terms.push_back(
          {static_cast<std::int32_t>(IntAt(item, {"weight"})), TermOf(*term)});
    }
  }
  return preferences;
}

std::vector<Taint> TaintsOf(const Value& node) {
  std::vector<Taint> taints;
  const Value* items = FindPath(node, {"spec", "taints"});
  if (items == nullptr || !items->is_array()) return taints;
  for (const Value& item : items->get_array()) {
    taints.push_back({std::string(TextAt(item, {"key"})), std::string(TextAt(item, {"value"})),
                      EffectOf(TextAt(item, {"effect"}))});
  }
  return taints;
}

bool Toleration::Tolerates(const Taint& taint) const {
  if (effect && *effect != taint.effect) return false;
  if (!key.empty() && key != taint.key) return false;
  if (op == "Exists") return true;
  if (op.empty() || op == "Equal") return value == taint.value;
  const auto have = ToInteger(taint.value);
  const auto bound = ToInteger(value);
  if (!have || !bound) return false;
  return op == "Gt" ? *have > *bound : op == "Lt" && *have < *bound;
}

std::vector<Toleration> TolerationsOf(const Value& pod) {
  std::vector<Toleration> tolerations;
  const Value* items = FindPath(pod, {"spec", "tolerations"});
  if (items == nullptr || !items->is_array()) return tolerations;
  for (const Value& item : items->get_array()) {
    Toleration toleration{.key = std::string(TextAt(item, {"key"})),
                          .op = std::string(TextAt(item, {"operator"})),
                          .value = std::string(TextAt(item, {"value"})),
                          .effect = std::nullopt};
    const std::string_view effect = TextAt(item, {"effect"});
    if (!effect.empty()) toleration.effect = EffectOf(effect);
    tolerations.push_back(std::move(toleration));
  }
  return tolerations;
}

const Taint* FindUntolerated(const std::vector<Taint>& taints,
                             const std::vector<Toleration>& tolerations,
                             std::initializer_list<TaintEffect> effects) {
  for (const Taint& taint : taints) {
    if (std::find(effects.begin(), effects.end(), taint.effect) == effects.end()) continue;
    const bool is_tolerated =
        std::any_of(tolerations.begin(), tolerations.end(),
                    [&](const Toleration& toleration) { return toleration.Tolerates(taint); });
    if (!is_tolerated) return &taint;
  }
  return nullptr;
}

}  // namespace apiserver
