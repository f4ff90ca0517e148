#include "sim/host/virtual_process/futex_table.h"

#include <linux/futex.h>

#include <algorithm>

namespace sim::virtual_process {

void FutexTable::Wait(int thread, FutexKey key, std::uint32_t bits) {
  Remove(thread);
  waiters_.push_back({thread, key, bits});
}

void FutexTable::Remove(int thread) {
  std::erase_if(waiters_, [thread](const Waiter& waiter) { return waiter.thread == thread; });
}

std::vector<int> FutexTable::Wake(FutexKey key, std::int64_t count_max, std::uint32_t bits) {
  std::vector<int> woken;
  std::erase_if(waiters_, [&](const Waiter& waiter) {
    const bool is_meant = waiter.key == key && (waiter.bits & bits) != 0;
    if (!is_meant || static_cast<std::int64_t>(woken.size()) >= count_max) return false;
    woken.push_back(waiter.thread);
    return true;
  });
  return woken;
}

FutexTable::Moved FutexTable::Requeue(FutexKey from, FutexKey to, std::int64_t wake_max,
                                      std::int64_t requeue_max) {
  Moved moved;
  moved.woken = Wake(from, wake_max, kAnyBit);
  std::vector<Waiter> requeued;
  std::erase_if(waiters_, [&](const Waiter& waiter) {
    const bool is_full = static_cast<std::int64_t>(requeued.size()) >= requeue_max;
    if (waiter.key != from || is_full) return false;
    requeued.push_back({waiter.thread, to, waiter.bits});
    return true;
  });
  for (const Waiter& waiter : requeued) {
    moved.requeued.push_back(waiter.thread);
    waiters_.push_back(waiter);
  }
  return moved;
}

std::size_t FutexTable::CountAt(FutexKey key) const {
  return static_cast<std::size_t>(std::count_if(
      waiters_.begin(), waiters_.end(), [key](const Waiter& waiter) { return waiter.key == key; }));
}

std::optional<int> FutexTable::FirstAt(FutexKey key) const {
  for (const Waiter& waiter : waiters_) {
    if (waiter.key == key) return waiter.thread;
  }
  return std::nullopt;
}

std::optional<WakeOperation> ApplyWakeOperation(std::uint32_t encoded, std::uint32_t word) {
  // Twelve bits each, with a sign.
  const auto argument_of = [](std::uint32_t bits) {
    const std::uint32_t number = bits & 0xfff;
    return static_cast<std::int32_t>((number & 0x800) != 0 ? number | 0xfffff000 : number);
  };
  const std::uint32_t operation = (encoded >> 28) & 7;
  auto argument = static_cast<std::uint32_t>(argument_of(encoded >> 12));
  if ((encoded >> 28 & FUTEX_OP_OPARG_SHIFT) != 0) argument = 1U << (argument & 31);
  WakeOperation result;
  switch (operation) {
    case FUTEX_OP_SET:
      result.word = argument;
      break;
    case FUTEX_OP_ADD:
      result.word = word + argument;
      break;
    case FUTEX_OP_OR:
      result.word = word | argument;
      break;
    case FUTEX_OP_ANDN:
      result.word = word & ~argument;
      break;
    case FUTEX_OP_XOR:
      result.word = word ^ argument;
      break;
    default:
      return std::nullopt;
  }
  const auto old = static_cast<std::int32_t>(word);
  const std::int32_t compared = argument_of(encoded);
  switch ((encoded >> 24) & 15) {
    case FUTEX_OP_CMP_EQ:
      result.is_waking = old == compared;
      break;
    case FUTEX_OP_CMP_NE:
      result.is_waking = old != compared;
      break;
    case FUTEX_OP_CMP_LT:
      result.is_waking = old < compared;
      break;
    case FUTEX_OP_CMP_LE:
      result.is_waking = old <= compared;
      break;
    case FUTEX_OP_CMP_GT:
      result.is_waking = old > compared;
      break;
    case FUTEX_OP_CMP_GE:
      result.is_waking = old >= compared;
      break;
    default:
      return std::nullopt;
  }
  return result;
}

LockAnswer LockWord(std::uint32_t word, std::uint32_t thread) {
  const std::uint32_t owner = word & FUTEX_TID_MASK;
  if (owner == thread) return {LockAnswer::Kind::kDeadlock, word};
  // The owner of a robust lock died: whoever comes next has it, and is told by the bit.
  if (owner == 0)
    return {LockAnswer::Kind::kTaken, (word & ~std::uint32_t{FUTEX_TID_MASK}) | thread};
  return {LockAnswer::Kind::kWait, word | FUTEX_WAITERS};
}

std::uint32_t UnlockedWord(std::optional<std::uint32_t> next, bool do_more_wait) {
  if (!next) return 0;
  return *next | (do_more_wait ? FUTEX_WAITERS : 0);
}

}  // namespace sim::virtual_process
