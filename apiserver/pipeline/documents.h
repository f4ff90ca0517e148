// The paths outside of resources: discovery, OpenAPI, health, version.
//
// Invariants:
// (1) Documents are made at their first request and kept until what is served changes.
// (2) Discovery answers in the aggregated form only to clients that ask for it, as both /api and
// /apis must agree. Source: k8s.io/apiserver/pkg/endpoints/discovery, pkg/server/routes. Threads:
// the kernel's only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/api/request.h"
#include "apiserver/discovery/served_group.h"

namespace apiserver {

class Documents {
 public:
  // `server_address` is "HOST:PORT" as /api advertises it.
  explicit Documents(std::string server_address);

  // The groups of custom resources, as they are from now on.
  void SetCustomGroups(std::vector<ServedGroup> groups);
  void SetServerAddress(std::string server_address);

  // Nothing when the path is none of these.
  std::optional<Response> Handle(const Request& request);

 private:
  using Make = std::function<std::string()>;
  // The bytes of document `key`, made when they are not there.
  SharedBytes Cached(const std::string& key, const Make& make);
  std::optional<Response> HandleDiscovery(const Request& request, const std::string& path);
  std::optional<Response> HandleGroup(const Request& request, const std::string& path);
  Response Version(const Request& request);
  std::optional<Response> HandleOpenApi(const Request& request, const std::string& path);

  std::string server_address_;
  std::vector<ServedGroup> groups_;  // built-in ones, then custom ones by name
  std::map<std::string, SharedBytes> cache_;
};

// /healthz, /livez and /readyz with their single checks and `?verbose`; nothing for other paths.
std::optional<Response> HandleHealth(const Request& request);

}  // namespace apiserver
