#include "scenarios/runner/outside.h"

#include "sim/byte_codec.h"

namespace scenarios {

std::string Pack(const ProgramExit& exit) {
  return sim::ByteWriter().U32(exit.place).I64(exit.code).Rest(exit.text).Take();
}

std::string Pack(const ProgramLine& line) {
  return sim::ByteWriter().U32(line.place).Rest(line.text).Take();
}

std::string Pack(const ProgramListen& listen) { return sim::ByteWriter().U32(listen.place).Take(); }

sim::Result<ProgramExit> UnpackProgramExit(std::string_view bytes) {
  sim::ByteReader reader(bytes);
  ProgramExit exit;
  exit.place = reader.U32();
  exit.code = static_cast<int>(reader.I64());
  exit.text = reader.Rest();
  if (!reader.ok()) return sim::Error{"a malformed program.exit"};
  return exit;
}

sim::Result<ProgramLine> UnpackProgramLine(std::string_view bytes) {
  sim::ByteReader reader(bytes);
  ProgramLine line;
  line.place = reader.U32();
  line.text = reader.Rest();
  if (!reader.ok()) return sim::Error{"a malformed program.output"};
  return line;
}

sim::Result<ProgramListen> UnpackProgramListen(std::string_view bytes) {
  sim::ByteReader reader(bytes);
  const ProgramListen listen{reader.U32()};
  if (!reader.is_done()) return sim::Error{"a malformed program.listen"};
  return listen;
}

}  // namespace scenarios
