// Which resource serves a kind, and in which version: built-in kinds by the table, custom ones by
// their definitions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controllers/framework/names.h"
#include "controllers/framework/summaries.h"

namespace controllers {

struct ServedResource {
  GroupVersionResource resource;
  std::string kind;
  bool is_namespaced = true;
};

class ResourceKinds {
 public:
  // `definitions` are the CustomResourceDefinitions.
  explicit ResourceKinds(const PlainInformer& definitions) : definitions_(definitions) {}

  std::optional<ServedResource> ByKind(std::string_view group, std::string_view version,
                                       std::string_view kind) const;
  std::optional<ServedResource> ByResource(const GroupResource& resource) const;

 private:
  const PlainInformer& definitions_;
};

}  // namespace controllers
