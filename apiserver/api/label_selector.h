// Label selectors: the query grammar (`a=b,c in (d,e),!f`) and LabelSelector objects.
//
// Invariants:
// (1) Requirements are sorted by key (stably), as upstream prints them; values are a sorted set.
// (2) An empty list of requirements matches everything; a missing LabelSelector object matches
// nothing. Error texts are upstream's (k8s.io/apimachinery/pkg/labels). Threads: any.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "sim/result.h"

namespace apiserver {

// Labels as objects carry them: sorted by key.
using LabelSpan = std::span<const std::pair<std::string, std::string>>;

enum class LabelOperator : std::uint8_t {
  kEquals,
  kDoubleEquals,
  kNotEquals,
  kIn,
  kNotIn,
  kExists,
  kDoesNotExist,
  kGreaterThan,
  kLessThan,
};

struct LabelRequirement {
  std::string key;
  LabelOperator op = LabelOperator::kExists;
  std::vector<std::string> values;

  // `value` is the label's value, nullptr when the object lacks it.
  bool Matches(const std::string_view* value) const;
  std::string Text() const;
  bool operator==(const LabelRequirement&) const = default;
};

class LabelSelector {
 public:
  LabelSelector() = default;  // matches everything
  static LabelSelector Nothing();
  // From a query parameter. Errors have upstream's words, without "unable to parse" of the caller.
  static sim::Result<LabelSelector> Parse(std::string_view text);
  // From a LabelSelector object; null or nullptr matches nothing, {} everything.
  static sim::Result<LabelSelector> FromObject(const Value* selector);
  // From a map of strings (a Service's selector); unchecked. nullptr, null and {} match everything.
  static LabelSelector FromMap(const Value* labels);

  bool Matches(LabelSpan labels) const;
  // Matches against metadata.labels as parsed; nullptr and null are no labels.
  bool Matches(const Value* labels) const;
  bool is_empty() const { return !matches_nothing_ && requirements_.empty(); }
  bool matches_nothing() const { return matches_nothing_; }
  const std::vector<LabelRequirement>& requirements() const { return requirements_; }
  void Add(LabelRequirement requirement);
  std::string Text() const;
  bool operator==(const LabelSelector&) const = default;

 private:
  bool matches_nothing_ = false;
  std::vector<LabelRequirement> requirements_;
};

// What NewRequirement refuses: "" when well-formed. `path` is the field prefix, "" for none.
std::string CheckLabelRequirement(const LabelRequirement& requirement, std::string_view path = {});

// Upstream's ValidateLabelSelector on an object at `path` ("spec.selector").
FieldErrors ValidateLabelSelector(const Value& selector, const std::string& path);
// Upstream's ValidateLabels on a map at `path` ("metadata.labels").
FieldErrors ValidateLabels(const Value& labels, const std::string& path);

}  // namespace apiserver
