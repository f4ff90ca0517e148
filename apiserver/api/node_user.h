// The user that a node is.
#pragma once

#include <string_view>

#include "apiserver/api/request.h"

namespace apiserver {

// "n1" for the user system:node:n1 in system:nodes, else "".
inline std::string_view NodeNameOf(const UserInfo& user) {
  constexpr std::string_view kPrefix = "system:node:";
  const std::string_view name = user.name;
  if (!name.starts_with(kPrefix) || !user.Is("system:nodes")) return {};
  return name.substr(kPrefix.size());
}

}  // namespace apiserver
