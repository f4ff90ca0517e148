// run_program [--seed N] COMMAND [ARG...]: runs a program on virtual time, with nothing around it,
// as fast as it goes. For tests and measurements.
#include <uv.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sim/host/clock.h"
#include "sim/host/virtual_process/virtual_program.h"

extern char** environ;

int main(int argc, char** argv) {
  if (const auto status = sim::RunAsSupervisor(argc, argv)) return *status;
  sim::virtual_process::StartMessage start;
  start.time = 1767225600LL * 1'000'000'000;
  int first = 1;
  if (argc > 2 && std::strcmp(argv[1], "--seed") == 0) {
    start.seed = std::strtoull(argv[2], nullptr, 10);
    first = 3;
  }
  if (first >= argc) return 2;
  start.program = argv[first];
  for (int index = first; index < argc; ++index) start.arguments.emplace_back(argv[index]);
  for (char** entry = environ; *entry != nullptr; ++entry) start.environment.emplace_back(*entry);
  uv_loop_t loop;
  uv_loop_init(&loop);
  int status = 1;
  bool is_over = false;
  std::unique_ptr<sim::VirtualProgram> program;
  const sim::WallTime began = sim::SteadyNow();
  long quiets = 0;
  bool is_stuck = false;
  const auto run = [&] {
    const auto& quiet = program->quiet();
    if (quiet.deadline == INT64_MAX && quiets > 0) is_stuck = true;
    if (!is_stuck) program->Run(sim::Time(sim::Duration(quiet.now)), sim::Time::max());
  };
  auto started = sim::VirtualProgram::Start(
      &loop, start,
      {.on_line =
           [](std::string_view line) {
             std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
           },
       .on_quiet =
           [&](const auto&) {
             ++quiets;
             run();
           },
       .on_busy =
           [](const auto& busy) { std::fprintf(stderr, "busy: %s\n", busy.threads.c_str()); },
       .on_note = [](const std::string& note) { std::fprintf(stderr, "note: %s\n", note.c_str()); },
       .on_exit =
           [&](const auto& exit, const std::string& failure) {
             is_over = true;
             status = exit.signal != 0 ? 128 + exit.signal : exit.code;
             if (!failure.empty()) std::fprintf(stderr, "%s\n", failure.c_str());
             const double wall = static_cast<double>((sim::SteadyNow() - began).count()) / 1e9;
             std::fprintf(stderr,
                          "%.3f s virtual in %.3f s, %llu calls, %ld rounds, %llu companies\n",
                          static_cast<double>(exit.now - start.time) / 1e9, wall,
                          static_cast<unsigned long long>(exit.calls), quiets,
                          static_cast<unsigned long long>(exit.companies));
           }});
  if (!started.ok()) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 2;
  }
  program = std::move(started).value();
  run();
  while (!is_over && !is_stuck) uv_run(&loop, UV_RUN_ONCE);
  if (is_stuck) std::fprintf(stderr, "the program waits for ever\n");
  program.reset();
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  return status;
}
