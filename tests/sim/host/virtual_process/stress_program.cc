// A program of many threads that sleep, hand things on and wait for each other in all usual ways.
// What it prints does not depend on any order: natively and on virtual time it must be the same,
// and it must end.
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace {

struct Queue {
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<int> items;
};

std::atomic<long> handed_on = 0;
std::atomic<long> timed_out = 0;
std::atomic<long> piped = 0;
std::atomic<long> ticked = 0;
std::atomic<long> locked = 0;

unsigned Next(unsigned& state) { return state = state * 1664525u + 1013904223u, state >> 16; }

void SleepFor(std::chrono::microseconds span) { std::this_thread::sleep_for(span); }

// Takes what its neighbour put, and gives up now and then.
void HandOn(Queue& own, Queue& next, int count, unsigned state) {
  for (int step = 0; step < count; ++step) {
    SleepFor(std::chrono::microseconds(Next(state) % 3000));
    {
      std::lock_guard lock(next.mutex);
      next.items.push_back(step);
    }
    next.filled.notify_one();
    std::unique_lock lock(own.mutex);
    while (!own.filled.wait_for(lock, std::chrono::milliseconds(20),
                                [&] { return !own.items.empty(); })) {
    }
    own.items.pop_front();
    ++handed_on;
  }
}

void WaitInVain(int count) {
  Queue queue;
  for (int step = 0; step < count; ++step) {
    std::unique_lock lock(queue.mutex);
    if (queue.filled.wait_for(lock, std::chrono::milliseconds(3)) == std::cv_status::timeout)
      ++timed_out;
  }
}

void Write(int file, int count, unsigned state) {
  for (int step = 0; step < count; ++step) {
    if (Next(state) % 3 == 0) SleepFor(std::chrono::microseconds(Next(state) % 2000));
    if (write(file, "x", 1) != 1) std::abort();
  }
  close(file);
}

// Some read at once, some poll before.
void Read(int file, bool does_poll) {
  char c = 0;
  for (;;) {
    pollfd one{file, POLLIN, 0};
    if (does_poll && poll(&one, 1, 5) == 0) continue;
    if (read(file, &c, 1) != 1) break;
    ++piped;
  }
  close(file);
}

void Tick(int count) {
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  const itimerspec setting{{0, 2'000'000}, {0, 1'000'000}};
  timerfd_settime(timer, 0, &setting, nullptr);
  const int files = epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(files, EPOLL_CTL_ADD, timer, &event);
  long seen = 0;
  while (seen < count) {
    epoll_wait(files, &event, 1, -1);
    std::uint64_t times = 0;
    if (read(timer, &times, sizeof times) == sizeof times) seen += static_cast<long>(times);
  }
  ticked += count;
  close(files);
  close(timer);
}

pthread_mutex_t shared_lock;

void Lock(int count, unsigned state) {
  for (int step = 0; step < count; ++step) {
    pthread_mutex_lock(&shared_lock);
    const long before = locked.load();
    if (Next(state) % 4 == 0) SleepFor(std::chrono::microseconds(500));
    locked.store(before + 1);
    pthread_mutex_unlock(&shared_lock);
  }
}

std::atomic<int> alarms = 0;

// A timer whose signals end sleeps.
void CountAlarms() {
  struct sigaction action{};
  action.sa_handler = [](int) { ++alarms; };
  sigaction(SIGALRM, &action, nullptr);
  const itimerval setting{{0, 4000}, {0, 4000}};
  setitimer(ITIMER_REAL, &setting, nullptr);
  while (alarms < 5) {
    const timespec span{0, 50'000'000};
    nanosleep(&span, nullptr);
  }
  const itimerval none{};
  setitimer(ITIMER_REAL, &none, nullptr);
}

int RunChildren(int count) {
  int sum = 0;
  for (int child = 0; child < count; ++child) {
    const pid_t id = fork();
    if (id == 0) {
      usleep(static_cast<useconds_t>(1000 * (count - child)));
      _exit(child);
    }
  }
  for (int status = 0; wait(&status) > 0;) sum += WEXITSTATUS(status);
  return sum;
}

// Reads a signal that another thread sends from a file, twice: waiting in the read, and in poll.
bool ReadSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const int file = signalfd(-1, &signals, SFD_CLOEXEC);
  for (const bool is_polling : {false, true}) {
    std::thread sender([own = pthread_self()] {
      SleepFor(std::chrono::milliseconds(3));
      pthread_kill(own, SIGUSR2);
    });
    pollfd one{file, POLLIN, 0};
    signalfd_siginfo info{};
    if (is_polling && poll(&one, 1, -1) != 1) return false;
    const bool is_read = read(file, &info, sizeof info) == sizeof info;
    sender.join();
    if (!is_read || info.ssi_signo != SIGUSR2) return false;
  }
  return close(file) == 0;
}

// A socket that nobody reads from gives up after its time, as its neighbour that nobody writes to.
bool TimeOutOnSockets() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return false;
  const timeval limit{0, 20000};
  setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  char bytes[4096] = {};
  if (read(ends[0], bytes, 1) >= 0 || errno != EAGAIN) return false;
  ssize_t written = 0;
  while (written >= 0) written = write(ends[0], bytes, sizeof bytes);
  const bool has_given_up = errno == EAGAIN;
  return close(ends[0]) == 0 && close(ends[1]) == 0 && has_given_up;
}

// Neither makes a call while it waits for the other.
int SpinForEachOther(int count) {
  std::atomic<int> step = 0;
  std::thread other([&] {
    for (int turn = 0; turn < count; ++turn) {
      while (step.load() != 2 * turn + 1) {
      }
      ++step;
    }
  });
  for (int turn = 0; turn < count; ++turn) {
    ++step;
    while (step.load() != 2 * turn + 2) {
    }
  }
  other.join();
  return step.load();
}

// It makes no call while it waits for one that sleeps.
bool SpinForASleeper() {
  std::atomic<bool> is_awake = false;
  std::thread sleeper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    is_awake = true;
  });
  while (!is_awake.load()) {
  }
  sleeper.join();
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const int thread_count = argc > 1 ? std::atoi(argv[1]) : 20;
  const int count = argc > 2 ? std::atoi(argv[2]) : 20;
  const int children = RunChildren(5);
  if (SpinForEachOther(5) != 10 || !SpinForASleeper() || !ReadSignals() || !TimeOutOnSockets())
    return 1;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  pthread_mutex_init(&shared_lock, &attributes);
  CountAlarms();
  std::vector<Queue> queues(static_cast<std::size_t>(thread_count));
  std::vector<std::thread> threads;
  for (int index = 0; index < thread_count; ++index) {
    const auto at = static_cast<std::size_t>(index);
    const auto state = static_cast<unsigned>(index) * 7919u + 1;
    threads.emplace_back(HandOn, std::ref(queues[at]), std::ref(queues[(at + 1) % queues.size()]),
                         count, state);
    if (index % 4 == 0) threads.emplace_back(WaitInVain, count);
    if (index % 4 == 1) {
      int ends[2];
      if (pipe(ends) != 0) return 1;
      threads.emplace_back(Write, ends[1], count, state);
      threads.emplace_back(Read, ends[0], index % 8 == 1);
    }
    if (index % 4 == 2) threads.emplace_back(Tick, count);
    if (index % 4 == 3) threads.emplace_back(Lock, count, state);
  }
  for (std::thread& thread : threads) thread.join();
  std::printf(
      "threads %zu children %d handed on %ld timed out %ld piped %ld ticked %ld locked %ld\n",
      threads.size(), children, handed_on.load(), timed_out.load(), piped.load(), ticked.load(),
      locked.load());
  return 0;
}
