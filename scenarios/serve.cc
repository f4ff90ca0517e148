#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "apiserver/http/server.h"
#include "apiserver/store/durability.h"
#include "scenarios/api_gateway.h"
#include "scenarios/cluster.h"
#include "scenarios/identity_files.h"
#include "scenarios/kubeconfig.h"
#include "scenarios/serve_options.h"
#include "sim/host/clock.h"
#include "sim/host/driver.h"

namespace scenarios {
namespace {

constexpr int kExitBadUsage = 2;

int Fail(const sim::Error& error) {
  std::fprintf(stderr, "orrery: %s\n", error.message.c_str());
  return kExitBadUsage;
}

sim::Result<apiserver::Authenticator> MakeAuthenticator(const ServeOptions& options) {
  if (options.token_auth_file.empty()) return apiserver::Authenticator({});
  std::ifstream file(options.token_auth_file);
  if (!file) return sim::Error{"cannot read --token-auth-file " + options.token_auth_file};
  std::ostringstream text;
  text << file.rdbuf();
  auto tokens = apiserver::ParseTokenFile(text.str(), options.token_auth_file);
  if (!tokens.ok()) return tokens.error();
  return apiserver::Authenticator(std::move(tokens).value());
}

// 10.96.0.1 for 10.96.0.0/16: the first address is the Service `kubernetes`.
std::string FirstServiceAddress(const std::string& range) {
  std::string address = range.substr(0, range.find('/'));
  const std::size_t dot = address.rfind('.');
  return dot == std::string::npos ? address : address.substr(0, dot) + ".1";
}

// On the data writer's thread: nothing that was not saved may be shown any more, so nothing is
// cleaned up.
void EndWithoutSaving(const std::string& message) {
  std::fprintf(stderr, "orrery: %s\n", message.c_str());
  std::_Exit(kExitBadUsage);
}

// I/O threads: as many as processors less one, at least one.
int IoThreadCount() {
  return static_cast<int>(std::max(2u, std::thread::hardware_concurrency())) - 1;
}

ClusterOptions ClusterOptionsOf(const ServeOptions& options, const ClusterIdentity& identity) {
  ClusterOptions cluster;
  cluster.authority_pem = identity.authority.certificate_pem;
  cluster.service_cluster_ip_range = options.service_cluster_ip_range;
  cluster.controllers = options.controllers;
  cluster.node_count = static_cast<std::size_t>(options.node_count);
  cluster.node_behaviour = options.node_behaviour == "instant" ? nodes::NodeBehaviour::kInstant
                                                               : nodes::NodeBehaviour::kModelled;
  return cluster;
}

std::string HostAndPort(const std::string& address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace

sim::Result<ListenAddress> ParseListenAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string problem = "--listen " + text + ": want HOST:PORT, for example 127.0.0.1:6443";
  if (colon == std::string::npos || colon + 1 == text.size()) return sim::Error{problem};
  int port = 0;
  for (const char c : text.substr(colon + 1)) {
    if (c < '0' || c > '9') return sim::Error{problem};
    port = port * 10 + (c - '0');
    if (port > 65535) return sim::Error{"--listen " + text + ": a port is at most 65535"};
  }
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[') address = address.substr(1, address.size() - 2);
  if (address.empty() || address == "localhost") address = "127.0.0.1";
  return ListenAddress{address, static_cast<std::uint16_t>(port)};
}

int Serve(const ServeOptions& options) {
  if (!options.record.empty() || !options.cluster_file.empty()) {
    return Fail(
        {"serve has no --record and no --cluster yet: put the cluster into a scenario file and use "
         "`orrery run FILE --record FILE`"});
  }
  const auto listen = ParseListenAddress(options.listen);
  if (!listen.ok()) return Fail(listen.error());
  auto authenticator = MakeAuthenticator(options);
  if (!authenticator.ok()) return Fail(authenticator.error());
  const ServingNames names =
      NamesOfApiServer(listen->address, FirstServiceAddress(options.service_cluster_ip_range));
  auto identity = options.data.empty() ? MakeIdentity(sim::SystemRandomBytes, names)
                                       : LoadOrMakeIdentity(options.data + ".authority.pem",
                                                            sim::SystemRandomBytes, names);
  if (!identity.ok()) return Fail(identity.error());

  auto durability = apiserver::Durability::Open(options.data);
  if (!durability.ok()) return Fail(durability.error());
  const std::uint64_t seed = options.seed ? *options.seed : sim::SystemRandomSeed();
  sim::Kernel kernel({.seed = seed,
                      .incarnation = (*durability)->incarnation(),
                      .start = std::max(sim::SystemNow(), (*durability)->last_time())});
  kernel.DescribeOnCheckFailure();
  sim::Driver driver(kernel, options.pacing);
  driver.StopOnSignals();
  Cluster cluster(kernel, ClusterOptionsOf(options, *identity));
  (*durability)->Begin(cluster.api().store(), EndWithoutSaving);
  if (auto started = cluster.Start(); !started.ok()) return Fail(started.error());

  ApiGateway gateway(
      driver.inbox(), cluster.handler(), std::move(authenticator).value(),
      [&gate = (*durability)->gate()](apiserver::Revision revision, std::function<void()> ready) {
        gate.WhenDurable(revision, std::move(ready));
      });
  auto server =
      apiserver::HttpServer::Start({.address = listen->address,
                                    .port = listen->port,
                                    .threads = IoThreadCount(),
                                    .serving = identity->serving,
                                    .client_authorities_pem = identity->authority.certificate_pem},
                                   gateway);
  if (!server.ok()) return Fail(server.error());
  const std::string address = HostAndPort(listen->address, (*server)->port());
  cluster.documents().SetServerAddress(address);
  const std::string url = "https://" + address;
  if (auto written = WriteSecretFile(
          options.kubeconfig, BuildKubeconfig({.server_url = url,
                                               .authority_pem = identity->authority.certificate_pem,
                                               .client = identity->admin}));
      !written.ok()) {
    return Fail(written.error());
  }
  std::printf("orrery: ready at %s (kubeconfig %s, seed %llu)\n", url.c_str(),
              options.kubeconfig.c_str(), static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  driver.Run([] { return false; });
  // No I/O thread may ask anything of a kernel that has stopped.
  server->reset();
  if (auto ended = (*durability)->End(kernel.now()); !ended.ok()) return Fail(ended.error());
  return 0;
}

}  // namespace scenarios
