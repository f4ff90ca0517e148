#include "scenarios/runner/program_inputs.h"

namespace scenarios {

void AddProgramDecoders(sim::InputDecoders& decoders, ScenarioSession& session) {
  decoders.Add(kProgramLineInput, [&session](std::string_view bytes) -> sim::Result<sim::Callback> {
    auto line = UnpackProgramLine(bytes);
    if (!line.ok()) return line.error();
    return sim::Callback(
        [&session, line = std::move(line).value()] { session.runner().OnLine(line); });
  });
  decoders.Add(kProgramExitInput, [&session](std::string_view bytes) -> sim::Result<sim::Callback> {
    auto exit = UnpackProgramExit(bytes);
    if (!exit.ok()) return exit.error();
    return sim::Callback(
        [&session, exit = std::move(exit).value()] { session.runner().OnExit(exit); });
  });
  decoders.Add(
      kProgramListenInput, [&session](std::string_view bytes) -> sim::Result<sim::Callback> {
        auto listen = UnpackProgramListen(bytes);
        if (!listen.ok()) return listen.error();
        return sim::Callback([&session, listen = *listen] { session.runner().OnListen(listen); });
      });
}

}  // namespace scenarios
