// Equality as upstream's apiequality.Semantic: absent, null, [] and an empty map are one.
#pragma once

#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

bool SemanticEqual(const Value* a, const Value* b);
// Members `name` of both.
bool SameMember(const Object& a, const Object& b, std::string_view name);
// All members but those named.
bool SameExcept(const Object& a, const Object& b, std::initializer_list<std::string_view> except);

}  // namespace apiserver
