// futex(2): waits and wakes live in the supervisor, in Tree::futexes.
#include <errno.h>
#include <linux/futex.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <sstream>

#include "sim/digest.h"
#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

// A word in memory that processes share is known by the file behind it.
FutexKey KeyOf(const Thread& thread, std::uint64_t address, bool is_private) {
  const FutexKey own{static_cast<std::uint64_t>(thread.process), address};
  if (is_private) return own;
  std::istringstream maps(ReadProcFile(thread.id, "maps"));
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t offset = 0;
    std::uint64_t node = 0;
    char rights[8];
    char device[16];
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %15s %" SCNu64, &begin,
                    &end, rights, &offset, device, &node) != 6) {
      continue;
    }
    if (address < begin || address >= end) continue;
    if (rights[3] != 's' || node == 0) return own;
    return {StableHash(std::string(device) + "/" + std::to_string(node)) | (1ULL << 63),
            address - begin + offset};
  }
  return own;
}

class FutexHandler {
 public:
  FutexHandler(Tree& tree, Thread& thread)
      : tree_(tree),
        thread_(thread),
        arguments_(thread),
        is_private_((arguments_.Int(1) & FUTEX_PRIVATE_FLAG) != 0) {}

  Outcome Handle() {
    switch (arguments_.Int(1) & FUTEX_CMD_MASK) {
      case FUTEX_WAIT:
        return WaitFor(kAnyBit, /*is_absolute=*/false);
      case FUTEX_WAIT_BITSET:
        return WaitFor(static_cast<std::uint32_t>(arguments_[5]), /*is_absolute=*/true);
      case FUTEX_WAKE:
        return Wake(kAnyBit);
      case FUTEX_WAKE_BITSET:
        return Wake(static_cast<std::uint32_t>(arguments_[5]));
      case FUTEX_REQUEUE:
        return Requeue(/*is_compared=*/false);
      case FUTEX_CMP_REQUEUE:
        return Requeue(/*is_compared=*/true);
      case FUTEX_WAKE_OP:
        return WakeOp();
      case FUTEX_LOCK_PI:
      case FUTEX_LOCK_PI2:
        return Lock();
      case FUTEX_TRYLOCK_PI:
        return TryLock();
      case FUTEX_UNLOCK_PI:
        return Unlock();
      default:
        return Outcome::Fail(ENOSYS);
    }
  }

 private:
  std::optional<std::uint32_t> Word(std::uint64_t address) const {
    return ReadValue<std::uint32_t>(thread_.id, address);
  }
  bool SetWord(std::uint64_t address, std::uint32_t word) const {
    return WriteMemory(thread_.id, address, &word, sizeof word);
  }
  FutexKey Key(std::uint64_t address) const { return KeyOf(thread_, address, is_private_); }

  // Nothing when the time is not one.
  std::optional<std::int64_t> Deadline(ClockKind kind, bool is_absolute) const {
    if (thread_.kept_deadline) return thread_.kept_deadline;
    if (arguments_[3] == 0) return kNever;
    const auto span = span_ ? span_ : ReadValue<timespec>(thread_.id, arguments_[3]);
    const auto nanoseconds = span ? NanosecondsOf(*span) : std::nullopt;
    if (!nanoseconds) return std::nullopt;
    return DeadlineOf(*tree_.page, kind, is_absolute, *nanoseconds);
  }

  Outcome WaitFor(std::uint32_t bits, bool is_absolute) {
    if (bits == 0) return Outcome::Fail(EINVAL);
    std::optional<std::uint32_t> word = 0;
    timespec span{};
    const bool is_timed = arguments_[3] != 0 && !thread_.kept_deadline;
    if (is_timed && ReadTwo(thread_.id, {arguments_[0], &*word, sizeof *word},
                            {arguments_[3], &span, sizeof span})) {
      span_ = span;
    } else {
      word = Word(arguments_[0]);
    }
    if (!word) return Outcome::Fail(EFAULT);
    if (*word != static_cast<std::uint32_t>(arguments_[2])) return Outcome::Fail(EAGAIN);
    const bool is_real = (arguments_.Int(1) & FUTEX_CLOCK_REALTIME) != 0;
    const auto deadline = Deadline(is_real ? ClockKind::kReal : ClockKind::kMonotonic, is_absolute);
    if (!deadline) return Outcome::Fail(EINVAL);
    Wait wait = Begin(*word, bits);
    wait.deadline = *deadline;
    return Outcome::Hold(std::move(wait));
  }

  Wait Begin(std::uint32_t word, std::uint32_t bits) {
    Wait wait;
    wait.futex = Key(arguments_[0]);
    wait.futex_address = arguments_[0];
    wait.futex_value = word;
    wait.timeout_error = ETIMEDOUT;
    tree_.futexes.Wait(thread_.id, *wait.futex, bits);
    return wait;
  }

  std::int64_t WakeAll(const std::vector<int>& woken) {
    for (const int id : woken) tree_.WakeWith(tree_.threads.at(id), Outcome::Answer(0));
    return static_cast<std::int64_t>(woken.size());
  }

  Outcome Wake(std::uint32_t bits) {
    if (bits == 0) return Outcome::Fail(EINVAL);
    // Whose word it is would be expensive to find out.
    if (tree_.futexes.empty()) return Outcome::Answer(0);
    const std::int64_t count_max = std::max(1, arguments_.Int(2));
    return Outcome::Answer(WakeAll(tree_.futexes.Wake(Key(arguments_[0]), count_max, bits)));
  }

  Outcome Requeue(bool is_compared) {
    if (is_compared) {
      const auto word = Word(arguments_[0]);
      if (!word) return Outcome::Fail(EFAULT);
      if (*word != static_cast<std::uint32_t>(arguments_[5])) return Outcome::Fail(EAGAIN);
    }
    const FutexKey target = Key(arguments_[4]);
    const FutexTable::Moved moved =
        tree_.futexes.Requeue(Key(arguments_[0]), target, arguments_.Int(2), arguments_.Int(3));
    for (const int id : moved.requeued) {
      Wait& wait = tree_.threads.at(id).wait;
      wait.futex = target;
      // Which word it was to have is no longer of interest.
      wait.futex_address = 0;
    }
    const std::int64_t woken = WakeAll(moved.woken);
    const auto requeued = static_cast<std::int64_t>(moved.requeued.size());
    return Outcome::Answer(is_compared ? woken + requeued : woken);
  }

  Outcome WakeOp() {
    const auto word = Word(arguments_[4]);
    if (!word) return Outcome::Fail(EFAULT);
    const auto operation = ApplyWakeOperation(static_cast<std::uint32_t>(arguments_[5]), *word);
    if (!operation) return Outcome::Fail(ENOSYS);
    if (!SetWord(arguments_[4], operation->word)) return Outcome::Fail(EFAULT);
    std::int64_t woken =
        WakeAll(tree_.futexes.Wake(Key(arguments_[0]), arguments_.Int(2), kAnyBit));
    if (operation->is_waking) {
      woken += WakeAll(tree_.futexes.Wake(Key(arguments_[4]), arguments_.Int(3), kAnyBit));
    }
    return Outcome::Answer(woken);
  }

  Outcome Lock() {
    const auto word = Word(arguments_[0]);
    if (!word) return Outcome::Fail(EFAULT);
    const LockAnswer answer = LockWord(*word, static_cast<std::uint32_t>(thread_.inner));
    if (answer.kind == LockAnswer::Kind::kDeadlock) return Outcome::Fail(EDEADLK);
    if (!SetWord(arguments_[0], answer.word)) return Outcome::Fail(EFAULT);
    if (answer.kind == LockAnswer::Kind::kTaken) return Outcome::Answer(0);
    const bool is_monotonic = (arguments_.Int(1) & FUTEX_CMD_MASK) == FUTEX_LOCK_PI2 &&
                              (arguments_.Int(1) & FUTEX_CLOCK_REALTIME) == 0;
    const auto deadline = Deadline(is_monotonic ? ClockKind::kMonotonic : ClockKind::kReal, true);
    if (!deadline) return Outcome::Fail(EINVAL);
    Wait wait = Begin(answer.word, kAnyBit);
    wait.deadline = *deadline;
    wait.is_lock = true;
    return Outcome::Hold(std::move(wait));
  }

  Outcome TryLock() {
    const auto word = Word(arguments_[0]);
    if (!word) return Outcome::Fail(EFAULT);
    const LockAnswer answer = LockWord(*word, static_cast<std::uint32_t>(thread_.inner));
    if (answer.kind == LockAnswer::Kind::kDeadlock) return Outcome::Fail(EDEADLK);
    if (answer.kind == LockAnswer::Kind::kWait) return Outcome::Fail(EAGAIN);
    return SetWord(arguments_[0], answer.word) ? Outcome::Answer(0) : Outcome::Fail(EFAULT);
  }

  Outcome Unlock() {
    const auto word = Word(arguments_[0]);
    if (!word) return Outcome::Fail(EFAULT);
    if ((*word & FUTEX_TID_MASK) != static_cast<std::uint32_t>(thread_.inner)) {
      return Outcome::Fail(EPERM);
    }
    const FutexKey key = Key(arguments_[0]);
    const auto next = tree_.futexes.FirstAt(key);
    std::optional<std::uint32_t> owner;
    if (next) owner = static_cast<std::uint32_t>(tree_.threads.at(*next).inner);
    const bool do_more_wait = tree_.futexes.CountAt(key) > 1;
    if (!SetWord(arguments_[0], UnlockedWord(owner, do_more_wait))) return Outcome::Fail(EFAULT);
    WakeAll(tree_.futexes.Wake(key, 1, kAnyBit));
    return Outcome::Answer(0);
  }

  Tree& tree_;
  Thread& thread_;
  const Arguments arguments_;
  const bool is_private_;
  std::optional<timespec> span_;  // Of the wait, once it was read.
};

}  // namespace

Outcome FutexCall(Tree& tree, Thread& thread) { return FutexHandler(tree, thread).Handle(); }

}  // namespace sim::virtual_process
