#include "apiserver/registry/deprecation.h"

namespace apiserver {

std::string DeprecationWarning(const ApiResource& resource) {
  if (resource.resource == GroupVersionResource{"", "v1", "endpoints"}) {
    return "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";
  }
  if (resource.resource == GroupVersionResource{"", "v1", "componentstatuses"}) {
    return "v1 ComponentStatus is deprecated in v1.19+";
  }
  return resource.deprecation_warning;
}

}  // namespace apiserver
