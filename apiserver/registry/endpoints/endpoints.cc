#include "apiserver/registry/endpoints/endpoints.h"

namespace apiserver {

void AddBuiltinEndpoints(Registry& registry, PodLogSource* logs) {
  registry.AddEndpoint("*", "*", "scale", MakeScaleEndpoint());
  registry.AddEndpoint("", "pods", "binding", MakeBindingEndpoint());
  registry.AddEndpoint("", "bindings", "", MakeBindingEndpoint());
  registry.AddEndpoint("", "componentstatuses", "", MakeComponentStatusEndpoint());
  registry.AddEndpoint("", "pods", "eviction", MakeEvictionEndpoint());
  registry.AddEndpoint("", "pods", "log", MakeLogEndpoint(logs));
  for (const char* name : {"exec", "attach", "portforward", "proxy"}) {
    registry.AddEndpoint("*", "*", name, MakeConnectEndpoint());
  }
  for (const char* name : {"selfsubjectaccessreviews", "subjectaccessreviews",
                           "localsubjectaccessreviews", "selfsubjectrulesreviews"}) {
    registry.AddEndpoint("authorization.k8s.io", name, "", MakeAccessReviewEndpoint(name));
  }
  registry.AddEndpoint("authentication.k8s.io", "selfsubjectreviews", "",
                       MakeSelfSubjectReviewEndpoint());
}

}  // namespace apiserver
