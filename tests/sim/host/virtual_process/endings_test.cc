// What is left when something dies: nothing, and a clear word about it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

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

// Whoever has lost its parent becomes our child: none is left when there is no child to wait for.
TEST(EndingsTest, NothingIsLeftWhenWeAreKilled) {
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  char folder[] = "/tmp/orrery-test-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string place = std::string(folder) + "/begun";
  ASSERT_EQ(mkfifo(place.c_str(), 0600), 0);
  const int begun = open(place.c_str(), O_RDWR | O_CLOEXEC);
  const std::string script =
      "(while :; do :; done) & (sleep 1000000000 & cat /dev/zero > /dev/null) & echo > " + place +
      "; trap '' TERM INT HUP; while :; do :; done";
  const pid_t runner = fork();
  if (runner == 0) {
    execl(RUN_PROGRAM, RUN_PROGRAM, "/bin/bash", "-c", script.c_str(), nullptr);
    _exit(127);
  }
  char byte = 0;
  ASSERT_EQ(read(begun, &byte, 1), 1) << "the program has begun";
  kill(runner, SIGKILL);
  EXPECT_EQ(waitpid(runner, nullptr, 0), runner);
  while (waitpid(-1, nullptr, __WALL) > 0) {
  }
  EXPECT_EQ(errno, ECHILD);
  close(begun);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sim
