// orrery ctl: moves the clock of a running `orrery serve`.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <utility>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/yaml.h"
#include "scenarios/clock/clock_service.h"
#include "scenarios/command.h"
#include "scenarios/ctl/server_call.h"
#include "scenarios/scenario_files.h"

namespace scenarios {
namespace {

using apiserver::Object;
using apiserver::TextAt;
using apiserver::Value;

constexpr std::chrono::milliseconds kProgressPeriod{300};

// Set by ctrl-C.
volatile std::sig_atomic_t has_interrupt = 0;

struct CtlArguments {
  std::string kubeconfig;
  std::string output = "text";
  std::string pace;
  std::int64_t step_count = 1;
  bool has_housekeeping = false;
  std::string duration;
  std::string expectation;
  std::string timeout;
  std::string node;
  std::string fault;
  std::string undo_after;
};

int Fail(const std::string& message) {
  std::fprintf(stderr, "orrery: %s\n", message.c_str());
  return kExitBadUsage;
}

// --kubeconfig, else ./orrery.kubeconfig when it is there, else KUBECONFIG.
sim::Result<std::string> KubeconfigPath(const std::string& given) {
  if (!given.empty()) return given;
  constexpr char kHere[] = "./orrery.kubeconfig";
  std::error_code ignored;
  if (std::filesystem::exists(kHere, ignored)) return std::string(kHere);
  const char* variable = std::getenv("KUBECONFIG");
  if (variable != nullptr && *variable != '\0') return std::string(variable);
  return sim::Error{
      "which server? there is no ./orrery.kubeconfig, and neither --kubeconfig nor KUBECONFIG says "
      "where one is"};
}

sim::Result<ServerAccess> AccessOf(const std::string& given) {
  const auto path = KubeconfigPath(given);
  if (!path.ok()) return path.error();
  const auto text = ReadTextFile(*path);
  if (!text.ok()) return text.error();
  const std::filesystem::path folder = std::filesystem::path(*path).parent_path();
  return ReadKubeconfig(*path, *text, [folder](const std::string& name) {
    return ReadTextFile((folder / name).string());
  });
}

// An expectation is written inline, in a file, or (-) comes from standard input.
sim::Result<Value> ReadExpectationText(const std::string& given) {
  std::string text = given;
  std::error_code ignored;
  const bool is_inline = given.find_first_of(":{\n") != std::string::npos;
  if (given == "-" || !is_inline || std::filesystem::is_regular_file(given, ignored)) {
    auto read = ReadTextFile(given == "-" ? "/dev/stdin" : given);
    if (!read.ok()) {
      return sim::Error{read.error().message +
                        " (an expectation is a file, or inline such as '{resource: "
                        "deployments/web, matches: {status: {readyReplicas: 3}}}')"};
    }
    text = std::move(read).value();
  }
  auto parsed = apiserver::ParseYaml(text);
  if (!parsed.ok()) return sim::Error{"the expectation: " + parsed.error};
  // A whole step of a scenario is taken too.
  if (const Value* inner = apiserver::Find(parsed.value, "expect")) return Value(*inner);
  return std::move(parsed.value);
}

class Caller {
 public:
  Caller(ServerAccess access, std::string output)
      : access_(std::move(access)), output_(std::move(output)) {}

  int Call(const std::string& method, const std::string& body) {
    std::future<sim::Result<ServerAnswer>> answer =
        std::async(std::launch::async, [this, method, body] {
          return CallServer(access_, method, std::string(ClockService::kPath), body);
        });
    Await(answer);
    const auto got = answer.get();
    if (!got.ok()) return Fail(got.error().message);
    const auto parsed = apiserver::ParseJson(got->body);
    if (!parsed.ok() || !parsed.value.is_object()) {
      return Fail(access_.url + " is no orrery server: status " + std::to_string(got->status));
    }
    if (got->status != 200) return Refused(*got, parsed.value);
    return Show(parsed.value);
  }

 private:
  // On a terminal, what takes longer shows where it is. Ctrl-C ends it on the server, too.
  void Await(const std::future<sim::Result<ServerAnswer>>& answer) const {
    const bool is_shown = ::isatty(STDERR_FILENO) != 0;
    bool is_written = false;
    bool is_interrupted = false;
    std::signal(SIGINT, [](int) { has_interrupt = 1; });
    while (answer.wait_for(kProgressPeriod) != std::future_status::ready) {
      if (has_interrupt != 0 && !std::exchange(is_interrupted, true)) {
        static_cast<void>(
            CallServer(access_, "POST", std::string(ClockService::kPath), "{\"interrupt\":true}"));
      }
      is_written |= is_shown && ShowProgress();
    }
    std::signal(SIGINT, SIG_DFL);
    if (is_written) std::fputs("\r\033[K", stderr);
  }

  bool ShowProgress() const {
    const auto look = CallServer(access_, "GET", std::string(ClockService::kPath), "");
    if (!look.ok()) return false;
    const auto parsed = apiserver::ParseJson(look->body);
    std::fprintf(stderr, "\r\033[K%s, %lld events",
                 std::string(TextAt(parsed.value, {"time"})).c_str(),
                 static_cast<long long>(apiserver::IntAt(parsed.value, {"position"})));
    std::fflush(stderr);
    return true;
  }

  int Refused(const ServerAnswer& answer, const Value& status) const {
    std::string message(TextAt(status, {"message"}));
    if (answer.status == 404) message = access_.url + " has no clock: is it orrery serve?";
    if (message.empty()) message = "the server answers " + std::to_string(answer.status);
    return Fail(message);
  }

  int Show(const Value& answer) const {
    if (output_ == "json") {
      std::string text;
      apiserver::AppendJsonPretty(answer, text);
      std::puts(text.c_str());
    } else {
      ShowText(answer);
    }
    const bool holds = apiserver::BoolAt(answer, {"holds"}, true);
    const bool is_interrupted = apiserver::BoolAt(answer, {"interrupted"});
    if (is_interrupted) std::fputs("orrery: interrupted\n", stderr);
    if (holds && !is_interrupted) return kExitWell;
    const std::string message(TextAt(answer, {"message"}));
    if (!message.empty()) std::fprintf(stderr, "orrery: %s\n", message.c_str());
    PrintLines(answer, "found", stderr);
    return kExitFailed;
  }

  static void ShowText(const Value& answer) {
    PrintLines(answer, "events", stdout);
    std::string line(TextAt(answer, {"time"}));
    line += "  pace " + std::string(TextAt(answer, {"pace"}));
    if (apiserver::Find(answer, "ranEvents") != nullptr) {
      line += "  ran " + std::to_string(apiserver::IntAt(answer, {"ranEvents"})) + " events";
    }
    line += "  " + std::to_string(apiserver::IntAt(answer, {"pendingEvents"})) + " pending, ";
    const std::string_view next = TextAt(answer, {"nextWork"});
    line += next.empty() ? "quiet" : "next work at " + std::string(next);
    std::puts(line.c_str());
  }

  static void PrintLines(const Value& answer, std::string_view field, std::FILE* file) {
    const Value* lines = apiserver::Find(answer, field);
    if (lines == nullptr || !lines->is_array()) return;
    for (const Value& line : lines->get_array()) {
      std::fprintf(file, "  %s\n", line.is_string() ? line.get_string().c_str() : "");
    }
  }

  const ServerAccess access_;
  const std::string output_;
};

int Ask(const CtlArguments& arguments, const std::string& method, const Object& body) {
  auto access = AccessOf(arguments.kubeconfig);
  if (!access.ok()) return Fail(access.error().message);
  return Caller(std::move(access).value(), arguments.output)
      .Call(method, body.empty() ? "" : apiserver::ToJson(body));
}

int AskUntil(const CtlArguments& arguments) {
  auto expectation = ReadExpectationText(arguments.expectation);
  if (!expectation.ok()) return Fail(expectation.error().message);
  if (!arguments.timeout.empty()) {
    if (!expectation->is_object()) return Fail("the expectation is no map");
    expectation->get_object()["eventually"] = arguments.timeout;
  }
  Object body;
  body["until"] = std::move(expectation).value();
  return Ask(arguments, "POST", body);
}

using Arguments = std::shared_ptr<CtlArguments>;

struct Verb {
  CLI::App* app;
  std::function<int()> run;
};

std::vector<Verb> AddVerbs(CLI::App& ctl, const Arguments& arguments) {
  std::vector<Verb> verbs;
  const auto add = [&](const std::string& example, const char* about, std::function<int()> run) {
    CLI::App* app = ctl.add_subcommand(example.substr(0, example.find(' ')), about);
    app->fallthrough();
    app->footer("Example: orrery ctl " + example);
    verbs.push_back({app, std::move(run)});
    return app;
  };
  const auto post = [arguments](Object body) { return Ask(*arguments, "POST", body); };
  add("status -o json", "show the time, the pace and what is due",
      [arguments] { return Ask(*arguments, "GET", {}); });
  add("pause", "let time stand; an advance under way ends where it is",
      [post] { return post({{"pause", true}}); });
  add("resume --time x10", "go on at the pace before the pause, or at another", [post, arguments] {
    return arguments->pace.empty() ? post({{"resume", true}}) : post({{"pace", arguments->pace}});
  })->add_option("--time", arguments->pace, "real, max, or a factor such as x10");
  CLI::App* step =
      add("step 3", "pause, and run the next instant with work; shows what ran", [post, arguments] {
        Object body{{"step", arguments->step_count}};
        if (arguments->has_housekeeping) body["housekeeping"] = true;
        return post(std::move(body));
      });
  step->add_option("COUNT", arguments->step_count, "how many instants")->capture_default_str();
  step->add_flag("--housekeeping", arguments->has_housekeeping, "heartbeats are steps too");
  add("advance 1h30m",
      "run so far without waiting, at any pace; returns when that time's events are done",
      [post, arguments] { return post({{"advance", arguments->duration}}); })
      ->add_option("DURATION", arguments->duration, "90s, 1h30m, 24h")
      ->required();
  CLI::App* until =
      add("until '{resource: deployments/web, matches: {status: {readyReplicas: 3}}}'",
          "wait until an expectation holds, on the cluster's time",
          [arguments] { return AskUntil(*arguments); });
  until
      ->add_option("EXPECTATION", arguments->expectation,
                   "what `expect:` takes in a scenario: inline, a file, or - for standard input")
      ->required();
  until->add_option("--timeout", arguments->timeout, "within this span; 10m when nothing is said");
  add("idle --timeout 1h", "wait until no work is due", [post, arguments] {
    Object body{{"idle", true}};
    if (!arguments->timeout.empty()) body["timeout"] = arguments->timeout;
    return post(std::move(body));
  })->add_option("--timeout", arguments->timeout, "at most this span; 10m when not given");
  CLI::App* fault =
      add("fault node-1 power-loss --for 5m", "what the world does to a node", [post, arguments] {
        Object what{{"node", arguments->node}, {"kind", arguments->fault}};
        if (!arguments->undo_after.empty()) what["for"] = arguments->undo_after;
        return post({{"fault", std::move(what)}});
      });
  fault->add_option("NODE", arguments->node, "its name")->required();
  fault->add_option("KIND", arguments->fault, "power-loss or power-return")->required();
  fault->add_option("--for", arguments->undo_after, "after this span it is undone");
  return verbs;
}

}  // namespace

Command AddCtlCommand(CLI::App& app) {
  auto arguments = std::make_shared<CtlArguments>();
  CLI::App* ctl = app.add_subcommand(
      "ctl", "move the clock of a running `orrery serve`: 0 done, 1 it does not hold");
  ctl->require_subcommand(1);
  ctl->add_option("--kubeconfig", arguments->kubeconfig,
                  "of the server; ./orrery.kubeconfig, then $KUBECONFIG, when not given");
  ctl->add_option("-o,--output", arguments->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  ctl->footer("Example: orrery ctl advance 24h");
  const std::vector<Verb> verbs = AddVerbs(*ctl, arguments);
  return {ctl, [verbs] {
            for (const Verb& verb : verbs) {
              if (verb.app->parsed()) return verb.run();
            }
            return kExitBadUsage;
          }};
}

}  // namespace scenarios
