#include "scenarios/outside_calls.h"

#include <algorithm>

#include "apiserver/http/outside_texts.h"
#include "sim/byte_codec.h"
#include "sim/check.h"

namespace scenarios {

using apiserver::OutsideAnswer;
using apiserver::OutsideCall;

std::string PackOutsideAnswer(std::uint64_t id, const sim::Result<OutsideAnswer>& answer) {
  sim::ByteWriter writer;
  writer.U64(id).U8(answer.ok() ? 1 : 0);
  if (!answer.ok()) return writer.Rest(answer.error().message).Take();
  writer.U32(static_cast<std::uint32_t>(answer->status)).U64(answer->headers.size());
  for (const auto& [name, value] : answer->headers) writer.Text(name).Text(value);
  return writer.Rest(answer->body).Take();
}

sim::Result<RecordedOutsideAnswer> UnpackOutsideAnswer(std::string_view bytes) {
  sim::ByteReader reader(bytes);
  const std::uint64_t id = reader.U64();
  const bool is_answer = reader.U8() == 1;
  if (!is_answer) {
    std::string message(reader.Rest());
    if (!reader.ok()) return sim::Error{"a malformed outside.answer"};
    return RecordedOutsideAnswer{id, sim::Error{std::move(message)}};
  }
  OutsideAnswer answer;
  answer.status = static_cast<int>(reader.U32());
  for (std::uint64_t count = reader.U64(); count > 0 && reader.ok(); --count) {
    std::string name(reader.Text());
    answer.headers.emplace_back(std::move(name), std::string(reader.Text()));
  }
  answer.body = reader.Rest();
  if (!reader.ok()) return sim::Error{"a malformed outside.answer"};
  return RecordedOutsideAnswer{id, std::move(answer)};
}

// Lives in the frame of a call: when that is destroyed, nobody waits any more.
class OutsideCalls::Ticket {
 public:
  Ticket(OutsideCalls& calls, std::uint64_t id) : calls_(calls), id_(id) {}
  Ticket(const Ticket&) = delete;
  ~Ticket() { calls_.Forget(id_); }

 private:
  OutsideCalls& calls_;
  const std::uint64_t id_;
};

OutsideCalls::OutsideCalls(sim::Kernel& kernel, sim::Duration latency_max)
    : kernel_(kernel), latency_max_(latency_max) {}

OutsideCalls::~OutsideCalls() = default;

void OutsideCalls::Attach(sim::Inbox& inbox, apiserver::OutsideEdge& edge,
                          std::function<void()> on_send) {
  on_send_ = std::move(on_send);
  inbox_ = &inbox;
  edge_ = &edge;
}

void OutsideCalls::Detach() {
  inbox_ = nullptr;
  edge_ = nullptr;
}

std::size_t OutsideCalls::outside_count() const {
  return static_cast<std::size_t>(std::count_if(
      waiting_.begin(), waiting_.end(), [](const auto& entry) { return entry.second.is_sent; }));
}

void OutsideCalls::AddDecoders(sim::InputDecoders& decoders) {
  decoders.Add(kOutsideAnswerInput, [this](std::string_view bytes) -> sim::Result<sim::Callback> {
    auto record = UnpackOutsideAnswer(bytes);
    if (!record.ok()) return record.error();
    return sim::Callback([this, record = std::move(record).value()]() mutable {
      Receive(record.id, std::move(record.answer));
    });
  });
}

sim::Task<sim::Result<OutsideAnswer>> OutsideCalls::Call(OutsideCall call) {
  const std::uint64_t id = ++last_id_;
  const Ticket ticket(*this, id);
  Waiting& waiting = waiting_[id];
  waiting.key = call.key;
  waiting.request = apiserver::OutsideRequestText(call);
  const sim::OneShot<Answer> answered = waiting.answer;
  if (call.timeout > sim::Duration::zero()) {
    waiting.timeout =
        kernel_.After(call.timeout, sim::Lane::kStore, "outside.timeout", call.key, [this, id] {
          const auto found = waiting_.find(id);
          if (found == waiting_.end()) return;
          Settle(id, sim::Error{found->second.request + ": context deadline exceeded"});
        });
  }
  std::string key = call.key;
  auto shared = std::make_shared<OutsideCall>(std::move(call));
  waiting.send = kernel_.Post(sim::Lane::kStore, "outside.send", std::move(key),
                              [this, id, shared] { Send(id, std::move(*shared)); });
  Answer answer = co_await answered;
  co_return answer;
}

void OutsideCalls::Send(std::uint64_t id, OutsideCall call) {
  Waiting& waiting = waiting_.at(id);
  if (edge_ == nullptr) {
    if (is_replay_) return;
    return Settle(id, sim::Error{waiting.request +
                                 ": nothing outside can be called: the scenario has no programs"});
  }
  waiting.is_sent = true;
  if (on_send_) on_send_();
  edge_->Send(id, std::move(call), kernel_.now(), [this, inbox = inbox_, id](Answer answer) {
    sim::Input input;
    input.kind = kOutsideAnswerInput;
    input.bytes = PackOutsideAnswer(id, answer);
    input.run = [this, id, answer = std::move(answer)]() mutable {
      Receive(id, std::move(answer));
    };
    inbox->Push(std::move(input));
  });
}

void OutsideCalls::Receive(std::uint64_t id, Answer answer) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;  // Its caller gave up before.
  found->second.is_sent = false;
  if (latency_max_ == sim::Duration::zero()) return Settle(id, std::move(answer));
  if (latency_ == nullptr) latency_ = &kernel_.Stream("latency.outside");
  const sim::Duration delay(latency_->Uniform(0, latency_max_.count()));
  auto shared = std::make_shared<Answer>(std::move(answer));
  found->second.delivery =
      kernel_.After(delay, sim::Lane::kStore, "outside.deliver", found->second.key,
                    [this, id, shared] { Settle(id, std::move(*shared)); });
}

void OutsideCalls::Settle(std::uint64_t id, Answer answer) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  sim::OneShot<Answer> answered = found->second.answer;
  Forget(id);
  answered.Set(std::move(answer));
}

void OutsideCalls::Forget(std::uint64_t id) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  const Waiting waiting = std::move(found->second);
  waiting_.erase(found);
  kernel_.Cancel(waiting.send);
  kernel_.Cancel(waiting.timeout);
  kernel_.Cancel(waiting.delivery);
  if (waiting.is_sent && edge_ != nullptr) edge_->Drop(id);
}

}  // namespace scenarios
