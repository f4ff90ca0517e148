// What happens to a write between decoding and validation, and again before its commit.
//
// Invariants:
// (1) Plug-ins run in the order in which they were added; the first refusal ends the request.
// (2) Admit may change the object, Validate may not. Both see the object in its storage version.
// Threads: the kernel's only.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "apiserver/registry/strategy.h"

namespace apiserver {

class Authorizer;
struct Call;

enum class Operation : std::uint8_t { kCreate, kUpdate, kDelete, kConnect };

struct AdmissionRequest {
  const StrategyContext& context;  // user, resource, subresource, dry run
  Operation operation = Operation::kCreate;
  GroupResource resource{};  // as stored
  std::string_view kind{};
  std::string_view name{};  // may be empty before a name is generated
  std::string_view namespace_{};
  const Value* old_object = nullptr;  // of updates and deletes
  std::vector<std::string>* warnings = nullptr;
  Call* call = nullptr;              // the request; null in tests of plug-ins
  Authorizer* authorizer = nullptr;  // null: nobody is asked, everything is allowed
};

class AdmissionPlugin {
 public:
  virtual ~AdmissionPlugin() = default;
  // Whether updates of `resource` that change nothing but a heartbeat must be shown to it: users'
  // rules (webhooks, policies) may be about anything.
  virtual bool WatchesHeartbeats(const GroupResource& /*resource*/) const { return false; }
  // `object` is null for deletes.
  virtual std::optional<ApiError> Admit(const AdmissionRequest&, Value* /*object*/) {
    return std::nullopt;
  }
  virtual std::optional<ApiError> Validate(const AdmissionRequest&, const Value* /*object*/) {
    return std::nullopt;
  }
};

class AdmissionChain {
 public:
  void Add(std::unique_ptr<AdmissionPlugin> plugin) { plugins_.push_back(std::move(plugin)); }
  // Runs after all plug-ins that are added before or after it.
  void SetLast(std::unique_ptr<AdmissionPlugin> plugin) { last_ = std::move(plugin); }
  bool WatchesHeartbeats(const GroupResource& resource) const {
    for (const auto& plugin : plugins_) {
      if (plugin->WatchesHeartbeats(resource)) return true;
    }
    return last_ != nullptr && last_->WatchesHeartbeats(resource);
  }
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) const {
    for (const auto& plugin : plugins_) {
      if (auto refused = plugin->Admit(request, object)) return refused;
    }
    return last_ == nullptr ? std::nullopt : last_->Admit(request, object);
  }
  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) const {
    for (const auto& plugin : plugins_) {
      if (auto refused = plugin->Validate(request, object)) return refused;
    }
    return std::nullopt;
  }

 private:
  std::vector<std::unique_ptr<AdmissionPlugin>> plugins_;
  std::unique_ptr<AdmissionPlugin> last_;
};

}  // namespace apiserver
