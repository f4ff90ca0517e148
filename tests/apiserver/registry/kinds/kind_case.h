// Runs an object through one kind's rules, as the registry would, and shows the outcome as text.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/registry/kinds/all_kinds.h"

namespace apiserver {

// `text` is JSON in which ' stands for ".
Value Json(std::string_view text);
// The object after defaults, as compact JSON.
std::string Defaulted(const KindRules& rules, std::string_view text,
                      std::string_view version = "v1");
// "FIELD: TEXT" of each violation after defaults, one a line.
std::string Problems(const KindRules& rules, std::string_view text);
// The same of an update from `old`, without preparation.
std::string UpdateProblems(const KindRules& rules, std::string_view old, std::string_view text);

}  // namespace apiserver
