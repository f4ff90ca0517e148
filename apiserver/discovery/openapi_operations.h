// The HTTP operations of what is served, without regard to OpenAPI's dialect; openapi_v2 and
// openapi_v3 write them.
//
// Parameters that all operations of a path share stand at the path. Source of the rules: the
// reference's documents and k8s.io/apiserver's installer.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/discovery/served_group.h"

namespace apiserver {

struct OpenApiParameter {
  std::string name = {};
  bool in_path = false;        // else in the query
  std::string_view type = {};  // "string", "boolean", "integer"
  std::string shared_as = {};  // v2: the key of the shared parameter; "" is written in place
  bool operator==(const OpenApiParameter& other) const {
    return name == other.name && in_path == other.in_path;
  }
};

enum class OpenApiBody : std::uint8_t { kNone, kObject, kDeleteOptions, kPatch };
enum class OpenApiMedia : std::uint8_t {
  kObject,
  kDiscovery,
  kStream,
  kLog,
  kConnect,
  kJson,
  kJwks
};

struct OpenApiOperation {
  std::string_view method;       // "get"
  std::string id = {};           // "listCoreV1NamespacedPod"
  std::string tag = {};          // "core_v1"
  std::string_view action = {};  // "list"; "" for what is no resource
  ServedKind kind = {};          // of the action
  std::vector<OpenApiParameter> parameters = {};
  OpenApiBody body = OpenApiBody::kNone;
  std::string body_definition = {};
  std::vector<int> codes = {};           // of success
  std::string response_definition = {};  // "": text
  OpenApiMedia media = OpenApiMedia::kObject;
};

struct OpenApiPath {
  std::string path = {};
  bool is_custom = false;
  std::vector<OpenApiOperation> operations = {};
  std::vector<OpenApiParameter> parameters = {};
};

// Of a group-version: its resources and, unless it is custom, its resource list.
std::vector<OpenApiPath> VersionOperations(const ServedGroup& group, const ServedVersion& version);
// Of /api/ or /apis/GROUP/.
OpenApiPath GroupOperations(const ServedGroup& group);
// Of /apis/, /version/, /.well-known/openid-configuration/ and /openid/v1/jwks/.
std::vector<OpenApiPath> RootOperations();

// "com.example.v1.Widget"; for built-in kinds the name is their type's.
std::string CustomDefinitionName(std::string_view group, std::string_view version,
                                 std::string_view kind);

}  // namespace apiserver
