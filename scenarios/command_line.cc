#include "scenarios/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "scenarios/command.h"

namespace scenarios {
namespace {

constexpr char kVersion[] = "orrery 0.1.0 (Kubernetes v1.36.3)";

}  // namespace

int RunCommandLine(int argc, char** argv) {
  CLI::App app{"A Kubernetes cluster in clockwork."};
  app.require_subcommand(1);
  const std::vector<Command> commands = {AddServeCommand(app), AddRunCommand(app),
                                         AddReplayCommand(app), AddCtlCommand(app),
                                         AddSchemaCommand(app)};
  CLI::App* version = app.add_subcommand("version", "print the version");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitWell : kExitBadUsage;
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  if (version->parsed()) std::puts(kVersion);
  return kExitWell;
}

}  // namespace scenarios
