#include "scenarios/command_line.h"
#include "scenarios/envtest/upstream_programs.h"

int main(int argc, char** argv) {
  if (const auto status = scenarios::RunAsUpstreamProgram(argc, argv)) return *status;
  return scenarios::RunCommandLine(argc, argv);
}
