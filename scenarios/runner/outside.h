// Programs and commands as the kernel sees them: what they did comes in as inputs, so that a
// recording replays without them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scenarios/language/program_spec.h"
#include "sim/replay.h"

namespace scenarios {

// Starts and ends real processes; there is none in a replay. Places number the programs of a
// scenario from 0, then the commands as they come.
class Outside {
 public:
  virtual ~Outside() = default;
  virtual void Start(std::uint32_t place, const ProgramSpec& program) = 0;
  virtual void Stop(std::uint32_t place) = 0;
  // Stands still, or goes on.
  virtual void Freeze(std::uint32_t place, bool is_frozen) = 0;
};

// How a process ended, as the input `program.exit` keeps it.
struct ProgramExit {
  std::uint32_t place = 0;
  int code = -1;     // -1 when it was killed or could not start
  std::string text;  // "exit code 1", or why it could not start
};

// A line that it printed, as the input `program.output` keeps it.
struct ProgramLine {
  std::uint32_t place = 0;
  std::string text;
};

// It listens on the port that its readiness names, as the input `program.listen` keeps it.
struct ProgramListen {
  std::uint32_t place = 0;
};

inline constexpr char kProgramListenInput[] = "program.listen";
inline constexpr char kProgramExitInput[] = "program.exit";
inline constexpr char kProgramLineInput[] = "program.output";

std::string Pack(const ProgramExit& exit);
std::string Pack(const ProgramLine& line);
std::string Pack(const ProgramListen& listen);
// Errors: the bytes are malformed.
sim::Result<ProgramExit> UnpackProgramExit(std::string_view bytes);
sim::Result<ProgramLine> UnpackProgramLine(std::string_view bytes);
sim::Result<ProgramListen> UnpackProgramListen(std::string_view bytes);

}  // namespace scenarios
