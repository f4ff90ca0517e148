// orrery replay: runs a recording again, without anything outside, and compares the digest.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "apiserver/api/time_format.h"
#include "scenarios/api_gateway.h"
#include "scenarios/command.h"
#include "scenarios/command_words.h"
#include "scenarios/runner/against_run.h"
#include "scenarios/runner/program_inputs.h"
#include "scenarios/runner/scenario_session.h"
#include "scenarios/scenario_files.h"
#include "scenarios/serve_session.h"
#include "sim/replay.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

struct ReplayArguments {
  std::string file;
  std::string until;
  std::string against;
  std::string program;
};

int Fail(const std::string& message) {
  std::fprintf(stderr, "orrery: %s\n", message.c_str());
  return kExitBadUsage;
}

// "+90s" or "90s" after the start, or a time of the clock.
std::optional<sim::Time> ParseUntil(std::string text, sim::Time start) {
  if (const auto time = apiserver::TimeFromText(text)) return time;
  if (text.starts_with('+')) text.erase(0, 1);
  const auto duration = apiserver::ParseGoDuration(text);
  if (!duration.ok() || *duration < sim::Duration::zero()) return std::nullopt;
  return start + *duration;
}

int Report(const sim::ReplayOutcome& outcome, const std::string& file, const sim::Kernel& kernel,
           sim::Time start) {
  using Kind = sim::ReplayOutcome::Kind;
  switch (outcome.kind) {
    case Kind::kSame:
      std::printf("SAME %s  virtual %s  digest: %s\n", file.c_str(),
                  sim::DurationText(kernel.now() - start).c_str(),
                  kernel.FinalDigest().Hex().c_str());
      return kExitWell;
    case Kind::kStopped:
      std::printf("STOPPED %s at %s, position %llu\n%s", file.c_str(),
                  sim::TimeText(kernel.now()).c_str(),
                  static_cast<unsigned long long>(kernel.position()), kernel.Describe().c_str());
      return kExitWell;
    case Kind::kCut:
      std::printf(
          "CUT  %s  virtual %s  position %llu  digest so far: %s\n     %s: replayed as far as "
          "it goes\n",
          file.c_str(), sim::DurationText(kernel.now() - start).c_str(),
          static_cast<unsigned long long>(kernel.position()), kernel.FinalDigest().Hex().c_str(),
          outcome.detail.c_str());
      return kExitWell;
    case Kind::kDiverged:
      std::printf("DIFFERENT %s  %s\n", file.c_str(), outcome.detail.c_str());
      return kExitDiffered;
    case Kind::kDamaged:
      break;
  }
  return Fail(outcome.detail);
}

int ReplayRun(const ReplayArguments& arguments, sim::JournalReader& recording,
              std::optional<sim::Time> until) {
  auto scenario = ReadRecordedScenario(recording.header().files, KnownNames());
  if (!scenario.ok()) return Fail(scenario.error().front().Text());
  ScenarioSession session(*scenario, recording.header().seed);
  session.kernel().DescribeOnCheckFailure();
  sim::Inbox inbox;
  ApiGateway gateway(inbox, session.cluster().handler(), apiserver::Authenticator({}), {});
  gateway.SetOnReceive(
      [&session](const apiserver::UserInfo& user, const apiserver::RequestInfo& info) {
        session.runner().OnRequest(user, info);
      });
  sim::InputDecoders decoders;
  gateway.AddDecoders(decoders);
  AddProgramDecoders(decoders, session);
  session.cluster().outside_calls().AddDecoders(decoders);
  if (scenario->has_outside) session.cluster().outside_calls().ExpectRecording();
  if (auto begun = session.Begin(nullptr); !begun.ok()) return Fail(begun.error().message);
  const sim::ReplayOutcome outcome = sim::Replay(session.kernel(), recording, decoders, until);
  return Report(outcome, arguments.file, session.kernel(), recording.header().start);
}

int ReportAgainst(const AgainstOutcome& outcome, const std::string& file,
                  const std::string& program, sim::Time start) {
  const auto count = static_cast<unsigned long long>(outcome.request_count);
  if (!outcome.difference) {
    std::printf("SAME %s  program %s  %llu requests  virtual %s%s\n", file.c_str(), program.c_str(),
                count, sim::DurationText(outcome.ended - start).c_str(),
                outcome.cut.empty() ? ("  digest: " + outcome.digest).c_str()
                                    : ("\n     as far as it goes: " + outcome.cut).c_str());
    return kExitWell;
  }
  const AgainstDifference& difference = *outcome.difference;
  std::printf("DIFFERENT %s  program %s  after %llu equal requests, at virtual %s\n", file.c_str(),
              program.c_str(), count, sim::DurationText(difference.time - start).c_str());
  std::printf("  recorded: %s\n  now:      %s\n", difference.recorded.c_str(),
              difference.now.c_str());
  for (const std::string& line : difference.details) std::printf("  %s\n", line.c_str());
  for (const std::string& line : outcome.output) std::printf("  output: %s\n", line.c_str());
  return kExitDiffered;
}

// The program whose command is another: the one that was named, or the only one.
sim::Result<std::uint32_t> PlaceOfProgram(const Scenario& scenario, const std::string& name) {
  std::string known;
  for (std::uint32_t place = 0; place < scenario.programs.size(); ++place) {
    known += (known.empty() ? "" : ", ") + scenario.programs[place].name;
    if (scenario.programs[place].name == name) return place;
    if (name.empty() && scenario.programs.size() == 1) return place;
  }
  if (scenario.programs.empty()) return sim::Error{"the recorded scenario has no programs"};
  if (name.empty()) return sim::Error{"--program is wanted: one of " + known};
  return sim::Error{"--program " + name + ": want one of " + known};
}

int ReplayAgainst(const ReplayArguments& arguments, sim::JournalReader& recording) {
  if (recording.header().command != "run") {
    return Fail("--against wants a recording of `orrery run`: one of `orrery " +
                recording.header().command + "` names no programs");
  }
  if (!arguments.until.empty()) return Fail("--against ends by itself: leave out --until");
  auto scenario = ReadRecordedScenario(recording.header().files, KnownNames());
  if (!scenario.ok()) return Fail(scenario.error().front().Text());
  const auto place = PlaceOfProgram(*scenario, arguments.program);
  if (!place.ok()) return Fail(place.error().message);
  auto words = CommandWords(arguments.against);
  if (!words.ok()) return Fail("--against: " + words.error().message);
  scenario->programs[*place].command = std::move(words).value();
  const auto outcome = RunAgainst(*scenario, recording, *place);
  if (!outcome.ok()) return Fail(outcome.error().message);
  return ReportAgainst(*outcome, arguments.file, scenario->programs[*place].name,
                       recording.header().start);
}

int ReplayServe(const ReplayArguments& arguments, sim::JournalReader& recording,
                std::optional<sim::Time> until) {
  auto setup = SetupOf(recording.header());
  if (!setup.ok()) return Fail(arguments.file + ": " + setup.error().message);
  ServeSession session(std::move(setup).value());
  session.kernel().DescribeOnCheckFailure();
  sim::Inbox inbox;
  ApiGateway gateway(inbox, session.handler(), apiserver::Authenticator({}), {});
  sim::InputDecoders decoders;
  gateway.AddDecoders(decoders);
  session.cluster().outside_calls().ExpectRecording();
  session.cluster().outside_calls().AddDecoders(decoders);
  if (auto begun = session.Begin(); !begun.ok()) return Fail(begun.error().message);
  const sim::ReplayOutcome outcome = sim::Replay(session.kernel(), recording, decoders, until);
  return Report(outcome, arguments.file, session.kernel(), recording.header().start);
}

int RunReplay(const ReplayArguments& arguments) {
  auto recording = sim::JournalReader::Open(arguments.file);
  if (!recording.ok()) return Fail(recording.error().message);
  if (!arguments.against.empty()) return ReplayAgainst(arguments, *recording);
  if (!arguments.program.empty()) return Fail("--program goes with --against");
  std::optional<sim::Time> until;
  if (!arguments.until.empty()) {
    until = ParseUntil(arguments.until, recording->header().start);
    if (!until) return Fail("--until " + arguments.until + ": want a time or a duration");
    if (*until < recording->header().start) {
      return Fail("--until " + arguments.until + " lies before the recording's begin at " +
                  sim::TimeText(recording->header().start));
    }
  }
  const std::string& command = recording->header().command;
  if (command == "run") return ReplayRun(arguments, *recording, until);
  if (command == "serve") return ReplayServe(arguments, *recording, until);
  return Fail(arguments.file + ": a recording of `orrery " + command +
              "`, which this version can't replay");
}

}  // namespace

Command AddReplayCommand(CLI::App& app) {
  auto arguments = std::make_shared<ReplayArguments>();
  CLI::App* replay = app.add_subcommand(
      "replay", "run a recording again without its programs: 0 the same digest, 3 another");
  replay->add_option("FILE", arguments->file, "what --record made")->required();
  replay->add_option("--until", arguments->until,
                     "stop at this time, or this long after the start, and show where it is");
  replay->add_option("--against", arguments->against,
                     "run this command instead of the recorded program, and name the first request "
                     "that differs");
  replay->add_option("--program", arguments->program,
                     "the program that --against replaces, when there are several");
  replay->footer(
      "Example: orrery run x.yaml --record x.rec, then: orrery replay x.rec --until 90s\n"
      "A changed program against the recorded world: orrery replay x.rec --against './operator "
      "-v2'\n"
      "A recording whose process was killed is replayed as far as it goes (CUT, status 0).");
  return {replay, [arguments] { return RunReplay(*arguments); }};
}

}  // namespace scenarios
