#include "sim/host/processor_share.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "sim/host/clock.h"

namespace sim {
namespace {

// Where this thread is gathered; -1 if it is not.
thread_local int gathered_on = -1;
// What it was given before.
thread_local cpu_set_t given;

std::optional<ProcessorUse> ProcessorUseOf(pid_t process) {
  const std::string path = process == 0 ? "/proc/thread-self/schedstat"
                                        : "/proc/" + std::to_string(process) + "/schedstat";
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::array<char, 128> text;
  const ssize_t got = read(file, text.data(), text.size());
  close(file);
  if (got <= 0) return std::nullopt;
  return ParseProcessorUse({text.data(), static_cast<std::size_t>(got)});
}

bool Confine(pid_t process, int processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  return sched_setaffinity(process, sizeof one, &one) == 0;
}

bool IsConfined(pid_t process) {
  cpu_set_t all;
  return sched_getaffinity(process, sizeof all, &all) == 0 && CPU_COUNT(&all) == 1;
}

}  // namespace

std::optional<ProcessorUse> ParseProcessorUse(std::string_view text) {
  std::int64_t ran = 0;
  std::int64_t waited = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, ran);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ' ') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, waited);
  if (second.ec != std::errc() || ran <= 0 || waited < 0) return std::nullopt;
  return ProcessorUse{.ran = WallTime(ran), .waited = WallTime(waited)};
}

ShareDecision::Move ShareDecision::Look(WallTime now, const ProcessorUse& use) {
  if (!is_gathered_) {
    if (now < free_until_) return Move::kStay;
    is_gathered_ = true;
    return Move::kGather;
  }
  if (100 * use.waited <= kWaitedPerCentMax * use.ran) {
    free_for_ = kFreeMin;
    return Move::kStay;
  }
  is_gathered_ = false;
  free_until_ = now + free_for_;
  free_for_ = std::min(2 * free_for_, kFreeMax);
  return Move::kLetGo;
}

ProcessorShare::~ProcessorShare() { LetGo(); }

void ProcessorShare::Add(pid_t process) {
  if (members_.contains(process) || IsConfined(process)) return;
  for (const pid_t id : {pid_t{0}, process}) {
    members_.try_emplace(id, ProcessorUseOf(id).value_or(ProcessorUse{}));
  }
  if (gathered_on >= 0) Confine(process, gathered_on);
}

void ProcessorShare::Remove(pid_t process) {
  members_.erase(process);
  if (members_.size() > 1) return;
  members_.clear();
  LetGo();
}

std::optional<ProcessorUse> ProcessorShare::CountUse() {
  ProcessorUse sum;
  for (auto& [process, before] : members_) {
    const auto use = ProcessorUseOf(process);
    if (!use) return std::nullopt;
    sum.ran += use->ran - before.ran;
    sum.waited += use->waited - before.waited;
    before = *use;
  }
  return sum;
}

void ProcessorShare::Look() {
  if (members_.empty()) return;
  const WallTime now = SteadyNow();
  if (now < next_look_) return;
  next_look_ = now + ShareDecision::kBetween;
  const auto use = CountUse();
  if (!use) return LetGo();
  switch (decision_.Look(now, *use)) {
    case ShareDecision::Move::kStay:
      return;
    case ShareDecision::Move::kGather:
      return Gather();
    case ShareDecision::Move::kLetGo:
      return LetGo();
  }
}

void ProcessorShare::Gather() {
  const int processor = sched_getcpu();
  if (gathered_on >= 0 || processor < 0) return;
  if (sched_getaffinity(0, sizeof given, &given) != 0 || !Confine(0, processor)) return;
  gathered_on = processor;
  for (const auto& [process, use] : members_) Confine(process, processor);
}

void ProcessorShare::LetGo() {
  if (gathered_on < 0) return;
  gathered_on = -1;
  sched_setaffinity(0, sizeof given, &given);
  for (const auto& [process, use] : members_) sched_setaffinity(process, sizeof given, &given);
}

UngatheredScope::UngatheredScope() : processor_(gathered_on) {
  if (processor_ >= 0) sched_setaffinity(0, sizeof given, &given);
}

UngatheredScope::~UngatheredScope() {
  if (processor_ >= 0) Confine(0, processor_);
}

}  // namespace sim
