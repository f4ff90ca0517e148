// Reads values out of nodes that were checked against their shapes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenarios/language/source_tree.h"
#include "sim/time.h"

namespace scenarios {

// A place in time: after the start of the scenario, or after the end of the step before.
struct Moment {
  bool is_relative = false;
  sim::Duration offset{};
};

std::vector<std::string> ReadTexts(const SourceNode& list);
// In the order of the file; nullptr is empty.
std::vector<std::pair<std::string, std::string>> ReadTextMap(const SourceNode* map);
sim::Duration ReadDuration(const SourceNode* node, sim::Duration fallback);
std::int64_t ReadInteger(const SourceNode* node, std::int64_t fallback);
bool ReadBoolean(const SourceNode* node, bool fallback);
Moment ReadMoment(const SourceNode& node);

}  // namespace scenarios
