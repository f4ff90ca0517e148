// Kubernetes' own API groups want an annotation that says who approved a definition.
//
// Source: apiextensions-apiserver/pkg/apihelpers/helpers.go and pkg/controller/apiapproval.
// Threads: any, no shared state.
#pragma once

#include <optional>
#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/registry/custom/conditions.h"

namespace apiserver {

enum class Approval : std::uint8_t { kMissing, kInvalid, kBypassed, kApproved };

struct ApprovalState {
  Approval approval;
  std::string reason;
};

// nullopt: the definition's group is nobody's to protect.
std::optional<ApprovalState> ApprovalOf(const Value& definition);

// The rule for writes; `old` is null on a create. What does not change is not refused.
void CheckApproval(const Value& definition, const Value* old, FieldErrors& errors);

// The condition KubernetesAPIApprovalPolicyConformant.
std::optional<DefinitionCondition> ApprovalCondition(const Value& definition);

}  // namespace apiserver
