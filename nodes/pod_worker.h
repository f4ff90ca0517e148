// What runs one pod on a node: told of changes, it acts and writes status.
#pragma once

#include <memory>
#include <string>

#include "apiserver/client/client.h"
#include "sim/kernel.h"

namespace nodes {

// What a pod worker needs of its kubelet.
class PodHost {
 public:
  virtual ~PodHost() = default;
  virtual sim::Kernel& kernel() = 0;
  virtual apiserver::Client& client() = 0;
  virtual const std::string& node_name() const = 0;
  virtual const std::string& host_ip() const = 0;
  // The address of a pod of this node, its own for as long as it exists; the node's when it uses
  // its network.
  virtual std::string PodAddress(const apiserver::ObjectKey& pod, bool is_host_network) = 0;
};

class PodWorker {
 public:
  virtual ~PodWorker() = default;
  // The pod's object changed, or is seen for the first time.
  virtual void OnChange() = 0;
  virtual void PowerLoss() = 0;
  virtual void PowerReturn() = 0;
};

std::unique_ptr<PodWorker> MakeInstantPodWorker(PodHost& host, apiserver::ObjectKey key,
                                                std::string uid);

}  // namespace nodes
