#include "scenarios/identity_files.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "apiserver/http/token_key.h"
#include "scenarios/kubeconfig.h"

namespace scenarios {
namespace {

using apiserver::CertificateAuthority;
using RandomBytes = std::function<std::string(std::size_t)>;

apiserver::KeySeed NextSeed(const RandomBytes& random_bytes) {
  apiserver::KeySeed seed{};
  const std::string bytes = random_bytes(seed.size());
  SIM_CHECK(bytes.size() == seed.size());
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  return seed;
}

sim::Result<ClusterIdentity> IssueFrom(const CertificateAuthority& authority,
                                       const RandomBytes& random_bytes, const ServingNames& names) {
  ClusterIdentity identity;
  identity.authority = authority.key_pair();
  identity.token_signer = apiserver::MakeTokenKey(identity.authority.private_key_pem);
  auto serving = authority.Issue(NextSeed(random_bytes), {.common_name = "kube-apiserver",
                                                          .organizations = {},
                                                          .dns_names = names.dns_names,
                                                          .ip_addresses = names.ip_addresses,
                                                          .is_server = true,
                                                          .serial = 2});
  if (!serving.ok()) return serving.error();
  identity.serving = std::move(serving).value();
  auto admin = authority.Issue(NextSeed(random_bytes), {.common_name = "kubernetes-admin",
                                                        .organizations = {"system:masters"},
                                                        .dns_names = {},
                                                        .ip_addresses = {},
                                                        .is_server = false,
                                                        .serial = 3});
  if (!admin.ok()) return admin.error();
  identity.admin = std::move(admin).value();
  return identity;
}

constexpr char kPemEnd[] = "-----END CERTIFICATE-----\n";

// The file holds the certificate and then the key, both PEM.
sim::Result<CertificateAuthority> LoadAuthority(const std::string& path, const std::string& text) {
  const std::size_t end = text.find(kPemEnd);
  if (end == std::string::npos) return sim::Error{path + " holds no certificate"};
  const std::size_t key = end + sizeof kPemEnd - 1;
  auto authority = CertificateAuthority::Load({text.substr(0, key), text.substr(key)});
  if (!authority.ok()) return sim::Error{path + ": " + authority.error().message};
  return authority;
}

}  // namespace

ServingNames NamesOfApiServer(const std::string& address,
                              const std::string& kubernetes_service_ip) {
  ServingNames names;
  names.dns_names = {"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                     "kubernetes.default.svc.cluster.local"};
  names.ip_addresses = {"127.0.0.1", "::1", kubernetes_service_ip};
  const bool is_listed = std::find(names.ip_addresses.begin(), names.ip_addresses.end(), address) !=
                         names.ip_addresses.end();
  if (!is_listed && address != "0.0.0.0" && address != "::") names.ip_addresses.push_back(address);
  return names;
}

sim::Result<ClusterIdentity> MakeIdentity(const RandomBytes& random_bytes,
                                          const ServingNames& names) {
  auto authority = CertificateAuthority::Make(NextSeed(random_bytes), "kubernetes");
  if (!authority.ok()) return authority.error();
  return IssueFrom(*authority, random_bytes, names);
}

sim::Result<ClusterIdentity> LoadOrMakeIdentity(const std::string& path,
                                                const RandomBytes& random_bytes,
                                                const ServingNames& names) {
  std::ifstream file(path, std::ios::binary);
  if (file) {
    std::ostringstream text;
    text << file.rdbuf();
    auto authority = LoadAuthority(path, text.str());
    if (!authority.ok()) return authority.error();
    return IssueFrom(*authority, random_bytes, names);
  }
  auto identity = MakeIdentity(random_bytes, names);
  if (!identity.ok()) return identity;
  const apiserver::KeyPair& authority = identity->authority;
  if (auto written = WriteSecretFile(path, authority.certificate_pem + authority.private_key_pem);
      !written.ok()) {
    return written.error();
  }
  return identity;
}

}  // namespace scenarios
