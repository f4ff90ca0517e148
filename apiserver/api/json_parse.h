// Reads JSON text as Kubernetes' decoder does, in one pass into the caller's storage.
//
// Invariants:
// (1) The last of several equal keys wins; each repetition is reported with its path.
// (2) Integers that fit 64 signed bits stay integers; every other number is a double.
// (3) Text is valid UTF-8: broken bytes and lone surrogates became U+FFFD, as in Go.
// Errors have the words of Go's encoding/json. Threads: any, no shared state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"

namespace apiserver {

// Go refuses at 10,000; everything here recurses over values, so the limit follows the smallest
// stack.
inline constexpr std::size_t kJsonDepthMax = 1000;
// Kubernetes reports no more strict errors than these.
inline constexpr std::size_t kDuplicateFieldsMax = 100;

struct JsonParseLimits {
  std::size_t depth_max = kJsonDepthMax;
};

struct JsonParseResult {
  Value value;  // null when `error` is set
  std::string error;
  std::vector<std::string> duplicate_fields;  // "metadata.labels.a", "spec.containers[0].name"
  std::vector<std::string> strict_errors;     // YAML's whole sentences instead of paths

  bool ok() const { return error.empty(); }
};

// For each of `paths`, which repeat in `text` or not, how many members begin before it does: for
// those in `duplicate_paths` before their second mention. Requires: `text` has been parsed well.
struct MemberPositions {
  std::vector<std::size_t> paths;
  std::vector<std::size_t> duplicate_paths;
};
MemberPositions FindMembers(std::string_view text, const std::vector<std::string>& paths,
                            const std::vector<std::string>& duplicate_paths);

JsonParseResult ParseJson(std::string_view text, JsonStorage storage = {},
                          JsonParseLimits limits = {});

// What Go's scanner says of `text`: "" when it is one well-formed JSON value.
std::string JsonSyntaxError(std::string_view text, std::size_t depth_max = kJsonDepthMax);

// `text` with every broken UTF-8 byte replaced by U+FFFD.
std::string ReplaceInvalidUtf8(std::string_view text);
bool IsValidUtf8(std::string_view text);

}  // namespace apiserver
