// Keeps the condition Dangling of FlowSchemas: whether the priority level that they name is
// missing.
//
// Source: k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go. Threads: the kernel's only.
#pragma once

#include <optional>

#include "apiserver/client/client.h"
#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace apiserver {

// The condition that `flow_schema` should have and has not, without its time.
std::optional<Object> MissingDanglingCondition(const Value& flow_schema, bool has_level);

class FlowSchemaStatus {
 public:
  // All outlive it.
  FlowSchemaStatus(sim::Kernel& kernel, RequestHandler& handler, Store& store);
  FlowSchemaStatus(const FlowSchemaStatus&) = delete;
  FlowSchemaStatus& operator=(const FlowSchemaStatus&) = delete;

 private:
  void Queue();
  void Sync();
  bool HasLevel(std::string_view name) const;

  sim::Kernel& kernel_;
  Store& store_;
  Client client_;
  bool is_queued_ = false;
};

}  // namespace apiserver
