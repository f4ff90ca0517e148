// What counts as the same request when a changed program runs against a recording.
#include <gtest/gtest.h>

#include <filesystem>

#include "scenarios/command_words.h"
#include "scenarios/runner/against_recording.h"
#include "scenarios/runner/request_difference.h"

namespace scenarios {
namespace {

using apiserver::WireRequest;

WireRequest Put(std::string body, std::string target = "/api/v1/namespaces/default/configmaps/a") {
  WireRequest request;
  request.method = "PUT";
  request.target = std::move(target);
  request.content_type = "application/json";
  request.body = std::move(body);
  return request;
}

std::vector<std::string> Between(const std::string& recorded, const std::string& live,
                                 RequestTolerance tolerance = RequestTolerance::kNone) {
  return RequestDifferences(Put(recorded), Put(live), tolerance);
}

TEST(RequestDifferenceTest, NamesEachPlaceWithBothSides) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(Between(R"({"a":1})", R"({"a":1})"), Lines{});
  EXPECT_EQ(
      Between(R"({"spec":{"replicas":3,"x":[1,2]}})", R"({"spec":{"replicas":4,"x":[1]}})"),
      (Lines{"body spec.replicas: recorded 3, now 4", "body spec.x[1]: recorded 2, now nothing"}));
  EXPECT_EQ(Between(R"({})", R"({"metadata":{"labels":{"a":"b"}}})"),
            Lines{R"(body metadata: recorded nothing, now {"labels":{"a":"b"}})"});
  EXPECT_EQ(Between(R"({"a":"1"})", R"({"a":1})"), Lines{R"(body a: recorded "1", now 1)"});
  EXPECT_EQ(Between(R"({"a":1,"b":2})", R"({"b":2,"a":1})"),
            Lines{"body: the same values, written in another way"});
  EXPECT_EQ(Between("k8s\1\2", "k8s\1\3\4"),
            Lines{"body: recorded 5 bytes, now 6, which part at byte 4"});
}

TEST(RequestDifferenceTest, OfDifferentRequestsTheBodiesSayNothing) {
  WireRequest get;
  get.method = "GET";
  get.target = "/version";
  EXPECT_EQ(RequestDifferences(Put("{}"), get, RequestTolerance::kNone),
            (std::vector<std::string>{
                "method: recorded PUT, now GET",
                "path: recorded /api/v1/namespaces/default/configmaps/a, now /version"}));
}

TEST(RequestDifferenceTest, ShowsNoMoreThanItsLimit) {
  std::string recorded = "{\"a\":[0";
  std::string live = "{\"a\":[1";
  for (int count = 0; count < 50; ++count) recorded += ",0", live += ",1";
  EXPECT_EQ(Between(recorded + "]}", live + "]}").size(), kShownDifferencesMax);
}

// What an AgainstRecording says of one whose only request has this number.
std::string DamageOf(std::uint64_t id) {
  const std::string path = testing::TempDir() + "against-" + std::to_string(id) + ".rec";
  std::filesystem::remove(path);
  auto writer = sim::JournalWriter::Create(path, sim::JournalHeader{});
  EXPECT_TRUE(writer.ok());
  (*writer)->Append(0, sim::Time{}, "request.receive",
                    apiserver::PackWireRecord(id, apiserver::UserInfo{}, Put("{}")));
  EXPECT_TRUE((*writer)->Finish(0, sim::Time{}, "").ok());
  auto reader = sim::JournalReader::Open(path);
  EXPECT_TRUE(reader.ok());
  AgainstRecording recording(*reader, 0);
  recording.NextOwn();
  std::filesystem::remove(path);
  return recording.damage();
}

TEST(AgainstRecordingTest, RefusesNumbersOfAnEarlierVersion) {
  EXPECT_EQ(DamageOf(1), "");
  EXPECT_EQ(DamageOf((1ULL << 54) + 7), "");
  EXPECT_TRUE(DamageOf((1ULL << 40) + 1).starts_with("an earlier version of orrery made it"));
}

struct ChanceCase {
  const char* recorded;
  const char* live;
  bool is_same;
};

TEST(RequestDifferenceTest, ChanceIsLeftOutInRealTimeOnly) {
  const ChanceCase cases[] = {
      {R"({"t":"2026-01-01T00:00:00.123456Z"})", R"({"t":"2027-02-03T11:22:33.5Z"})", true},
      {R"({"id":"host_0f7a1c1e-0c1d-4c7a-9a1b-000000000001"})",
       R"({"id":"host_1f7a1c1e-0c1d-4c7a-9a1b-0000000000ff"})", true},
      {R"({"n":"web.18a2b3c4d5e6f701"})", R"({"n":"web.18a2b3c4d5e6f702"})", true},
      {R"({"n":"3"})", R"({"n":"4"})", false},
      {R"({"n":"web-a"})", R"({"n":"web-b"})", false},
      {R"({"n":3})", R"({"n":4})", false},
  };
  for (const ChanceCase& test : cases) {
    EXPECT_EQ(IsSameRequest(Put(test.recorded), Put(test.live), RequestTolerance::kChance),
              test.is_same)
        << test.recorded;
    EXPECT_FALSE(IsSameRequest(Put(test.recorded), Put(test.live), RequestTolerance::kNone));
  }
  const WireRequest watch = Put("", "/api/v1/pods?timeoutSeconds=312&watch=true");
  const WireRequest again = Put("", "/api/v1/pods?timeoutSeconds=598&watch=true");
  const WireRequest list = Put("", "/api/v1/pods?timeoutSeconds=598");
  EXPECT_TRUE(IsSameRequest(watch, again, RequestTolerance::kChance));
  EXPECT_FALSE(IsSameRequest(watch, list, RequestTolerance::kChance));
}

TEST(CommandWordsTest, ReadsQuotesAsAShell) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(*CommandWords("./operator  -v 2"), (Words{"./operator", "-v", "2"}));
  EXPECT_EQ(*CommandWords(R"(sh -c 'exit 3' "a \"b\"" c\ d '')"),
            (Words{"sh", "-c", "exit 3", "a \"b\"", "c d", ""}));
  EXPECT_EQ(*CommandWords(R"(--name='a b')"), Words{"--name=a b"});
  EXPECT_FALSE(CommandWords("'open").ok());
  EXPECT_FALSE(CommandWords("  ").ok());
}

}  // namespace
}  // namespace scenarios
