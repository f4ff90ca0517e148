// JSON patch (RFC 6902) as kube-apiserver applies it, with the habits of its library.
//
// Habits: `replace` of a missing member adds it, `copy` of one gives null, indices may be negative,
// the part of a pointer before its first slash is ignored, `null` as a body changes nothing.
// Threads: any, no shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"

namespace apiserver {

inline constexpr std::size_t kJsonPatchOperationsMax = 10'000;
// Bytes that all `copy` operations of one patch may copy together.
inline constexpr std::size_t kJsonPatchCopiedBytesMax = 3 * 1024 * 1024;

// An object with a patch applied; it is not yet decoded, defaulted or validated.
struct Patched {
  Value object;
  std::vector<std::string> strict_errors;  // what fieldValidation Strict refuses and Warn tells
};

// Whether a strict reader looks at a patch before it is applied, which finds more at fault and
// words it otherwise. Upstream has it do so unless fieldValidation is Ignore.
enum class PatchReading : std::uint8_t { kStrict, kPlain };

// Errors: 400 malformed body, 413 too many operations, 422 for an operation that fails.
// The result shares `storage`.
ApiResult<Patched> ApplyJsonPatch(const Value& original, std::string_view body,
                                  JsonStorage storage = {},
                                  PatchReading reading = PatchReading::kStrict);

// Orders the members of what the operations went through, as upstream's library leaves them.
void SortVisitedByJsonPatch(Value& patched, std::string_view body);

// The 422 that upstream answers whatever operation failed and why.
ApiError GenericPatchError();

}  // namespace apiserver
