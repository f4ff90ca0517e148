#include "controllers/framework/all_objects.h"

namespace controllers {

AllObjects::AllObjects(apiserver::Store& store, apiserver::WatchHub& hub)
    : store_(store), hub_(hub), self_(std::make_shared<AllObjects*>(this)) {}

void AllObjects::AddHandler(Handler handler) { handlers_.push_back(std::move(handler)); }

void AllObjects::Start() {
  if (is_started_ || handlers_.empty()) return;
  is_started_ = true;
  for (const apiserver::GroupResource& resource : store_.Resources()) Follow(resource);
  store_.AddObserver(
      [self = std::weak_ptr<AllObjects*>(self_)](const apiserver::ChangePtr& change) {
        if (const auto all = self.lock()) (*all)->Follow(change->resource);
      });
}

bool AllObjects::IsNews(const apiserver::Change& change) {
  if (change.previous == nullptr || change.type == apiserver::ChangeType::kDeleted) return true;
  const apiserver::ObjectMeta& before = change.previous->meta();
  const apiserver::ObjectMeta& after = change.object->meta();
  return before.uid != after.uid || before.owners != after.owners ||
         before.finalizers != after.finalizers ||
         before.deletion_timestamp != after.deletion_timestamp;
}

void AllObjects::Follow(const apiserver::GroupResource& resource) {
  if (resource.resource == "events" || subscriptions_.contains(resource)) return;
  subscriptions_[resource] = hub_.Subscribe(
      "kube-controller-manager", resource,
      [this](const apiserver::ChangePtr& change) {
        for (const Handler& handler : handlers_) handler(change);
      },
      &IsNews);
}

}  // namespace controllers
