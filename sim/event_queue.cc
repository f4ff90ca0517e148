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
  } else {
    slot_index = free_slots_.back();
    free_slots_.pop_back();
  }
  Slot& slot = slots_[slot_index];
  slot.event = std::move(event);
  Insert(HeapOf(slot.event.work), {slot.event.order, slot_index});
  return {slot_index, slot.generation};
}

bool EventQueue::Holds(EventId id) const {
  return id.slot < slots_.size() && slots_[id.slot].generation == id.generation &&
         slots_[id.slot].heap_index != kFree;
}

bool EventQueue::Cancel(EventId id) {
  if (!Holds(id)) return false;
  Slot& slot = slots_[id.slot];
  Remove(HeapOf(slot.event.work), slot.heap_index);
  slot.heap_index = kFree;
  ++slot.generation;
  free_slots_.push_back(id.slot);
  // Last, and out of the slot: what the callback owned may schedule or cancel as it goes.
  const Event dropped = std::move(slot.event);
  return true;
}

const EventQueue::Heap* EventQueue::Earliest() const {
  if (work_.empty()) return housekeeping_.empty() ? nullptr : &housekeeping_;
  if (housekeeping_.empty()) return &work_;
  return work_.front().order < housekeeping_.front().order ? &work_ : &housekeeping_;
}

const Event* EventQueue::Peek() const {
  const Heap* heap = Earliest();
  return heap == nullptr ? nullptr : &slots_[heap->front().slot].event;
}

const Event* EventQueue::PeekWork() const {
  return work_.empty() ? nullptr : &slots_[work_.front().slot].event;
}

Event EventQueue::Pop() {
  const Heap* earliest = Earliest();
  SIM_CHECK(earliest != nullptr);
  const std::uint32_t slot_index = earliest->front().slot;
  Slot& slot = slots_[slot_index];
  Remove(HeapOf(slot.event.work), 0);
  slot.heap_index = kFree;
  ++slot.generation;
  free_slots_.push_back(slot_index);
  return std::move(slot.event);
}

void EventQueue::Postpone(Time time, std::uint64_t sequence) {
  const Heap* earliest = Earliest();
  SIM_CHECK(earliest != nullptr);
  Slot& slot = slots_[earliest->front().slot];
  SIM_CHECK(time >= slot.event.order.time);
  slot.event.order.time = time;
  slot.event.order.sequence = sequence;
  SiftDown(HeapOf(slot.event.work), 0, {slot.event.order, earliest->front().slot});
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
