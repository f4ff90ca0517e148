#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "apiserver/bootstrap/bootstrap.h"
#include "apiserver/http/https_client.h"
#include "apiserver/http/server.h"
#include "apiserver/http/token_key_files.h"
#include "apiserver/store/durability.h"
#include "scenarios/api_gateway.h"
#include "scenarios/command.h"
#include "scenarios/identity_files.h"
#include "scenarios/kubeconfig.h"
#include "scenarios/listen_address.h"
#include "scenarios/runner/scenario_session.h"
#include "scenarios/scenario_files.h"
#include "scenarios/serve_options.h"
#include "scenarios/serve_session.h"
#include "scenarios/store_snapshot.h"
#include "sim/host/clock.h"
#include "sim/host/driver.h"

namespace scenarios {
namespace {

constexpr std::uint16_t kUsualPort = 6443;

void Warn(const std::string& message) { std::fprintf(stderr, "orrery: %s\n", message.c_str()); }

int Fail(const sim::Error& error) {
  Warn(error.message);
  return kExitBadUsage;
}

sim::Result<apiserver::TokenTable> ReadTokens(const ServeOptions& options) {
  if (options.token_auth_file.empty()) return apiserver::TokenTable();
  const auto text = ReadTextFile(options.token_auth_file);
  if (!text.ok()) return sim::Error{"--token-auth-file: " + text.error().message};
  return apiserver::ParseTokenFile(*text, options.token_auth_file);
}

// On the data writer's thread: nothing that was not saved may be shown any more, so nothing is
// cleaned up.
void EndWithoutSaving(const std::string& message) {
  Warn(message);
  std::_Exit(kExitBadUsage);
}

// I/O threads: as many as processors less one, at least one.
int IoThreadCount() {
  return static_cast<int>(std::max(2u, std::thread::hardware_concurrency())) - 1;
}

// The cluster's own key of tokens, or those of the user's files.
sim::Result<std::shared_ptr<const apiserver::TokenSigner>> TokenSignerOf(
    const ServeOptions& options, const ClusterIdentity& identity) {
  apiserver::TokenKeyFiles files;
  if (!options.token_signing_key_file.empty()) {
    auto text = ReadTextFile(options.token_signing_key_file);
    if (!text.ok()) {
      return sim::Error{"--service-account-signing-key-file: " + text.error().message};
    }
    files.signing = {options.token_signing_key_file, std::move(text).value()};
  }
  for (const std::string& path : options.token_key_files) {
    auto text = ReadTextFile(path);
    if (!text.ok()) return sim::Error{"--service-account-key-file: " + text.error().message};
    files.known.emplace_back(path, std::move(text).value());
  }
  if (files.signing.first.empty() && files.known.empty()) return identity.token_signer;
  return apiserver::LoadTokenKeys(files, identity.token_signer);
}

// The addresses at which it listens and is reached.
struct Place {
  ListenAddress listen;
  std::string reachable;
  ServingNames names;
};

sim::Result<Place> PlaceOf(const ServeOptions& options) {
  const auto listen = ParseListenAddress(options.listen);
  if (!listen.ok()) return listen.error();
  const std::vector<std::string> interfaces = InterfaceAddresses();
  Place place{*listen, options.advertise_address, {}};
  if (place.reachable.empty()) place.reachable = ReachableAddress(listen->address, interfaces);
  place.names = NamesOfApiServer(listen->address,
                                 apiserver::FirstServiceAddress(options.service_cluster_ip_range));
  if (place.reachable != listen->address) {
    place.names.ip_addresses.insert(place.names.ip_addresses.end(), interfaces.begin(),
                                    interfaces.end());
    if (!options.advertise_address.empty()) {
      place.names.ip_addresses.push_back(options.advertise_address);
    }
  }
  return place;
}

// Generated, or with the serving certificate that the user gave.
sim::Result<ClusterIdentity> IdentityOf(const ServeOptions& options, const ServingNames& names) {
  auto identity = options.data.empty() ? MakeIdentity(sim::SystemRandomBytes, names)
                                       : LoadOrMakeIdentity(options.data + ".authority.pem",
                                                            sim::SystemRandomBytes, names);
  if (!identity.ok() || options.tls_cert_file.empty()) return identity;
  const auto certificate = ReadTextFile(options.tls_cert_file);
  if (!certificate.ok()) return sim::Error{"--tls-cert-file: " + certificate.error().message};
  const auto key = ReadTextFile(options.tls_private_key_file);
  if (!key.ok()) return sim::Error{"--tls-private-key-file: " + key.error().message};
  identity->serving = {*certificate, *key};
  return identity;
}

// A serving certificate that the user gave is trusted as it is, beside the generated authority.
std::string KubeconfigOf(const ServeOptions& options, const ClusterIdentity& identity,
                         const std::string& url) {
  KubeconfigOptions kubeconfig;
  kubeconfig.server_url = url;
  kubeconfig.authority_pem = identity.authority.certificate_pem;
  if (!options.tls_cert_file.empty()) kubeconfig.authority_pem += identity.serving.certificate_pem;
  kubeconfig.client = identity.admin;
  return BuildKubeconfig(kubeconfig);
}

// What the cluster file says holds where the command line says nothing.
sim::Result<void> ReadCluster(const ServeOptions& options, ServeSetup& setup) {
  ClusterSpec spec;
  if (!options.cluster_file.empty()) {
    auto text = ReadTextFile(options.cluster_file);
    if (!text.ok()) return sim::Error{"--cluster: " + text.error().message};
    auto read = ReadClusterFile(options.cluster_file, *text, KnownNames());
    if (!read.ok()) {
      std::string lines;
      for (const Problem& problem : read.error()) {
        lines += (lines.empty() ? "" : "\norrery: ") + problem.Text();
      }
      return sim::Error{lines};
    }
    spec = std::move(read).value();
    setup.cluster_file = options.cluster_file;
    setup.cluster_text = std::move(text).value();
  }
  if (spec.has_start) setup.start = spec.start;
  setup.controllers = options.controllers.value_or(spec.controllers);
  setup.is_instant =
      options.node_behaviour ? *options.node_behaviour == "instant" : spec.is_instant;
  return {};
}

sim::Result<ServeSetup> SetupFrom(const ServeOptions& options, const Place& place,
                                  const ClusterIdentity& identity,
                                  const apiserver::Durability& durability) {
  ServeSetup setup;
  setup.start = sim::SystemNow();
  if (auto read = ReadCluster(options, setup); !read.ok()) return read.error();
  setup.seed = options.seed ? *options.seed : sim::SystemRandomSeed();
  setup.incarnation = durability.incarnation();
  setup.start = std::max(setup.start, durability.last_time());
  setup.pacing = options.pacing;
  setup.authority_pem = identity.authority.certificate_pem;
  const std::uint16_t port = place.listen.port == 0 ? kUsualPort : place.listen.port;
  setup.server_address = HostAndPort(place.reachable, port);
  setup.service_cluster_ip_range = options.service_cluster_ip_range;
  setup.event_ttl = options.event_ttl;
  setup.service_node_ports = options.service_node_ports;
  setup.disabled_admission = options.disabled_admission;
  setup.authorization_modes = options.authorization_modes;
  setup.token_terms = options.token_terms;
  setup.node_count = static_cast<std::size_t>(options.node_count);
  setup.history_count_max = options.history_count_max;
  if (options.history_age_max > sim::Duration::zero()) {
    setup.history_age_max = options.history_age_max;
  }
  return setup;
}

class DriverClock final : public ClockPort {
 public:
  explicit DriverClock(sim::Driver& driver) : driver_(driver) {}
  void SetPace(sim::PacingMode mode) override { driver_.SetPacing(mode); }
  void AdvanceTo(sim::Time time) override { driver_.AdvanceTo(time); }
  void EndAdvance() override { driver_.EndAdvance(); }

 private:
  sim::Driver& driver_;
};

// The file of --record, from the first input to the digest.
class Recording {
 public:
  // Errors: the file exists, or can't be made.
  sim::Result<void> Begin(const std::string& path, ServeSession& session) {
    if (path.empty()) return {};
    ServeSetup setup = session.setup();
    if (session.cluster().api().store().revision() > 0) {
      setup.snapshot = PackStore(session.cluster().api().store());
    }
    auto writer = sim::JournalWriter::Create(path, HeaderOf(setup));
    if (!writer.ok()) return writer.error();
    writer_ = std::move(writer).value();
    session.kernel().SetInputSink(writer_.get());
    Warn("recording to " + path + " (mode 0600): bodies of Secrets are in it");
    return {};
  }
  // What was taken so far survives the end of this process. False when the file can't be written.
  bool Flush() { return !writer_ || writer_->Flush().ok(); }
  sim::Result<void> End(sim::Kernel& kernel) {
    if (!writer_) return {};
    kernel.SetInputSink(nullptr);
    if (writer_->error()) return *writer_->error();
    return writer_->Finish(kernel.position(), kernel.now(), kernel.FinalDigest().Hex());
  }

 private:
  std::unique_ptr<sim::JournalWriter> writer_;
};

}  // namespace

int Serve(const ServeOptions& options) {
  const auto place = PlaceOf(options);
  if (!place.ok()) return Fail(place.error());
  auto tokens = ReadTokens(options);
  if (!tokens.ok()) return Fail(tokens.error());
  auto identity = IdentityOf(options, place->names);
  if (!identity.ok()) return Fail(identity.error());
  auto token_signer = TokenSignerOf(options, *identity);
  if (!token_signer.ok()) return Fail(token_signer.error());
  const auto authenticator = std::make_shared<const apiserver::Authenticator>(
      std::move(tokens).value(), std::move(token_signer).value(), options.token_terms);
  std::string client_authorities = identity->authority.certificate_pem;
  if (!options.client_ca_file.empty()) {
    const auto text = ReadTextFile(options.client_ca_file);
    if (!text.ok()) return Fail({"--client-ca-file: " + text.error().message});
    client_authorities += *text;
  }

  auto durability = apiserver::Durability::Open(options.data);
  if (!durability.ok()) return Fail(durability.error());
  auto setup = SetupFrom(options, *place, *identity, **durability);
  if (!setup.ok()) return Fail(setup.error());
  ServeSession session(std::move(setup).value(), authenticator, Warn);
  sim::Kernel& kernel = session.kernel();
  kernel.DescribeOnCheckFailure();
  sim::Driver driver(kernel, options.pacing);
  driver.StopOnSignals();
  DriverClock clock(driver);
  session.clock().SetPort(&clock);
  (*durability)->Begin(session.cluster().api().store(), EndWithoutSaving);
  Recording recording;
  if (auto begun = recording.Begin(options.record, session); !begun.ok()) {
    return Fail(begun.error());
  }
  if (auto begun = session.Begin(); !begun.ok()) return Fail(begun.error());

  const auto when_durable = [&gate = (*durability)->gate()](apiserver::Revision revision,
                                                            std::function<void()> ready) {
    gate.WhenDurable(revision, std::move(ready));
  };
  OutsideCalls& outside_calls = session.cluster().outside_calls();
  auto client = std::make_unique<apiserver::HttpsClient>(when_durable);
  outside_calls.Attach(driver.inbox(), *client);
  driver.SetCallsOutside([&outside_calls] { return outside_calls.outside_count() > 0; });
  ApiGateway gateway(driver.inbox(), session.handler(), *authenticator, when_durable);
  if (!options.has_anonymous_auth) gateway.RefuseAnonymous();
  auto server = apiserver::HttpServer::Start({.address = place->listen.address,
                                              .port = place->listen.port,
                                              .threads = IoThreadCount(),
                                              .serving = identity->serving,
                                              .client_authorities_pem = client_authorities},
                                             gateway);
  if (!server.ok()) return Fail(server.error());
  const std::string address = HostAndPort(place->reachable, (*server)->port());
  session.cluster().documents().SetServerAddress(address);
  const std::string url = "https://" + address;
  if (!options.kubeconfig.empty()) {
    const auto written = WriteSecretFile(options.kubeconfig, KubeconfigOf(options, *identity, url));
    if (!written.ok()) return Fail(written.error());
  }
  std::printf("orrery: ready at %s (kubeconfig %s, seed %llu)\n", url.c_str(),
              options.kubeconfig.c_str(), static_cast<unsigned long long>(session.setup().seed));
  std::fflush(stdout);
  driver.SetBeforeWait([&] {
    if (!recording.Flush()) driver.Stop();
  });
  driver.Run([] { return false; });
  // No I/O thread may ask anything of a kernel that has stopped.
  outside_calls.Detach();
  client.reset();
  server->reset();
  session.clock().SetPort(nullptr);
  const auto recorded = recording.End(kernel);
  if (auto ended = (*durability)->End(kernel.now()); !ended.ok()) return Fail(ended.error());
  return recorded.ok() ? kExitWell : Fail(recorded.error());
}

}  // namespace scenarios
