// What is left when something dies: nothing, and a clear word about it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <cstdio>

#include "sim/host/virtual_process/virtual_program.h"

namespace sim {
namespace {

// Our only child.
pid_t FindSupervisor() {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  int child = -1;
  std::FILE* file = std::fopen(path, "r");
  if (file == nullptr) return -1;
  if (std::fscanf(file, "%d", &child) != 1) child = -1;
  std::fclose(file);
  return child;
}

// `disturb` is called with the supervisor before the program begins. What the failure was.
std::string FailureAfter(void (*disturb)(pid_t), int silence_seconds) {
  uv_loop_t loop;
  uv_loop_init(&loop);
  std::string failure;
  bool is_over = false;
  virtual_process::StartMessage start;
  start.program = "/bin/sleep";
  start.arguments = {"sleep", "1000"};
  auto started = VirtualProgram::Start(&loop, std::move(start),
                                       {.on_line = {},
                                        .on_quiet = {},
                                        .on_busy = {},
                                        .on_note = {},
                                        .on_exit =
                                            [&](const auto&, const std::string& said) {
                                              failure = said;
                                              is_over = true;
                                            }},
                                       silence_seconds);
  if (!started.ok()) return started.error().message;
  std::unique_ptr<VirtualProgram> program = std::move(started).value();
  disturb(FindSupervisor());
  program->Run(Time(), Time::max());
  while (!is_over) uv_run(&loop, UV_RUN_ONCE);
  program.reset();
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  return failure;
}

TEST(EndingsTest, ASupervisorThatDoesNotAnswerIsEndedAndNamed) {
  const std::string failure = FailureAfter([](pid_t supervisor) { kill(supervisor, SIGSTOP); }, 1);
  EXPECT_EQ(failure, "its supervisor has not answered for 1 s: it is ended");
}

TEST(EndingsTest, ASupervisorThatIsKilledIsNamed) {
  const std::string failure = FailureAfter([](pid_t supervisor) { kill(supervisor, SIGKILL); }, 60);
  EXPECT_EQ(failure, "its supervisor has ended");
}

// All of them hold the pipe's end that is written to: it is at its end when the last has gone.
TEST(EndingsTest, NothingIsLeftWhenWeAreKilled) {
  int files[2];
  ASSERT_EQ(pipe(files), 0);
  const std::string report = "echo >&" + std::to_string(files[1]);
  const std::string script =
      "(while :; do :; done) & (sleep 1000000000 & cat /dev/zero > /dev/null) & " + report +
      "; trap '' TERM INT HUP; while :; do :; done";
  const pid_t runner = fork();
  if (runner == 0) {
    close(files[0]);
    execl(RUN_PROGRAM, RUN_PROGRAM, "/bin/bash", "-c", script.c_str(), nullptr);
    _exit(127);
  }
  close(files[1]);
  char byte = 0;
  ASSERT_EQ(read(files[0], &byte, 1), 1) << "the program has begun";
  kill(runner, SIGKILL);
  EXPECT_EQ(waitpid(runner, nullptr, 0), runner);
  EXPECT_EQ(read(files[0], &byte, 1), 0) << "all have ended";
  close(files[0]);
}

}  // namespace
}  // namespace sim
