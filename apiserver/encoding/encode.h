// How answers become bytes: objects, lists and watch events as JSON, YAML or protobuf, whole or
// metadata only.
//
// Tables are not made here: they need the cluster's printers and come as ready bytes
// (registry/printers). Everything is pure and reads only immutable data. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/api/request.h"

namespace apiserver {

struct EncodedBody {
  std::string content_type;
  std::string bytes;
};

// The body of `response` as the client accepts it. JSON bytes of a resource request (a Status, a
// Table) are rewritten as YAML or protobuf where that was negotiated; other bytes go out as they
// are.
EncodedBody EncodeAnswer(const Accepted& accept, const RequestInfo& info, const Response& response);

// One frame of a watch: `{"type":...,"object":...}` and a newline, or a length-prefixed protobuf
// message. `kind` is the served kind of `object`; views other than Table are applied.
SharedBytes EncodeWatchEvent(const Accepted& accept, std::string_view type, const ObjectPtr& object,
                             const GroupVersionKind& kind);
// The same for what is no stored object: bookmarks, Status objects, Tables.
SharedBytes EncodeWatchValue(const Accepted& accept, std::string_view type, const Value& object);

// "application/json", or with `;stream=watch` for protobuf.
std::string WatchContentType(const Accepted& accept);

// Metadata alone, as `PartialObjectMetadata` of meta.k8s.io in `view_version`.
Value ToPartialObjectMetadata(const StoredObject& object, std::string_view view_version,
                              JsonStorage storage);

}  // namespace apiserver
