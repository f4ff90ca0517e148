// semver() (k8s.io/apiserver pkg/cel/library/semverlib.go, version 1) on the rules of semver.org.
#include <algorithm>
#include <charconv>
#include <vector>

#include "apiserver/api/go_text.h"
#include "apiserver/cel/library/implementation.h"
#include "sim/result.h"

namespace apiserver::cel {
namespace {

struct PreRelease {
  bool is_number = false;
  std::uint64_t number = 0;
  std::string text;

  // Numbers come before words.
  int Compare(const PreRelease& other) const {
    if (is_number != other.is_number) return is_number ? -1 : 1;
    if (is_number) return number < other.number ? -1 : number > other.number ? 1 : 0;
    const int order = text.compare(other.text);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
};

struct Version {
  std::uint64_t numbers[3] = {};
  std::vector<PreRelease> pre;

  int Compare(const Version& other) const {
    for (int i = 0; i < 3; ++i) {
      if (numbers[i] != other.numbers[i]) return numbers[i] < other.numbers[i] ? -1 : 1;
    }
    if (pre.empty() || other.pre.empty()) {
      return static_cast<int>(pre.empty()) - static_cast<int>(other.pre.empty());
    }
    for (std::size_t i = 0; i < pre.size() && i < other.pre.size(); ++i) {
      if (const int order = pre[i].Compare(other.pre[i]); order != 0) return order;
    }
    return pre.size() < other.pre.size() ? -1 : pre.size() > other.pre.size() ? 1 : 0;
  }
};

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool IsWord(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}
bool HasLeadingZeroes(std::string_view text) { return text.size() > 1 && text[0] == '0'; }

// Pieces between `separator`, at most `limit`.
std::vector<std::string_view> Split(std::string_view text, char separator, std::size_t limit) {
  std::vector<std::string_view> parts;
  for (std::size_t at; parts.size() + 1 < limit && (at = text.find(separator)) != text.npos;) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

sim::Result<std::uint64_t> ParseUint(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc()) return number;
  const bool is_empty = text.empty();
  return sim::Error{"strconv.ParseUint: parsing " + GoQuote(text) +
                    (is_empty ? ": invalid syntax" : ": value out of range")};
}

sim::Result<std::uint64_t> ParsePart(std::string_view text, const std::string& name) {
  if (!IsDigits(text)) {
    return sim::Error{"Invalid character(s) found in " + name + " number " + GoQuote(text)};
  }
  if (HasLeadingZeroes(text)) {
    std::string label = name;
    label[0] = static_cast<char>(label[0] - 'a' + 'A');
    return sim::Error{label + " number must not contain leading zeroes " + GoQuote(text)};
  }
  return ParseUint(text);
}

sim::Result<PreRelease> ParsePreRelease(std::string_view text) {
  if (text.empty()) return sim::Error{"Prerelease is empty"};
  if (IsDigits(text)) {
    if (HasLeadingZeroes(text)) {
      return sim::Error{"Numeric PreRelease version must not contain leading zeroes " +
                        GoQuote(text)};
    }
    const auto number = ParseUint(text);
    if (!number.ok()) return number.error();
    return PreRelease{true, *number, ""};
  }
  if (IsWord(text)) return PreRelease{false, 0, std::string(text)};
  return sim::Error{"Invalid character(s) found in prerelease " + GoQuote(text)};
}

constexpr std::size_t kPartsMax = 256;

sim::Result<Version> ParseVersion(std::string_view text) {
  if (text.empty()) return sim::Error{"Version string empty"};
  const auto parts = Split(text, '.', 3);
  if (parts.size() != 3) return sim::Error{"No Major.Minor.Patch elements found"};
  Version version;
  const char* const kNames[] = {"major", "minor", "patch"};
  const std::size_t plus = parts[2].find('+');
  std::string_view patch = parts[2].substr(0, plus);
  const std::size_t dash = patch.find('-');
  const std::string_view numbers[] = {parts[0], parts[1], patch.substr(0, dash)};
  for (int i = 0; i < 3; ++i) {
    const auto number = ParsePart(numbers[i], kNames[i]);
    if (!number.ok()) return number.error();
    version.numbers[i] = *number;
  }
  if (dash != std::string_view::npos) {
    for (const std::string_view part : Split(patch.substr(dash + 1), '.', kPartsMax)) {
      auto pre = ParsePreRelease(part);
      if (!pre.ok()) return pre.error();
      version.pre.push_back(std::move(*pre));
    }
  }
  if (plus != std::string_view::npos) {
    for (const std::string_view part : Split(parts[2].substr(plus + 1), '.', kPartsMax)) {
      if (part.empty()) return sim::Error{"Build meta data is empty"};
      if (!IsWord(part)) {
        return sim::Error{"Invalid character(s) found in build meta data " + GoQuote(part)};
      }
    }
  }
  return version;
}

// "v1.02" is 1.2.0.
sim::Result<Version> ParseNormalized(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  std::vector<std::string> parts;
  for (std::string_view part : Split(text, '.', 3)) {
    std::string kept(part);
    if (part.size() > 1) {
      part.remove_prefix(std::min(part.find_first_not_of('0'), part.size()));
      const bool has_number = !part.empty() && IsDigits(part.substr(0, 1));
      kept = (has_number ? "" : "0") + std::string(part);
    }
    parts.push_back(std::move(kept));
  }
  if (parts.size() < 3 && parts.back().find_first_of("+-") != std::string::npos) {
    return sim::Error{"short version cannot contain PreRelease/Build meta data"};
  }
  while (parts.size() < 3) parts.push_back("0");
  return ParseVersion(parts[0] + "." + parts[1] + "." + parts[2]);
}

class SemverValue final : public Opaque {
 public:
  static constexpr std::string_view kTypeName = "kubernetes.Semver";
  explicit SemverValue(Version from) : version(std::move(from)) {}
  std::string_view type_name() const override { return kTypeName; }
  bool Equals(const Opaque& other) const override {
    return version.Compare(static_cast<const SemverValue&>(other).version) == 0;
  }
  const Version version;
};

const Version& Semver(const Value& value) { return OpaqueAs<SemverValue>(value).version; }

Value FromResult(Arena& arena, sim::Result<Version> version) {
  if (!version.ok()) return NewError(arena, version.error().message);
  return Value::Of(static_cast<const Opaque*>(arena.New<SemverValue>(std::move(*version))));
}
Value FromString(Arena& arena, const Value* a) {
  return FromResult(arena, ParseVersion(a[0].as_text()));
}
sim::Result<Version> ParseEither(const Value* a) {
  return a[1].as_bool() ? ParseNormalized(a[0].as_text()) : ParseVersion(a[0].as_text());
}
Value FromStringNormalized(Arena& arena, const Value* a) {
  return FromResult(arena, ParseEither(a));
}
Value IsSemver(Arena&, const Value* a) { return Value::Bool(ParseVersion(a[0].as_text()).ok()); }
Value IsSemverNormalized(Arena&, const Value* a) { return Value::Bool(ParseEither(a).ok()); }
Value IsGreater(Arena&, const Value* a) {
  return Value::Bool(Semver(a[0]).Compare(Semver(a[1])) > 0);
}
Value IsLess(Arena&, const Value* a) { return Value::Bool(Semver(a[0]).Compare(Semver(a[1])) < 0); }
Value Compare(Arena&, const Value* a) { return Value::Int(Semver(a[0]).Compare(Semver(a[1]))); }

template <int part>
Value Part(Arena&, const Value* a) {
  return Value::Int(static_cast<std::int64_t>(Semver(a[0]).numbers[part]));
}

constexpr Implementation kRows[] = {
    {"string_to_semver", FromString},
    {"string_bool_to_semver", FromStringNormalized},
    {"is_semver_string", IsSemver},
    {"is_semver_string_bool", IsSemverNormalized},
    {"semver_is_greater_than", IsGreater},
    {"semver_is_less_than", IsLess},
    {"semver_compare_to", Compare},
    {"semver_major", Part<0>},
    {"semver_minor", Part<1>},
    {"semver_patch", Part<2>},
};

}  // namespace

std::span<const Implementation> SemverImplementations() { return kRows; }

}  // namespace apiserver::cel
