// The rules of /status for kinds that have none of their own.
#pragma once

#include "apiserver/registry/strategy.h"

namespace apiserver {

// Takes status and metadata from the new object and everything else from the old one.
const Strategy& DefaultStatusStrategy();

}  // namespace apiserver
