#include "scenarios/language/cluster_spec.h"

#include <algorithm>

#include "apiserver/api/time_format.h"
#include "scenarios/language/nearest_name.h"
#include "scenarios/language/values.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

const Shape& TaintShape() {
  static const Shape effect{.kind = Shape::Kind::kText,
                            .words = {"NoSchedule", "PreferNoSchedule", "NoExecute"}};
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {
          {"key", &kTextShape, "", true}, {"value", &kTextShape}, {"effect", &effect, "", true}}};
  return shape;
}

const Shape& NodeGroupShape() {
  static const Shape taints{.kind = Shape::Kind::kList, .items = &TaintShape()};
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {{"count", &kIntegerShape, "How many; 1 when not given."},
                 {"model", &kTextShape, "The machine model; `medium` when not given."},
                 {"name", &kTextShape, "The prefix of their names; `node` gives node-1, node-2."},
                 {"labels", &kTextMapShape, "Labels beside those that a kubelet sets."},
                 {"taints", &taints, "Taints that they have from the start."}}};
  return shape;
}

NodeGroup ReadGroup(const SourceNode& node, const std::string& field, ReadContext& context) {
  NodeGroup group;
  group.count = ReadInteger(node.Find("count"), group.count);
  if (group.count > kNodesMax) {
    context.problems.Add(node.line, field + ".count", "is at most " + std::to_string(kNodesMax));
    group.count = kNodesMax;
  }
  if (const SourceNode* model = node.Find("model")) {
    group.model = model->text;
    const std::vector<std::string_view> known(context.machines.begin(), context.machines.end());
    bool is_known = false;
    for (const std::string_view name : known) is_known |= name == group.model;
    if (!is_known) {
      context.problems.Add(
          model->line, field + ".model",
          "unknown machine model \"" + group.model + "\"" + DidYouMean(group.model, known));
    }
  }
  if (node.Find("name") != nullptr) group.name = node.TextAt("name");
  group.labels = ReadTextMap(node.Find("labels"));
  if (const SourceNode* taints = node.Find("taints")) {
    for (const SourceNode& taint : taints->items) {
      group.taints.push_back({taint.TextAt("key"), taint.TextAt("value"), taint.TextAt("effect")});
    }
  }
  return group;
}

// The entries of a list, or of a text that parts them by commas.
std::vector<std::string> ReadControllers(const SourceNode& node, const std::string& field,
                                         ReadContext& context) {
  std::vector<std::string> entries;
  if (node.kind == SourceNode::Kind::kList) {
    entries = ReadTexts(node);
  } else {
    for (std::size_t at = 0; at < node.text.size();) {
      const std::size_t comma = std::min(node.text.find(',', at), node.text.size());
      entries.push_back(node.text.substr(at, comma - at));
      at = comma + 1;
    }
  }
  const std::vector<std::string_view> known(context.controllers.begin(), context.controllers.end());
  for (const std::string& entry : entries) {
    const bool is_signed = entry.starts_with('-') || entry.starts_with('+');
    const std::string name = is_signed ? entry.substr(1) : entry;
    if (name == "*" || std::find(known.begin(), known.end(), name) != known.end()) continue;
    context.problems.Add(node.line, field,
                         "unknown controller \"" + name + "\"" + DidYouMean(name, known));
  }
  return entries;
}

}  // namespace

sim::Time DefaultStart() { return sim::TimeOf({.year = 2026}); }

std::vector<std::string> NodeNames(const std::vector<NodeGroup>& groups, std::size_t index) {
  std::int64_t first = 1;
  for (std::size_t before = 0; before < index; ++before) {
    if (groups[before].name == groups[index].name) first += groups[before].count;
  }
  std::vector<std::string> names;
  for (std::int64_t at = 0; at < groups[index].count; ++at) {
    names.push_back(groups[index].name + "-" + std::to_string(first + at));
  }
  return names;
}

const Shape& ClusterShape() {
  static const Shape behaviour{.kind = Shape::Kind::kText, .words = {"modelled", "instant"}};
  static const Shape nodes{.kind = Shape::Kind::kList, .items = &NodeGroupShape()};
  static const Shape controllers{.kind = Shape::Kind::kChoice,
                                 .choices = {&kTextShape, &kTextListShape}};
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {
          {"start", &kTextShape, "The time at which it begins; 2026-01-01T00:00:00Z."},
          {"nodes", &nodes, "Groups of simulated nodes."},
          {"controllers", &controllers, "Which loops run, as --controllers takes it."},
          {"nodeBehaviour", &behaviour, "Whether containers take time; modelled when not given."}}};
  return shape;
}

ClusterSpec ReadCluster(const SourceNode& node, const std::string& field, ReadContext& context) {
  ClusterSpec cluster;
  cluster.start = DefaultStart();
  if (const SourceNode* start = node.Find("start")) {
    const auto time = apiserver::TimeFromText(start->text);
    if (time) {
      cluster.start = *time;
      cluster.has_start = true;
    } else {
      context.problems.Add(start->line, field + ".start",
                           "want a time such as 2026-01-01T00:00:00Z, got \"" + start->text + "\"");
    }
  }
  if (const SourceNode* nodes = node.Find("nodes")) {
    for (std::size_t index = 0; index < nodes->items.size(); ++index) {
      cluster.nodes.push_back(
          ReadGroup(nodes->items[index], field + ".nodes[" + std::to_string(index) + "]", context));
    }
  }
  if (const SourceNode* controllers = node.Find("controllers")) {
    cluster.controllers = ReadControllers(*controllers, field + ".controllers", context);
  }
  cluster.is_instant = node.TextAt("nodeBehaviour") == "instant";
  return cluster;
}

}  // namespace scenarios
