#include "scenarios/language/values.h"

#include "apiserver/api/time_format.h"

namespace scenarios {

std::vector<std::string> ReadTexts(const SourceNode& list) {
  std::vector<std::string> texts;
  for (const SourceNode& item : list.items) texts.push_back(item.text);
  return texts;
}

std::vector<std::pair<std::string, std::string>> ReadTextMap(const SourceNode* map) {
  std::vector<std::pair<std::string, std::string>> texts;
  if (map == nullptr) return texts;
  for (const SourceNode::Member& member : map->members) {
    texts.emplace_back(member.name, member.value.text);
  }
  return texts;
}

sim::Duration ReadDuration(const SourceNode* node, sim::Duration fallback) {
  if (node == nullptr) return fallback;
  const auto duration = apiserver::ParseGoDuration(node->text);
  return duration.ok() ? *duration : fallback;
}

std::int64_t ReadInteger(const SourceNode* node, std::int64_t fallback) {
  return node != nullptr && node->scalar.is_int64() ? node->scalar.get_int64() : fallback;
}

bool ReadBoolean(const SourceNode* node, bool fallback) {
  return node != nullptr && node->scalar.is_bool() ? node->scalar.get_bool() : fallback;
}

Moment ReadMoment(const SourceNode& node) {
  std::string_view text = node.text;
  Moment moment;
  moment.is_relative = text.starts_with('+');
  if (moment.is_relative) text.remove_prefix(1);
  const auto offset = apiserver::ParseGoDuration(text);
  if (offset.ok()) moment.offset = *offset;
  return moment;
}

}  // namespace scenarios
