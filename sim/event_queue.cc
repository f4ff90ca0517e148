#include "sim/event_queue.h"

#include <utility>

#include "sim/check.h"

namespace sim {

std::string_view LaneName(Lane lane) {
  switch (lane) {
    case Lane::kInput:
      return "input";
    case Lane::kStore:
      return "store";
    case Lane::kWatch:
      return "watch";
    case Lane::kControl:
      return "control";
    case Lane::kNode:
      return "node";
    case Lane::kCheck:
      return "check";
  }
  return "unknown";
}

EventId EventQueue::Push(Event event) {
  SIM_CHECK(event.work != Work::kInherit);
  std::uint32_t slot_index = 0;
  if (free_slots_.empty()) {
    SIM_CHECK(slots_.size() < kFree);
    slot_index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
    events_.emplace_back();
  } else {
    slot_index = free_slots_.back();
    free_slots_.pop_back();
  }
  const Entry entry{event.order, slot_index};
  Heap& heap = HeapOf(event.work);
  events_[slot_index] = std::move(event);
  Insert(heap, entry);
  return {slot_index, slots_[slot_index].generation};
}

bool EventQueue::Holds(EventId id) const {
  return id.slot < slots_.size() && slots_[id.slot].generation == id.generation &&
         slots_[id.slot].heap_index != kFree;
}

Event EventQueue::Vacate(std::uint32_t slot) {
  slots_[slot].heap_index = kFree;
  ++slots_[slot].generation;
  free_slots_.push_back(slot);
  return std::move(events_[slot]);
}

bool EventQueue::Cancel(EventId id) {
  if (!Holds(id)) return false;
  Remove(HeapOf(events_[id.slot].work), slots_[id.slot].heap_index);
  // Destroyed last: what the callback owned may schedule or cancel as it goes.
  const Event dropped = Vacate(id.slot);
  return true;
}

const EventQueue::Heap* EventQueue::Earliest() const {
  if (work_.empty()) return housekeeping_.empty() ? nullptr : &housekeeping_;
  if (housekeeping_.empty()) return &work_;
  return work_.front().order < housekeeping_.front().order ? &work_ : &housekeeping_;
}

const Event* EventQueue::Peek() const {
  const Heap* heap = Earliest();
  return heap == nullptr ? nullptr : &events_[heap->front().slot];
}

const Event* EventQueue::PeekWork() const {
  return work_.empty() ? nullptr : &events_[work_.front().slot];
}

Event EventQueue::Pop() {
  const Heap* earliest = Earliest();
  SIM_CHECK(earliest != nullptr);
  const std::uint32_t slot = earliest->front().slot;
  Remove(HeapOf(events_[slot].work), 0);
  return Vacate(slot);
}

void EventQueue::Postpone(Time time, std::uint64_t sequence) {
  const Heap* earliest = Earliest();
  SIM_CHECK(earliest != nullptr);
  const std::uint32_t slot = earliest->front().slot;
  Event& event = events_[slot];
  SIM_CHECK(time >= event.order.time);
  event.order.time = time;
  event.order.sequence = sequence;
  SiftDown(HeapOf(event.work), 0, {event.order, slot});
}

void EventQueue::Insert(Heap& heap, Entry entry) {
  heap.push_back(entry);
  SiftUp(heap, heap.size() - 1, entry);
}

void EventQueue::Remove(Heap& heap, std::size_t index) {
  const Entry last = heap.back();
  heap.pop_back();
  if (index == heap.size()) return;
  if (index > 0 && last.order < heap[(index - 1) / 2].order) {
    SiftUp(heap, index, last);
  } else {
    SiftDown(heap, index, last);
  }
}

void EventQueue::SiftUp(Heap& heap, std::size_t index, Entry entry) {
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (heap[parent].order < entry.order) break;
    Place(heap, index, heap[parent]);
    index = parent;
  }
  Place(heap, index, entry);
}

void EventQueue::SiftDown(Heap& heap, std::size_t index, Entry entry) {
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap.size()) break;
    if (child + 1 < heap.size() && heap[child + 1].order < heap[child].order) ++child;
    if (entry.order < heap[child].order) break;
    Place(heap, index, heap[child]);
    index = child;
  }
  Place(heap, index, entry);
}

void EventQueue::Place(Heap& heap, std::size_t index, const Entry& entry) {
  heap[index] = entry;
  slots_[entry.slot].heap_index = static_cast<std::uint32_t>(index);
}

}  // namespace sim
