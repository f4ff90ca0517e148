// Where the logs of containers come from: implemented by the simulated nodes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apiserver/api/object.h"
#include "apiserver/api/request.h"
#include "sim/time.h"

namespace apiserver {

// What a client wants of a log; checked, and `container` is one of the pod's.
struct PodLogOptions {
  std::string container;
  bool follow = false;
  bool previous = false;
  bool timestamps = false;
  std::optional<std::int64_t> since_seconds;
  std::optional<sim::Time> since_time;
  std::optional<std::int64_t> tail_lines;
  std::optional<std::int64_t> limit_bytes;
};

class PodLogSource {
 public:
  virtual ~PodLogSource() = default;
  // The answer of GET .../log for a pod that has a node: text/plain bytes, or a LogStream for
  // follow. Kernel thread. Errors: 400 with the kubelet's words when the container has not run yet
  // or has no previous instance.
  virtual Response ReadLog(const ObjectPtr& pod, const PodLogOptions& options) = 0;
};

}  // namespace apiserver
