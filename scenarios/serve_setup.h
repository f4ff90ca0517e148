// All that a run of `serve` follows from beside its inputs: what its recording keeps in the header.
//
// Invariant: SetupOf(HeaderOf(setup)) is `setup`. Of keys only public parts are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/pipeline/token_claims.h"
#include "scenarios/language/cluster_spec.h"
#include "sim/journal.h"
#include "sim/pacing.h"

namespace scenarios {

struct ServeSetup {
  std::uint64_t seed = 0;
  std::uint64_t incarnation = 0;
  sim::Time start{};
  sim::PacingMode pacing{};
  std::string authority_pem{};
  std::string server_address = "127.0.0.1:6443";  // as Endpoints advertise it
  std::string service_cluster_ip_range = "10.96.0.0/16";
  std::pair<int, int> service_node_ports{30000, 32767};
  std::vector<std::string> disabled_admission{};
  std::vector<std::string> authorization_modes = {"Node", "RBAC"};
  apiserver::TokenTerms token_terms{};
  std::vector<std::string> controllers = {"*"};
  std::size_t node_count = 0;
  bool is_instant = false;
  sim::Duration event_ttl{};
  std::size_t history_count_max = 100'000;
  std::optional<sim::Duration> history_age_max{};
  // The file of --cluster, name and text; its nodes stand for node_count.
  std::string cluster_file{};
  std::string cluster_text{};
  // What a data file held at the start (store_snapshot.h), or "".
  std::string snapshot{};
};

sim::JournalHeader HeaderOf(const ServeSetup& setup);
// Errors: the header is not one of HeaderOf.
sim::Result<ServeSetup> SetupOf(const sim::JournalHeader& header);

}  // namespace scenarios
