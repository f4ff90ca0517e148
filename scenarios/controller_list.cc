#include "scenarios/controller_list.h"

#include <algorithm>

namespace scenarios {

ControllerList::ControllerList(std::string_view text) {
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view entry = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    while (!entry.empty() && entry.front() == ' ') entry.remove_prefix(1);
    while (!entry.empty() && entry.back() == ' ') entry.remove_suffix(1);
    if (!entry.empty()) entries_.emplace_back(entry);
  }
}

bool ControllerList::IsEnabled(std::string_view name) const {
  bool has_star = false;
  for (const std::string& entry : entries_) {
    if (entry == name) return true;
    if (entry.size() == name.size() + 1 && entry.front() == '-' && entry.ends_with(name)) {
      return false;
    }
    has_star = has_star || entry == "*";
  }
  return has_star;
}

std::vector<std::string> ControllerList::UnknownNames(const std::vector<std::string>& known) const {
  std::vector<std::string> unknown;
  for (const std::string& entry : entries_) {
    const std::string name = entry.front() == '-' ? entry.substr(1) : entry;
    if (name != "*" && std::find(known.begin(), known.end(), name) == known.end()) {
      unknown.push_back(name);
    }
  }
  return unknown;
}

}  // namespace scenarios
