// Whether an object has what a partial object asks for, and where it has not.
//
// Rules: a map wants each of its members; a list wants for each of its items one that matches it
// (and `[]` wants an empty list); `null` wants that nothing is there; numbers are compared by
// value.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/json.h"

namespace scenarios {

struct Difference {
  std::string path;  // "status.readyReplicas"
  std::string want;  // as compact JSON
  std::string got;   // the same, or "nothing"

  std::string Text() const { return path + ": want " + want + ", got " + got; }
};

inline constexpr std::size_t kDifferencesMax = 20;

// Empty when `got` matches. `got` may be null for nothing at all.
std::vector<Difference> FindDifferences(const apiserver::Value& want, const apiserver::Value* got);

}  // namespace scenarios
