// What webhooks and admission policies share: rules, match resources, match conditions.
//
// Source: kubernetes/pkg/apis/admissionregistration, 1.36. Expressions are compiled by the
// pipeline, not here.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void DefaultAdmissionRule(Object& rule);
void DefaultMatchResources(Object& match);

void CheckAdmissionRules(const Object& holder, std::string_view name, const FieldPath& path,
                         Violations& out);
void CheckMatchResources(const Object& match, const FieldPath& path, Violations& out);
void CheckMatchConditions(const Object& holder, const FieldPath& path, Violations& out);

}  // namespace apiserver
