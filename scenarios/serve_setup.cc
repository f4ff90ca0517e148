#include "scenarios/serve_setup.h"

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "scenarios/runner/scenario_run.h"

namespace scenarios {
namespace {

using apiserver::Array;
using apiserver::Object;
using apiserver::Value;

constexpr char kSetupName[] = "serve.json";
constexpr char kClusterName[] = "cluster.yaml";
constexpr char kSnapshotName[] = "snapshot";

std::vector<std::string> TextsAt(const Value& value, std::string_view name) {
  std::vector<std::string> texts;
  const Value* list = apiserver::Find(value, name);
  if (list == nullptr || !list->is_array()) return texts;
  for (const Value& item : list->get_array()) {
    if (item.is_string()) texts.emplace_back(item.get_string());
  }
  return texts;
}

std::string ToText(const ServeSetup& setup) {
  Object object;
  object["authority"] = setup.authority_pem;
  object["serverAddress"] = setup.server_address;
  object["serviceClusterIpRange"] = setup.service_cluster_ip_range;
  object["nodePortFirst"] = setup.service_node_ports.first;
  object["nodePortLast"] = setup.service_node_ports.second;
  object["disabledAdmission"] =
      Array(setup.disabled_admission.begin(), setup.disabled_admission.end());
  object["authorizationModes"] =
      Array(setup.authorization_modes.begin(), setup.authorization_modes.end());
  object["tokenIssuers"] =
      Array(setup.token_terms.issuers.begin(), setup.token_terms.issuers.end());
  object["tokenAudiences"] =
      Array(setup.token_terms.audiences.begin(), setup.token_terms.audiences.end());
  object["controllers"] = Array(setup.controllers.begin(), setup.controllers.end());
  object["nodes"] = setup.node_count;
  object["isInstant"] = setup.is_instant;
  object["pace"] = sim::PacingText(setup.pacing);
  object["eventTtlNanoseconds"] = setup.event_ttl.count();
  object["historyCountMax"] = setup.history_count_max;
  if (setup.history_age_max) object["historyAgeNanoseconds"] = setup.history_age_max->count();
  object["clusterFile"] = setup.cluster_file;
  return apiserver::ToJson(object);
}

sim::Result<void> FromText(const std::string& text, ServeSetup& setup) {
  const auto parsed = apiserver::ParseJson(text);
  const sim::Error malformed{"the recording's set-up is malformed"};
  if (!parsed.ok() || !parsed.value.is_object()) return malformed;
  const Value& value = parsed.value;
  const auto pace = sim::ParsePacing(apiserver::TextAt(value, {"pace"}));
  if (!pace.ok()) return malformed;
  setup.pacing = *pace;
  setup.authority_pem = apiserver::TextAt(value, {"authority"});
  setup.server_address = apiserver::TextAt(value, {"serverAddress"});
  setup.service_cluster_ip_range = apiserver::TextAt(value, {"serviceClusterIpRange"});
  setup.service_node_ports = {static_cast<int>(apiserver::IntAt(value, {"nodePortFirst"})),
                              static_cast<int>(apiserver::IntAt(value, {"nodePortLast"}))};
  setup.disabled_admission = TextsAt(value, "disabledAdmission");
  setup.authorization_modes = TextsAt(value, "authorizationModes");
  setup.token_terms = {TextsAt(value, "tokenIssuers"), TextsAt(value, "tokenAudiences")};
  if (setup.token_terms.issuers.empty() || setup.token_terms.audiences.empty()) return malformed;
  setup.controllers = TextsAt(value, "controllers");
  setup.node_count = static_cast<std::size_t>(apiserver::IntAt(value, {"nodes"}));
  setup.is_instant = apiserver::BoolAt(value, {"isInstant"});
  setup.event_ttl = sim::Duration(apiserver::IntAt(value, {"eventTtlNanoseconds"}));
  setup.history_count_max = static_cast<std::size_t>(apiserver::IntAt(
      value, {"historyCountMax"}, static_cast<std::int64_t>(setup.history_count_max)));
  if (apiserver::Find(value, "historyAgeNanoseconds") != nullptr) {
    setup.history_age_max = sim::Duration(apiserver::IntAt(value, {"historyAgeNanoseconds"}));
  }
  setup.cluster_file = apiserver::TextAt(value, {"clusterFile"});
  return {};
}

}  // namespace

sim::JournalHeader HeaderOf(const ServeSetup& setup) {
  sim::JournalHeader header;
  header.build_id = kBuildId;
  header.command = "serve";
  header.seed = setup.seed;
  header.incarnation = setup.incarnation;
  header.start = setup.start;
  header.files.emplace_back(kSetupName, ToText(setup));
  if (!setup.cluster_file.empty()) header.files.emplace_back(kClusterName, setup.cluster_text);
  if (!setup.snapshot.empty()) header.files.emplace_back(kSnapshotName, setup.snapshot);
  return header;
}

sim::Result<ServeSetup> SetupOf(const sim::JournalHeader& header) {
  ServeSetup setup;
  bool has_setup = false;
  for (const auto& [name, text] : header.files) {
    if (name == kClusterName) setup.cluster_text = text;
    if (name == kSnapshotName) setup.snapshot = text;
    if (name != kSetupName) continue;
    if (auto read = FromText(text, setup); !read.ok()) return read.error();
    has_setup = true;
  }
  if (!has_setup) return sim::Error{"the recording holds no set-up"};
  setup.seed = header.seed;
  setup.incarnation = header.incarnation;
  setup.start = header.start;
  return setup;
}

}  // namespace scenarios
