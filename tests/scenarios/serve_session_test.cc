// A serve and its replay: the clock's requests, what a recording keeps, and that both end alike.
#include "scenarios/serve_session.h"

#include <gtest/gtest.h>

#include "apiserver/encoding/decode_request.h"
#include "scenarios/store_snapshot.h"
#include "sim/task_scope.h"

namespace scenarios {
namespace {

ServeSetup SmallSetup() {
  ServeSetup setup;
  setup.seed = 7;
  setup.start = DefaultStart();
  setup.pacing = {.pace = sim::Pace::kPaused};
  setup.node_count = 1;
  return setup;
}

// Moves the kernel at once, as a driver would.
class FakePort final : public ClockPort {
 public:
  void SetPace(sim::PacingMode mode) override {
    pace = sim::PacingText(mode);
    until.reset();
  }
  void AdvanceTo(sim::Time time) override { until = time; }
  void EndAdvance() override { until.reset(); }
  std::string pace = "paused";
  std::optional<sim::Time> until;
};

class ServeSessionTest : public testing::Test {
 protected:
  explicit ServeSessionTest() : session_(SmallSetup()) {
    session_.clock().SetPort(&port_);
    EXPECT_TRUE(session_.Begin().ok());
  }

  // The answer, once there is one, runs whatever it waits for.
  std::string Ask(const std::string& method, const std::string& body,
                  const std::string& group = "system:masters") {
    answer_ = "";
    apiserver::WireRequest wire;
    wire.method = method;
    wire.target = std::string(ClockService::kPath);
    wire.content_type = "application/json";
    wire.body = body;
    apiserver::UserInfo user{.name = "jane", .uid = {}, .groups = {group}, .extra = {}};
    auto request = apiserver::DecodeRequest(wire, std::move(user));
    session_.kernel().AcceptInput(
        "test.request", body,
        [this, held = std::move(request)]() mutable { tasks_.Spawn(Run(std::move(held))); });
    Drain();
    return answer_;
  }
  void Drain() {
    sim::Kernel& kernel = session_.kernel();
    while (kernel.NextDue() && *kernel.NextDue() <= std::max(kernel.now(), End())) {
      kernel.RunNext();
    }
  }
  sim::Time End() const { return port_.until.value_or(sim::Time{}); }

  sim::Task<> Run(std::unique_ptr<apiserver::Request> request) {
    const apiserver::Response response = co_await session_.handler().Handle(std::move(request));
    status_ = response.status;
    if (const auto* bytes = std::get_if<apiserver::SharedBytes>(&response.body)) answer_ = **bytes;
  }

  // An advance of a day that `order` ends at once.
  void Interrupt(const std::string& order) {
    const sim::Time began = session_.kernel().now();
    // As a driver that takes an input before it runs an event.
    apiserver::WireRequest wire;
    wire.method = "POST";
    wire.target = std::string(ClockService::kPath);
    wire.body = R"({"advance": "24h"})";
    apiserver::UserInfo user{.name = "a", .uid = {}, .groups = {"system:masters"}, .extra = {}};
    auto request = apiserver::DecodeRequest(wire, std::move(user));
    session_.kernel().AcceptInput("test.request", "", [this, held = std::move(request)]() mutable {
      tasks_.Spawn(Run(std::move(held)));
    });
    session_.kernel().RunNext();
    EXPECT_EQ(port_.until, began + std::chrono::hours(24));
    wire.body = order;
    apiserver::UserInfo other{.name = "b", .uid = {}, .groups = {"system:masters"}, .extra = {}};
    auto pause = apiserver::DecodeRequest(wire, std::move(other));
    session_.kernel().AcceptInput("test.request", "", [this, held = std::move(pause)]() mutable {
      tasks_.Spawn(Run(std::move(held)));
    });
    session_.kernel().RunNext();
    EXPECT_FALSE(port_.until);
    EXPECT_EQ(session_.kernel().now(), began);
  }

  FakePort port_;
  ServeSession session_;
  sim::TaskScope tasks_;
  int status_ = 0;
  std::string answer_;
};

TEST_F(ServeSessionTest, MovesItsClockOnRequest) {
  const sim::Time began = session_.kernel().now();
  Ask("POST", R"({"advance": "1h"})");
  EXPECT_EQ(status_, 200);
  EXPECT_EQ(session_.kernel().now(), began + std::chrono::hours(1));
  EXPECT_FALSE(port_.until) << "nobody wants time to go on";
  EXPECT_NE(Ask("GET", "").find("\"time\":\"2026-01-01T01:00:00Z\""), std::string::npos) << answer_;
  Ask("POST", R"({"pace": "x10"})");
  EXPECT_EQ(port_.pace, "x10");
  Ask("POST", R"({"pause": true})");
  Ask("POST", R"({"resume": true})");
  EXPECT_EQ(port_.pace, "x10");
}

TEST_F(ServeSessionTest, WaitsForExpectationsAndForQuiet) {
  Ask("POST", R"({"until": {"resource": "nodes/node-1", "eventually": "1m", "matches": {"status":
      {"conditions": [{"type": "Ready", "status": "True"}]}}}})");
  EXPECT_NE(answer_.find("\"holds\":true"), std::string::npos) << answer_;
  Ask("POST", R"({"idle": true})");
  EXPECT_NE(answer_.find("\"isQuiet\":true"), std::string::npos) << answer_;
  Ask("POST", R"({"until": {"resource": "pods/a", "eventually": "1m"}})");
  EXPECT_NE(answer_.find("\"holds\":false"), std::string::npos) << answer_;
  EXPECT_NE(answer_.find("pods/a does not exist"), std::string::npos) << answer_;
  Ask("POST", R"({"step": 1})");
  EXPECT_NE(answer_.find("no work is due"), std::string::npos) << answer_;
}

TEST_F(ServeSessionTest, ANodeLosesItsPower) {
  Ask("POST", R"({"advance": "1m"})");
  Ask("POST", R"({"fault": {"node": "node-1", "kind": "power-loss", "for": "10m"}})");
  EXPECT_NE(answer_.find("\"holds\":true"), std::string::npos) << answer_;
  const char* ready =
      R"({"until": {"resource": "nodes/node-1", "eventually": "1m", "matches": {"status":
      {"conditions": [{"type": "Ready", "status": "Unknown"}]}}}})";
  EXPECT_NE(Ask("POST", ready).find("\"holds\":true"), std::string::npos) << answer_;
  Ask("POST", R"({"advance": "15m"})");
  EXPECT_NE(Ask("POST", ready).find("\"holds\":false"), std::string::npos) << answer_;
  Ask("POST", R"({"fault": {"node": "node-9", "kind": "power-loss"}})");
  EXPECT_NE(answer_.find("there is no node"), std::string::npos) << answer_;
}

TEST_F(ServeSessionTest, APauseAndAnInterruptEndAnAdvance) {
  for (const char* body : {R"({"pause": true})", R"({"interrupt": true})"}) Interrupt(body);
}

TEST_F(ServeSessionTest, LetsOnlyMastersIn) {
  for (const char* method : {"GET", "POST"}) {
    EXPECT_NE(Ask(method, "{}", "developers").find("cannot"), std::string::npos);
    EXPECT_EQ(status_, 403);
  }
  Ask("POST", "{}");
  EXPECT_EQ(status_, 400);
  Ask("PUT", "{}");
  EXPECT_EQ(status_, 405);
}

TEST_F(ServeSessionTest, AStoreComesBackFromItsSnapshot) {
  Ask("POST", R"({"advance": "10m"})");
  ServeSetup setup = SmallSetup();
  setup.start = session_.kernel().now();
  setup.snapshot = PackStore(session_.cluster().api().store());
  const auto read = SetupOf(HeaderOf(setup));
  ASSERT_TRUE(read.ok());
  ServeSession first(*read);
  ServeSession second(*read);
  ASSERT_TRUE(first.Begin().ok());
  ASSERT_TRUE(second.Begin().ok());
  apiserver::Store& store = first.cluster().api().store();
  EXPECT_GE(store.revision(), session_.cluster().api().store().revision());
  EXPECT_EQ(store.Count({"", "nodes"}), 1u);
  for (ServeSession* session : {&first, &second}) {
    session->kernel().RunUntil(session->kernel().now() + std::chrono::hours(1));
  }
  EXPECT_EQ(first.kernel().FinalDigest().Hex(), second.kernel().FinalDigest().Hex());
  setup.snapshot.resize(setup.snapshot.size() / 2);
  EXPECT_FALSE(ServeSession(setup).Begin().ok());
}

TEST(ServeSetup, ComesBackFromTheHeaderOfARecording) {
  ServeSetup setup = SmallSetup();
  setup.incarnation = 3;
  setup.authority_pem = "PEM\n";
  setup.server_address = "[::1]:7000";
  setup.controllers = {"*", "-job-controller"};
  setup.is_instant = true;
  setup.history_age_max = std::chrono::seconds(90);
  setup.cluster_file = "c.yaml";
  setup.cluster_text = "kind: Scenario\n";
  const sim::JournalHeader header = HeaderOf(setup);
  const auto read = SetupOf(header);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(HeaderOf(*read), header);
  EXPECT_EQ(read->controllers, setup.controllers);
  EXPECT_EQ(read->history_age_max, setup.history_age_max);
  EXPECT_EQ(read->cluster_text, setup.cluster_text);
  EXPECT_FALSE(SetupOf({}).ok());
}

}  // namespace
}  // namespace scenarios
