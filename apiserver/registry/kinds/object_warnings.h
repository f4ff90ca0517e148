// Warnings about single kinds, as pkg/api/*/warnings.go has them.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/json.h"

namespace apiserver {

void WarnOfClaim(const Object& object, const Object* old, std::vector<std::string>& out);
void WarnOfVolume(const Object& object, std::vector<std::string>& out);
void WarnOfService(const Object& object, std::vector<std::string>& out);

}  // namespace apiserver
