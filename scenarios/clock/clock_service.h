// The clock of a running `serve` at /orrery/v1/clock: GET shows it, POST moves it (clock_order.h).
//
// Invariants:
// (1) A request is an input like any other, and all that it does to the kernel follows from it: a
// replay, which has no port, does the same. (2) Only system:masters may use it. (3) A wait whose
// client is gone or that a pause interrupts holds nothing any more.
// Threads: the kernel's only.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "apiserver/ports/request_handler.h"
#include "scenarios/clock/clock_order.h"
#include "scenarios/runner/live_view.h"
#include "sim/one_shot.h"

namespace scenarios {

// Who moves virtual time; there is none in a replay.
class ClockPort {
 public:
  virtual ~ClockPort() = default;
  // Ends an advance, too.
  virtual void SetPace(sim::PacingMode mode) = 0;
  // Runs up to `time` without waiting, then goes on at the pace.
  virtual void AdvanceTo(sim::Time time) = 0;
  // Ends that where it is.
  virtual void EndAdvance() = 0;
};

class ClockService final : public apiserver::RequestHandler {
 public:
  static constexpr std::string_view kPath = "/orrery/v1/clock";
  static constexpr std::size_t kWaitsMax = 64;

  // All outlive the service; what is not for the clock goes to `next`.
  ClockService(sim::Kernel& kernel, apiserver::ApiServer& api, apiserver::RequestHandler& next,
               sim::PacingMode pace);
  // Carries out faults: why one is impossible, or "".
  using PowerSwitch = std::function<std::string(const PowerChange&)>;
  void SetPower(PowerSwitch power) { power_ = std::move(power); }
  // Null, as at the start, moves nothing.
  void SetPort(ClockPort* port) { port_ = port; }

  sim::Task<apiserver::Response> Handle(std::unique_ptr<apiserver::Request> request) override;

 private:
  // Somebody who waits for a moment of virtual time, or for a change.
  struct Wait {
    sim::OneShot<> wake{};
    sim::Time end{};
    bool drives = false;       // time runs up to `end` without waiting for the wall clock
    bool watches = false;      // woken by changes of `watched`, of all if that is not given
    bool is_for_idle = false;  // woken when the next work is done
    std::optional<apiserver::GroupResource> watched{};
    bool is_interrupted = false;
    sim::EventId end_event{};
    sim::EventId check_event{};
  };
  class WaitEntry;
  // What an order came to.
  struct Outcome {
    bool holds = true;
    bool is_interrupted = false;
    std::string message{};
    std::vector<std::string> found{};
    bool shows_events = false;
  };

  apiserver::Response Answer(const apiserver::Request& request);
  sim::Task<apiserver::Response> CarryOut(ClockOrder order);
  Outcome Break(const Step& fault);
  sim::Task<Outcome> StepOn(ClockOrder order);
  sim::Task<Outcome> Advance(sim::Duration span);
  sim::Task<Outcome> Until(std::shared_ptr<const Step> expectation);
  sim::Task<Outcome> Idle(sim::Duration timeout);
  // True when it was interrupted.
  sim::Task<bool> WaitFor(Wait wait);

  void SetPace(sim::PacingMode pace);
  void Interrupt();
  void NoteCommit(const apiserver::ChangePtr& change);
  void Drive();
  bool is_paused() const { return pace_.pace == sim::Pace::kPaused; }
  std::vector<std::string> CustomResources() const;
  apiserver::Object Show() const;

  sim::Kernel& kernel_;
  apiserver::ApiServer& api_;
  apiserver::RequestHandler& next_;
  ClockPort* port_ = nullptr;
  PowerSwitch power_;
  LiveView view_;
  const sim::Time began_;
  sim::PacingMode pace_;
  sim::PacingMode pace_before_pause_{};
  std::list<Wait> waits_;
  bool is_driving_ = false;
};

}  // namespace scenarios
