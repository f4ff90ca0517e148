// orrery serve: the flags of a cluster that runs until it is told to stop.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "apiserver/api/time_format.h"
#include "scenarios/command.h"
#include "scenarios/serve_options.h"

namespace scenarios {
namespace {

// What CLI11 keeps of `serve` until all is parsed.
struct ServeArguments {
  ServeOptions options;
  std::string time = "real";
  std::optional<std::string> controllers;
  std::string history_age = "5m";
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

int Fail(const std::string& message) {
  std::fprintf(stderr, "orrery: %s\n", message.c_str());
  return kExitBadUsage;
}

int RunServe(ServeArguments& arguments) {
  ServeOptions& options = arguments.options;
  const auto pacing = sim::ParsePacing(arguments.time);
  if (!pacing.ok()) return Fail("--time " + pacing.error().message);
  options.pacing = *pacing;
  if (arguments.controllers) options.controllers = SplitList(*arguments.controllers);
  const auto age = apiserver::ParseGoDuration(arguments.history_age);
  if (!age.ok() || *age < sim::Duration::zero()) {
    return Fail("--history-age " + arguments.history_age +
                ": want a duration such as 5m, or 0 to keep history by count alone");
  }
  options.history_age_max = *age;
  return Serve(options);
}

}  // namespace

Command AddServeCommand(CLI::App& app) {
  auto arguments = std::make_shared<ServeArguments>();
  CLI::App* serve = app.add_subcommand("serve", "run a cluster until SIGTERM or ctrl-C");
  AddOwnFlags(*serve, *arguments);
  ServeOptions& options = arguments->options;
  serve
      ->add_option("--token-auth-file", options.token_auth_file,
                   "lines of token,user,uid,\"group1,group2\"")
      ->check(CLI::ExistingFile);
  serve
      ->add_option("--service-cluster-ip-range", options.service_cluster_ip_range,
                   "addresses of Services")
      ->capture_default_str();
  return {serve, [arguments] { return RunServe(*arguments); }};
}

}  // namespace scenarios
