// What `orrery serve` was asked for. Flags of kube-apiserver have its names (serve_command.cc).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/pipeline/token_claims.h"
#include "sim/pacing.h"
#include "sim/result.h"

namespace scenarios {

struct ServeOptions {
  std::string listen = "127.0.0.1:6443";
  std::string advertise_address;                   // "": as ReachableAddress says
  std::string data;                                // "" keeps everything in memory
  std::string record;                              // "" records nothing
  std::string kubeconfig = "./orrery.kubeconfig";  // "" writes none
  std::string cluster_file;                        // the cluster part of a scenario, or ""
  int node_count = 1;
  // Nothing: as the cluster file says, or modelled and '*'.
  std::optional<std::string> node_behaviour;
  std::optional<std::vector<std::string>> controllers;
  sim::PacingMode pacing;
  std::optional<std::uint64_t> seed;  // nothing: drawn from the system, and printed
  std::string token_auth_file;
  std::string tls_cert_file;  // with its key, instead of a generated serving certificate
  std::string tls_private_key_file;
  std::string client_ca_file;  // whose client certificates count besides the generated authority's
  // Of service accounts' tokens: files of keys instead of the cluster's own key, and the terms.
  std::string token_signing_key_file;
  std::vector<std::string> token_key_files{};
  apiserver::TokenTerms token_terms{};
  bool has_anonymous_auth = true;
  std::vector<std::string> authorization_modes = {"Node", "RBAC"};
  std::string service_cluster_ip_range = "10.96.0.0/16";
  std::pair<int, int> service_node_ports{30000, 32767};
  std::vector<std::string> disabled_admission{};
  sim::Duration event_ttl = std::chrono::hours(1);  // zero: Events are kept for ever
  std::size_t history_count_max = 100'000;
  // As etcd is compacted behind kube-apiserver; zero keeps history by count alone.
  sim::Duration history_age_max = std::chrono::minutes(5);
};

// Runs until SIGTERM or SIGINT; returns the process's exit status.
int Serve(const ServeOptions& options);

}  // namespace scenarios
