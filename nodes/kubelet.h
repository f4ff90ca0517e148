// One simulated kubelet: keeps its Node object and Lease fresh, and runs the pods that are bound to
// the node.
//
// Invariants:
// (1) It acts through the API only, as system:node:NAME.
// (2) Heartbeats are housekeeping: the lease every 10 s, the status every 5 min or when it was
// disturbed. (3) Without power nothing is sent and nothing moves; what happened meanwhile is caught
// up with on return. (4) An address belongs to a pod from before its first status until the pod is
// gone. Threads: the kernel's only. Randomness: stream `nodes`.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "apiserver/client/client.h"
#include "apiserver/store/store.h"
#include "hardware-models/machine_model.h"
#include "nodes/node_object.h"
#include "nodes/pod_network.h"
#include "nodes/pod_worker.h"
#include "sim/kernel.h"
#include "sim/task_scope.h"

namespace nodes {

// What all kubelets of a pool share.
struct KubeletContext {
  sim::Kernel& kernel;
  apiserver::RequestHandler& handler;
  const apiserver::Store& store;
  PodNetwork& network;
  const hardware_models::MachineCatalogue& machines;
  std::string default_machine;
  const BehaviourRules& rules;
  NodeBehaviour behaviour = NodeBehaviour::kModelled;
};

class Kubelet final : public PodHost {
 public:
  static constexpr sim::Duration kLeasePeriod = std::chrono::seconds(10);
  static constexpr sim::Duration kStatusPeriod = std::chrono::minutes(5);

  // `node` is the Node object that it adopts.
  Kubelet(KubeletContext& context, const apiserver::ObjectPtr& node);
  ~Kubelet() override;
  Kubelet(const Kubelet&) = delete;
  Kubelet& operator=(const Kubelet&) = delete;

  void SeeNode(const apiserver::ObjectPtr& node);
  void SeePod(const apiserver::ChangePtr& change);

  bool has_power() const { return has_power_; }
  const std::string& address() const { return identity_.address; }
  NodeBehaviour behaviour() const { return context_.behaviour; }
  void PowerLoss();
  void PowerReturn();
  std::size_t pods_count() const { return pods_.size(); }

  // The run of a container of a pod, or nullptr when it has none (instant pods have none).
  const ContainerRun* FindContainer(const apiserver::ObjectKey& pod,
                                    std::string_view container) const;

  // PodHost.
  sim::Kernel& kernel() override { return context_.kernel; }
  apiserver::Client& client() override { return client_; }
  KubeletEventRecorder& events() override { return events_; }
  const BehaviourRules& rules() const override { return context_.rules; }
  std::set<std::string>& images() override { return images_; }
  const std::string& node_name() const override { return name_; }
  const std::string& host_ip() const override { return identity_.address; }
  std::string PodAddress(const apiserver::ObjectKey& pod, bool is_host_network) override;
  std::optional<PodRefusal> Admit(const apiserver::ObjectKey& key,
                                  const apiserver::Value& pod) override;
  void ReleaseResources(const apiserver::ObjectKey& pod) override;

 private:
  struct PodEntry {
    std::string uid;
    std::optional<Ipv4> address;
    bool address_is_overflow = false;
    std::optional<apiserver::ResourceAmounts> requests;  // while they count
    std::unique_ptr<PodWorker> worker;
  };

  void Adopt();
  void BeginHeartbeats();
  void Beat();
  void WriteNodeStatus();
  void ForgetPod(const apiserver::ObjectKey& key);
  void ClaimAddress(PodEntry& entry, const apiserver::Value& pod);
  const hardware_models::MachineModel& machine() const;

  static sim::Task<> AssignSubnet(Kubelet* kubelet);
  static sim::Task<> RenewLease(Kubelet* kubelet);
  static sim::Task<> UpdateStatus(Kubelet* kubelet);

  KubeletContext& context_;
  std::string name_;
  std::string uid_;
  std::string machine_name_;
  apiserver::Client client_;
  KubeletEventRecorder events_;
  NodeIdentity identity_;
  std::optional<std::size_t> place_;
  std::optional<PodSubnet> subnet_;
  bool subnet_is_written_ = false;
  bool has_power_ = true;
  bool is_adopted_ = false;
  bool status_is_disturbed_ = false;
  sim::Time status_written_{};
  sim::EventId adopt_event_;
  sim::EventId beat_event_;
  std::map<apiserver::ObjectKey, PodEntry> pods_;
  apiserver::ResourceAmounts used_;  // by the pods whose requests count; pods_count is their number
  std::set<std::string> images_;     // pulled
  sim::TaskScope tasks_;
};

}  // namespace nodes
