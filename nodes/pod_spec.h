// What a kubelet reads of a pod's object in order to run it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/object.h"
#include "nodes/runtime/behaviour.h"

namespace nodes {

struct ProbeSpec {
  std::string handler;  // "HTTP", "TCP", "gRPC", "exec"
  sim::Duration initial_delay{};
  sim::Duration period = std::chrono::seconds(10);
  int success_threshold = 1;
  int failure_threshold = 3;
  std::optional<sim::Duration> grace;  // terminationGracePeriodSeconds of its own
};

enum class PullPolicy : std::uint8_t { kIfNotPresent, kAlways, kNever };
enum class RestartPolicy : std::uint8_t { kAlways, kOnFailure, kNever };

struct ContainerSpec {
  ContainerFacts facts;
  PullPolicy pull_policy = PullPolicy::kIfNotPresent;
  bool is_sidecar = false;  // an init container that stays
  std::optional<ProbeSpec> startup_probe;
  std::optional<ProbeSpec> readiness_probe;
  std::optional<ProbeSpec> liveness_probe;
  sim::Duration pre_stop_sleep{};
  apiserver::Value resources;  // as spec.resources, or null
};

struct PodSpec {
  apiserver::ObjectKey key;
  std::string uid;
  std::int64_t generation = 0;
  std::vector<ContainerSpec> init_containers;
  std::vector<ContainerSpec> containers;
  RestartPolicy restart_policy = RestartPolicy::kAlways;
  sim::Duration grace = std::chrono::seconds(30);
  std::optional<sim::Duration> deadline;
  bool is_host_network = false;
  std::vector<std::string> readiness_gates;
  std::string behaviour;  // the annotation, or ""
};

PodSpec ReadPodSpec(const apiserver::Value& pod, const apiserver::ObjectMeta& meta,
                    const std::string& node_name);

}  // namespace nodes
