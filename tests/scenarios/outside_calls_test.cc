#include "scenarios/outside_calls.h"

#include <gtest/gtest.h>

#include "sim/task_scope.h"

namespace scenarios {
namespace {

using apiserver::OutsideAnswer;
using apiserver::OutsideCall;
using Answer = sim::Result<OutsideAnswer>;

// Keeps what it is asked, and answers when told to.
class FakeEdge final : public apiserver::OutsideEdge {
 public:
  void Send(std::uint64_t id, OutsideCall call, sim::Time, Answered answered) override {
    sent[id] = {std::move(call), std::move(answered)};
  }
  void Drop(std::uint64_t id) override { dropped.push_back(id); }

  std::map<std::uint64_t, std::pair<OutsideCall, Answered>> sent;
  std::vector<std::uint64_t> dropped;
};

class OutsideCallsTest : public testing::Test {
 protected:
  static sim::Task<> Ask(OutsideCalls& calls, OutsideCall call, std::vector<std::string>& heard) {
    Answer answer = co_await calls.Call(call);
    heard.push_back(answer.ok() ? answer->body : answer.error().message);
  }
  sim::TaskScope::Id Ask(sim::Duration timeout) {
    OutsideCall call{.key = "hook", .url = "https://hook.example/x"};
    call.timeout = timeout;
    return tasks_.Spawn(Ask(calls_, std::move(call), heard_));
  }
  void TakeInputs() {
    for (sim::Input& input : inbox_.Drain()) {
      records_.push_back(input.bytes);
      kernel_.AcceptInput(input.kind, input.bytes, std::move(input.run));
    }
    kernel_.RunUntil(kernel_.now());
  }

  sim::Kernel kernel_{{.seed = 1, .incarnation = 0, .start = {}}};
  sim::Inbox inbox_;
  FakeEdge edge_;
  OutsideCalls calls_{kernel_};
  std::vector<std::string> heard_;
  std::vector<std::string> records_;
  sim::TaskScope tasks_;
};

TEST_F(OutsideCallsTest, AnswersComeBackAsInputs) {
  calls_.Attach(inbox_, edge_);
  Ask(std::chrono::seconds(10));
  EXPECT_TRUE(edge_.sent.empty());  // Sending is an event of its own.
  kernel_.RunUntil(kernel_.now());
  edge_.sent.at(1).second(OutsideAnswer{200, {{"A", "b"}}, "yes"});
  EXPECT_TRUE(heard_.empty());
  TakeInputs();
  EXPECT_EQ(heard_, std::vector<std::string>{"yes"});
  EXPECT_EQ(calls_.waiting_count(), 0u);
  EXPECT_TRUE(edge_.dropped.empty());
}

TEST_F(OutsideCallsTest, TheTimeoutIsVirtualAndComesOnce) {
  calls_.Attach(inbox_, edge_);
  Ask(std::chrono::seconds(10));
  kernel_.RunUntil(kernel_.now() + std::chrono::seconds(10));
  EXPECT_EQ(heard_,
            std::vector<std::string>{"Post \"https://hook.example/x\": context deadline exceeded"});
  EXPECT_EQ(edge_.dropped, std::vector<std::uint64_t>{1});
  edge_.sent.at(1).second(OutsideAnswer{200, {}, "late"});
  TakeInputs();
  EXPECT_EQ(heard_.size(), 1u);
}

TEST_F(OutsideCallsTest, ADroppedTaskDropsItsCall) {
  calls_.Attach(inbox_, edge_);
  const sim::TaskScope::Id task = Ask({});
  kernel_.RunUntil(kernel_.now());
  tasks_.Cancel(task);
  EXPECT_EQ(edge_.dropped, std::vector<std::uint64_t>{1});
  EXPECT_EQ(calls_.waiting_count(), 0u);
}

TEST_F(OutsideCallsTest, ARecordingAnswersWithoutTheCallee) {
  calls_.ExpectRecording();
  sim::InputDecoders decoders;
  calls_.AddDecoders(decoders);
  Ask(std::chrono::seconds(10));
  Ask(std::chrono::seconds(10));
  kernel_.RunUntil(kernel_.now());
  const Answer kAnswers[] = {OutsideAnswer{200, {{"A", "b"}}, "yes"}, sim::Error{"EOF"}};
  for (std::uint64_t id = 1; id <= 2; ++id) {
    auto input = decoders.Decode({.position = 0,
                                  .time = {},
                                  .kind = kOutsideAnswerInput,
                                  .bytes = PackOutsideAnswer(id, kAnswers[id - 1])});
    ASSERT_TRUE(input.ok());
    kernel_.AcceptInput(input->kind, input->bytes, std::move(input->run));
  }
  kernel_.RunUntil(kernel_.now());
  EXPECT_EQ(heard_, (std::vector<std::string>{"yes", "EOF"}));
}

TEST_F(OutsideCallsTest, WithoutAnOutsideItSaysSo) {
  Ask({});
  kernel_.RunUntil(kernel_.now());
  ASSERT_EQ(heard_.size(), 1u);
  EXPECT_TRUE(heard_[0].starts_with("Post \"https://hook.example/x\": nothing outside"));
}

TEST(OutsideAnswerRecord, RefusesWhatIsCutOff) {
  const std::string whole = PackOutsideAnswer(7, OutsideAnswer{200, {{"A", "b"}}, ""});
  ASSERT_TRUE(UnpackOutsideAnswer(whole).ok());
  EXPECT_EQ(UnpackOutsideAnswer(whole)->answer->headers[0].second, "b");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(UnpackOutsideAnswer(whole.substr(0, size)).ok()) << size;
  }
}

}  // namespace
}  // namespace scenarios
