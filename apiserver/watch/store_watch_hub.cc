#include "apiserver/watch/store_watch_hub.h"

#include "sim/check.h"

namespace apiserver {
namespace {

// Watches a whole resource for code inside the process.
class LocalWatcher final : public Watcher {
 public:
  using Handler = std::function<void(const ChangePtr&)>;

  LocalWatcher(sim::Kernel& kernel, const Store& store, RecentValues& recent,
               WatcherIdentity identity, sim::Duration latency_max, GroupResource resource,
               Handler handler, std::function<bool(const Change&)> wanted)
      : Watcher(kernel, std::move(identity), latency_max),
        store_(store),
        recent_(recent),
        resource_(std::move(resource)),
        handler_(std::move(handler)),
        wanted_(std::move(wanted)) {}

 private:
  void Begin() override {
    std::vector<ObjectPtr> present;
    present.reserve(store_.Count(resource_));
    store_.Visit(resource_, {}, [&](const ObjectPtr& object) {
      present.push_back(object);
      return true;
    });
    for (ObjectPtr& object : present) {
      if (is_ended()) return;
      handler_(std::make_shared<const Change>(Change{.type = ChangeType::kAdded,
                                                     .revision = object->meta().revision,
                                                     .time = kernel().now(),
                                                     .resource = resource_,
                                                     .object = std::move(object),
                                                     .previous = nullptr}));
    }
  }
  void Deliver(const ChangePtr& change) override {
    if (change->type != ChangeType::kDeleted) recent_.Hold(*change->object);
    handler_(change);
  }
  bool Wants(const Change& change) const override { return !wanted_ || wanted_(change); }

  const Store& store_;
  RecentValues& recent_;
  const GroupResource resource_;
  const Handler handler_;
  const std::function<bool(const Change&)> wanted_;
};

void PushAll(const std::vector<std::shared_ptr<Watcher>>& watchers, const ChangePtr& change) {
  for (const auto& watcher : watchers) watcher->Push(change);
}

void EraseFrom(std::vector<std::shared_ptr<Watcher>>& watchers, const Watcher* watcher) {
  std::erase_if(watchers, [&](const auto& each) { return each.get() == watcher; });
}

}  // namespace

StoreWatchHub::StoreWatchHub(sim::Kernel& kernel, Store& store, WatchHubOptions options)
    : kernel_(kernel),
      store_(store),
      options_(options),
      self_(std::make_shared<StoreWatchHub*>(this)) {
  store.AddObserver([self = std::weak_ptr<StoreWatchHub*>(self_)](const ChangePtr& change) {
    if (const auto hub = self.lock()) (*hub)->OnCommit(change);
  });
}

StoreWatchHub::~StoreWatchHub() = default;

void StoreWatchHub::OnCommit(const ChangePtr& change) {
  const auto found = watchers_.find(change->resource);
  if (found == watchers_.end()) return;
  const Watchers& watchers = found->second;
  PushAll(watchers.of_all, change);
  const ObjectMeta& meta = change->object->meta();
  if (!watchers.by_namespace.empty()) {
    const auto in_namespace = watchers.by_namespace.find(meta.namespace_);
    if (in_namespace != watchers.by_namespace.end()) PushAll(in_namespace->second, change);
  }
  if (!watchers.by_key.empty()) {
    const auto of_object = watchers.by_key.find(meta.key());
    if (of_object != watchers.by_key.end()) PushAll(of_object->second, change);
  }
}

void StoreWatchHub::Add(const Place& place, WatcherPtr watcher) {
  Watchers& watchers = watchers_[place.resource];
  if (!place.name.empty()) {
    watchers.by_key[{place.namespace_, place.name}].push_back(std::move(watcher));
  } else if (!place.namespace_.empty()) {
    watchers.by_namespace[place.namespace_].push_back(std::move(watcher));
  } else {
    watchers.of_all.push_back(std::move(watcher));
  }
  ++watcher_count_;
}

void StoreWatchHub::Remove(const Place& place, const Watcher* watcher) {
  Watchers& watchers = watchers_[place.resource];
  if (!place.name.empty()) {
    const auto found = watchers.by_key.find({place.namespace_, place.name});
    SIM_CHECK(found != watchers.by_key.end());
    EraseFrom(found->second, watcher);
    if (found->second.empty()) watchers.by_key.erase(found);
  } else if (!place.namespace_.empty()) {
    const auto found = watchers.by_namespace.find(place.namespace_);
    SIM_CHECK(found != watchers.by_namespace.end());
    EraseFrom(found->second, watcher);
    if (found->second.empty()) watchers.by_namespace.erase(found);
  } else {
    EraseFrom(watchers.of_all, watcher);
  }
  --watcher_count_;
}

Subscription StoreWatchHub::Subscribe(std::string watcher, GroupResource resource,
                                      std::function<void(const ChangePtr&)> handler,
                                      std::function<bool(const Change&)> wanted) {
  const Place place{.resource = resource, .namespace_ = {}, .name = {}};
  auto local = std::make_shared<LocalWatcher>(
      kernel_, store_, recent_values_, WatcherIdentity{std::move(watcher), ++last_number_},
      options_.latency_max, std::move(resource), std::move(handler), std::move(wanted));
  Add(place, local);
  local->Start();
  return Subscription(
      [self = std::weak_ptr<StoreWatchHub*>(self_), place, ended = std::weak_ptr<Watcher>(local)] {
        const auto hub = self.lock();
        const auto alive = ended.lock();
        if (hub == nullptr || alive == nullptr) return;
        alive->End();
        (*hub)->Remove(place, alive.get());
      });
}

std::shared_ptr<WatchStream> StoreWatchHub::Watch(RemoteWatchOptions options) {
  const Place place{
      .resource = options.resource, .namespace_ = options.namespace_, .name = options.name};
  // The watch tells the hub of its end; the hub outlives it, being its owner.
  auto holder = std::make_shared<std::weak_ptr<Watcher>>();
  auto remote = std::make_shared<RemoteWatch>(kernel_, store_, shared_events_, ++last_number_,
                                              options_.latency_max, std::move(options),
                                              [this, place, holder] {
                                                if (const auto ended = holder->lock())
                                                  Remove(place, ended.get());
                                              });
  *holder = remote;
  Add(place, remote);
  remote->stream()->SetOnDisconnect([ended = std::weak_ptr<RemoteWatch>(remote)] {
    if (const auto alive = ended.lock()) alive->Disconnect();
  });
  remote->Start();
  return remote->stream();
}

}  // namespace apiserver
