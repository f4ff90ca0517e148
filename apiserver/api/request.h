// A request as the pipeline sees it, and its answer: the contract between HTTP, recordings, the
// in-process client and the registry.
//
// Invariants:
// (1) A Request owns its arena and is moved I/O thread -> inbox -> kernel; nothing of the arena
// goes back. (2) A Response holds only shared immutable parts; its bytes are made on an I/O thread
// (http/encode.h).
#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/api/object.h"
#include "apiserver/api/resource.h"

namespace apiserver {

struct UserInfo {
  std::string name;
  std::string uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;  // sorted by key
  // What a service account token says, until the kernel has seen that it still holds; else "".
  std::string token_payload{};
  bool Is(std::string_view group) const;  // a member of `group`
};

enum class Encoding : std::uint8_t { kJson, kYaml, kProtobuf };
// What the client asked for instead of the object itself (`as=`).
enum class View : std::uint8_t {
  kObject,
  kTable,
  kPartialObjectMetadata,
  kPartialObjectMetadataList
};

// How the Status of an error is written.
struct ErrorForm {
  Encoding encoding = Encoding::kJson;
  bool pretty = false;
};

// The outcome of negotiating the Accept header.
struct Accepted {
  Encoding encoding = Encoding::kJson;
  View view = View::kObject;
  std::string view_version = "v1";  // "v1" or "v1beta1" of meta.k8s.io
  bool pretty = false;
  ErrorForm errors;
};

// What a request addresses; upstream's RequestInfo.
struct RequestInfo {
  bool is_resource = false;  // under /api or /apis with a resource
  std::string
      verb;  // get list watch create update patch delete deletecollection; lower-cased method else
  std::string group;
  std::string version;
  std::string resource;
  std::string subresource;  // "status"; for proxies the rest of the path follows in `tail`
  std::string namespace_;
  std::string name;
  std::string tail;
  GroupResource group_resource() const { return {group, resource}; }
  ObjectKey key() const { return {namespace_, name}; }
};

// The body of an update from inside the process that changes one text of an object at rest: so the
// registry may reuse the bytes of all else (registry/edit_at_rest.h).
struct FieldEdit {
  Revision base = 0;              // the revision that is changed; another one conflicts
  std::vector<std::string> path;  // of object members
  std::string text;
};

struct Request {
  std::string method = "GET";
  std::string path;                                        // decoded, without query
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  RequestInfo info;
  UserInfo user;
  // As whom the user wants to act: Impersonate headers, names in lower case.
  std::vector<std::pair<std::string, std::string>> impersonation;
  std::string user_agent;
  std::string content_type;  // media type only, lower case
  std::string body;          // raw bytes (patches, logs, journal)
  // The body decoded from JSON, YAML or protobuf, when it is an object of the addressed resource or
  // options.
  std::unique_ptr<boost::json::monotonic_resource> arena;
  std::optional<Value> object;
  std::optional<FieldEdit> edit;              // instead of `object`
  std::vector<std::string> duplicate_fields;  // `duplicate field "a.b"`, from the parser
  std::optional<ApiError> decode_error;       // the body could not be decoded
  bool is_protobuf = false;                   // never validated strictly
  Accepted accept;
  std::optional<ApiError> accept_error;  // 406: answered once the route is known to exist
  std::string accept_header;             // as sent, for discovery
  std::string if_none_match;
  bool is_internal = false;  // from the in-process client

  // The first value of query parameter `name`, or nullptr.
  const std::string* Query(std::string_view name) const;
};

// Kubernetes' reading of a boolean query parameter: absent (null), "false" and "0" are false,
// everything else true.
bool IsTrueParameter(const std::string* value);

// Objects of one resource as a list answer shows them.
struct ObjectList {
  GroupVersionKind kind;  // of the items; the list's kind is kind + "List" unless list_kind is set
  std::string list_kind;
  Revision revision = 0;
  std::string continue_token;
  std::optional<std::int64_t> remaining_item_count;
  bool is_custom =
      false;  // custom resources show `continue: ""` and keep items' apiVersion and kind
  std::vector<ObjectPtr> items;
};

class WatchStream;  // watch/watch_stream.h
class LogStream;    // ports/: text that grows (pod logs with follow=true)

struct Response {
  int status = 200;
  std::string content_type = "application/json";             // for SharedBytes bodies
  std::vector<std::pair<std::string, std::string>> headers;  // beyond what HTTP adds itself
  std::vector<std::string> warnings;                         // Warning: 299 - "..."
  // Objects, lists and errors are encoded as `Request::accept` asks, bytes for a resource too;
  // other bytes go out as they are unless `is_negotiated`.
  std::variant<std::monostate, SharedBytes, ObjectPtr, std::shared_ptr<const ObjectList>,
               std::shared_ptr<WatchStream>, std::shared_ptr<LogStream>>
      body;
  bool is_negotiated = false;   // the bytes are JSON that is encoded as `Request::accept` asks
  GroupVersionKind kind;        // of the objects in `body`
  Revision shown_revision = 0;  // the egress gate holds the answer until this is durable
};

// The answer that shows `error`.
Response ErrorResponse(const ApiError& error);
// An answer whose body is `value` as JSON bytes (encoded to YAML or protobuf by HTTP if so
// accepted).
Response ValueResponse(int status, const Value& value);

}  // namespace apiserver
