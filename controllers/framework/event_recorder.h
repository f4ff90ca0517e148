// Writes Events about objects, as client-go's recorder does: core v1 Events, counted, combined,
// never waited for.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/client/client.h"
#include "controllers/framework/event_correlator.h"
#include "controllers/framework/names.h"
#include "sim/kernel.h"
#include "sim/task_scope.h"

namespace controllers {

struct InvolvedObject {
  std::string api_version;
  std::string kind;
  std::string namespace_;
  std::string name;
  std::string uid;
  std::string resource_version;
};

InvolvedObject Involve(const GroupVersionKind& kind, const ObjectMeta& meta);

class EventRecorder {
 public:
  // `component` is the source: "replicaset-controller".
  EventRecorder(sim::Kernel& kernel, apiserver::Client& client, std::string component);

  void Normal(const InvolvedObject& object, std::string_view reason, std::string message) {
    Record(object, "Normal", reason, std::move(message));
  }
  void Warning(const InvolvedObject& object, std::string_view reason, std::string message) {
    Record(object, "Warning", reason, std::move(message));
  }
  void Record(const InvolvedObject& object, std::string_view type, std::string_view reason,
              std::string message);

 private:
  static sim::Task<> Write(EventRecorder* recorder, InvolvedObject object, std::string type,
                           std::string reason, CorrelatedEvent event);
  // OBJECT.HEX: the time in nanoseconds, made unique.
  std::string NextName(const std::string& object_name);

  sim::Kernel& kernel_;
  apiserver::Client& client_;
  std::string component_;
  EventCorrelator correlator_;
  std::int64_t last_name_number_ = 0;
  sim::TaskScope tasks_;
};

}  // namespace controllers
