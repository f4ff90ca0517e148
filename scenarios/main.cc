#include "scenarios/command_line.h"
#include "scenarios/envtest/upstream_programs.h"
#include "sim/host/virtual_process/virtual_program.h"

int main(int argc, char** argv) {
  if (const auto status = sim::RunAsSupervisor(argc, argv)) return *status;
  if (const auto status = scenarios::RunAsUpstreamProgram(argc, argv)) return *status;
  return scenarios::RunCommandLine(argc, argv);
}
