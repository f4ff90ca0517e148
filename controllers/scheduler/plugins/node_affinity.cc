#include <algorithm>

#include "controllers/scheduler/plugins/plugins.h"

namespace controllers {
namespace {

using apiserver::NodeRequirement;
using apiserver::NodeSelectorTerm;

// The node names that a term's fields allow, or nullopt when they name none.
std::optional<std::set<std::string>> NamesOf(const NodeSelectorTerm& term) {
  std::optional<std::set<std::string>> names;
  for (const NodeRequirement& field : term.fields) {
    if (field.key != "metadata.name" || field.op != NodeRequirement::Operator::kIn) continue;
    const std::set<std::string> listed(field.values.begin(), field.values.end());
    if (!names) {
      names = listed;
    } else {
      std::erase_if(*names, [&](const std::string& name) { return !listed.contains(name); });
    }
  }
  return names;
}

// nodeSelector and required node affinity decide, preferred terms score.
class NodeAffinity final : public SchedulerPlugin {
 public:
  std::string_view name() const override { return "NodeAffinity"; }

  PreFilterResult PreFilter(const SchedulerPod& pod, const SchedulerCache&) const override {
    PreFilterResult result;
    const auto& preferences = pod.node_preferences;
    result.is_skipped = preferences.node_selector.empty() && !preferences.required_terms;
    if (!preferences.required_terms || preferences.required_terms->empty()) return result;
    std::set<std::string> names;
    for (const NodeSelectorTerm& term : *preferences.required_terms) {
      const auto term_names = NamesOf(term);
      if (!term_names) return result;  // This alternative is open to nodes of any name.
      names.insert(term_names->begin(), term_names->end());
    }
    if (names.empty()) {
      result.status = FilterStatus::Unresolvable("pod affinity terms conflict");
    } else {
      result.nodes = std::move(names);
    }
    return result;
  }

  FilterStatus Filter(const PluginState*, const SchedulerPod& pod,
                      const SchedulerNode& node) const override {
    if (pod.node_preferences.Accepts(node.name(), node.facts.labels)) return {};
    return FilterStatus::Unresolvable("node(s) didn't match Pod's node affinity/selector");
  }

  std::int64_t weight() const override { return 2; }

  PreScoreResult PreScore(const SchedulerPod& pod, const SchedulerCache&,
                          std::span<const SchedulerNode* const>) const override {
    return {pod.node_preferences.preferred_terms.empty(), nullptr};
  }

  std::int64_t Score(const PluginState*, const SchedulerPod& pod,
                     const SchedulerNode& node) const override {
    std::int64_t sum = 0;
    for (const auto& preferred : pod.node_preferences.preferred_terms) {
      const NodeSelectorTerm& term = preferred.term;
      const bool is_empty = term.expressions.empty() && term.fields.empty();
      if (is_empty || term.Matches(node.name(), node.facts.labels)) sum += preferred.weight;
    }
    return sum;
  }

  void Normalize(const PluginState*, std::span<const SchedulerNode* const>,
                 std::vector<std::int64_t>& scores) const override {
    NormalizeByMax(scores, ScoreOrder::kHighIsGood);
  }

  bool MayHelp(const SchedulerPod& pod, const ClusterEvent& event,
               const SchedulerCache&) const override {
    return event.node != nullptr &&
           pod.node_preferences.Accepts(event.node->name(), event.node->facts.labels);
  }
};

}  // namespace

std::unique_ptr<SchedulerPlugin> MakeNodeAffinity() { return std::make_unique<NodeAffinity>(); }

}  // namespace controllers
