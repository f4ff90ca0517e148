// kubectl's annotation of the last applied configuration, which server-side apply by "kubectl"
// honours.
#pragma once

#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/registry/patch/ownership.h"

namespace apiserver {

inline constexpr std::string_view kLastAppliedAnnotation =
    "kubectl.kubernetes.io/last-applied-configuration";

// The conflicts that are left when fields count as kubectl's own that the annotation holds as they
// are live.
std::vector<FieldConflict> WithoutLastApplied(std::vector<FieldConflict> conflicts,
                                              const Value& live,
                                              const FieldManagerContext& context);

// Writes `config` into the annotation, if the object has it.
void RefreshLastApplied(Value& object, const Value& config);

}  // namespace apiserver
