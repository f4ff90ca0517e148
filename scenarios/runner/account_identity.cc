#include "scenarios/runner/account_identity.h"

#include <filesystem>

#include "apiserver/client/client.h"
#include "apiserver/client/resources.h"
#include "apiserver/pipeline/token_claims.h"
#include "scenarios/kubeconfig.h"

namespace scenarios {
namespace {

using apiserver::GroupVersionResource;
using apiserver::ObjectKey;

constexpr std::int64_t kTokenSeconds = 10LL * 365 * 24 * 3600;
constexpr char kCredentialKey[] = "authentication.kubernetes.io/credential-id";

// "NAMESPACE/NAME".
ObjectKey AccountOf(const ProgramSpec& program) {
  const std::size_t slash = program.service_account.find('/');
  return {program.service_account.substr(0, slash), program.service_account.substr(slash + 1)};
}

std::string TokenId(std::uint32_t place) { return "program-" + std::to_string(place); }

sim::Result<void> Ensure(apiserver::Client& client, const GroupVersionResource& resource,
                         const ObjectKey& key) {
  if (client.Live(resource, key)) return {};
  apiserver::Object metadata{{"name", key.name}};
  if (!key.namespace_.empty()) metadata["namespace"] = key.namespace_;
  apiserver::Value object = {{"metadata", std::move(metadata)}};
  auto creation = client.Create(resource, key.namespace_, std::move(object));
  if (!creation.done()) return sim::Error{"a webhook is in the way of " + key.Text()};
  const auto made = creation.Take();
  if (!made.ok()) return sim::Error{made.error().message};
  return {};
}

}  // namespace

sim::Result<void> MakeProgramAccounts(Cluster& cluster, const Scenario& scenario) {
  apiserver::Client client(
      cluster.handler(), cluster.api().store(),
      {.user = {"admin", {}, {"system:masters"}, {}}, .field_manager = "orrery"});
  for (const ProgramSpec& program : scenario.programs) {
    if (program.service_account.empty()) continue;
    const ObjectKey account = AccountOf(program);
    auto made = Ensure(client, {"", "v1", "namespaces"}, {"", account.namespace_});
    if (made.ok()) made = Ensure(client, {"", "v1", "serviceaccounts"}, account);
    if (!made.ok()) {
      return sim::Error{scenario.file + ": programs: " + program.name +
                        ": serviceAccount: " + made.error().message};
    }
  }
  return {};
}

std::string ProgramToken(Cluster& cluster, const apiserver::TokenSigner& signer, sim::Time now,
                         std::uint32_t place, const ProgramSpec& program) {
  const ObjectKey key = AccountOf(program);
  const apiserver::ObjectPtr account = cluster.api().store().Find({"", "serviceaccounts"}, key);
  apiserver::TokenClaims claims;
  claims.id = TokenId(place);
  claims.audiences = {std::string(apiserver::kTokenIssuer)};
  claims.issued_at = claims.not_before =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  claims.expires_at = claims.issued_at + kTokenSeconds;
  claims.namespace_ = key.namespace_;
  claims.account = {key.name, account == nullptr ? std::string() : account->meta().uid};
  return apiserver::SignToken(claims, signer);
}

sim::Result<std::vector<std::pair<std::string, std::string>>> WriteAccountFiles(
    const std::string& directory, const ProgramSpec& program, const std::string& token,
    const std::string& authority_pem, const std::string& server_url) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return sim::Error{"cannot make " + directory + ": " + error.message()};
  const std::pair<const char*, std::string> files[] = {
      {"/token", token}, {"/ca.crt", authority_pem}, {"/namespace", AccountOf(program).namespace_}};
  for (const auto& [name, text] : files) {
    if (auto written = WriteSecretFile(directory + name, text); !written.ok()) {
      return written.error();
    }
  }
  const std::size_t host = server_url.find("//") + 2;
  const std::size_t colon = server_url.rfind(':');
  return std::vector<std::pair<std::string, std::string>>{
      {"KUBERNETES_SERVICE_HOST", server_url.substr(host, colon - host)},
      {"KUBERNETES_SERVICE_PORT", server_url.substr(colon + 1)},
      {"SERVICE_ACCOUNT_DIRECTORY", directory}};
}

bool IsProgram(const apiserver::UserInfo& user, std::uint32_t place, const ProgramSpec& program) {
  if (program.service_account.empty()) return user.name == program.name;
  for (const auto& [key, values] : user.extra) {
    if (key != kCredentialKey || values.size() != 1) continue;
    return values.front() == "JTI=" + TokenId(place);
  }
  return false;
}

}  // namespace scenarios
