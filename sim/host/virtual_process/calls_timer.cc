// Timers: files (an eventfd in their place), POSIX timers, interval timers.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

// Numbers of POSIX timers that the kernel gives (those of CPU clocks) are small.
constexpr std::int64_t kFirstTimerNumber = 0x10000;

std::int64_t EventNumberOf(pid_t process, int file) {
  const std::string path = "fdinfo/" + std::to_string(file);
  const std::string text = ReadProcFile(process, path.c_str());
  if (text.find("eventfd-id:") == std::string::npos) return -1;
  return static_cast<std::int64_t>(StatusNumber(text, "eventfd-id", 10));
}

itimerspec SettingOf(const Tree& tree, const VirtualTimer& timer) {
  itimerspec setting{};
  setting.it_interval = TimespecOf(timer.interval);
  if (timer.deadline != kNever) {
    setting.it_value = TimespecOf(std::max<std::int64_t>(1, timer.deadline - tree.page->monotonic));
  }
  return setting;
}

// False if the program gave no such time.
bool Arm(Tree& tree, VirtualTimer& timer, const itimerspec& setting, bool is_absolute) {
  const auto value = NanosecondsOf(setting.it_value);
  const auto interval = NanosecondsOf(setting.it_interval);
  if (!value || !interval) return false;
  timer.interval = *interval;
  timer.overruns = 0;
  timer.deadline =
      *value == 0 ? kNever : DeadlineOf(*tree.page, KindOfClock(timer.clock), is_absolute, *value);
  return true;
}

// What is common to settime and gettime of both kinds: `settings` is where the old one goes.
Outcome SetOrGet(Tree& tree, Thread& thread, VirtualTimer& timer, bool is_set, bool is_absolute,
                 std::uint64_t source, std::uint64_t target) {
  const itimerspec old = SettingOf(tree, timer);
  if (is_set) {
    const auto setting = ReadValue<itimerspec>(thread.id, source);
    if (!setting) return Outcome::Fail(EFAULT);
    if (!Arm(tree, timer, *setting, is_absolute)) return Outcome::Fail(EINVAL);
  }
  if (target != 0 && !WriteMemory(thread.id, target, &old, sizeof old)) {
    return Outcome::Fail(EFAULT);
  }
  return Outcome::Answer(0);
}

Outcome CreateTimerFile(Tree& tree, Thread& thread, const Arguments& arguments) {
  const int flags = arguments.Int(1);
  const ClockKind kind = KindOfClock(arguments.Int(0));
  if (kind == ClockKind::kCpu || kind == ClockKind::kUnknown) return Outcome::Fail(EINVAL);
  const int file = eventfd(0, EFD_CLOEXEC | ((flags & TFD_NONBLOCK) != 0 ? EFD_NONBLOCK : 0));
  if (file < 0) return Outcome::Fail(errno);
  const int number = GiveFile(tree, thread, file, (flags & TFD_CLOEXEC) != 0);
  if (number < 0) {
    close(file);
    return Outcome::Fail(-number);
  }
  VirtualTimer timer;
  timer.clock = arguments.Int(0);
  timer.file = file;
  timer.number = EventNumberOf(getpid(), file);
  tree.timers.Add(timer);
  return Outcome::Answer(number);
}

Outcome CreateTimer(Tree& tree, Thread& thread, const Arguments& arguments) {
  const ClockKind kind = KindOfClock(arguments.Int(0));
  if (kind == ClockKind::kCpu) return Outcome::Continue();
  if (kind == ClockKind::kUnknown) return Outcome::Fail(EINVAL);
  VirtualTimer timer;
  timer.kind = VirtualTimer::Kind::kPosix;
  timer.process = thread.process;
  timer.clock = arguments.Int(0);
  timer.number = kFirstTimerNumber + tree.ProcessOf(thread).timer_count++;
  timer.signal = SIGALRM;
  timer.value = static_cast<std::uint64_t>(timer.number);
  if (arguments[1] != 0) {
    const auto event = ReadValue<sigevent>(thread.id, arguments[1]);
    if (!event) return Outcome::Fail(EFAULT);
    timer.signal = event->sigev_notify == SIGEV_NONE ? 0 : event->sigev_signo;
    std::memcpy(&timer.value, &event->sigev_value, sizeof timer.value);
    if (event->sigev_notify == SIGEV_THREAD_ID) {
      pid_t inner = 0;
      std::memcpy(&inner, reinterpret_cast<const char*>(&*event) + 16, sizeof inner);
      const Thread* target = tree.FindByInner(inner);
      if (target == nullptr) return Outcome::Fail(EINVAL);
      timer.thread = target->id;
    }
  }
  const auto number = static_cast<std::int32_t>(timer.number);
  if (!WriteMemory(thread.id, arguments[2], &number, sizeof number)) return Outcome::Fail(EFAULT);
  tree.timers.Add(timer);
  return Outcome::Answer(0);
}

VirtualTimer& IntervalTimerOf(Tree& tree, const Thread& thread) {
  VirtualTimer* timer =
      tree.timers.Find(VirtualTimer::Kind::kInterval, thread.process, ITIMER_REAL);
  if (timer != nullptr) return *timer;
  VirtualTimer fresh;
  fresh.kind = VirtualTimer::Kind::kInterval;
  fresh.process = thread.process;
  fresh.clock = CLOCK_MONOTONIC;
  fresh.signal = SIGALRM;
  return tree.timers.all().at(tree.timers.Add(fresh));
}

}  // namespace

Outcome TimerFileCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  if (arguments.call() == SYS_timerfd_create) return CreateTimerFile(tree, thread, arguments);
  const std::int64_t number = EventNumberOf(thread.process, arguments.Int(0));
  VirtualTimer* timer =
      number < 0 ? nullptr : tree.timers.Find(VirtualTimer::Kind::kFile, 0, number);
  if (timer == nullptr) return Outcome::Continue();
  const bool is_set = arguments.call() == SYS_timerfd_settime;
  if (is_set) {
    // What had fired before counts no more.
    pollfd fired{timer->file, POLLIN, 0};
    eventfd_t ignored = 0;
    if (poll(&fired, 1, 0) > 0) eventfd_read(timer->file, &ignored);
  }
  const bool is_absolute = is_set && (arguments.Int(1) & TFD_TIMER_ABSTIME) != 0;
  return SetOrGet(tree, thread, *timer, is_set, is_absolute, is_set ? arguments[2] : 0,
                  arguments[is_set ? 3 : 1]);
}

Outcome TimerCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  if (arguments.call() == SYS_timer_create) return CreateTimer(tree, thread, arguments);
  TimerTable::Id id = 0;
  VirtualTimer* timer =
      tree.timers.Find(VirtualTimer::Kind::kPosix, thread.process, arguments.Int(0), &id);
  if (timer == nullptr) return Outcome::Continue();
  switch (arguments.call()) {
    case SYS_timer_delete:
      tree.timers.Remove(id);
      return Outcome::Answer(0);
    case SYS_timer_getoverrun:
      return Outcome::Answer(timer->overruns);
    case SYS_timer_settime:
      return SetOrGet(tree, thread, *timer, true, (arguments.Int(1) & TIMER_ABSTIME) != 0,
                      arguments[2], arguments[3]);
    default:
      return SetOrGet(tree, thread, *timer, false, false, 0, arguments[1]);
  }
}

Outcome IntervalCall(Tree& tree, Thread& thread) {
  const Arguments arguments(thread);
  const bool is_alarm = arguments.call() == SYS_alarm;
  if (!is_alarm && arguments.Int(0) != ITIMER_REAL) return Outcome::Continue();
  VirtualTimer& timer = IntervalTimerOf(tree, thread);
  const itimerspec old = SettingOf(tree, timer);
  if (is_alarm) {
    const itimerspec setting{{0, 0}, {static_cast<std::uint32_t>(arguments[0]), 0}};
    Arm(tree, timer, setting, false);
    return Outcome::Answer(old.it_value.tv_sec + (old.it_value.tv_nsec >= kSecond / 2 ? 1 : 0));
  }
  const bool is_set = arguments.call() == SYS_setitimer;
  if (is_set) {
    itimerval value{};
    if (arguments[1] != 0 && !ReadMemory(thread.id, arguments[1], &value, sizeof value)) {
      return Outcome::Fail(EFAULT);
    }
    const itimerspec setting{{value.it_interval.tv_sec, value.it_interval.tv_usec * 1000},
                             {value.it_value.tv_sec, value.it_value.tv_usec * 1000}};
    if (!Arm(tree, timer, setting, false)) return Outcome::Fail(EINVAL);
  }
  const std::uint64_t target = arguments[is_set ? 2 : 1];
  const itimerval shown{{old.it_interval.tv_sec, old.it_interval.tv_nsec / 1000},
                        {old.it_value.tv_sec, (old.it_value.tv_nsec + 999) / 1000 % 1'000'000}};
  if (target != 0 && !WriteMemory(thread.id, target, &shown, sizeof shown)) {
    return Outcome::Fail(EFAULT);
  }
  return Outcome::Answer(0);
}

void FireTimer(Tree& tree, VirtualTimer& timer, std::int64_t id, std::int64_t count) {
  if (timer.kind == VirtualTimer::Kind::kFile) {
    eventfd_write(timer.file, static_cast<eventfd_t>(count));
    return;
  }
  if (timer.signal == 0 || !tree.processes.contains(timer.process)) {
    if (timer.signal != 0) tree.timers.Remove(id);
    return;
  }
  tree.ExpectSignal(timer.process);
  if (timer.kind == VirtualTimer::Kind::kInterval) {
    kill(timer.process, timer.signal);
    return;
  }
  timer.overruns = count - 1;
  siginfo_t info{};
  info.si_signo = timer.signal;
  info.si_code = SI_TIMER;
  info.si_timerid = static_cast<int>(timer.number);
  info.si_overrun = static_cast<int>(timer.overruns);
  std::memcpy(&info.si_value, &timer.value, sizeof timer.value);
  if (timer.thread != 0) {
    syscall(SYS_rt_tgsigqueueinfo, timer.process, timer.thread, timer.signal, &info);
  } else {
    syscall(SYS_rt_sigqueueinfo, timer.process, timer.signal, &info);
  }
}

}  // namespace sim::virtual_process
