// The cluster part of a scenario; `orrery serve --cluster` takes it alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenarios/language/read_context.h"
#include "scenarios/language/shape.h"
#include "sim/time.h"

namespace scenarios {

struct TaintSpec {
  std::string key;
  std::string value;
  std::string effect;
};

struct NodeGroup {
  std::int64_t count = 1;
  std::string model = "medium";
  std::string name = "node";  // the prefix of "node-1", "node-2", ...
  std::vector<std::pair<std::string, std::string>> labels{};
  std::vector<TaintSpec> taints{};
};

// The names of a group's nodes; `groups` before it with the same prefix have theirs already.
std::vector<std::string> NodeNames(const std::vector<NodeGroup>& groups, std::size_t index);

struct ClusterSpec {
  sim::Time start{};
  bool has_start = false;  // `start` was given
  std::vector<NodeGroup> nodes{};
  std::vector<std::string> controllers = {"*"};  // as --controllers takes them
  bool is_instant = false;
};

inline constexpr std::int64_t kNodesMax = 10'000;

// 2026-01-01T00:00:00Z.
sim::Time DefaultStart();

const Shape& ClusterShape();
// Requires: `node` is of that shape.
ClusterSpec ReadCluster(const SourceNode& node, const std::string& field, ReadContext& context);

}  // namespace scenarios
