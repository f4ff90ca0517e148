#include "sim/host/child_process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "sim/host/driver.h"

namespace sim {
namespace {

class ChildProcessTest : public testing::Test {
 protected:
  // Runs `script` to its end.
  ExitStatus RunScript(const std::string& script, ChildOptions options = {}) {
    options.command = {"sh", "-c", script};
    auto child = ChildProcess::Start(driver_.loop(), std::move(options), Events());
    EXPECT_TRUE(child.ok());
    driver_.Run([this] { return status_.has_value(); });
    EXPECT_FALSE((*child)->is_running());
    return *std::exchange(status_, std::nullopt);
  }

  ChildEvents Events() {
    return {[this](OutputStream stream, std::string_view line) {
              output_ += stream == OutputStream::kStandardOutput ? "out:" : "err:";
              output_ += line;
              output_ += '\n';
            },
            [this](ExitStatus status) { status_ = status; }};
  }

  Kernel kernel_{KernelOptions{}};
  Driver driver_{kernel_, PacingMode{}};
  std::string output_;
  std::optional<ExitStatus> status_;
};

TEST_F(ChildProcessTest, GivesOutputAndStatus) {
  EXPECT_EQ(RunScript("echo one; echo two >&2; printf three; exit 3"), (ExitStatus{3, 0}));
  // The two streams have no order between them.
  EXPECT_LT(output_.find("out:one\n"), output_.find("out:three\n")) << output_;
  EXPECT_NE(output_.find("err:two\n"), std::string::npos) << output_;
  EXPECT_EQ(RunScript("kill -TERM $$"), (ExitStatus{0, SIGTERM}));
  EXPECT_EQ(ExitText({3, 0}), "exit code 3");
  EXPECT_EQ(ExitText({0, SIGKILL}), "killed by signal 9 (Killed)");
}

TEST_F(ChildProcessTest, LosesNoOutput) {
  EXPECT_TRUE(
      RunScript("i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done").is_success());
  EXPECT_EQ(std::count(output_.begin(), output_.end(), '\n'), 5000);
  EXPECT_TRUE(output_.ends_with("out:line 4999\n"));
}

TEST_F(ChildProcessTest, HasItsDirectoryEnvironmentAndNoInput) {
  ChildOptions options;
  options.directory = "/";
  options.environment = {{"NAME", "first"}, {"NAME", "value"}};
  EXPECT_TRUE(RunScript("pwd; echo $NAME; cat", options).is_success());
  EXPECT_EQ(output_, "out:/\nout:value\n");
  output_.clear();
  options.inherits_environment = false;
  setenv("ORRERY_TEST_SECRET", "1", 1);
  RunScript("echo \"[$ORRERY_TEST_SECRET]\"", options);
  EXPECT_EQ(output_, "out:[]\n");
  unsetenv("ORRERY_TEST_SECRET");
}

TEST_F(ChildProcessTest, HasNoFilesOfOurs) {
  const int handed_down = dup(0);
  RunScript("for file in /proc/$$/fd/*; do [ ${file##*/} = " + std::to_string(handed_down) +
            " ] && echo handed down; done; echo looked");
  EXPECT_EQ(output_, "out:looked\n");
  close(handed_down);
}

TEST_F(ChildProcessTest, SaysWhyItCannotStart) {
  const struct {
    ChildOptions options;
    const char* want;
  } cases[] = {
      {{{"no-such-program"}, {}, {}}, "cannot start no-such-program: it is not in PATH"},
      {{{"/no/such/program"}, {}, {}}, "cannot start /no/such/program: No such file or directory"},
      {{{"/etc/passwd"}, {}, {}}, "cannot start /etc/passwd: Permission denied"},
      {{{"/bin/sh"}, "/no/such/directory", {}}, "cannot start /bin/sh: No such file or directory"},
      {{{}, {}, {}}, "a command is empty"},
      {{{""}, {}, {}}, "a command is empty"},
  };
  for (const auto& [options, want] : cases) {
    const auto child = ChildProcess::Start(driver_.loop(), options, {});
    ASSERT_FALSE(child.ok()) << want;
    EXPECT_EQ(child.error().message, want);
  }
}

// Whether the process ends within a generous time.
bool Ends(int process_file) {
  pollfd waited{process_file, POLLIN, 0};
  const bool has_ended = poll(&waited, 1, 20'000) == 1;
  close(process_file);
  return has_ended;
}

int OpenProcess(const std::string& line) {
  return static_cast<int>(syscall(SYS_pidfd_open, std::stoi(line.substr(4)), 0u));
}

TEST_F(ChildProcessTest, ItsGroupDoesNotOutliveIt) {
  for (const bool is_destroyed : {false, true}) {
    SCOPED_TRACE(is_destroyed);
    output_.clear();
    status_.reset();
    auto child = ChildProcess::Start(
        driver_.loop(), {{"sh", "-c", "sleep 1000 & echo $!; sleep 1000"}, {}, {}}, Events());
    ASSERT_TRUE(child.ok());
    driver_.Run([this] { return !output_.empty(); });
    const int grandchild = OpenProcess(output_);
    ASSERT_GE(grandchild, 0);
    if (is_destroyed) {
      child->reset();
      EXPECT_FALSE(status_.has_value());
    } else {
      kill((*child)->pid(), SIGKILL);
      driver_.Run([this] { return status_.has_value(); });
      EXPECT_EQ(status_, (ExitStatus{0, SIGKILL}));
    }
    EXPECT_TRUE(Ends(grandchild));
  }
}

TEST_F(ChildProcessTest, SignalsReachTheGroup) {
  auto child = ChildProcess::Start(
      driver_.loop(),
      {{"sh", "-c",
        "trap 'echo stopped; exit 4' TERM; echo up; while :; do sleep 1000 & wait; done"},
       {},
       {}},
      Events());
  ASSERT_TRUE(child.ok());
  driver_.Run([this] { return !output_.empty(); });
  (*child)->Signal(SIGTERM);
  driver_.Run([this] { return status_.has_value(); });
  EXPECT_EQ(status_, (ExitStatus{4, 0}));
  EXPECT_EQ(output_, "out:up\nout:stopped\n");
  (*child)->Signal(SIGTERM);  // Nothing is left to be signalled.
}

// A process that starts a child with a grandchild, tells the grandchild's number, and is killed.
TEST(ChildProcessOrphans, DieWithUsWhateverKillsUs) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t starter = fork();
  if (starter == 0) {
    Kernel kernel(KernelOptions{});
    Driver driver(kernel, PacingMode{});
    std::string line;
    auto child = ChildProcess::Start(
        driver.loop(), {{"sh", "-c", "sleep 1000 & echo $!; sleep 1000"}, {}, {}},
        {[&line](OutputStream, std::string_view text) { line = text; }, {}});
    driver.Run([&line] { return !line.empty(); });
    if (write(ends[1], line.data(), line.size()) < 0) _exit(1);
    kill(getpid(), SIGKILL);
  }
  char buffer[32] = {};
  ASSERT_GT(read(ends[0], buffer, sizeof buffer - 1), 0);
  const int grandchild = OpenProcess("out:" + std::string(buffer));
  // It may be gone already.
  if (grandchild >= 0) {
    EXPECT_TRUE(Ends(grandchild));
  }
  waitpid(starter, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace sim
