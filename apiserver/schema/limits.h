// Bounds that all walks over typed values share.
#pragma once

#include <cstddef>

#include "apiserver/api/time_format.h"

namespace apiserver {

// More fields than any struct has (a test holds the table to it), so that walks keep their places
// on the stack.
inline constexpr std::size_t kFieldsMax = 96;

// 0001-01-01T00:00:00Z, Go's zero time: null in JSON, an empty message in protobuf.
inline constexpr WallTime kGoZeroTime{.seconds = -62135596800, .nanos = 0};

}  // namespace apiserver
