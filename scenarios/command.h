// A subcommand of orrery: what adds it to the command line, and what it does once that is parsed.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace scenarios {

// Exit statuses: a contract.
inline constexpr int kExitWell = 0;
inline constexpr int kExitFailed = 1;    // an expectation failed
inline constexpr int kExitBadUsage = 2;  // bad usage or a bad file
inline constexpr int kExitDiffered = 3;  // a replay or a repeated run differed

struct Command {
  CLI::App* app = nullptr;
  std::function<int()> run;
};

Command AddServeCommand(CLI::App& app);
Command AddRunCommand(CLI::App& app);
Command AddReplayCommand(CLI::App& app);
Command AddCtlCommand(CLI::App& app);
Command AddSchemaCommand(CLI::App& app);
Command AddEnvtestAssetsCommand(CLI::App& app);

// `serve` with the defaults of envtest's kube-apiserver, its flags at the top level.
int RunKubeApiServer(int argc, char** argv);

}  // namespace scenarios
