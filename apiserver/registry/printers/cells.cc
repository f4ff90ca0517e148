#include "apiserver/registry/printers/cells.h"

#include "apiserver/api/int_or_string.h"
#include "apiserver/api/label_selector.h"
#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

std::string ContainerTexts(const Value* spec, std::string_view member) {
  if (spec == nullptr) return {};
  std::vector<std::string> texts;
  for (const Value& container : ItemsAt(*spec, {"containers"})) {
    texts.emplace_back(TextAt(container, {member}));
  }
  return JoinTexts(texts, ",");
}

}  // namespace

std::string AgeSince(std::string_view timestamp, sim::Time now) {
  if (timestamp.empty()) return "<unknown>";
  const auto time = ParseTime(timestamp);
  if (!time.ok()) return "<unknown>";
  // Beyond what a duration of nanoseconds holds, Go saturates: 292 years.
  constexpr std::int64_t kSecondsMax = 9'223'372'036;
  const std::int64_t seconds = ToWallTime(now).seconds - time->seconds;
  if (seconds >= kSecondsMax) return HumanDuration(sim::Duration::max());
  if (seconds <= -kSecondsMax) return HumanDuration(sim::Duration::min());
  return HumanDuration(now - ToSimTime(*time));
}

std::string Age(const Value& object, sim::Time now) {
  return AgeSince(TextAt(object, {"metadata", "creationTimestamp"}), now);
}

std::string NameOf(const Value& object) {
  return std::string(TextAt(object, {"metadata", "name"}));
}

std::string Or(std::string_view text, std::string_view otherwise) {
  return std::string(text.empty() ? otherwise : text);
}

std::string JoinAtMost(const std::vector<std::string>& texts, std::size_t most,
                       std::string_view separator) {
  if (texts.size() <= most) return JoinTexts(texts, separator);
  const std::vector<std::string> first(texts.begin(),
                                       texts.begin() + static_cast<std::ptrdiff_t>(most));
  return JoinTexts(first, separator) + " + " + std::to_string(texts.size() - most) + " more...";
}

const Array& ItemsAt(const Value& object, std::initializer_list<std::string_view> path) {
  static const Array kNone;
  const Value* items = FindPath(object, path);
  return items != nullptr && items->is_array() ? items->get_array() : kNone;
}

std::int64_t CountAt(const Value& object, std::initializer_list<std::string_view> path) {
  const Value* at = FindPath(object, path);
  if (at == nullptr) return 0;
  if (at->is_array()) return static_cast<std::int64_t>(at->get_array().size());
  return at->is_object() ? static_cast<std::int64_t>(at->get_object().size()) : 0;
}

std::vector<std::string> TextsAt(const Value& object,
                                 std::initializer_list<std::string_view> path) {
  std::vector<std::string> texts;
  for (const Value& item : ItemsAt(object, path)) {
    if (item.is_string()) texts.emplace_back(item.get_string());
  }
  return texts;
}

std::string PlainAt(const Value& object, std::initializer_list<std::string_view> path) {
  const Value* at = FindPath(object, path);
  return at == nullptr || at->is_null() ? std::string() : IntOrStringText(*at);
}

std::string LabelsText(const Value* labels) {
  if (labels == nullptr || !labels->is_object()) return "<none>";
  std::map<std::string, std::string> sorted;
  for (const auto& [key, value] : labels->get_object()) {
    sorted[std::string(key)] = value.is_string() ? std::string(value.get_string()) : std::string();
  }
  std::vector<std::string> texts;
  for (const auto& [key, value] : sorted) texts.push_back(key + "=" + value);
  return Or(JoinTexts(texts, ","), "<none>");
}

std::string SelectorText(const Value* selector) {
  const auto parsed = LabelSelector::FromObject(selector);
  return parsed.ok() ? Or(parsed->Text(), "<none>") : "<error>";
}

std::string ContainerNames(const Value* spec) { return ContainerTexts(spec, "name"); }
std::string ContainerImages(const Value* spec) { return ContainerTexts(spec, "image"); }

}  // namespace apiserver
