#include "scenarios/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "scenarios/command.h"
#include "scenarios/serve_options.h"

namespace scenarios {
namespace {

constexpr char kVersion[] = "orrery 0.1.0 (Kubernetes v1.36.3)";

// What CLI11 keeps of `serve` until all is parsed.
struct ServeArguments {
  ServeOptions options;
  std::string time = "real";
  std::string controllers = "*";
};

// "a, b" -> {"a", "b"}; "" -> {}.
std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> entries = CLI::detail::split(text, ',');
  for (std::string& entry : entries) CLI::detail::trim(entry);
  std::erase(entries, "");
  return entries;
}

void AddServe(CLI::App& app, ServeArguments& arguments) {
  ServeOptions& options = arguments.options;
  CLI::App* serve = app.add_subcommand("serve", "run a cluster until SIGTERM or ctrl-C");
  serve->add_option("--listen", options.listen, "address and port; port 0 takes any free one")
      ->capture_default_str();
  serve->add_option("--data", options.data, "keep the cluster in this file, across restarts");
  serve->add_option("--record", options.record,
                    "keep every input in this file, for `orrery replay`");
  auto* nodes = serve->add_option("--nodes", options.node_count, "simulated nodes at the start")
                    ->check(CLI::Range(0, 10'000))
                    ->capture_default_str();
  serve->add_option("--cluster", options.cluster_file, "the cluster part of a scenario")
      ->excludes(nodes);
  serve->add_option("--kubeconfig", options.kubeconfig, "where to write the kubeconfig")
      ->capture_default_str();
  serve->add_option("--time", arguments.time, "real, paused, max, or a factor such as x10")
      ->capture_default_str();
  serve
      ->add_option("--node-behaviour", options.node_behaviour,
                   "modelled, or instant for load tests")
      ->check(CLI::IsMember({"modelled", "instant"}))
      ->capture_default_str();
  serve->add_option("--seed", options.seed, "the seed of all randomness; drawn when not given");
  serve
      ->add_option("--controllers", arguments.controllers,
                   "kube-controller-manager's list, with `scheduler` and `nodes`: '*' all, '-name' "
                   "without, '' none")
      ->capture_default_str();
  serve
      ->add_option("--token-auth-file", options.token_auth_file,
                   "lines of token,user,uid,\"group1,group2\"")
      ->check(CLI::ExistingFile);
  serve
      ->add_option("--service-cluster-ip-range", options.service_cluster_ip_range,
                   "addresses of Services")
      ->capture_default_str();
}

int RunServe(ServeArguments& arguments) {
  const auto pacing = sim::ParsePacing(arguments.time);
  if (!pacing.ok()) {
    std::fprintf(stderr, "orrery: --time %s\n", pacing.error().message.c_str());
    return kExitBadUsage;
  }
  arguments.options.pacing = *pacing;
  arguments.options.controllers = SplitList(arguments.controllers);
  return Serve(arguments.options);
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  CLI::App app{"A Kubernetes cluster in clockwork."};
  app.require_subcommand(1);
  ServeArguments serve;
  AddServe(app, serve);
  const std::vector<Command> commands = {AddRunCommand(app), AddReplayCommand(app),
                                         AddSchemaCommand(app)};
  CLI::App* version = app.add_subcommand("version", "print the version");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitBadUsage;
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  if (version->parsed()) {
    std::puts(kVersion);
    return 0;
  }
  return RunServe(serve);
}

}  // namespace scenarios
