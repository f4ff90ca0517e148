// orrery serve: the flags of a cluster that runs until it is told to stop.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "apiserver/api/time_format.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "controllers/controller_manager.h"
#include "scenarios/apiserver_flags.h"
#include "scenarios/apiserver_options.h"
#include "scenarios/command.h"
#include "scenarios/language/nearest_name.h"
#include "scenarios/listen_address.h"
#include "scenarios/runner/scenario_session.h"
#include "scenarios/serve_options.h"

namespace scenarios {
namespace {

// What CLI11 keeps of `serve` until all is parsed.
struct ServeArguments {
  ServeOptions options;
  std::string time = "real";
  std::optional<std::string> controllers;
  std::string history_age = "5m";

  // As kube-apiserver has them.
  std::string bind_address;
  std::string cert_dir;
  std::optional<std::uint16_t> secure_port;
  std::string node_port_range = "30000-32767";
  std::string event_ttl = "1h";
  std::vector<std::string> token_issuers;
  std::vector<std::string> token_audiences;
  bool allows_privileged = true;
  int requests_max = 400;
  std::vector<std::string> enabled_plugins;
  std::vector<std::string> runtime_config;
  IgnoredFlags ignored;
};

// "a, b" -> {"a", "b"}; "" -> {}.
std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> entries = CLI::detail::split(text, ',');
  for (std::string& entry : entries) CLI::detail::trim(entry);
  std::erase(entries, "");
  return entries;
}

void AddOwnFlags(CLI::App& serve, ServeArguments& arguments) {
  ServeOptions& options = arguments.options;
  serve.add_option("--listen", options.listen, "address and port; port 0 takes any free one")
      ->capture_default_str();
  serve.add_option("--data", options.data, "keep the cluster in this file, across restarts");
  serve.add_option(
      "--record", options.record,
      "keep every input in this new file (mode 0600; bodies of Secrets are in it), for "
      "`orrery replay`");
  auto* nodes = serve.add_option("--nodes", options.node_count, "simulated nodes at the start")
                    ->check(CLI::Range(0, 10'000))
                    ->capture_default_str();
  serve.add_option("--cluster", options.cluster_file, "the cluster part of a scenario file")
      ->excludes(nodes);
  serve.add_option("--kubeconfig", options.kubeconfig, "where to write the kubeconfig")
      ->capture_default_str();
  serve.add_option("--time", arguments.time, "real, paused, max, or a factor such as x10")
      ->capture_default_str();
  serve
      .add_option("--node-behaviour", options.node_behaviour, "modelled, or instant for load tests")
      ->check(CLI::IsMember({"modelled", "instant"}));
  serve.add_option("--seed", options.seed, "the seed of all randomness; drawn when not given");
  serve.add_option("--controllers", arguments.controllers,
                   "kube-controller-manager's list, with `scheduler` and `nodes`: '*' all, '-name' "
                   "without, '' none");
  serve
      .add_option("--history-age", arguments.history_age,
                  "how long changes are kept for watches and exact lists; 0 for ever")
      ->capture_default_str();
  serve
      .add_option("--watch-cache-history", options.history_count_max,
                  "how many changes are kept for watches and exact lists")
      ->check(CLI::Range(100, 10'000'000))
      ->capture_default_str();
}

void AddTokenFlags(CLI::App& serve, ServeArguments& arguments) {
  constexpr char kGroup[] = "As kube-apiserver";
  ServeOptions& options = arguments.options;
  serve
      .add_option("--service-account-issuer", arguments.token_issuers,
                  "whose tokens of service accounts count; the first makes them")
      ->allow_extra_args(false)
      ->group(kGroup);
  serve
      .add_option("--api-audiences", arguments.token_audiences,
                  "for whom they are unless they say it; the issuers")
      ->delimiter(',')
      ->group(kGroup);
  serve
      .add_option("--service-account-signing-key-file", options.token_signing_key_file,
                  "the private key that signs them, instead of a generated one")
      ->check(CLI::ExistingFile)
      ->group(kGroup);
  serve
      .add_option("--service-account-key-file", options.token_key_files,
                  "keys whose signatures count; that of the key that signs")
      ->check(CLI::ExistingFile)
      ->allow_extra_args(false)
      ->group(kGroup);
}

void AddListenFlags(CLI::App& serve, ServeArguments& arguments) {
  constexpr char kGroup[] = "As kube-apiserver";
  ServeOptions& options = arguments.options;
  auto* listen = serve.get_option("--listen");
  serve.add_option("--secure-port", arguments.secure_port, "the port of --listen")
      ->excludes(listen)
      ->group(kGroup);
  serve.add_option("--bind-address", arguments.bind_address, "the address of --listen")
      ->excludes(listen)
      ->group(kGroup);
  serve
      .add_option("--advertise-address", options.advertise_address,
                  "by which others reach it; for 0.0.0.0 that of the first interface")
      ->check(CLI::ValidIPV4)
      ->group(kGroup);
  auto* certificate = serve.add_option("--tls-cert-file", options.tls_cert_file,
                                       "a serving certificate instead of a generated one");
  auto* key = serve.add_option("--tls-private-key-file", options.tls_private_key_file, "its key");
  certificate->check(CLI::ExistingFile)->needs(key)->group(kGroup);
  key->check(CLI::ExistingFile)->needs(certificate)->group(kGroup);
  serve
      .add_option("--cert-dir", arguments.cert_dir,
                  "apiserver.crt and apiserver.key in it serve, if they are there")
      ->group(kGroup);
  serve
      .add_option("--client-ca-file", options.client_ca_file,
                  "whose client certificates count, beside the generated authority's")
      ->check(CLI::ExistingFile)
      ->group(kGroup);
  serve
      .add_option("--token-auth-file", options.token_auth_file,
                  "lines of token,user,uid,\"group1,group2\"")
      ->check(CLI::ExistingFile)
      ->group(kGroup);
  AddTokenFlags(serve, arguments);
  serve
      .add_flag("--anonymous-auth", options.has_anonymous_auth,
                "whether requests without credentials are system:anonymous; true")
      ->group(kGroup);
}

void AddClusterFlags(CLI::App& serve, ServeArguments& arguments) {
  constexpr char kGroup[] = "As kube-apiserver";
  ServeOptions& options = arguments.options;
  serve
      .add_option("--authorization-mode", options.authorization_modes,
                  "who decides who may do what: Node,RBAC or AlwaysAllow or AlwaysDeny")
      ->delimiter(',')
      ->capture_default_str()
      ->group(kGroup);
  serve
      .add_option("--service-cluster-ip-range", options.service_cluster_ip_range,
                  "addresses of Services, an IPv4 range")
      ->capture_default_str()
      ->group(kGroup);
  serve.add_option("--service-node-port-range", arguments.node_port_range, "their node ports")
      ->capture_default_str()
      ->group(kGroup);
  serve
      .add_option("--enable-admission-plugins", arguments.enabled_plugins,
                  "beside those that are on by themselves")
      ->delimiter(',')
      ->group(kGroup);
  serve.add_option("--disable-admission-plugins", options.disabled_admission, "switched off")
      ->delimiter(',')
      ->group(kGroup);
  serve
      .add_option("--runtime-config", arguments.runtime_config,
                  "api/all=true and its like: everything is served here")
      ->delimiter(',')
      ->group(kGroup);
  serve
      .add_flag("--allow-privileged", arguments.allows_privileged,
                "privileged containers are allowed; true")
      ->group(kGroup);
  serve.add_option("--event-ttl", arguments.event_ttl, "how long Events are kept; 0 for ever")
      ->capture_default_str()
      ->group(kGroup);
  serve
      .add_option("--max-requests-inflight", arguments.requests_max,
                  "accepted: requests are executed one after the other")
      ->group(kGroup);
}

void Warn(const std::string& message) { std::fprintf(stderr, "orrery: %s\n", message.c_str()); }

int Fail(const std::string& message) {
  Warn(message);
  return kExitBadUsage;
}

// What is wrong with the list, or "".
std::string ControllersProblem(const std::vector<std::string>& list) {
  const ScenarioNames names = KnownNames();
  const std::vector<std::string_view> known(names.controllers.begin(), names.controllers.end());
  for (const std::string& entry : list) {
    const std::string name = entry.starts_with("-") ? entry.substr(1) : entry;
    if (name == "*" || std::find(known.begin(), known.end(), name) != known.end()) continue;
    return "unknown controller \"" + name + "\"" + DidYouMean(name, known);
  }
  const auto checked = controllers::CheckControllerList(list, {"scheduler", "nodes"});
  return checked.ok() ? "" : checked.error().message;
}

void TakeCertificatesOf(const std::string& cert_dir, ServeOptions& options) {
  if (cert_dir.empty() || !options.tls_cert_file.empty()) return;
  const std::filesystem::path certificate = std::filesystem::path(cert_dir) / "apiserver.crt";
  const std::filesystem::path key = std::filesystem::path(cert_dir) / "apiserver.key";
  std::error_code failed;
  if (!std::filesystem::exists(certificate, failed) || !std::filesystem::exists(key, failed))
    return;
  options.tls_cert_file = certificate.string();
  options.tls_private_key_file = key.string();
}

// Reads what the flags of kube-apiserver say; the first problem, or "".
std::string ReadApiServerFlags(ServeArguments& arguments) {
  ServeOptions& options = arguments.options;
  if (arguments.secure_port || !arguments.bind_address.empty()) {
    options.listen =
        HostAndPort(arguments.bind_address.empty() ? "127.0.0.1" : arguments.bind_address,
                    arguments.secure_port.value_or(6443));
  }
  TakeCertificatesOf(arguments.cert_dir, options);
  const auto ports = ParsePortRange(arguments.node_port_range);
  if (!ports.ok()) return "--service-node-port-range: " + ports.error().message;
  options.service_node_ports = *ports;
  const auto range = apiserver::ParseCidr(options.service_cluster_ip_range);
  if (!range || range->has_host_bits() ||
      options.service_cluster_ip_range.find(':') != std::string::npos) {
    return "--service-cluster-ip-range " + options.service_cluster_ip_range +
           ": want an IPv4 range such as 10.96.0.0/16";
  }
  if (!arguments.token_issuers.empty()) {
    options.token_terms = {arguments.token_issuers, arguments.token_issuers};
  }
  if (!arguments.token_audiences.empty()) {
    options.token_terms.audiences = arguments.token_audiences;
  }
  const auto ttl = apiserver::ParseGoDuration(arguments.event_ttl);
  if (!ttl.ok() || *ttl < sim::Duration::zero()) {
    return "--event-ttl " + arguments.event_ttl + ": want a duration such as 1h";
  }
  options.event_ttl = *ttl;
  if (auto known = CheckAdmissionPlugins(arguments.enabled_plugins); !known.ok()) {
    return "--enable-admission-plugins: " + known.error().message;
  }
  if (auto known = CheckAdmissionPlugins(options.disabled_admission); !known.ok()) {
    return "--disable-admission-plugins: " + known.error().message;
  }
  if (auto known = CheckAuthorizationModes(options.authorization_modes); !known.ok()) {
    return "--authorization-mode: " + known.error().message;
  }
  for (const std::string& name : UnbuiltAdmissionPlugins(arguments.enabled_plugins)) {
    Warn("--enable-admission-plugins: " + name + " is not built yet, and does nothing");
  }
  const auto switched_off = ReadRuntimeConfig(arguments.runtime_config);
  if (!switched_off.ok()) return "--runtime-config: " + switched_off.error().message;
  for (const std::string& name : *switched_off) {
    Warn("--runtime-config: " + name + " is served all the same");
  }
  if (!arguments.allows_privileged) {
    Warn("--allow-privileged=false is not enforced: privileged containers are allowed");
  }
  if (const std::string line = arguments.ignored.Line(); !line.empty()) Warn(line);
  return "";
}

int RunServe(ServeArguments& arguments) {
  ServeOptions& options = arguments.options;
  const auto pacing = sim::ParsePacing(arguments.time);
  if (!pacing.ok()) return Fail("--time " + pacing.error().message);
  options.pacing = *pacing;
  if (arguments.controllers) {
    options.controllers = SplitList(*arguments.controllers);
    const std::string problem = ControllersProblem(*options.controllers);
    if (!problem.empty()) return Fail("--controllers: " + problem);
  }
  const auto age = apiserver::ParseGoDuration(arguments.history_age);
  if (!age.ok() || *age < sim::Duration::zero()) {
    return Fail("--history-age " + arguments.history_age +
                ": want a duration such as 5m, or 0 to keep history by count alone");
  }
  options.history_age_max = *age;
  if (const std::string problem = ReadApiServerFlags(arguments); !problem.empty()) {
    return Fail(problem);
  }
  return Serve(options);
}

void AddFlags(CLI::App& app, ServeArguments& arguments) {
  AddOwnFlags(app, arguments);
  AddListenFlags(app, arguments);
  AddClusterFlags(app, arguments);
  arguments.ignored.AddTo(app);
}

}  // namespace

Command AddServeCommand(CLI::App& app) {
  auto arguments = std::make_shared<ServeArguments>();
  CLI::App* serve = app.add_subcommand("serve", "run a cluster until SIGTERM or ctrl-C");
  AddFlags(*serve, *arguments);
  serve->footer(
      "Example: orrery serve --nodes 3 --data cluster.db --time x10\n"
      "All other flags of kube-apiserver are accepted, and named as ignored.");
  return {serve, [arguments] { return RunServe(*arguments); }};
}

int RunKubeApiServer(int argc, char** argv) {
  ServeArguments arguments;
  arguments.options.controllers.emplace();
  arguments.options.node_count = 0;
  arguments.options.kubeconfig = "";
  CLI::App app{"orrery as kube-apiserver: nothing acts on objects unless --controllers says so."};
  AddFlags(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitWell : kExitBadUsage;
  }
  if (arguments.options.kubeconfig.empty() && !arguments.cert_dir.empty()) {
    arguments.options.kubeconfig = arguments.cert_dir + "/orrery.kubeconfig";
  }
  return RunServe(arguments);
}

}  // namespace scenarios
