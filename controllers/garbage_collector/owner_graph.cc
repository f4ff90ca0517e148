#include "controllers/garbage_collector/owner_graph.h"

namespace controllers {

ObjectKey ObjectIdentity::ToQueueKey() const {
  return {resource.Text() + "/" + key.namespace_, key.name};
}

ObjectIdentity ObjectIdentity::FromQueueKey(const ObjectKey& queue_key) {
  const std::string& text = queue_key.namespace_;
  const std::size_t slash = text.find('/');
  const std::string resource = text.substr(0, slash);
  const std::size_t dot = resource.find('.');
  ObjectIdentity identity;
  identity.resource.resource = resource.substr(0, dot);
  if (dot != std::string::npos) identity.resource.group = resource.substr(dot + 1);
  identity.key = {text.substr(slash + 1), queue_key.name};
  return identity;
}

bool OwnerGraph::Put(const ObjectIdentity& object, const ObjectMeta& meta) {
  std::vector<std::string> uids;
  for (const apiserver::OwnerReference& owner : meta.owners) uids.push_back(owner.uid);
  const auto found = owners_.find(object);
  const bool had_same = found == owners_.end() ? uids.empty() : found->second == uids;
  if (!had_same) Remove(object);
  for (const apiserver::OwnerReference& owner : meta.owners) {
    dependents_[owner.uid][object] = owner.block_owner_deletion;
  }
  if (!uids.empty()) owners_[object] = std::move(uids);
  return !had_same;
}

void OwnerGraph::Remove(const ObjectIdentity& object) {
  const auto found = owners_.find(object);
  if (found == owners_.end()) return;
  for (const std::string& uid : found->second) {
    const auto dependents = dependents_.find(uid);
    if (dependents == dependents_.end()) continue;
    dependents->second.erase(object);
    if (dependents->second.empty()) dependents_.erase(dependents);
  }
  owners_.erase(found);
}

std::vector<Dependent> OwnerGraph::DependentsOf(const std::string& owner_uid) const {
  std::vector<Dependent> result;
  const auto found = dependents_.find(owner_uid);
  if (found == dependents_.end()) return result;
  for (const auto& [identity, blocks] : found->second) result.push_back({identity, blocks});
  return result;
}

}  // namespace controllers
