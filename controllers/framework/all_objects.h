// What all objects, custom ones included, own, and when they come and go, as one feed: for the
// garbage collector and namespaces.
//
// Invariants: (1) a resource is followed from its first object on; (2) events are left out: they
// own nothing and nobody owns them; (3) most changes are of no concern to either: those cost no
// event.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "apiserver/store/store.h"
#include "apiserver/watch/watch_hub.h"

namespace controllers {

class AllObjects {
 public:
  using Handler = std::function<void(const apiserver::ChangePtr&)>;

  AllObjects(apiserver::Store& store, apiserver::WatchHub& hub);
  AllObjects(const AllObjects&) = delete;
  AllObjects& operator=(const AllObjects&) = delete;

  // Whether it comes, goes, is about to, or has other owners or finalizers.
  static bool IsNews(const apiserver::Change& change);

  // Begins with all present objects. Handlers only enqueue.
  void AddHandler(Handler handler);
  // The feed is costly: it begins only when somebody asks for it.
  void Start();

 private:
  void Follow(const apiserver::GroupResource& resource);

  apiserver::Store& store_;
  apiserver::WatchHub& hub_;
  bool is_started_ = false;
  std::vector<Handler> handlers_;
  std::map<apiserver::GroupResource, apiserver::Subscription> subscriptions_;
  std::shared_ptr<AllObjects*> self_;  // the store's observers have no end of their own
};

}  // namespace controllers
