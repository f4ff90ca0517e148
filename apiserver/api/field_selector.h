// Field selectors: `metadata.name=a,spec.nodeName!=b` with backslash escapes.
//
// Which fields a resource supports is its registry's matter; here is only grammar and matching.
// Error texts are upstream's (k8s.io/apimachinery/pkg/fields). Threads: any.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"

namespace apiserver {

struct FieldRequirement {
  std::string field;
  bool is_equal = true;  // `=` and `==`, else `!=`
  std::string value;
  bool operator==(const FieldRequirement&) const = default;
};

class FieldSelector {
 public:
  FieldSelector() = default;  // matches everything
  static sim::Result<FieldSelector> Parse(std::string_view text);

  // `get` answers a field's value, "" when the object lacks it.
  bool Matches(const std::function<std::string_view(std::string_view)>& get) const;
  bool is_empty() const { return requirements_.empty(); }
  const std::vector<FieldRequirement>& requirements() const { return requirements_; }
  void Add(FieldRequirement requirement) { requirements_.push_back(std::move(requirement)); }
  // The value that `field` must equal, or nullptr.
  const std::string* RequiredValue(std::string_view field) const;
  std::string Text() const;
  bool operator==(const FieldSelector&) const = default;

 private:
  std::vector<FieldRequirement> requirements_;
};

}  // namespace apiserver
