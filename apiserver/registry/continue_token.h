// The token by which a client asks for the rest of a list: base64url of
// {"v":...,"rv":...,"start":...}.
//
// Source: k8s.io/apiserver/pkg/storage/continue.go. Errors have upstream's words.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/api/errors.h"
#include "apiserver/api/resource.h"

namespace apiserver {

struct ContinueToken {
  std::int64_t revision = 0;  // -1: go on at the newest revision
  ObjectKey after;            // the last object shown
};

// `is_namespaced`: lists of all namespaces hold "namespace/name", lists in a namespace just "name".
std::string EncodeContinueToken(const ContinueToken& token, const std::string& list_namespace);
ApiResult<ContinueToken> DecodeContinueToken(std::string_view text,
                                             const std::string& list_namespace, bool is_namespaced);

}  // namespace apiserver
