// Runs a real program under a real supervisor, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sim {

struct Finished {
  std::vector<std::string> lines;
  std::vector<std::string> notes;
  int code = -1;
  int signal = 0;
  std::string failure;
  std::int64_t seconds = 0;  // of virtual time
  bool has_waited_for_ever = false;
  std::string busy;  // The thread that did not rest: the run ended there.
};

// Time goes on whenever the program is quiet. `home`: the folder of the run, which the variable
// NOTES leads into; "" for none.
Finished RunToEnd(std::vector<std::string> command, std::uint64_t seed = 0,
                  const std::string& home = {});
Finished Shell(const std::string& script, std::uint64_t seed = 0);

}  // namespace sim
