#include "scenarios/command_line.h"
#include "scenarios/envtest/upstream_programs.h"
#include "sim/host/virtual_process/virtual_program.h"

// Read by jemalloc, where that is linked. By default it gives blocks above 8 MiB back to the system
// at once, and a list of some thousand Pods (15 MB) would fault in its pages anew each time.
extern "C" const char* malloc_conf;
const char* malloc_conf = "oversize_threshold:0";

int main(int argc, char** argv) {
  if (const auto status = sim::RunAsSupervisor(argc, argv)) return *status;
  if (const auto status = scenarios::RunAsUpstreamProgram(argc, argv)) return *status;
  return scenarios::RunCommandLine(argc, argv);
}
