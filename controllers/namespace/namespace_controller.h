// Empties a namespace that is being deleted, pods first, says how far it is, and gives it up.
#pragma once

#include <map>

#include "controllers/framework/controller.h"
#include "controllers/framework/resource_kinds.h"

namespace controllers {

// What is left in a namespace.
struct NamespaceContent {
  std::map<std::string, int> resources;   // "pods." or "deployments.apps" -> how many
  std::map<std::string, int> finalizers;  // finalizer -> in how many objects
  std::vector<std::string> failures;      // why something could not be deleted
};

// status.conditions as they say that; unchanged entries keep their time.
Array NamespaceConditions(const Value* old_conditions, const NamespaceContent& content,
                          sim::Time now);

class NamespaceController final : public Controller {
 public:
  explicit NamespaceController(const ControllerContext& context);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  sim::Task<> DeleteAll(ServedResource served, std::string name, NamespaceContent* content);
  void CountRemaining(const ServedResource& served, const std::string& name,
                      NamespaceContent& content) const;

  PlainInformer& namespaces_;
  ResourceKinds kinds_;
};

}  // namespace controllers
