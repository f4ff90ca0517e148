// The WatchHub over a Store: finds the watchers that a commit may concern, and gives each its
// change.
//
// Watchers are indexed by resource, namespace and name, so that a commit costs as many steps as it
// has watchers. Threads: the kernel's only.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/watch/remote_watch.h"
#include "apiserver/watch/shared_events.h"
#include "apiserver/watch/watch_hub.h"
#include "apiserver/watch/watcher.h"

namespace apiserver {

struct WatchHubOptions {
  // The modelled delay of a delivery is drawn from 0 to this: 5 ms in `run`, 0 in `serve`.
  sim::Duration latency_max{};
};

// Keeps the parsed values of recent objects, so that the informers that follow one resource parse
// each change once.
class RecentValues {
 public:
  void Hold(const StoredObject& object) { values_[next_++ % values_.size()] = object.Peek(); }

 private:
  std::array<std::shared_ptr<const Value>, 256> values_;
  std::size_t next_ = 0;
};

class StoreWatchHub final : public WatchHub {
 public:
  // Observes `store`, which and `kernel` outlive the hub and every Subscription.
  StoreWatchHub(sim::Kernel& kernel, Store& store, WatchHubOptions options = {});
  ~StoreWatchHub() override;

  Subscription Subscribe(std::string watcher, GroupResource resource,
                         std::function<void(const ChangePtr&)> handler,
                         std::function<bool(const Change&)> wanted = nullptr) override;

  // Begins a watch of a client outside; it ends by itself after its timeout, or by
  // stream->Disconnect().
  std::shared_ptr<WatchStream> Watch(RemoteWatchOptions options);

  std::size_t watcher_count() const { return watcher_count_; }

 private:
  using WatcherPtr = std::shared_ptr<Watcher>;
  // Of one resource, each list in the order of subscription.
  struct Watchers {
    std::vector<WatcherPtr> of_all;
    std::map<std::string, std::vector<WatcherPtr>, std::less<>> by_namespace;
    std::map<ObjectKey, std::vector<WatcherPtr>> by_key;
  };
  struct Place {
    GroupResource resource;
    std::string namespace_;
    std::string name;
  };

  void OnCommit(const ChangePtr& change);
  void Add(const Place& place, WatcherPtr watcher);
  void Remove(const Place& place, const Watcher* watcher);

  sim::Kernel& kernel_;
  Store& store_;
  const WatchHubOptions options_;
  SharedEvents shared_events_;
  RecentValues recent_values_;
  std::map<GroupResource, Watchers> watchers_;
  std::size_t watcher_count_ = 0;
  std::uint64_t last_number_ = 0;
  // Lets Subscriptions find out that the hub is gone.
  std::shared_ptr<StoreWatchHub*> self_;
};

}  // namespace apiserver
