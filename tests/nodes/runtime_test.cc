#include <gtest/gtest.h>

#include "nodes/runtime/behaviour.h"
#include "nodes/runtime/container_log.h"
#include "nodes/runtime/shell.h"

namespace nodes {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string Show(const std::optional<ContainerTrace>& trace) {
  if (!trace) return "?";
  std::string text;
  for (std::size_t index = 0; index < trace->prints.size(); ++index) {
    const TracePrint& print = trace->prints[index];
    if (trace->loop_from == index) text += "(";
    text += std::to_string(print.after / milliseconds(1)) + ":" +
            (print.kind == TracePrint::Kind::kDate ? "<date>" : print.text) + " ";
  }
  if (trace->loop_from)
    text += "every " + std::to_string(trace->loop_period / milliseconds(1)) + ") ";
  if (!trace->end) return text + "for ever";
  return text + "exit " + std::to_string(trace->exit_code) + " at " +
         std::to_string(*trace->end / milliseconds(1));
}

TEST(Interpret, UnderstandsWhatManifestsRun) {
  struct Row {
    std::vector<std::string> words;
    std::string want;
  };
  const std::vector<Row> rows = {
      {{"sleep", "3600"}, "exit 0 at 3600000"},
      {{"/bin/sleep", "0.5"}, "exit 0 at 500"},
      {{"sleep", "2m"}, "exit 0 at 120000"},
      {{"sleep", "infinity"}, "for ever"},
      {{"true"}, "exit 0 at 0"},
      {{"false"}, "exit 1 at 0"},
      {{"sh", "-c", "exit 3"}, "exit 3 at 0"},
      {{"echo", "hello", "world"}, "0:hello world exit 0 at 0"},
      {{"sh", "-c", "echo one; sleep 2; echo two"}, "0:one 2000:two exit 0 at 2000"},
      {{"sh", "-c", "false && echo no; true || echo no; false || echo yes"}, "0:yes exit 0 at 0"},
      {{"bash", "-ec", "echo $NAME ${NAME}s '$NAME' \"$NAME!\""},
       "0:orrery orrerys $NAME orrery! exit 0 at 0"},
      {{"sh", "-c", "while true; do date; sleep 5; done"}, "(0:<date> every 5000) for ever"},
      {{"sh", "-c", "echo up\nwhile :; do echo tick; sleep 1; done"},
       "0:up (0:tick every 1000) for ever"},
      {{"sh", "-c", "for i in 1 2; do echo $i; sleep 1; done"}, "0:1 1000:2 exit 0 at 2000"},
      {{"sh", "-c", "for i in {1..3}; do echo -n $i; done; echo"}, "0:123 exit 0 at 0"},
      {{"sh", "-c", "echo gone > /dev/null; echo err >&2"}, "0:err exit 0 at 0"},
      {{"sh", "-c", "A=5; echo a$A; exec sleep 1; echo never"}, "0:a5 exit 0 at 1000"},
      {{"sh", "-c", "cat /etc/hostname; sleep 1 && exit 2"}, "0:pod-1 exit 2 at 1000"},
      {{"sh"}, "exit 0 at 0"},
      {{"printenv", "NAME"}, "0:orrery exit 0 at 0"},
      {{"sh", "-c", "exit 300"}, "exit 44 at 0"},
      {{"nginx", "-g", "daemon off;"}, "?"},
      {{"sh", "-c", "nginx"}, "?"},
      {{"sh", "-c", "ls | wc -l"}, "?"},
      {{"sh", "-c", "if true; then echo x; fi"}, "?"},
      {{"sh", "-c", "echo $(date)"}, "?"},
      {{"sh", "-c", "echo 'open"}, "?"},
      {{"sh", "-c", "while true; do echo x"}, "?"},
      {{"sh", "script.sh"}, "?"},
      {{}, "?"},
  };
  const ShellContext context{"pod-1", {{"NAME", "orrery"}}};
  for (const Row& row : rows) {
    EXPECT_EQ(Show(Interpret(row.words, context)), row.want)
        << (row.words.empty() ? "" : row.words.back());
  }
}

TEST(Interpret, HasLimits) {
  const std::string loops = "for a in {1..1000}; do for b in {1..1000}; do true; done; done";
  EXPECT_EQ(Interpret({"sh", "-c", loops}, {}), std::nullopt);
  EXPECT_EQ(Interpret({"sh", "-c", std::string(kShellTextMax + 1, ' ')}, {}), std::nullopt);
}

ContainerFacts Facts(const std::string& image, std::vector<std::string> command = {}) {
  return {.name = "app",
          .image = image,
          .command = std::move(command),
          .args = {},
          .environment = {},
          .hostname = "p"};
}

TEST(BehaviourRules, DescribeWhatShips) {
  const BehaviourRules rules = BehaviourRules::Builtin();
  EXPECT_TRUE(rules.Describe(Facts("nginx"), 0, "").is_default);
  EXPECT_EQ(Show(rules.Describe(Facts("nginx"), 0, "").trace), "for ever");
  EXPECT_EQ(Show(rules.Describe(Facts("nginx", {"sleep", "5"}), 0, "").trace), "exit 0 at 5000");
  EXPECT_EQ(rules.Describe(Facts("busybox:1.36"), 0, "").rule, "shell-without-terminal");
  EXPECT_EQ(rules.Describe(Facts("perl:5.34", {"perl", "-e", "print"}), 0, "").rule, "pi");
  EXPECT_EQ(rules.DescribeImage(Facts("nginx"), "").pull_error, "");
  EXPECT_NE(rules.DescribeImage(Facts("registry.invalid/a:1"), "").pull_error, "");
  EXPECT_EQ(rules.DescribeImage(Facts("a:nonexistent"), "").pull_error,
            "failed to pull and unpack image \"a:nonexistent\": failed to resolve reference "
            "\"a:nonexistent\": "
            "a:nonexistent: not found");
}

TEST(BehaviourRules, TheAnnotationComesFirst) {
  const BehaviourRules rules = BehaviourRules::Builtin();
  const std::string annotation = R"({"app":{"run":"3s","exitCode":[1,2,0]},"*":{"ready":false}})";
  EXPECT_EQ(Show(rules.Describe(Facts("nginx"), 0, annotation).trace), "exit 1 at 3000");
  EXPECT_EQ(Show(rules.Describe(Facts("nginx"), 1, annotation).trace), "exit 2 at 3000");
  EXPECT_EQ(Show(rules.Describe(Facts("nginx"), 7, annotation).trace), "exit 0 at 3000");
  ContainerFacts other = Facts("nginx");
  other.name = "other";
  EXPECT_FALSE(rules.Describe(other, 0, annotation).becomes_ready);
}

TEST(BehaviourRules, SayWhatIsWrong) {
  EXPECT_EQ(BehaviourRules::CheckAnnotation(""), "");
  EXPECT_EQ(BehaviourRules::CheckAnnotation(R"({"app":{"run":"forever"}})"), "");
  EXPECT_EQ(BehaviourRules::CheckAnnotation("x"), "must be a JSON object of containers");
  EXPECT_EQ(BehaviourRules::CheckAnnotation(R"({"app":{"rum":"1s"}})"),
            "app.rum is not a known field");
  EXPECT_EQ(BehaviourRules::CheckAnnotation(R"({"app":{"run":"soon"}})"),
            "app.run must be a duration such as \"1m30s\"");
  EXPECT_EQ(BehaviourRules::CheckAnnotation(R"({"app":{"exitCode":256}})"),
            "app.exitCode must be a number from 0 to 255 or a list of such");
  BehaviourRules rules;
  const auto added = rules.AddBefore(R"({"rules":[{"name":"x","match":{"images":"a"}}]})", "f");
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().message,
            "f: rules[0].match.images is not a known field, or of the wrong type");
}

TEST(BehaviourRules, MatchByWordsAndEnvironment) {
  BehaviourRules rules;
  ASSERT_TRUE(rules
                  .AddBefore(R"({"rules":[
    {"name":"a","match":{"command":["serve","--port=*"]},"behaviour":{}},
    {"name":"b","match":{"command":["serve","..."],"env":{"MODE":"test*"}},"behaviour":{}},
    {"name":"c","match":{"image":"*/flaky:*"},"behaviour":{}}]})",
                             "f")
                  .ok());
  EXPECT_EQ(rules.Describe(Facts("x", {"serve", "--port=80"}), 0, "").rule, "a");
  EXPECT_TRUE(rules.Describe(Facts("x", {"serve", "now"}), 0, "").is_default);
  ContainerFacts test = Facts("x", {"serve", "now"});
  test.environment["MODE"] = "testing";
  EXPECT_EQ(rules.Describe(test, 0, "").rule, "b");
  EXPECT_EQ(rules.Describe(Facts("r/flaky:2"), 0, "").rule, "c");
}

TEST(ContainerLog, IsWhatWasPrintedUntilNow) {
  const ContainerTrace trace =
      *Interpret({"sh", "-c", "echo up; while true; do sleep 2; echo tick; done"}, {});
  const sim::Time start{seconds(1000)};
  const auto lines = LinesUntil(trace, start, start + seconds(5));
  EXPECT_EQ(LogText(lines, {}), "up\ntick\ntick\n");
  EXPECT_EQ(
      LogText(lines, {.has_timestamps = true, .since = {}, .tail_lines = 1, .limit_bytes = {}}),
      "1970-01-01T00:16:44.000000000Z tick\n");
  EXPECT_EQ(LogText(lines, {.has_timestamps = false,
                            .since = start + seconds(3),
                            .tail_lines = {},
                            .limit_bytes = {}}),
            "tick\n");
  EXPECT_EQ(
      LogText(lines, {.has_timestamps = false, .since = {}, .tail_lines = 0, .limit_bytes = {}}),
      "");
  EXPECT_EQ(
      LogText(lines, {.has_timestamps = false, .since = {}, .tail_lines = {}, .limit_bytes = 4}),
      "up\nt");
  EXPECT_EQ(NextLineAfter(trace, start, start + seconds(5)), start + seconds(6));
  const ContainerTrace date = *Interpret({"date"}, {});
  EXPECT_EQ(LogText(LinesUntil(date, sim::Time{}, start), {}), "Thu Jan  1 00:00:00 UTC 1970\n");
}

}  // namespace
}  // namespace nodes
