// What every controller is: a queue of keys, a named user of the API, an event recorder, and
// Reconcile.
//
// Invariants: (1) watch handlers only enqueue keys; (2) Reconcile reads the newest state, plans
// with a pure function, applies the plan, writes status only when it differs, and would do the same
// if called twice.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/client/client.h"
#include "apiserver/store/store.h"
#include "apiserver/watch/watch_hub.h"
#include "controllers/framework/all_objects.h"
#include "controllers/framework/event_recorder.h"
#include "controllers/framework/names.h"
#include "controllers/framework/summaries.h"
#include "controllers/framework/work_queue.h"
#include "sim/kernel.h"
#include "sim/task.h"

namespace controllers {

// What the manager gives to all its controllers.
struct ControllerContext {
  sim::Kernel& kernel;
  apiserver::RequestHandler& handler;
  const apiserver::Store& store;
  apiserver::WatchHub& hub;
  Informers& informers;
  AllObjects& all_objects;
};

class Controller {
 public:
  struct Identity {
    std::string name;             // of the service account it acts as: "deployment-controller"
    std::string_view sync_event;  // a static literal: "deployment-controller.sync"
    std::string component;        // the source of its events; `name` when ""
  };

  Controller(const ControllerContext& context, Identity identity);
  virtual ~Controller() = default;
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  // Caches are filled: begin to work.
  virtual void Start() { queue_.Start(); }
  const WorkQueue& queue() const { return queue_; }

 protected:
  virtual sim::Task<Outcome> Reconcile(ObjectKey key) = 0;

  sim::Time now() const { return context_.kernel.now(); }
  sim::Kernel& kernel() { return context_.kernel; }
  const apiserver::Store& store() const { return context_.store; }
  apiserver::Client& client() { return client_; }
  EventRecorder& events() { return events_; }
  Informers& informers() { return context_.informers; }
  AllObjects& all_objects() { return context_.all_objects; }
  void Enqueue(const ObjectKey& key) { queue_.Add(key); }
  void EnqueueAfter(const ObjectKey& key, sim::Duration delay) { queue_.AddAfter(key, delay); }
  // Enqueues the key of every change of `informer`'s objects.
  template <class Summary>
  void EnqueueChangesOf(apiserver::Informer<Summary>& informer) {
    using Entry = typename apiserver::Informer<Summary>::EntryPtr;
    informer.AddHandler([this](const Entry& old_entry, const Entry& new_entry) {
      Enqueue((new_entry ? new_entry : old_entry)->meta().key());
    });
  }

 private:
  ControllerContext context_;
  apiserver::Client client_;
  EventRecorder events_;
  WorkQueue queue_;
};

// The user that the controller `name` is: its service account in kube-system.
apiserver::UserInfo ControllerUser(const std::string& name);

// Writes `status` into `object`'s /status unless it says so already. True: written or nothing to
// do.
sim::Task<apiserver::ApiResult<ObjectPtr>> WriteStatus(apiserver::Client* client,
                                                       GroupVersionResource resource,
                                                       ObjectPtr object, Value status);

// The refusal of a write in a namespace that is going away: a controller leaves it at that.
bool IsNamespaceTerminating(const apiserver::ApiError& error);

}  // namespace controllers
