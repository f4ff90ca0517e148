// The verb watch: a stream of changes to a client outside.
#pragma once

#include "apiserver/registry/call.h"

namespace apiserver {

Response HandleWatch(Call& call);

}  // namespace apiserver
