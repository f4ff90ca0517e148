// What webhooks and admission policies share: rules, match resources, match conditions.
//
// Source: kubernetes/pkg/apis/admissionregistration, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void DefaultAdmissionRule(Object& rule);
void DefaultMatchResources(Object& match);

void CheckAdmissionRules(const Object& holder, std::string_view name, const FieldPath& path,
                         Violations& out);
// Of policies and their bindings.
void CheckMatchResources(const Object& match, const FieldPath& path, Violations& out);

enum class ConditionParams : std::uint8_t { kNone, kHeld };
void CheckMatchConditions(const Object& holder, ConditionParams params, const FieldPath& path,
                          Violations& out);

// Names that are kept for configurations from files.
void WarnOfReservedName(const Object& object, const Object* old, std::vector<std::string>& out);

// `text` without white space at its ends.
std::string_view Trimmed(std::string_view text);

}  // namespace apiserver
