// What steps and expectations see of a cluster: what is served, and the newest state.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "apiserver/api/object.h"
#include "apiserver/api/resource.h"
#include "scenarios/language/program_facts.h"
#include "sim/time.h"

namespace scenarios {

// A resource as the cluster serves it.
struct ServedResource {
  apiserver::GroupVersionResource resource;
  std::string kind;
  bool is_namespaced = false;
};

class ClusterView {
 public:
  virtual ~ClusterView() = default;
  virtual sim::Time now() const = 0;
  // Nothing but housekeeping waits, and nobody outside can be about to ask for something.
  virtual bool is_idle() const = 0;

  // By a name as kubectl takes it: "pods", "pod", "po", "deployments.apps", "widgets.example.com".
  virtual std::optional<ServedResource> FindResource(std::string_view name) const = 0;
  virtual std::optional<ServedResource> FindKind(const apiserver::GroupVersionKind& kind) const = 0;

  virtual apiserver::ObjectPtr Find(const apiserver::GroupResource& resource,
                                    const apiserver::ObjectKey& key) const = 0;
  // In key order; `namespace_` "" for all.
  virtual std::vector<apiserver::ObjectPtr> List(const apiserver::GroupResource& resource,
                                                 std::string_view namespace_) const = 0;

  // What an attached program did so far, or null.
  virtual const ProgramFacts* FindProgram(std::string_view /*name*/) const { return nullptr; }
};

}  // namespace scenarios
