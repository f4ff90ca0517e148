// What `orrery serve` was asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/pacing.h"
#include "sim/result.h"

namespace scenarios {

struct ServeOptions {
  std::string listen = "127.0.0.1:6443";
  std::string data;    // "" keeps everything in memory
  std::string record;  // "" records nothing
  std::string kubeconfig = "./orrery.kubeconfig";
  std::string cluster_file;  // the cluster part of a scenario, or ""
  int node_count = 1;
  std::string node_behaviour = "modelled";
  std::vector<std::string> controllers = {"*"};
  sim::PacingMode pacing;
  std::optional<std::uint64_t> seed;  // nothing: drawn from the system, and printed
  std::string token_auth_file;
  std::string service_cluster_ip_range = "10.96.0.0/16";
  std::string log_level = "info";
};

struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};
// "127.0.0.1:6443", "[::1]:6443", ":6443" (loopback). Errors name what is wrong.
sim::Result<ListenAddress> ParseListenAddress(const std::string& text);

// Runs until SIGTERM or SIGINT; returns the process's exit status.
int Serve(const ServeOptions& options);

}  // namespace scenarios
