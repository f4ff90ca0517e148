// What is read and written in a given form: messages, directories, /proc, the vDSO, the filter.
#include <dirent.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/tcp.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cstring>
#include <map>

#include "sim/host/virtual_process/clock_page.h"
#include "sim/host/virtual_process/directory.h"
#include "sim/host/virtual_process/protocol.h"
#include "sim/host/virtual_process/tracee.h"
#include "sim/host/virtual_process/trapped_calls.h"
#include "sim/host/virtual_process/vdso_code.h"

namespace sim::virtual_process {
namespace {

TEST(Protocol, MessagesComeBackAsTheyWere) {
  StartMessage start;
  start.program = "/bin/true";
  start.arguments = {"true", "", "x"};
  start.environment = {"A=b"};
  start.seed = 7;
  start.time = -5;
  start.server_port = 6443;
  const auto back = Unpack(Pack(start));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(Pack(*back), Pack(start));
  EXPECT_EQ(std::get<StartMessage>(*back).arguments, start.arguments);
  const auto quiet = Unpack(Pack(QuietMessage{.now = 3, .has_undelivered = true}));
  ASSERT_TRUE(quiet.ok());
  EXPECT_TRUE(std::get<QuietMessage>(*quiet).has_undelivered);
}

TEST(Protocol, BytesOfConnectionsComeBackAsTheyWere) {
  const QuietMessage said{
      .number = 4, .unread = {{2, 70}}, .wires = {{1, "ask"}, {2, std::string(1, '\0'), true}}};
  const auto quiet = Unpack(Pack(said));
  ASSERT_TRUE(quiet.ok());
  EXPECT_EQ(Pack(*quiet), Pack(said));
  EXPECT_EQ(std::get<QuietMessage>(*quiet).wires[1].bytes, said.wires[1].bytes);
  EXPECT_TRUE(std::get<QuietMessage>(*quiet).wires[1].is_end);
  const RunMessage run{1, 2, 3, {{9, "answer"}}};
  EXPECT_EQ(Pack(*Unpack(Pack(run))), Pack(run));
}

TEST(Protocol, NoMessageHoldsMoreOfConnectionsThanASocketTakes) {
  EXPECT_EQ(SplitWires({}).size(), 1U);
  std::string large(2 * kWireBytesMax + 7, 'x');
  large[kWireBytesMax - 1] = 'y';
  const auto messages = SplitWires({{1, "y"}, {2, large, true}, {3, "", true}});
  ASSERT_EQ(messages.size(), 3U);
  std::map<std::uint64_t, std::string> bytes;
  for (const auto& message : messages) {
    std::size_t size = 0;
    for (const Wire& wire : message) {
      bytes[wire.connection] += wire.bytes;
      size += wire.bytes.size();
      EXPECT_EQ(wire.is_end, &message == &messages.back());
    }
    EXPECT_LE(size, kWireBytesMax);
  }
  EXPECT_EQ(bytes[1], "y");
  EXPECT_EQ(bytes[2], large);
  EXPECT_EQ(messages.back().back().connection, 3U);
}

TEST(Protocol, RefusesWhatIsMalformed) {
  const std::string whole = Pack(RunMessage{0, 1, 2});
  EXPECT_FALSE(Unpack("").ok());
  EXPECT_FALSE(Unpack(whole.substr(0, whole.size() - 1)).ok());
  EXPECT_FALSE(Unpack(whole + "x").ok());
  EXPECT_FALSE(Unpack("\xff").ok());
}

std::string EntryOf(const std::string& name) {
  const std::size_t size = (offsetof(dirent64, d_name) + name.size() + 1 + 7) / 8 * 8;
  std::string bytes(size, '\0');
  const auto length = static_cast<std::uint16_t>(size);
  std::memcpy(bytes.data() + offsetof(dirent64, d_reclen), &length, sizeof length);
  std::memcpy(bytes.data() + offsetof(dirent64, d_name), name.data(), name.size());
  return bytes;
}

TEST(Directory, EntriesAreSortedByName) {
  const std::string mixed = EntryOf("b") + EntryOf(".") + EntryOf("a-long-name") + EntryOf("..");
  EXPECT_EQ(SortEntries(mixed),
            EntryOf(".") + EntryOf("..") + EntryOf("a-long-name") + EntryOf("b"));
  EXPECT_EQ(SortEntries(""), "");
  EXPECT_EQ(SortEntries(EntryOf("a") + std::string(30, '\0')), EntryOf("a"));
}

TEST(Directory, OnlyWholeEntriesAreGiven) {
  const std::string entries = EntryOf("a") + EntryOf("b");
  EXPECT_EQ(WholeEntries(entries, entries.size()), entries.size());
  EXPECT_EQ(WholeEntries(entries, entries.size() - 1), EntryOf("a").size());
  EXPECT_EQ(WholeEntries(entries, 3), 0U);
}

TEST(Tracee, ReadsTheCurrentCall) {
  const auto call = ParseCurrentCall("0 0x3 0x7ffd 0x400 0x0 0x0 0x0 0x7ffe 0x7f12\n");
  ASSERT_TRUE(call.has_value());
  EXPECT_EQ(call->number, 0);
  EXPECT_EQ(call->arguments[0], 3U);
  EXPECT_EQ(call->arguments[2], 0x400U);
  EXPECT_FALSE(ParseCurrentCall("running\n").has_value());
  EXPECT_FALSE(ParseCurrentCall("-1 0x7ffd 0x0\n").has_value());
  EXPECT_FALSE(ParseCurrentCall("").has_value());
}

TEST(Tracee, ReadsNumbersOfStatus) {
  const std::string status = "Name:\tx\nTgid:\t12\nSigPnd:\t0000000000000104\n";
  EXPECT_EQ(StatusNumber(status, "Tgid", 10), 12U);
  EXPECT_EQ(StatusNumber(status, "SigPnd", 16), 0x104U);
  EXPECT_EQ(StatusNumber(status, "SigBlk", 16), 0U);
}

TEST(VdsoCode, TheMachinesOwnVdsoCanBePatched) {
  const auto* image = reinterpret_cast<const std::uint8_t*>(getauxval(AT_SYSINFO_EHDR));
  ASSERT_NE(image, nullptr);
  const std::vector<VdsoPatch> patches = PlanVdsoPatches({image, 4096});
  EXPECT_LE(ClockCode().size(), 4096U);
  // The sections may lie behind the first page: then nothing is planned, and nothing breaks.
  for (const VdsoPatch& patch : patches) EXPECT_EQ(patch.bytes.size(), 13U);
  EXPECT_TRUE(PlanVdsoPatches({}).empty());
}

TEST(VdsoCode, EveryFunctionHasAnEntry) {
  EXPECT_EQ(ClockCodeEntry("__vdso_clock_gettime"), ClockCodeEntry("clock_gettime"));
  EXPECT_EQ(ClockCodeEntry("__vdso_getrandom"), ClockCodeEntry("__vdso_sgx_enter_enclave"));
  EXPECT_NE(ClockCodeEntry("__vdso_time"), ClockCodeEntry("__vdso_getcpu"));
}

// What the filter says about a call: a seccomp filter needs few of BPF's instructions.
std::uint32_t Verdict(const std::vector<sock_filter>& filter, const seccomp_data& call) {
  std::uint32_t loaded = 0;
  for (std::size_t at = 0; at < filter.size(); ++at) {
    const sock_filter& step = filter[at];
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&loaded, reinterpret_cast<const char*>(&call) + step.k, sizeof loaded);
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        at += loaded == step.k ? step.jt : step.jf;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        at += loaded >= step.k ? step.jt : step.jf;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        at += (loaded & step.k) != 0 ? step.jt : step.jf;
        break;
      case BPF_RET | BPF_K:
        return step.k;
      default:
        ADD_FAILURE() << "an instruction that nobody expects: " << step.code;
        return 0;
    }
  }
  ADD_FAILURE() << "the filter has no end";
  return 0;
}

TEST(TrappedCalls, TheFilterTrapsWhatItShould) {
  const std::vector<sock_filter> filter = BuildFilter();
  const auto verdict = [&](int number, std::uint64_t first = 0, std::uint64_t third = 0,
                           std::uint32_t set = AUDIT_ARCH_X86_64, std::uint64_t fourth = 1) {
    seccomp_data call{};
    call.nr = number;
    call.arch = set;
    call.args[0] = first;
    call.args[2] = third;
    call.args[3] = fourth;
    return Verdict(filter, call);
  };
  for (const int number : TrappedCalls())
    EXPECT_EQ(verdict(number), SECCOMP_RET_USER_NOTIF) << number;
  EXPECT_EQ(verdict(SYS_read), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict(SYS_exit), SECCOMP_RET_ALLOW);
  for (const int number : {SYS_epoll_wait, SYS_epoll_pwait}) {
    EXPECT_EQ(verdict(number, 3, 8, AUDIT_ARCH_X86_64, 0), SECCOMP_RET_ALLOW) << "does not wait";
    EXPECT_EQ(verdict(number, 3, 8, AUDIT_ARCH_X86_64, ~0ULL), SECCOMP_RET_USER_NOTIF);
  }
  for (const int number : {SYS_io_uring_setup, SYS_rseq}) {
    EXPECT_EQ(verdict(number), SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(ENOSYS)) << number;
  }
  EXPECT_EQ(verdict(SYS_setsockopt, 3, 20), SECCOMP_RET_USER_NOTIF);  // SO_RCVTIMEO
  EXPECT_EQ(verdict(SYS_setsockopt, 3, 1), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict(SYS_setsockopt, 3, TCP_CORK), SECCOMP_RET_USER_NOTIF);
  for (const std::uint64_t flags : {0, MSG_MORE | MSG_NOSIGNAL, static_cast<int>(MSG_NOSIGNAL)}) {
    const auto want = (flags & MSG_MORE) != 0 ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;
    EXPECT_EQ(verdict(SYS_sendto, 3, MSG_MORE, AUDIT_ARCH_X86_64, flags), want) << flags;
    EXPECT_EQ(verdict(SYS_sendmmsg, 3, MSG_MORE, AUDIT_ARCH_X86_64, flags), want) << flags;
    EXPECT_EQ(verdict(SYS_sendmsg, 3, flags, AUDIT_ARCH_X86_64, MSG_MORE), want) << flags;
  }
  EXPECT_EQ(verdict(SYS_prctl, 4), SECCOMP_RET_USER_NOTIF);  // PR_SET_DUMPABLE
  EXPECT_EQ(verdict(SYS_prctl, 15), SECCOMP_RET_ALLOW);      // PR_SET_NAME
  EXPECT_EQ(verdict(3, 0, 0, AUDIT_ARCH_I386), SECCOMP_RET_USER_NOTIF);
  EXPECT_EQ(verdict(0x40000000 | 1), SECCOMP_RET_USER_NOTIF);
}

}  // namespace
}  // namespace sim::virtual_process
