#include "scenarios/runner/request_difference.h"

#include <algorithm>
#include <optional>

#include "apiserver/api/json.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"

namespace scenarios {
namespace {

using apiserver::Value;
using apiserver::WireRequest;

constexpr std::size_t kShownTextMax = 200;
// A run of so many digits, hexadecimal ones or dashes is no word that somebody chose.
constexpr std::size_t kChanceTextMin = 10;

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// "2026-01-01T00:00:00.000000Z", "01:02:03", UUIDs and numbers of chance: their characters.
bool IsChanceCharacter(char c) {
  return IsHexDigit(c) || c == '-' || c == ':' || c == '.' || c == 'T' || c == 'Z' || c == '+';
}

// Each run of such characters that holds a digit and is long enough becomes one mark.
std::string WithoutChance(const std::string& text) {
  std::string masked;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    bool has_digit = false;
    while (end < text.size() && IsChanceCharacter(text[end])) {
      has_digit = has_digit || (text[end] >= '0' && text[end] <= '9');
      ++end;
    }
    if (has_digit && end - at >= kChanceTextMin) {
      masked += '*';
    } else {
      masked.append(text, at, std::max<std::size_t>(end - at, 1));
    }
    at = std::max(end, at + 1);
  }
  return masked;
}

// How long a watch is to last is drawn by clients.
std::string WithoutWatchTime(std::string target) {
  for (const char* name : {"timeoutSeconds=", "timeout="}) {
    const std::size_t begin = target.find(name);
    if (begin == std::string::npos) continue;
    const std::size_t end = std::min(target.find('&', begin), target.size());
    target.replace(begin, end - begin, std::string(name) + "*");
  }
  return target;
}

bool IsSameText(const std::string& recorded, const std::string& live, RequestTolerance tolerance) {
  if (recorded == live) return true;
  return tolerance == RequestTolerance::kChance && WithoutChance(recorded) == WithoutChance(live);
}

bool IsSameTarget(const std::string& recorded, const std::string& live,
                  RequestTolerance tolerance) {
  if (tolerance == RequestTolerance::kNone) return recorded == live;
  return IsSameText(WithoutWatchTime(recorded), WithoutWatchTime(live), tolerance);
}

std::string Shown(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = '.';
  }
  if (text.size() <= kShownTextMax) return text;
  return text.substr(0, kShownTextMax) + "... (" + std::to_string(text.size()) + " bytes)";
}

std::string Shown(const Value* value) {
  if (value == nullptr) return "nothing";
  std::string text;
  apiserver::AppendJson(*value, text);
  return Shown(std::move(text));
}

// Walks two JSON values side by side.
class ValueWalk {
 public:
  explicit ValueWalk(RequestTolerance tolerance) : tolerance_(tolerance) {}

  void Compare(const Value* recorded, const Value* live, const std::string& path) {
    if (lines_.size() >= kShownDifferencesMax) return;
    if (recorded == nullptr || live == nullptr || recorded->kind() != live->kind()) {
      return Note(recorded, live, path);
    }
    if (recorded->is_object()) return CompareObjects(*recorded, *live, path);
    if (recorded->is_array()) return CompareArrays(*recorded, *live, path);
    if (recorded->is_string()) {
      const bool is_same = IsSameText(std::string(recorded->get_string()),
                                      std::string(live->get_string()), tolerance_);
      if (!is_same) Note(recorded, live, path);
      return;
    }
    if (*recorded != *live) Note(recorded, live, path);
  }
  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  void CompareObjects(const Value& recorded, const Value& live, const std::string& path) {
    const std::string before = path.empty() ? "" : path + ".";
    for (const auto& member : recorded.get_object()) {
      Compare(&member.value(), apiserver::Find(live, member.key()),
              before + std::string(member.key()));
    }
    for (const auto& member : live.get_object()) {
      if (apiserver::Find(recorded, member.key()) != nullptr) continue;
      Compare(nullptr, &member.value(), before + std::string(member.key()));
    }
  }
  void CompareArrays(const Value& recorded, const Value& live, const std::string& path) {
    const auto& left = recorded.get_array();
    const auto& right = live.get_array();
    for (std::size_t at = 0; at < std::max(left.size(), right.size()); ++at) {
      Compare(at < left.size() ? &left[at] : nullptr, at < right.size() ? &right[at] : nullptr,
              path + "[" + std::to_string(at) + "]");
    }
  }
  void Note(const Value* recorded, const Value* live, const std::string& path) {
    lines_.push_back("body" + (path.empty() ? "" : " " + path) + ": recorded " + Shown(recorded) +
                     ", now " + Shown(live));
  }

  const RequestTolerance tolerance_;
  std::vector<std::string> lines_;
};

std::vector<std::string> BodyDifferences(const std::string& recorded, const std::string& live,
                                         RequestTolerance tolerance) {
  if (recorded == live) return {};
  const auto left = apiserver::ParseJson(recorded);
  const auto right = apiserver::ParseJson(live);
  if (left.ok() && right.ok()) {
    ValueWalk walk(tolerance);
    walk.Compare(&left.value, &right.value, "");
    std::vector<std::string> lines = walk.Take();
    // Equal as values: the order of members, blanks.
    if (lines.empty() && tolerance == RequestTolerance::kNone) {
      lines.push_back("body: the same values, written in another way");
    }
    return lines;
  }
  if (IsSameText(recorded, live, tolerance)) return {};
  const auto parted = std::mismatch(recorded.begin(), recorded.end(), live.begin(), live.end());
  return {"body: recorded " + std::to_string(recorded.size()) + " bytes, now " +
          std::to_string(live.size()) + ", which part at byte " +
          std::to_string(parted.first - recorded.begin())};
}

}  // namespace

std::string RequestLine(const WireRequest& request) {
  return request.method + " " + request.target;
}

bool IsSameRequest(const WireRequest& recorded, const WireRequest& live,
                   RequestTolerance tolerance) {
  return recorded.method == live.method && IsSameTarget(recorded.target, live.target, tolerance) &&
         recorded.content_type == live.content_type &&
         BodyDifferences(recorded.body, live.body, tolerance).empty();
}

std::vector<std::string> RequestDifferences(const WireRequest& recorded, const WireRequest& live,
                                            RequestTolerance tolerance) {
  std::vector<std::string> lines;
  const auto note = [&lines](const char* what, const std::string& left, const std::string& right) {
    lines.push_back(std::string(what) + ": recorded " + Shown(left) + ", now " + Shown(right));
  };
  if (recorded.method != live.method) note("method", recorded.method, live.method);
  if (!IsSameTarget(recorded.target, live.target, tolerance)) {
    note("path", recorded.target, live.target);
  }
  // Of two different requests the bodies say nothing.
  if (!lines.empty()) return lines;
  if (recorded.content_type != live.content_type) {
    note("content type", recorded.content_type, live.content_type);
  }
  for (std::string& line : BodyDifferences(recorded.body, live.body, tolerance)) {
    if (lines.size() < kShownDifferencesMax) lines.push_back(std::move(line));
  }
  return lines;
}

int RequestLikeness(const WireRequest& recorded, const WireRequest& live) {
  const auto path = [](const std::string& target) { return target.substr(0, target.find('?')); };
  int likeness = 0;
  if (path(recorded.target) == path(live.target)) likeness += 4;
  if (recorded.method == live.method) likeness += 2;
  if (recorded.target == live.target) likeness += 1;
  return likeness;
}

}  // namespace scenarios
