// Between the kernel and programs that the API server calls: a call goes out as an event, its
// answer comes back as an input.
//
// Invariants:
// (1) The record of an input `outside.answer` is enough to answer the call again.
// (2) A call is answered once: by its callee, or by its timeout on virtual time, whichever comes
// first in the kernel's order. What comes later does nothing.
// Threads: the kernel's; the edge answers from others, through the inbox.
#pragma once

#include <cstdint>
#include <map>

#include "apiserver/http/outside_edge.h"
#include "sim/inbox.h"
#include "sim/kernel.h"
#include "sim/one_shot.h"
#include "sim/replay.h"

namespace scenarios {

inline constexpr char kOutsideAnswerInput[] = "outside.answer";

// The record of an answer, or of why there is none.
std::string PackOutsideAnswer(std::uint64_t id,
                              const sim::Result<apiserver::OutsideAnswer>& answer);
struct RecordedOutsideAnswer {
  std::uint64_t id = 0;
  sim::Result<apiserver::OutsideAnswer> answer;
};
// Errors: the bytes are malformed.
sim::Result<RecordedOutsideAnswer> UnpackOutsideAnswer(std::string_view bytes);

class OutsideCalls final : public apiserver::OutsideCaller {
 public:
  // Answers reach their callers after 0 to `latency_max`, drawn from the stream `latency.outside`.
  // `kernel` outlives this; and this outlives every task that awaits a call.
  explicit OutsideCalls(sim::Kernel& kernel, sim::Duration latency_max = {});
  ~OutsideCalls() override;

  // From now on calls go out, each after `on_send`. Without an edge and a replay every call fails:
  // a scenario without programs has no outside.
  void Attach(sim::Inbox& inbox, apiserver::OutsideEdge& edge, std::function<void()> on_send = {});
  void Detach();
  // Answers come from a recording only. With an edge calls still go out, so that a callee can be
  // compared; whoever drains the inbox drops what comes back.
  void ExpectRecording() { is_replay_ = true; }
  void AddDecoders(sim::InputDecoders& decoders);

  sim::Task<sim::Result<apiserver::OutsideAnswer>> Call(apiserver::OutsideCall call) override;

  // Calls that have no answer yet; and those of them that are with their callee.
  std::size_t waiting_count() const { return waiting_.size(); }
  std::size_t outside_count() const;

 private:
  using Answer = sim::Result<apiserver::OutsideAnswer>;
  class Ticket;

  void Send(std::uint64_t id, apiserver::OutsideCall call);
  void Receive(std::uint64_t id, Answer answer);
  void Settle(std::uint64_t id, Answer answer);
  void Forget(std::uint64_t id);

  struct Waiting {
    std::string key;
    std::string request;  // method and URL, as error texts show them
    sim::OneShot<Answer> answer;
    sim::EventId send;
    sim::EventId timeout;
    sim::EventId delivery;
    bool is_sent = false;
  };

  sim::Kernel& kernel_;
  const sim::Duration latency_max_;
  sim::Random* latency_ = nullptr;
  sim::Inbox* inbox_ = nullptr;
  apiserver::OutsideEdge* edge_ = nullptr;
  std::function<void()> on_send_;
  bool is_replay_ = false;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Waiting> waiting_;
};

}  // namespace scenarios
