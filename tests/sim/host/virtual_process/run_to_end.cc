#include "tests/sim/host/virtual_process/run_to_end.h"

#include <uv.h>

#include "sim/host/virtual_process/virtual_program.h"

namespace sim {
namespace {

constexpr std::int64_t kStart = 1767225600LL * 1'000'000'000;

}  // namespace

Finished RunToEnd(std::vector<std::string> command, std::uint64_t seed, const std::string& home) {
  uv_loop_t loop;
  uv_loop_init(&loop);
  Finished finished;
  std::unique_ptr<VirtualProgram> program;
  bool is_over = false;
  virtual_process::StartMessage start;
  start.program = command.front();
  start.arguments = std::move(command);
  // A sanitizer's search for leaks wants to trace the program, which is traced already.
  start.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "TZ=UTC",
                       "ASAN_OPTIONS=detect_leaks=0"};
  if (!home.empty()) start.environment.push_back("NOTES=" + home + "/notes");
  start.home = home;
  start.seed = seed;
  start.time = kStart;
  bool has_begun = false;
  const auto run = [&] {
    const bool is_endless = has_begun && program->quiet().deadline == INT64_MAX;
    has_begun = true;
    if (is_endless) {
      finished.has_waited_for_ever = is_over = true;
    } else {
      program->Run(Time(Duration(program->quiet().now)), Time::max());
    }
  };
  auto started = VirtualProgram::Start(
      &loop, std::move(start),
      {.on_line = [&](std::string_view line) { finished.lines.emplace_back(line); },
       .on_quiet = [&](const auto&) { run(); },
       .on_busy =
           [&](const auto& busy) {
             finished.busy = busy.threads;
             is_over = true;
           },
       .on_note = [&](const std::string& note) { finished.notes.push_back(note); },
       .on_exit =
           [&](const auto& exit, const std::string& failure) {
             is_over = true;
             finished.code = exit.code;
             finished.signal = exit.signal;
             finished.failure = failure;
             finished.seconds = (exit.now - kStart) / 1'000'000'000;
           }});
  if (!started.ok()) {
    finished.failure = started.error().message;
  } else {
    program = std::move(started).value();
    run();
    while (!is_over) uv_run(&loop, UV_RUN_ONCE);
  }
  program.reset();
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  return finished;
}

Finished Shell(const std::string& script, std::uint64_t seed) {
  return RunToEnd({"/bin/bash", "-c", script}, seed);
}

}  // namespace sim
