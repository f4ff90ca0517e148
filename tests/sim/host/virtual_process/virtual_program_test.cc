// Real programs under a real supervisor: what they see of time, chance and each other.
#include "sim/host/virtual_process/virtual_program.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "sim/host/virtual_process/clock_page.h"
#include "tests/sim/host/virtual_process/run_to_end.h"

namespace sim {
namespace {

using Lines = std::vector<std::string>;

TEST(VirtualProgramTest, ADayOfSleepTakesADayOfItsOwnTime) {
  const Finished finished = Shell("sleep 86400; date +%FT%T");
  EXPECT_EQ(finished.failure, "");
  EXPECT_EQ(finished.lines, Lines{"2026-01-02T00:00:00"});
  EXPECT_EQ(finished.seconds, 86400);
}

// By as much as Linux's timers may be late; longer sleeps are exact.
TEST(VirtualProgramTest, ShortSleepsLastAsLongAsOnAMachine) {
  const auto finished = RunToEnd({"/usr/bin/python3", "-c",
                                  "import ctypes, time\n"
                                  "pause = ctypes.CDLL(None).usleep\n"
                                  "for span in (0, 1, 20, 49, 50, 1000):\n"
                                  "  begun = time.monotonic_ns()\n"
                                  "  pause(span)\n"
                                  "  print(span, (time.monotonic_ns() - begun) // 1000)\n"});
  EXPECT_EQ(finished.lines, (Lines{"0 0", "1 51", "20 70", "49 99", "50 50", "1000 1000"}))
      << finished.failure;
}

TEST(VirtualProgramTest, SeesTheSameMachineInEveryRun) {
  const Finished finished = Shell("hostname; nproc; cat /proc/sys/kernel/random/uuid; date +%s%N");
  EXPECT_EQ(finished.lines.at(0), "orrery");
  EXPECT_EQ(finished.lines.at(1), "4");
  EXPECT_EQ(finished.lines,
            Shell("hostname; nproc; cat /proc/sys/kernel/random/uuid; date +%s%N").lines);
}

// Also not by the memory that a thread shares with the kernel: sched_getcpu(3) looks there first.
TEST(VirtualProgramTest, WhichProcessorItRunsOnIsNotTold) {
  const auto finished = RunToEnd({"/usr/bin/python3", "-c",
                                  "import ctypes\n"
                                  "library = ctypes.CDLL(None, use_errno=True)\n"
                                  "print(library.syscall(334, 0, 0, 0, 0), ctypes.get_errno())\n"
                                  "print(library.sched_getcpu())"});
  EXPECT_EQ(finished.lines, (Lines{"-1 " + std::to_string(ENOSYS), "0"})) << finished.failure;
}

TEST(VirtualProgramTest, HowLateItsClockMayBeIsNotTheSupervisors) {
  EXPECT_EQ(Shell("cat /proc/self/timerslack_ns").lines,
            Lines{std::to_string(prctl(PR_GET_TIMERSLACK))});
}

TEST(VirtualProgramTest, NamesAreThoseOfItsOwnMachine) {
  const Finished finished =
      Shell("for n in orrery localhost example.com; do getent ahostsv4 $n | head -1; done");
  ASSERT_EQ(finished.lines.size(), 2U);
  EXPECT_TRUE(finished.lines.at(0).starts_with("127.0.0.1")) << finished.lines.at(0);
  EXPECT_TRUE(finished.lines.at(1).starts_with("127.0.0.1")) << finished.lines.at(1);
}

// Whatever we were given by whoever started us.
TEST(VirtualProgramTest, HasNoFilesOfOurs) {
  const int handed_down = dup(0);
  const std::string script = "for f in /proc/$$/fd/*; do echo ${f##*/}; done";
  EXPECT_EQ(Shell(script).lines, (Lines{"0", "1", "2", "3"})) << "3 is what it reads the names of";
  close(handed_down);
}

TEST(VirtualProgramTest, TheFolderOfARunHasOneName) {
  char folder[] = "/tmp/orrery-test-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const Finished finished =
      RunToEnd({"/bin/bash", "-c", "echo $NOTES; echo noted > $NOTES"}, 0, folder);
  EXPECT_EQ(finished.lines, Lines{"/srv/run/notes"});
  EXPECT_EQ(std::filesystem::file_size(std::string(folder) + "/notes"), 6U);
  std::filesystem::remove_all(folder);
}

TEST(VirtualProgramTest, RandomBytesFollowTheSeed) {
  const std::string script = "head -c 16 /dev/urandom | od -An -tx1; mktemp -u";
  EXPECT_EQ(Shell(script, 1).lines, Shell(script, 1).lines);
  EXPECT_NE(Shell(script, 1).lines, Shell(script, 2).lines);
}

TEST(VirtualProgramTest, ChildrenPipesAndWaitsWork) {
  const Finished finished =
      Shell("for i in 3 1 2; do (sleep ${i}000; echo $i) & done; wait; echo $(echo a | tr a b)");
  EXPECT_EQ(finished.lines, (Lines{"1", "2", "3", "b"}));
  EXPECT_EQ(finished.seconds, 3000);
}

TEST(VirtualProgramTest, SignalsEndAWait) {
  const Finished finished =
      Shell("trap 'echo caught; exit 3' TERM; (sleep 10; kill -TERM $$) & sleep 100 & wait $!");
  EXPECT_EQ(finished.lines, Lines{"caught"});
  EXPECT_EQ(finished.code, 3);
  EXPECT_EQ(finished.seconds, 10);
}

TEST(VirtualProgramTest, TimeOutsOfToolsWork) {
  const Finished finished =
      Shell("timeout 60 sleep 1000; echo $?; read -t 5 line < <(sleep 99); echo $?");
  EXPECT_EQ(finished.lines, (Lines{"124", "142"}));
  EXPECT_EQ(finished.seconds, 65);
}

TEST(VirtualProgramTest, SaysHowItEnded) {
  EXPECT_EQ(Shell("exit 7").code, 7);
  EXPECT_EQ(Shell("kill -SEGV $$").signal, SIGSEGV);
  EXPECT_EQ(Shell("kill -KILL $$").signal, SIGKILL);
}

TEST(VirtualProgramTest, WaitsForEverWhenNothingCanCome) {
  EXPECT_TRUE(
      Shell("f=$(mktemp -u); mkfifo $f; exec 3<>$f; rm $f; read line <&3").has_waited_for_ever);
}

TEST(VirtualProgramTest, AProgramThatIsNotThereIsNamed) {
  EXPECT_NE(RunToEnd({"no-such-program"}).failure.find("no-such-program"), std::string::npos);
  EXPECT_NE(RunToEnd({"/etc/passwd"}).failure.find("/etc/passwd"), std::string::npos);
}

TEST(VirtualProgramTest, AnotherUsersRightsAreRefusedAndNamed) {
  const Finished finished = Shell(
      "d=$(mktemp -d); cp /bin/true $d; chmod 4755 $d/true; cd $d; ./true; echo $?; rm -r $d");
  EXPECT_EQ(finished.lines.back(), "126");
  EXPECT_EQ(finished.notes, Lines{"./true would run as another user: refused"});
}

// Of the x32 set: those of i386 go the same way, but need a processor mode that some machines lack.
TEST(VirtualProgramTest, CallsOfOtherSetsAreNamedOnceAndRunAsTheyAre) {
  const Finished finished =
      RunToEnd({"/usr/bin/perl", "-e", "syscall(0x40000000 + 39) for 1..3; print \"went on\\n\""});
  EXPECT_EQ(finished.lines, Lines{"went on"});
  EXPECT_EQ(finished.notes, Lines{"perl makes 32-bit calls: they run on the machine's time"});
}

// Java's collector goes by it.
TEST(VirtualProgramTest, HowLongItComputedIsNotTold) {
  const Finished finished = Shell(
      "python3 -c 'import resource; sum(range(1000000)); "
      "print(resource.getrusage(resource.RUSAGE_SELF))'");
  ASSERT_EQ(finished.lines.size(), 1U) << finished.failure;
  EXPECT_TRUE(finished.lines[0].starts_with(
      "resource.struct_rusage(ru_utime=0.0, ru_stime=0.0, ru_maxrss=0, "))
      << finished.lines[0];
}

TEST(VirtualProgramTest, DirectoriesAreReadByName) {
  const Finished finished = Shell("d=$(mktemp -d); cd $d; touch c a b; ls -U; cd /; rm -r $d");
  EXPECT_EQ(finished.lines, (Lines{"a", "b", "c"}));
}

TEST(VirtualProgramTest, ManyThreadsDoTheSameWithEverySeed) {
  const Lines want = {
      "threads 45 children 10 handed on 200 timed out 50 piped 50 ticked 50 locked 50"};
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Finished finished = RunToEnd({STRESS_PROGRAM, "20", "10"}, seed);
    EXPECT_EQ(finished.lines, want) << "seed " << seed << " " << finished.failure;
  }
}

TEST(VirtualProgramTest, BirthsThatTakeLongAreNotLostWhileOneLooksForSpinning) {
  const Finished finished = RunToEnd({FORK_PROGRAM});
  EXPECT_EQ(finished.lines, Lines{"20"}) << finished.failure;
  EXPECT_EQ(finished.seconds, 0);
}

// How often must not depend on how fast the machine is.
TEST(VirtualProgramTest, OneThatSpinsOnTheClockHandsOnItsTurnAfterSoManyReads) {
  const Finished first = RunToEnd({SPIN_PROGRAM, "clock", "0"});
  ASSERT_EQ(first.lines.size(), 1U) << first.failure;
  EXPECT_LT(std::stol(first.lines.front()), 2 * virtual_process::kReadsMax);
  EXPECT_EQ(RunToEnd({SPIN_PROGRAM, "clock", "0"}).lines, first.lines);
}

TEST(VirtualProgramTest, TimeComesForThoseThatOneSpinsFor) {
  for (const char* way : {"clock", "yield"}) {
    const Finished first = RunToEnd({SPIN_PROGRAM, way, "1500"});
    ASSERT_EQ(first.lines.size(), 1U) << way << " " << first.failure;
    EXPECT_EQ(first.seconds, 1) << way;
    EXPECT_EQ(RunToEnd({SPIN_PROGRAM, way, "1500"}).lines, first.lines) << way;
  }
}

}  // namespace
}  // namespace sim

int main(int argc, char** argv) {
  if (const auto status = sim::RunAsSupervisor(argc, argv)) return *status;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
