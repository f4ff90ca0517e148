// The rows behind FindType (builtin.h).
#pragma once

#include <span>
#include <string_view>

#include "apiserver/schema/type.h"

namespace apiserver {

struct KindRow {
  std::string_view group;
  std::string_view version;
  std::string_view kind;
  const Type* type;
};

// All kinds of all known group-versions, sorted by group, version, kind.
std::span<const KindRow> KindRows();

}  // namespace apiserver
