#include "sim/kernel.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "sim/check.h"
#include "sim/time_text.h"

namespace sim {
namespace {

// Tell apart what goes into the digest.
enum DigestTag : std::uint64_t { kEventTag = 1, kCommitTag = 2, kInputTag = 3, kStreamTag = 4 };

std::uint64_t Nanoseconds(Time time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

void PrintKernel(void* kernel) {
  const std::string text = static_cast<const Kernel*>(kernel)->Describe();
  std::fputs(text.c_str(), stderr);
}

}  // namespace

Kernel::Kernel(KernelOptions options)
    : options_(options), now_(options.start), guard_(options.events_at_instant_max) {
  last_events_.reserve(kLastEventsMax);
}

Kernel::~Kernel() {
  if (describes_on_check_failure_) SetCheckContext(nullptr, nullptr);
}

EventId Kernel::At(Time due, Lane lane, std::string_view name, std::string key, Callback run,
                   Work work) {
  SIM_CHECK(due >= now_);
  return events_.Push({{due, lane, ++sequence_},
                       name,
                       std::move(key),
                       std::move(run),
                       work == Work::kInherit ? current_work_ : work,
                       false});
}

Random& Kernel::Stream(std::string_view name) {
  auto found = streams_.find(name);
  if (found == streams_.end()) {
    found = streams_.emplace(std::string(name), Random(options_.seed, options_.incarnation, name))
                .first;
  }
  return found->second;
}

void Kernel::NoteCommit(std::string_view bytes, Work work) {
  digest_.Add(kCommitTag);
  digest_.Add(bytes);
  if (work == Work::kWork) current_work_ = Work::kWork;
}

void Kernel::AcceptInput(std::string_view kind, std::string_view bytes, Callback run) {
  if (input_sink_ != nullptr) input_sink_->Append(position_, now_, kind, bytes);
  for (Observer* observer : observers_) observer->OnInput(kind, bytes);
  digest_.Add(kInputTag);
  digest_.Add(position_);
  digest_.Add(kind);
  digest_.Add(bytes);
  events_.Push({{now_, Lane::kInput, ++sequence_}, kind, {}, std::move(run), Work::kWork, true});
}

bool Kernel::PostponeIfGuarded() {
  const Event& next = *events_.Peek();
  if (next.is_input) guard_.Reset();
  if (next.order.time > now_ || guard_.Admit(next.name, next.key)) return false;
  SIM_CHECK_MSG(guard_handler_ != nullptr, next.name);
  const Duration delay = guard_handler_(next.name, next.key);
  SIM_CHECK(delay > Duration::zero());
  events_.Postpone(now_ + delay, ++sequence_);
  return true;
}

bool Kernel::RunNext() {
  if (events_.empty()) return false;
  if (PostponeIfGuarded()) return true;
  Event event = events_.Pop();
  if (event.order.time > now_) {
    MoveTo(event.order.time);
    guard_.Admit(event.name, event.key);
  }
  ++position_;
  digest_.Add(kEventTag);
  digest_.Add(Nanoseconds(now_));
  digest_.Add(static_cast<std::uint64_t>(event.order.lane));
  digest_.Add(event.name);
  digest_.Add(event.key);

  EventRecord record{position_, event.order, event.name, std::move(event.key)};
  for (Observer* observer : observers_) observer->OnEvent(record);
  Remember(std::move(record));

  current_work_ = event.work;
  {
    const Trampoline::Scope scope;
    event.run();
  }
  current_work_ = Work::kWork;
  return true;
}

void Kernel::RunUntil(Time until) {
  SIM_CHECK(until >= now_);
  for (;;) {
    const std::optional<Time> due = NextDue();
    if (!due || *due > until) break;
    RunNext();
  }
  AdvanceTo(until);
}

void Kernel::AdvanceTo(Time time) {
  SIM_CHECK(time >= now_);
  const std::optional<Time> due = NextDue();
  SIM_CHECK(!due || *due >= time);
  if (time > now_) MoveTo(time);
}

void Kernel::MoveTo(Time time) {
  now_ = time;
  guard_.Reset();
  for (Observer* observer : observers_) observer->OnTimeMoved(now_);
}

std::optional<Time> Kernel::NextDue() const {
  const Event* next = events_.Peek();
  if (next == nullptr) return std::nullopt;
  return next->order.time;
}

std::optional<Time> Kernel::NextWorkDue() const {
  const Event* next = events_.PeekWork();
  if (next == nullptr) return std::nullopt;
  return next->order.time;
}

Digest Kernel::FinalDigest() const {
  Digest digest = digest_;
  for (const auto& [name, stream] : streams_) {
    Random copy = stream;
    digest.Add(kStreamTag);
    digest.Add(name);
    digest.Add(copy.Next());
  }
  return digest;
}

void Kernel::Remember(EventRecord record) {
  if (last_events_.size() < kLastEventsMax) {
    last_events_.push_back(std::move(record));
  } else {
    last_events_[(record.position - 1) % kLastEventsMax] = std::move(record);
  }
}

std::vector<EventRecord> Kernel::LastEvents() const {
  std::vector<EventRecord> events = last_events_;
  if (position_ > kLastEventsMax) {
    std::rotate(events.begin(),
                events.begin() + static_cast<std::ptrdiff_t>(position_ % kLastEventsMax),
                events.end());
  }
  return events;
}

std::string Kernel::Describe() const {
  constexpr std::size_t kShownMax = 20;
  std::string text = "seed " + std::to_string(options_.seed) + ", position " +
                     std::to_string(position_) + ", time " + TimeText(now_) + "\n";
  const std::vector<EventRecord> events = LastEvents();
  const std::size_t first = events.size() > kShownMax ? events.size() - kShownMax : 0;
  for (std::size_t index = first; index < events.size(); ++index) {
    text += EventText(events[index]);
    text += '\n';
  }
  return text;
}

void Kernel::DescribeOnCheckFailure() {
  describes_on_check_failure_ = true;
  SetCheckContext(&PrintKernel, this);
}

std::string EventText(const EventRecord& event) {
  std::string text = TimeText(event.order.time) + " #" + std::to_string(event.position) + " ";
  text += LaneName(event.order.lane);
  text += ' ';
  text += event.name;
  if (!event.key.empty()) {
    text += ' ';
    text += event.key;
  }
  return text;
}

}  // namespace sim
