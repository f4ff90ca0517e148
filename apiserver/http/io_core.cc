#include "apiserver/http/io_core.h"

#include <boost/asio/post.hpp>
#include <chrono>

namespace apiserver {
namespace {

// Between two looks at the sockets. Each look is a call of the system.
constexpr std::size_t kIdlePerTurn = 4;

// A pass over that many streams, and how long after its begin the next one begins: what grows
// meanwhile costs one TLS record, one call of the system and one wake-up of the reader for all of
// it. A watch alone never waits.
constexpr std::size_t kManyStreams = 16;
constexpr std::chrono::milliseconds kBetweenLargePasses(4);

}  // namespace

IoCore::IoCore(std::size_t lane_count, std::size_t members_max) : members_max_(members_max) {
  for (std::size_t index = 0; index < lane_count; ++index) {
    lanes_.push_back(std::make_unique<IoLane>());
  }
}

IoCore::~IoCore() = default;

void IoCore::Start() {
  for (const auto& lane : lanes_) {
    threads_.emplace_back([&io = lane->io] {
      auto work = boost::asio::make_work_guard(io);
      io.run();
    });
  }
}

void IoCore::JoinThreads() {
  for (const auto& lane : lanes_) lane->io.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void IoCore::Wake(IoLane& lane) {
  // The contexts are the core's own, and Stop empties them.
  boost::asio::post(lane.io, [this, &lane] { RunPosted(lane); });
}

void IoCore::Post(IoLane& lane, sim::Callback run) {
  const std::lock_guard lock(mutex_);
  if (is_stopped()) return;
  lane.posted.push_back(std::move(run));
  if (lane.posted.size() == 1 && !is_held_) Wake(lane);
}

bool IoCore::ReadUnlessHeld(IoLane& lane, const std::function<void()>& read, sim::Callback later) {
  const std::lock_guard lock(mutex_);
  if (!is_held_) {
    read();
    return true;
  }
  lane.posted.push_back(std::move(later));
  return false;
}

void IoCore::RunPosted(IoLane& lane) {
  std::vector<sim::Callback> posted;
  {
    const std::lock_guard lock(mutex_);
    if (is_held_) return;  // Release wakes the lane again.
    posted.swap(lane.posted);
  }
  for (sim::Callback& run : posted) run();
}

void IoCore::PostIdle(IoLane& lane, sim::Callback run) {
  lane.idle.push_back(std::move(run));
  if (lane.idle.size() == 1 && lane.pass.empty()) AwaitPass(lane);
}

void IoCore::AwaitPass(IoLane& lane) {
  if (lane.next_pass.expiry() <= std::chrono::steady_clock::now()) {
    return boost::asio::post(lane.io, [this, &lane] { BeginPass(lane); });
  }
  lane.next_pass.async_wait([this, &lane](const boost::system::error_code& error) {
    if (!error) BeginPass(lane);
  });
}

void IoCore::BeginPass(IoLane& lane) {
  lane.pass.swap(lane.idle);
  if (!lane.is_polled && lane.pass.size() >= kManyStreams) {
    lane.next_pass.expires_after(kBetweenLargePasses);
  }
  RunIdle(lane);
}

void IoCore::RunIdle(IoLane& lane) {
  for (std::size_t count = 0; count < kIdlePerTurn && !lane.pass.empty(); ++count) {
    lane.pass.front()();
    lane.pass.pop_front();
  }
  // Behind what has come meanwhile.
  if (!lane.pass.empty()) return boost::asio::post(lane.io, [this, &lane] { RunIdle(lane); });
  if (!lane.idle.empty()) AwaitPass(lane);
}

bool IoCore::Join(CoreMember* member) {
  const std::lock_guard lock(mutex_);
  if (is_stopped() || members_.size() >= members_max_) {
    return false;
  }
  members_.insert(member);
  return true;
}

void IoCore::Leave(CoreMember* member) {
  const std::lock_guard lock(mutex_);
  members_.erase(member);
}

void IoCore::Hold() {
  const std::lock_guard lock(mutex_);
  is_held_ = true;
}

void IoCore::Release() {
  const std::lock_guard lock(mutex_);
  is_held_ = false;
  for (const auto& lane : lanes_) {
    if (!lane->posted.empty()) Wake(*lane);
  }
}

void IoCore::Stop() {
  std::set<CoreMember*> members;
  std::vector<sim::Callback> dropped;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_.store(true, std::memory_order_release);
    members = members_;
    for (const auto& lane : lanes_) {
      for (sim::Callback& run : lane->posted) dropped.push_back(std::move(run));
      lane->posted.clear();
    }
  }
  for (const auto& lane : lanes_) {
    for (std::deque<sim::Callback>* waiting : {&lane->pass, &lane->idle}) {
      for (sim::Callback& run : *waiting) dropped.push_back(std::move(run));
      waiting->clear();
    }
  }
  // Only I/O threads and what they hold end connections, but for one that another thread lets go of
  // just now: hence the look.
  for (CoreMember* member : members) {
    const std::lock_guard lock(mutex_);
    if (members_.contains(member)) member->Abort();
  }
  dropped.clear();
  for (const auto& lane : lanes_) {
    lane->io.restart();
    while (lane->io.poll() > 0) {
    }
  }
}

}  // namespace apiserver
