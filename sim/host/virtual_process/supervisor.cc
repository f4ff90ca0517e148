#include "sim/host/virtual_process/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "sim/host/clock.h"
#include "sim/host/virtual_process/program_image.h"
#include "sim/host/virtual_process/tracee.h"

// Newer than Debian 12's headers: <linux/seccomp.h> of Linux 6.6.
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

namespace sim::virtual_process {
namespace {

constexpr std::size_t kOutputBytesMax = 1 << 16;
constexpr std::int64_t kLastLook = 2'000'000;
// A look may come so much later than it was due. Nearly all waits end with a call, long before
// their look: with a slack of the system's tick (4 ms or less on most systems) the clock needs not
// be set for each of them, which costs a virtual machine more than the call itself.
constexpr unsigned long kLookSlackNanoseconds = 4'000'000;

// A thread that runs is looked at no later than this after it was let go.
constexpr suseconds_t kLookMicroseconds = 4'000;

// Set while we wait, nowhere else: the signals are blocked otherwise.
volatile std::sig_atomic_t has_child_news = 1;
volatile std::sig_atomic_t is_look_due = 0;

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  sigaction(signal, &action, nullptr);
}

// The signals that end a wait.
sigset_t WaitSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  sigaddset(&signals, SIGALRM);
  return signals;
}

// One processor for us and the program: on systems where waking another one is what costs.
void ShareProcessor() {
  const int current = sched_getcpu();
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(current < 0 ? 0 : current, &one);
  sched_setaffinity(0, sizeof one, &one);
}

}  // namespace

Supervisor::Supervisor(int socket, const StartMessage& start)
    : socket_(socket), start_(start), tree_(start.seed, start.place, start.trail) {}

Supervisor::~Supervisor() {
  if (launched_.starter > 0) kill(launched_.starter, SIGKILL);
}

bool Supervisor::Begin() {
  Handle(SIGCHLD, [](int) { has_child_news = 1; });
  Handle(SIGALRM, [](int) { is_look_due = 1; });
  const sigset_t signals = WaitSignals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);

  tree_.page = MakeClockPage(tree_.page_file);
  tree_.files = epoll_create1(EPOLL_CLOEXEC);
  if (tree_.page == nullptr || tree_.files < 0) {
    Send(FailedMessage{std::string("cannot make a clock page: ") + std::strerror(errno)});
    return false;
  }
  tree_.page->real_offset = start_.time - kMonotonicStart;
  tree_.processor_count = std::clamp<std::uint32_t>(start_.processor_count, 1, 63);
  if (start_.server_port != 0) {
    auto relay = Relay::Make(static_cast<std::uint16_t>(start_.server_port), start_.place);
    if (!relay.ok()) {
      Send(FailedMessage{relay.error().message});
      return false;
    }
    relay_ = std::move(relay).value();
    tree_.relay = relay_.get();
  }
  auto launched = Launch(start_);
  if (!launched.ok()) {
    Send(FailedMessage{launched.error().message});
    return false;
  }
  launched_ = *launched;
  epoll_event output{};
  output.events = EPOLLIN;
  output.data.u64 = kOutputEvent;
  epoll_ctl(tree_.files, EPOLL_CTL_ADD, launched_.output, &output);
  tree_.listener = launched_.listener;
  tree_.root = launched_.program;
  if (!launched_.has_namespaces) {
    tree_.Note("no process namespace: process numbers are the machine's");
  }
  // With it the program begins to run on our processor, wherever the kernel has us go
  // (sim/host/processor_share.h). Systems older than 6.6 refuse it.
  const bool is_quick =
      ioctl(tree_.listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) == 0;
  if (!is_quick) ShareProcessor();
  AddThread(tree_.root, 0);
  tree_.threads.at(tree_.root).state = Thread::State::kRunning;
  runner_ = tree_.root;
  // Only now: the program would inherit it.
  prctl(PR_SET_TIMERSLACK, kLookSlackNanoseconds);
  const itimerval looks{{0, kLookMicroseconds}, {0, kLookMicroseconds}};
  setitimer(ITIMER_REAL, &looks, nullptr);
  LetExecute(launched_);
  return true;
}

int Supervisor::Run() {
  if (!Begin()) return 1;
  while (!root_status_ && !is_kernel_gone_) {
    if (std::exchange(has_child_news, 0) != 0) Reap();
    if (root_status_) break;
    if (!tree_.signalled.empty() && runner_ == 0) SettleSignals();
    if (runner_ == 0 && is_granted_ && tree_.ending.empty()) {
      if (TakeTurn()) continue;
      if (IsAtRest()) {
        if (GoOn()) continue;
        SayQuiet();
      }
    }
    Wait();
  }
  if (!is_kernel_gone_) SayExited();
  KillAll();
  return 0;
}

// Until the one that runs makes a call: then that was all there was to wait for, which costs less
// than Wait. False if something else may have come. What comes between the asking for signals and
// the wait ends it with the next look.
bool Supervisor::AwaitCall() {
  const sigset_t signals = WaitSignals();
  seccomp_notif call{};
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  const bool has_call = has_child_news == 0 && is_look_due == 0 &&
                        ioctl(tree_.listener, SECCOMP_IOCTL_NOTIF_RECV, &call) == 0;
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  if (has_call) TakeCall(call);
  return has_call;
}

// Until a call, a stop, a word of the kernel, or until a running thread is worth a look.
void Supervisor::Wait() {
  if (runner_ != 0 && patience_ == kFirstLook && AwaitCall()) return;
  if (has_child_news != 0) return;
  const bool is_looking = is_granted_ || runner_ != 0 || HasRunning();
  pollfd files[] = {{have_all_ended_ ? -1 : tree_.listener, POLLIN, 0},
                    {socket_, POLLIN, 0},
                    {launched_.output, POLLIN, 0},
                    {relay_ ? relay_->file() : -1, POLLIN, 0}};
  const timespec look = TimespecOf(std::exchange(is_look_due, 0) != 0 ? 0 : patience_);
  sigset_t looks;
  sigemptyset(&looks);
  sigaddset(&looks, SIGALRM);
  const int ready = ppoll(files, 4, is_looking ? &look : nullptr, &looks);
  if (ready == 0) {
    Reap();
    CheckRunning();
    SayAlive();
    patience_ = std::min(2 * patience_, kLastLook);
    return;
  }
  if (ready < 0) return;  // A child's news: Reap looks.
  if ((files[0].revents & POLLIN) != 0) {
    TakeWaitingCall();
  } else {
    // While something is ready the signal of a child's news is not let through.
    Reap();
  }
  if ((files[0].revents & POLLHUP) != 0) have_all_ended_ = true;
  if (files[1].revents != 0) TakeMessages();
  // A full pipe would stop the program; what it says is told when it is quiet.
  if (files[2].revents != 0 && !ReadOutput() && (files[2].revents & POLLHUP) != 0) {
    close(launched_.output);
    launched_.output = -1;
  }
  if (files[3].revents != 0) {
    relay_->PumpDown();
    if (!is_granted_ && runner_ == 0) SayQuiet();
  }
}

void Supervisor::TakeMessages() {
  static char buffer[kMessageBytesMax];
  for (;;) {
    const ssize_t got = recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      is_kernel_gone_ = true;
      return;
    }
    auto message = Unpack({buffer, static_cast<std::size_t>(got)});
    if (!message.ok()) continue;
    Obey(*message);
    // Nothing follows before we answer, but for signals: those can wait for the next look.
    if (std::holds_alternative<RunMessage>(*message)) return;
  }
}

void Supervisor::Obey(const Message& message) {
  if (const auto* run = std::get_if<RunMessage>(&message)) {
    ClockPage& page = *tree_.page;
    page.monotonic = std::max(page.monotonic, run->now - page.real_offset);
    until_ = std::max(page.monotonic, run->until - page.real_offset);
    is_granted_ = true;
    run_number_ = run->number;
    is_seen_ = false;
    if (relay_) {
      relay_->PumpDown();
      relay_->Receive(run->wires);
      relay_->Grant();
    }
  } else if (const auto* ahead = std::get_if<WiresMessage>(&message)) {
    if (relay_) relay_->Receive(ahead->wires);
  } else if (const auto* signal = std::get_if<SignalMessage>(&message)) {
    kill(tree_.root, signal->number);
    tree_.ExpectSignal(tree_.root);
  }
}

void Supervisor::Send(const Message& message) {
  const std::string bytes = Pack(message);
  ssize_t sent = 0;
  do {
    sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) is_kernel_gone_ = true;
}

bool Supervisor::ReadOutput() {
  bool is_read = false;
  char bytes[kOutputBytesMax];
  for (;;) {
    const ssize_t got = launched_.output < 0 ? 0 : read(launched_.output, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    Send(OutputMessage{std::string(bytes, static_cast<std::size_t>(got))});
    is_read = true;
  }
  is_seen_ = is_seen_ || is_read;
  return is_read;
}

void Supervisor::SayQuiet() {
  for (const std::string& note : tree_.new_notes) Send(NoteMessage{note});
  tree_.new_notes.clear();
  const ClockPage& page = *tree_.page;
  QuietMessage quiet;
  quiet.number = run_number_;
  quiet.now = page.monotonic + page.real_offset;
  const std::int64_t deadline = NextDeadline();
  if (deadline != kNever) quiet.deadline = deadline + page.real_offset;
  if (relay_) {
    quiet.has_undelivered = relay_->has_undelivered();
    quiet.unread = relay_->unread();
    quiet.wires = TakeWires();
  }
  is_granted_ = false;
  busy_reported_ = 0;
  tree_.trail.Flush();
  Send(quiet);
}

// What is left when as much as a message takes has gone ahead of it.
std::vector<Wire> Supervisor::TakeWires() {
  std::vector<std::vector<Wire>> messages = SplitWires(relay_->TakeWires());
  for (std::size_t index = 0; index + 1 < messages.size(); ++index) {
    Send(WiresMessage{std::move(messages[index])});
  }
  return std::move(messages.back());
}

void Supervisor::SayAlive() {
  const WallTime now = SteadyNow();
  if (now - alive_said_ < kAliveAfter) return;
  alive_said_ = now;
  if (is_granted_) Send(AliveMessage{});
}

void Supervisor::SayExited() {
  if (relay_) {
    relay_->PumpUp();
    Send(WiresMessage{TakeWires()});
  }
  ReadOutput();
  for (const std::string& note : tree_.new_notes) Send(NoteMessage{note});
  if (const int error = has_executed_ ? 0 : ReadExecError(launched_); error != 0) {
    Send(FailedMessage{"cannot start " + start_.program + ": " + std::strerror(error)});
    return;
  }
  ExitedMessage exited;
  if (WIFEXITED(*root_status_)) exited.code = WEXITSTATUS(*root_status_);
  if (WIFSIGNALED(*root_status_)) exited.signal = WTERMSIG(*root_status_);
  exited.now = tree_.page->monotonic + tree_.page->real_offset;
  exited.calls = calls_;
  exited.companies = companies_;
  Send(exited);
}

int RunSupervisor(int socket) {
  prctl(PR_SET_NAME, "orrery-program");
  std::string buffer(kMessageBytesMax, '\0');
  const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
  if (got <= 0) return 1;
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  auto message = Unpack({buffer.data(), static_cast<std::size_t>(got)});
  if (!message.ok() || !std::holds_alternative<StartMessage>(*message)) return 1;
  return Supervisor(socket, std::get<StartMessage>(*message)).Run();
}

}  // namespace sim::virtual_process
