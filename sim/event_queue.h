// The events that wait, in one total order: (time, lane, sequence).
//
// Invariants:
// (1) Peek and Pop give the smallest order of all that wait, whatever was cancelled before.
// (2) An id names one event for ever: an id of an event that ran or was cancelled never names a
// later one
//     (until one slot has been used 2^32 times).
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sim/callback.h"
#include "sim/time.h"

namespace sim {

// Orders what happens within one instant: what came from outside first, what checks the rest last.
enum class Lane : std::uint8_t { kInput, kStore, kWatch, kControl, kNode, kCheck };

std::string_view LaneName(Lane lane);

// Whether an event is a reason for `--time max` and `wait: idle` to go on.
enum class Work : std::uint8_t {
  kWork,
  kHousekeeping,  // Heartbeats, resyncs, a cron with nothing due.
  kInherit,       // As the event that schedules it.
};

struct EventOrder {
  Time time;
  Lane lane = Lane::kInput;
  std::uint64_t sequence = 0;
  auto operator<=>(const EventOrder&) const = default;
};

struct EventId {
  std::uint32_t slot = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t generation = 0;
  bool operator==(const EventId&) const = default;
};

struct Event {
  EventOrder order;
  std::string_view name;  // A static literal, "part.verb".
  std::string key;        // The object it is about; empty when there is none.
  Callback run;
  Work work = Work::kWork;  // Never kInherit.
  bool is_input = false;    // Came from outside.
};

class EventQueue {
 public:
  EventId Push(Event event);

  // False if the event ran or was cancelled before, and then does nothing. O(log n).
  bool Cancel(EventId id);

  bool empty() const { return size() == 0; }
  std::size_t size() const { return work_.size() + housekeeping_.size(); }
  bool Holds(EventId id) const;

  // The earliest event, or null. Valid until the queue changes.
  const Event* Peek() const;
  // The earliest event that is not housekeeping, or null.
  const Event* PeekWork() const;

  // Takes the earliest event out. Requires: not empty.
  Event Pop();

  // Gives the earliest event a later place; it keeps its id. Requires: not empty.
  void Postpone(Time time, std::uint64_t sequence);

 private:
  // The order lies in the heap, so that sifting touches no events.
  struct Entry {
    EventOrder order;
    std::uint32_t slot = 0;
  };
  using Heap = std::vector<Entry>;
  // Apart from the events, for sifting writes these and a large queue's events do not stay in the
  // cache.
  struct Slot {
    std::uint32_t generation = 0;
    std::uint32_t heap_index = kFree;
  };
  static constexpr std::uint32_t kFree = std::numeric_limits<std::uint32_t>::max();

  Heap& HeapOf(Work work) { return work == Work::kWork ? work_ : housekeeping_; }
  // The heap that has the earliest event, or null.
  const Heap* Earliest() const;
  void Insert(Heap& heap, Entry entry);
  // Takes the event out of its slot, which may then be used again.
  Event Vacate(std::uint32_t slot);
  void Remove(Heap& heap, std::size_t index);
  void SiftUp(Heap& heap, std::size_t index, Entry entry);
  void SiftDown(Heap& heap, std::size_t index, Entry entry);
  void Place(Heap& heap, std::size_t index, const Entry& entry);

  Heap work_;
  Heap housekeeping_;
  std::vector<Slot> slots_;
  std::vector<Event> events_;  // By slot.
  std::vector<std::uint32_t> free_slots_;
};

}  // namespace sim
