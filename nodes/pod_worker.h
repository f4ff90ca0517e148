// What runs one pod on a node: told of changes, it acts and writes status.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "apiserver/client/client.h"
#include "nodes/kubelet_events.h"
#include "nodes/pod_admission.h"
#include "sim/kernel.h"

namespace nodes {

class ContainerRun;

// What a pod worker needs of its kubelet.
class PodHost {
 public:
  virtual ~PodHost() = default;
  virtual sim::Kernel& kernel() = 0;
  virtual apiserver::Client& client() = 0;
  virtual KubeletEventRecorder& events() = 0;
  virtual const std::string& node_name() const = 0;
  virtual const std::string& host_ip() const = 0;
  virtual const BehaviourRules& rules() const = 0;
  virtual std::set<std::string>& images() = 0;
  // The address of a pod of this node, its own for as long as it exists; the node's when it uses
  // its network.
  virtual std::string PodAddress(const apiserver::ObjectKey& pod, bool is_host_network) = 0;
  // Takes the pod's requests into account, or says why not.
  virtual std::optional<PodRefusal> Admit(const apiserver::ObjectKey& key,
                                          const apiserver::Value& pod) = 0;
  // The pod is over: its requests are free.
  virtual void ReleaseResources(const apiserver::ObjectKey& pod) = 0;
};

class PodWorker {
 public:
  virtual ~PodWorker() = default;
  // The pod's object changed, or is seen for the first time.
  virtual void OnChange() = 0;
  virtual void PowerLoss() = 0;
  virtual void PowerReturn() = 0;
  // The container's run, or nullptr when there is none of that name, or none that has logs.
  virtual const ContainerRun* FindContainer(std::string_view) const { return nullptr; }
};

std::unique_ptr<PodWorker> MakeInstantPodWorker(PodHost& host, apiserver::ObjectKey key,
                                                std::string uid);
std::unique_ptr<PodWorker> MakeModelledPodWorker(PodHost& host, apiserver::ObjectKey key,
                                                 std::string uid);

}  // namespace nodes
