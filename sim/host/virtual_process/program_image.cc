#include "sim/host/virtual_process/program_image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/tracee.h"
#include "sim/host/virtual_process/vdso_code.h"

namespace sim::virtual_process {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kVdsoBytesMax = 1 << 16;
constexpr unsigned long long kCodeSegment64 = 0x33;

// Where the kernel left what it tells a program: pairs of numbers behind the environment.
struct Auxiliary {
  std::uint64_t vdso_entry = 0;  // The address of the pair.
  std::uint64_t vdso = 0;
  std::uint64_t random = 0;
};

std::optional<Auxiliary> FindAuxiliary(pid_t thread, std::uint64_t stack) {
  const auto count = ReadValue<std::uint64_t>(thread, stack);
  if (!count) return std::nullopt;
  std::uint64_t at = stack + 8 * (*count + 2);
  for (auto word = ReadValue<std::uint64_t>(thread, at); word && *word != 0;
       word = ReadValue<std::uint64_t>(thread, at)) {
    at += 8;
  }
  Auxiliary found;
  for (at += 8;; at += 16) {
    const auto pair = ReadValue<Elf64_auxv_t>(thread, at);
    if (!pair) return std::nullopt;
    if (pair->a_type == AT_NULL) return found;
    if (pair->a_type == AT_RANDOM) found.random = pair->a_un.a_val;
    if (pair->a_type != AT_SYSINFO_EHDR) continue;
    found.vdso_entry = at;
    found.vdso = pair->a_un.a_val;
  }
}

// Makes a stopped thread make calls of ours. Restores it when it goes.
class Injection {
 public:
  Injection(Tree& tree, Thread& thread, const std::function<void(const seccomp_notif&)>& stray)
      : tree_(tree), thread_(thread), stray_(stray) {
    // int3; syscall; int3. The first ends exec, whose answer would overwrite a register of ours.
    const std::uint8_t code[8] = {0xcc, 0x0f, 0x05, 0xcc};
    is_ok_ = ptrace(PTRACE_GETREGS, thread.id, nullptr, &saved_) == 0 &&
             saved_.cs == kCodeSegment64 && HoldSignals() &&
             ReadMemory(thread.id, saved_.rip, code_, sizeof code_) &&
             WriteCode(thread.id, saved_.rip, code, sizeof code) && Go();
  }
  ~Injection() {
    WriteCode(thread_.id, saved_.rip, code_, sizeof code_);
    ptrace(PTRACE_SETREGS, thread_.id, nullptr, &saved_);
    if (signals_) ptrace(PTRACE_SETSIGMASK, thread_.id, sizeof *signals_, &*signals_);
  }
  bool is_ok() const { return is_ok_; }

  std::int64_t Call(long number, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0,
                    std::uint64_t d = 0, std::uint64_t e = 0, std::uint64_t f = 0) {
    Set(number, a, b, c, d, e, f);
    if (!Go()) return -EIO;
    return Answer();
  }

  // Its number in the program, or a negative one.
  std::int64_t Give(int file) {
    Set(SYS_time, 0, 0, 0, 0, 0, 0);
    if (ptrace(PTRACE_CONT, thread_.id, nullptr, nullptr) != 0) return -EIO;
    for (;;) {
      seccomp_notif call{};
      if (ioctl(tree_.listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) {
        // ENOENT: somebody else's call, who was interrupted before we came.
        if (errno == EINTR || errno == ENOENT) continue;
        return -EIO;
      }
      if (static_cast<pid_t>(call.pid) != thread_.id) {
        stray_(call);
        continue;
      }
      thread_.call = call;
      const int number = GiveFile(tree_, thread_, file, true);
      seccomp_notif_resp answer{};
      answer.id = call.id;
      answer.val = number;
      ioctl(tree_.listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
      return Await() ? Answer() : -EIO;
    }
  }

 private:
  void Set(long number, std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d,
           std::uint64_t e, std::uint64_t f) {
    user_regs_struct regs = saved_;
    regs.rip = saved_.rip + 1;
    regs.rax = static_cast<unsigned long long>(number);
    regs.orig_rax = ~0ULL;
    regs.rdi = a;
    regs.rsi = b;
    regs.rdx = c;
    regs.r10 = d;
    regs.r8 = e;
    regs.r9 = f;
    ptrace(PTRACE_SETREGS, thread_.id, nullptr, &regs);
  }
  std::int64_t Answer() {
    user_regs_struct regs{};
    ptrace(PTRACE_GETREGS, thread_.id, nullptr, &regs);
    return static_cast<std::int64_t>(regs.rax);
  }
  bool Go() { return ptrace(PTRACE_CONT, thread_.id, nullptr, nullptr) == 0 && Await(); }
  // Until it has come to an int3 of ours. Its end is left to be reported.
  bool Await() {
    for (;;) {
      siginfo_t news{};
      const auto id = static_cast<id_t>(thread_.id);
      if (waitid(P_PID, id, &news, WEXITED | WSTOPPED | WNOWAIT | __WALL) != 0) {
        if (errno == EINTR) continue;
        return false;
      }
      int status = 0;
      if (news.si_code != CLD_TRAPPED && news.si_code != CLD_STOPPED) return false;
      if (waitpid(thread_.id, &status, __WALL) < 0) return false;
      const bool is_asked_to_stop = status >> 16 == PTRACE_EVENT_STOP;
      if (!is_asked_to_stop) return WSTOPSIG(status) == SIGTRAP;
      // We had asked it before it came to exec.
      if (ptrace(PTRACE_CONT, thread_.id, nullptr, nullptr) != 0) return false;
    }
  }
  // Those that come meanwhile come later; that of int3 can't be held.
  bool HoldSignals() {
    std::uint64_t own = 0;
    if (ptrace(PTRACE_GETSIGMASK, thread_.id, sizeof own, &own) != 0) return false;
    const std::uint64_t all = ~(1ULL << (SIGTRAP - 1));
    signals_ = own;
    return ptrace(PTRACE_SETSIGMASK, thread_.id, sizeof all, &all) == 0;
  }

  Tree& tree_;
  Thread& thread_;
  const std::function<void(const seccomp_notif&)>& stray_;
  user_regs_struct saved_{};
  std::uint8_t code_[8] = {};
  std::optional<std::uint64_t> signals_;  // That it blocks itself.
  bool is_ok_ = false;
};

bool MapClock(Tree& tree, Thread& thread, const std::function<void(const seccomp_notif&)>& stray) {
  Injection injection(tree, thread, stray);
  if (!injection.is_ok()) return false;
  const std::int64_t file = injection.Give(tree.page_file);
  if (file < 0) return false;
  const auto map = [&](std::uint64_t address, int rights, std::uint64_t offset) {
    const auto flags = static_cast<std::uint64_t>(MAP_SHARED | MAP_FIXED_NOREPLACE);
    return injection.Call(SYS_mmap, address, kPageBytes, static_cast<std::uint64_t>(rights), flags,
                          static_cast<std::uint64_t>(file),
                          offset) == static_cast<std::int64_t>(address);
  };
  const bool is_mapped = map(kClockPageAddress, PROT_READ | PROT_WRITE, 0) &&
                         map(kClockCodeAddress, PROT_READ | PROT_EXEC, kPageBytes);
  injection.Call(SYS_close, static_cast<std::uint64_t>(file));
  return is_mapped;
}

bool PatchVdso(pid_t thread, std::uint64_t address) {
  // Every process has the same image.
  const auto* ours = reinterpret_cast<const std::uint8_t*>(getauxval(AT_SYSINFO_EHDR));
  if (ours == nullptr || address == 0) return false;
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(ours);
  const std::size_t size = header->e_shoff + std::size_t{header->e_shnum} * sizeof(Elf64_Shdr);
  if (size > kVdsoBytesMax) return false;
  const std::span<const std::uint8_t> image(ours, size);
  const std::vector<VdsoPatch> patches = PlanVdsoPatches(image);
  for (const VdsoPatch& patch : patches) {
    if (!WriteCode(thread, address + patch.offset, patch.bytes.data(), patch.bytes.size())) {
      return false;
    }
  }
  return !patches.empty();
}

}  // namespace

ClockPage* MakeClockPage(int& file) {
  file = memfd_create("orrery-clock", MFD_CLOEXEC);
  if (file < 0 || ftruncate(file, 2 * kPageBytes) != 0) return nullptr;
  const std::span<const std::uint8_t> code = ClockCode();
  if (pwrite(file, code.data(), code.size(), kPageBytes) != static_cast<ssize_t>(code.size())) {
    return nullptr;
  }
  void* page = mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return page == MAP_FAILED ? nullptr : new (page) ClockPage;
}

bool PrepareImage(Tree& tree, Thread& thread,
                  const std::function<void(const seccomp_notif&)>& stray) {
  user_regs_struct regs{};
  if (ptrace(PTRACE_GETREGS, thread.id, nullptr, &regs) != 0) return false;
  const auto auxiliary = FindAuxiliary(thread.id, regs.rsp);
  if (!auxiliary) return false;
  const std::string random = tree.chance.Bytes(16);
  if (auxiliary->random != 0) {
    WriteMemory(thread.id, auxiliary->random, random.data(), random.size());
  }
  if (auxiliary->vdso == 0) return false;
  if (MapClock(tree, thread, stray) && PatchVdso(thread.id, auxiliary->vdso)) return true;
  // Without a vDSO the program makes calls, which are trapped.
  const std::uint64_t ignored = AT_IGNORE;
  WriteMemory(thread.id, auxiliary->vdso_entry, &ignored, sizeof ignored);
  return false;
}

}  // namespace sim::virtual_process
