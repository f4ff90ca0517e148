// Who owns what: controller references, and the adopting and releasing that keep them true.
//
// Source of the rules: k8s.io/kubernetes/pkg/controller/controller_ref_manager.go.
#pragma once

#include <string>
#include <vector>

#include "apiserver/client/client.h"
#include "controllers/framework/names.h"
#include "controllers/framework/summaries.h"

namespace controllers {

// A controllerRef to the object: controller and blockOwnerDeletion set.
Value ControllerReference(const GroupVersionKind& kind, const ObjectMeta& owner);

// Makes the owner a candidate's controller. The uid guards against a namesake.
sim::Task<apiserver::ApiResult<ObjectPtr>> Adopt(apiserver::Client* client,
                                                 GroupVersionResource resource, ObjectKey key,
                                                 std::string uid, Value controller_reference);
// Takes the owner's reference off the object.
sim::Task<apiserver::ApiResult<ObjectPtr>> Release(apiserver::Client* client,
                                                   GroupVersionResource resource, ObjectKey key,
                                                   std::string uid, std::string owner_uid);

// Which objects a controller has, takes and lets go.
template <class Entry>
struct Claims {
  std::vector<Entry> owned;
  std::vector<Entry> adopted;
  std::vector<Entry> released;
};

// `owned` have the controller as their controller, `orphans` none, all in the owner's namespace.
template <class Entry>
Claims<Entry> PlanClaims(const ObjectMeta& owner, const apiserver::LabelSelector& selector,
                         std::vector<Entry> owned, const std::vector<Entry>& orphans) {
  Claims<Entry> claims;
  for (Entry& entry : owned) {
    if (selector.Matches(entry->meta().labels)) {
      claims.owned.push_back(std::move(entry));
    } else if (!owner.is_deleting()) {
      claims.released.push_back(std::move(entry));
    }
  }
  if (owner.is_deleting()) return claims;
  for (const Entry& entry : orphans) {
    if (!entry->meta().is_deleting() && selector.Matches(entry->meta().labels)) {
      claims.adopted.push_back(entry);
    }
  }
  return claims;
}

// Reads owned and orphaned objects from `informer`, adopts and releases. The result holds what is
// owned now. Errors: the first refusal; objects that are gone meanwhile are none.
template <class Entry>
sim::Task<apiserver::ApiResult<std::vector<Entry>>> ClaimObjects(
    apiserver::Client* client, GroupVersionResource resource, GroupVersionResource owner_resource,
    GroupVersionKind owner_kind, ObjectPtr owner, Claims<Entry> claims) {
  const ObjectMeta& meta = owner->meta();
  for (const Entry& entry : claims.released) {
    const auto released =
        co_await Release(client, resource, entry->meta().key(), entry->meta().uid, meta.uid);
    if (!released.ok() && released.error().code != 404 && released.error().code != 422) {
      co_return apiserver::ApiResult<std::vector<Entry>>(released.error());
    }
  }
  if (!claims.adopted.empty()) {
    // Adopt for the living only: the cache may be behind.
    const ObjectPtr live = client->Live(owner_resource, meta.key());
    if (!live || live->meta().uid != meta.uid || live->meta().is_deleting()) claims.adopted.clear();
  }
  for (const Entry& entry : claims.adopted) {
    const auto adopted = co_await Adopt(client, resource, entry->meta().key(), entry->meta().uid,
                                        ControllerReference(owner_kind, meta));
    if (adopted.ok()) {
      claims.owned.push_back(entry);
    } else if (adopted.error().code != 404 && adopted.error().code != 422) {
      co_return apiserver::ApiResult<std::vector<Entry>>(adopted.error());
    }
  }
  co_return apiserver::ApiResult<std::vector<Entry>>(std::move(claims.owned));
}

}  // namespace controllers
