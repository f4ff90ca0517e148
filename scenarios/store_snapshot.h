// A store as bytes: what a recording keeps of a data file that held something when it began.
//
// Invariant: a store that is restored from them answers as the one they were taken from.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/store/store.h"
#include "sim/result.h"

namespace scenarios {

std::string PackStore(const apiserver::Store& store);
// Requires: nothing was committed in `store` yet. Errors: the bytes are malformed.
sim::Result<void> RestoreStore(std::string_view bytes, apiserver::Store& store);

}  // namespace scenarios
