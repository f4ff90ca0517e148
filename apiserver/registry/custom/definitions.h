// Watches CustomResourceDefinitions and serves what they define: names, Established, discovery,
// cleaning up.
//
// Invariants: (1) a definition is served from the event after its commit on; (2) one that is being
// deleted loses its finalizer when its last object is gone. Source:
// apiextensions-apiserver/pkg/controller/{status,establish,finalizer}. Threads: the kernel's only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/discovery/served_group.h"
#include "apiserver/registry/admission.h"
#include "apiserver/registry/call.h"
#include "apiserver/registry/custom/custom_resource.h"

namespace apiserver {

class Definitions {
 public:
  // Tells discovery what custom groups there are.
  using GroupsChanged = std::function<void(std::vector<ServedGroup> groups)>;

  explicit Definitions(RegistryParts& parts);
  Definitions(const Definitions&) = delete;
  Definitions& operator=(const Definitions&) = delete;

  // Called at each change, and at once.
  void SetGroupsChanged(GroupsChanged groups_changed);
  // Serves what a restored store defines. Call once, before the first request.
  void ServeStored();

  bool IsTerminating(const GroupResource& resource) const;

 private:
  void OnChange(const ChangePtr& change);
  void Queue(const std::string& name);
  // The others of the group of `name`: names may have become free.
  void QueueGroup(const std::string& name);
  // Brings status, resource table and discovery in line with the definition `name`.
  void Sync(const std::string& name);
  bool AcceptNames(Value& definition);
  bool Establish(Value& definition);
  bool TellApproval(Value& definition);
  bool CleanUp(Value& definition);
  void Serve(const std::string& name, const Value& definition);
  void Forget(const std::string& name);
  void TellGroups();

  RegistryParts& parts_;
  GroupsChanged groups_changed_;
  struct Served {
    std::shared_ptr<const CustomResource> custom;
    std::map<std::string, ServedResource> discovery;
  };
  std::map<std::string, Served> served_;  // by the definition's name
};

// Refuses new objects of a definition that is going away.
class TerminatingDefinitions final : public AdmissionPlugin {
 public:
  explicit TerminatingDefinitions(const Definitions& definitions) : definitions_(definitions) {}
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override;

 private:
  const Definitions& definitions_;
};

}  // namespace apiserver
