// The futexes of a program: who waits where, and what a word becomes (futex(2)).
//
// Pure: words are read and written by the caller. Waiters of one key are woken first come, first
// served.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

namespace sim::virtual_process {

struct FutexKey {
  std::uint64_t space = 0;  // A process, or a file that several map.
  std::uint64_t address = 0;
  auto operator<=>(const FutexKey&) const = default;
};

inline constexpr std::uint32_t kAnyBit = 0xffffffff;

class FutexTable {
 public:
  struct Moved {
    std::vector<int> woken;
    std::vector<int> requeued;
    bool operator==(const Moved&) const = default;
  };

  void Wait(int thread, FutexKey key, std::uint32_t bits);
  // Does nothing if it waits nowhere.
  void Remove(int thread);
  bool empty() const { return waiters_.empty(); }
  std::vector<int> Wake(FutexKey key, std::int64_t count_max, std::uint32_t bits);
  Moved Requeue(FutexKey from, FutexKey to, std::int64_t wake_max, std::int64_t requeue_max);
  std::size_t CountAt(FutexKey key) const;
  std::optional<int> FirstAt(FutexKey key) const;

 private:
  struct Waiter {
    int thread;
    FutexKey key;
    std::uint32_t bits;
  };
  std::vector<Waiter> waiters_;
};

// FUTEX_WAKE_OP's operation: what the second word becomes, and whether its waiters are woken.
// Nothing for an operation that does not exist.
struct WakeOperation {
  std::uint32_t word = 0;
  bool is_waking = false;
  bool operator==(const WakeOperation&) const = default;
};
std::optional<WakeOperation> ApplyWakeOperation(std::uint32_t encoded, std::uint32_t word);

// Priority inheritance: the word holds its owner's thread number and a bit that says others wait.
struct LockAnswer {
  enum class Kind : std::uint8_t { kTaken, kWait, kDeadlock } kind = Kind::kTaken;
  std::uint32_t word = 0;
  bool operator==(const LockAnswer&) const = default;
};
LockAnswer LockWord(std::uint32_t word, std::uint32_t thread);
// The word after its owner gave it up for `next`, if somebody waits.
std::uint32_t UnlockedWord(std::optional<std::uint32_t> next, bool do_more_wait);

}  // namespace sim::virtual_process
