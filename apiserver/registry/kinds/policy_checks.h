// What validating and mutating admission policies share: the kind of parameters, what they match,
// conditions, variables.
//
// Source: kubernetes/pkg/apis/admissionregistration/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/admission_expressions.h"

namespace apiserver {

void DefaultAdmissionPolicy(Object& object);

// Of `spec` at `path`: failure policy, parameters, constraints.
void CheckPolicyMatch(const Object& spec, const FieldPath& path, Violations& out);
// `old_spec` is null for a creation: conditions that stay as they are are not looked at again.
void CheckPolicyConditions(const Object& spec, const Object* old_spec, const FieldPath& path,
                           Violations& out);
// CONNECT is all that mutating policies may match beside creations and updates: `match` is member
// `name` of the spec at `path`.
void CheckMutatingOperations(const Object& match, std::string_view name, const FieldPath& path,
                             Violations& out);
// Declares them to `compiler`, too.
void CheckPolicyVariables(const Object& spec, AdmissionCompiler& compiler, const FieldPath& path,
                          Violations& out);

}  // namespace apiserver
