// The cluster of a `serve` on its kernel, with its clock: a live run and a replay differ in who
// drives it, never in what it is.
#pragma once

#include <functional>
#include <memory>

#include "scenarios/clock/clock_service.h"
#include "scenarios/cluster.h"
#include "scenarios/serve_setup.h"

namespace scenarios {

class ServeSession {
 public:
  // `authenticator` knows tokens and signs those of accounts; null in a replay, whose answers
  // nobody sees. `warn` gets lines for people; it may be empty.
  explicit ServeSession(ServeSetup setup,
                        std::shared_ptr<const apiserver::Authenticator> authenticator = nullptr,
                        std::function<void(const std::string&)> warn = {});
  ~ServeSession();
  ServeSession(const ServeSession&) = delete;
  ServeSession& operator=(const ServeSession&) = delete;

  // Makes the cluster. The store may have been restored before. Errors: what was asked for can't be
  // made.
  sim::Result<void> Begin();

  const ServeSetup& setup() const { return setup_; }
  sim::Kernel& kernel() { return kernel_; }
  Cluster& cluster() { return cluster_; }
  ClockService& clock() { return clock_; }
  // The door for all requests.
  apiserver::RequestHandler& handler() { return clock_; }

 private:
  sim::Result<void> MakeNodes(const ClusterSpec& spec);

  const ServeSetup setup_;
  std::function<void(const std::string&)> warn_;
  sim::Kernel kernel_;
  Cluster cluster_;
  ClockService clock_;
};

}  // namespace scenarios
