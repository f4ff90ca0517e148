#include "scenarios/runner/program_host.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "apiserver/http/https_client.h"
#include "apiserver/http/server.h"
#include "scenarios/api_gateway.h"
#include "scenarios/kubeconfig.h"
#include "scenarios/runner/account_identity.h"
#include "scenarios/runner/virtual_host.h"
#include "sim/digest.h"
#include "sim/host/child_process.h"
#include "sim/host/clock.h"
#include "sim/host/driver.h"
#include "sim/host/process_scan.h"
#include "sim/rounds.h"

namespace scenarios {
namespace {

constexpr char kCommandUser[] = "admin";
// Where rounds know callees that are no programs of the scenario.
constexpr std::uint32_t kCalleePlace = std::numeric_limits<std::uint32_t>::max();

// Bytes under way between the server and anybody: nobody can be called quiet meanwhile.
class HttpStillness final : public sim::StillnessPort {
 public:
  void Watch(const apiserver::HttpActivity& activity) { activities_.push_back(&activity); }
  std::optional<std::uint64_t> StillMark() override {
    std::uint64_t moves = 0;
    for (const apiserver::HttpActivity* activity : activities_) {
      moves += activity->moves.load();
      if (activity->busy.load() != 0) return std::nullopt;
    }
    return moves;
  }

 private:
  std::vector<const apiserver::HttpActivity*> activities_;
};

// The callee of a call while no program of the scenario is there to be it: whether it works or
// sleeps can't be known, so time stands until it answers.
class CalleeStillness final : public sim::StillnessPort {
 public:
  CalleeStillness(const OutsideCalls& calls, const sim::Rounds& rounds)
      : calls_(calls), rounds_(rounds) {}
  std::optional<std::uint64_t> StillMark() override {
    const bool has_programs = rounds_.program_count() > 1 || rounds_.has_virtual_programs();
    if (calls_.outside_count() == 0 || has_programs) return 0;
    return std::nullopt;
  }

 private:
  const OutsideCalls& calls_;
  const sim::Rounds& rounds_;
};

// A directory that goes with its content.
class TemporaryDirectory {
 public:
  static sim::Result<TemporaryDirectory> Make() {
    std::error_code error;
    const auto base = std::filesystem::temp_directory_path(error);
    const std::string name = "orrery-" + sim::Hex64(sim::StableHash(sim::SystemRandomBytes(16)));
    const std::filesystem::path path = base / name;
    if (error || !std::filesystem::create_directory(path, error)) {
      return sim::Error{"cannot make the directory " + path.string() + ": " + error.message()};
    }
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
    return TemporaryDirectory(path.string());
  }
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Who the programs are: a user each, with a token.
struct Identities {
  apiserver::TokenTable tokens;
  std::map<std::string, std::string> token_of;                 // by user
  std::map<std::string, std::uint32_t, std::less<>> place_of;  // by user
};

// The same in every run of a seed: programs see their tokens. They are worth nothing beyond this
// run's server on loopback.
Identities MakeIdentities(const Scenario& scenario, std::uint64_t seed) {
  Identities identities;
  sim::Random random_tokens(seed, 0, "tokens");
  const auto add = [&](const std::string& user, std::uint32_t place) {
    const std::string token = sim::Hex64(random_tokens.Next()) + sim::Hex64(random_tokens.Next());
    identities.tokens[token] = {.name = user, .uid = {}, .groups = {"system:masters"}, .extra = {}};
    identities.token_of[user] = token;
    identities.place_of[user] = place;
  };
  std::uint32_t place = 0;
  for (const ProgramSpec& program : scenario.programs) add(program.name, place++);
  add(kCommandUser, place);
  return identities;
}

// What a program on virtual time gets of our environment: where programs and libraries lie. The
// rest would differ between users and machines.
std::map<std::string, std::string> VirtualEnvironment(const std::string& home) {
  std::map<std::string, std::string> environment = {
      {"HOME", home},
      {"LANG", "C.UTF-8"},
      {"TZ", "UTC"},
      {"USER", "orrery"},
      // What one run leaves beside its sources, the next would read.
      {"PYTHONDONTWRITEBYTECODE", "1"}};
  for (const char* name :
       {"PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYENV_ROOT", "PYENV_VERSION",
        "VIRTUAL_ENV", "NODE_PATH", "JAVA_HOME", "GOROOT", "SSL_CERT_FILE", "SSL_CERT_DIR"}) {
    if (const char* value = std::getenv(name)) environment[name] = value;
  }
  return environment;
}

class ProgramHost final : public Outside {
 public:
  ProgramHost(const Scenario& scenario, ScenarioSession& session, sim::Driver& driver,
              sim::Rounds& rounds, std::string directory, std::uint64_t seed)
      : scenario_(scenario),
        session_(session),
        driver_(driver),
        rounds_(rounds),
        directory_(std::move(directory)),
        callee_(session.cluster().outside_calls(), rounds),
        seed_(seed),
        virtual_host_(driver, rounds, VirtualEvents()) {}

  ~ProgramHost() override {
    session_.cluster().outside_calls().Detach();
    for (const auto& [place, child] : children_) rounds_.Detach(place);
    rounds_.Detach(kCalleePlace);
  }

  // Before programs start.
  void Serve(apiserver::HttpServer& server, const Identities& identities) {
    virtual_host_.Serve(server);
    http_.Watch(server.activity());
    http_.Watch(client_.activity());
    session_.cluster().outside_calls().Attach(driver_.inbox(), client_, [this] {
      virtual_host_.NoteCall();
      if (std::exchange(has_called_, true)) return;
      rounds_.Attach(kCalleePlace, "outside that was called", {&callee_}, sim::SteadyNow());
    });
    url_ = "https://127.0.0.1:" + std::to_string(server.port());
    identities_ = &identities;
  }

  void Start(std::uint32_t place, const ProgramSpec& program) override {
    auto kubeconfig = WriteKubeconfig(place, program);
    if (!kubeconfig.ok()) return PushExit({place, -1, kubeconfig.error().message});
    std::filesystem::path folder = std::filesystem::path(".") / scenario_.file;
    folder = folder.parent_path();
    folder /= program.directory;
    const std::string directory = std::filesystem::absolute(folder).lexically_normal().string();
    if (program.is_virtual) return StartVirtual(place, program, directory, *kubeconfig);
    sim::ChildOptions options;
    options.command = program.command;
    options.directory = directory;
    options.environment = program.environment;
    options.environment.emplace_back("KUBECONFIG", *kubeconfig);
    for (auto& variable : AccountEnvironment(place, program)) {
      options.environment.push_back(std::move(variable));
    }
    auto child = sim::ChildProcess::Start(
        driver_.loop(), std::move(options),
        {.on_line = [this, place](sim::OutputStream,
                                  std::string_view line) { PushLine({place, std::string(line)}); },
         .on_exit =
             [this, place](sim::ExitStatus status) {
               Detach(place);
               PushExit({place, status.signal == 0 ? status.code : -1, sim::ExitText(status)});
             }});
    if (!child.ok()) return PushExit({place, -1, child.error().message});
    ports_[place] = std::make_unique<sim::ProcessTreePort>((*child)->pid());
    children_[place] = std::move(child).value();
    rounds_.Attach(place, program.name, {ports_[place].get(), &http_}, sim::SteadyNow());
    paces_[place] = program.pacing;
    SetPace();
  }

  void Stop(std::uint32_t place) override {
    virtual_host_.Signal(place, SIGKILL);
    const auto found = children_.find(place);
    if (found != children_.end()) found->second->Signal(SIGKILL);
  }

  void Freeze(std::uint32_t place, bool is_frozen) override {
    virtual_host_.Freeze(place, is_frozen);
    const auto found = children_.find(place);
    if (found != children_.end()) found->second->Signal(is_frozen ? SIGSTOP : SIGCONT);
  }

 private:
  void StartVirtual(std::uint32_t place, const ProgramSpec& program, const std::string& directory,
                    const std::string& kubeconfig) {
    sim::virtual_process::StartMessage start;
    start.program = program.command.front();
    start.arguments = program.command;
    start.directory = directory;
    start.seed = seed_;
    auto environment = VirtualEnvironment(directory_);
    for (const auto& [name, value] : program.environment) environment[name] = value;
    environment["KUBECONFIG"] = kubeconfig;
    for (const auto& [name, value] : AccountEnvironment(place, program)) environment[name] = value;
    for (const auto& [name, value] : environment) start.environment.push_back(name + "=" + value);
    const auto started = virtual_host_.Start(place, std::move(start), session_.kernel().now());
    if (!started.ok()) PushExit({place, -1, started.error().message});
  }

  VirtualHostEvents VirtualEvents() {
    return {.on_line = [this](std::uint32_t place,
                              std::string_view line) { PushLine({place, std::string(line)}); },
            .on_exit = [this](std::uint32_t place, int code,
                              const std::string& text) { PushExit({place, code, text}); },
            .on_stuck =
                [this](std::uint32_t place, const std::string& threads) {
                  session_.runner().Fail(
                      "program " + NameOf(place) +
                      " computed for a minute of CPU time without a rest: " + threads);
                  driver_.Wake();
                },
            .on_note =
                [this](std::uint32_t place, const std::string& note) {
                  std::fprintf(stderr, "orrery: program %s: %s\n", NameOf(place).c_str(),
                               note.c_str());
                }};
  }

  std::string NameOf(std::uint32_t place) const {
    return place < scenario_.programs.size() ? scenario_.programs[place].name : "command";
  }

  void Detach(std::uint32_t place) {
    rounds_.Detach(place);
    paces_.erase(place);
    SetPace();
  }

  // The slowest of those attached; without any, nothing holds time back.
  void SetPace() {
    sim::PacingMode mode{.pace = sim::Pace::kUnbounded};
    for (const auto& [place, pacing] : paces_) {
      const bool is_first = mode.pace == sim::Pace::kUnbounded;
      if (is_first || pacing.factor_milli < mode.factor_milli) mode = pacing;
    }
    driver_.SetPacing(mode);
  }

  sim::Result<std::string> WriteKubeconfig(std::uint32_t place, const ProgramSpec& program) {
    const bool is_program = place < scenario_.programs.size();
    const std::string user = is_program ? program.name : kCommandUser;
    const std::string path = directory_ + "/kubeconfig-" + std::to_string(place);
    KubeconfigOptions options;
    options.server_url =
        program.is_virtual ? "https://127.0.0.1:" + std::to_string(kShownServerPort) : url_;
    options.authority_pem = session_.identity().authority.certificate_pem;
    options.token = TokenOf(place, program);
    options.user = user;
    if (auto written = WriteSecretFile(path, BuildKubeconfig(options)); !written.ok()) {
      return written.error();
    }
    return path;
  }

  bool HasAccount(std::uint32_t place, const ProgramSpec& program) const {
    return place < scenario_.programs.size() && !program.service_account.empty();
  }

  std::string TokenOf(std::uint32_t place, const ProgramSpec& program) {
    if (HasAccount(place, program)) {
      return ProgramToken(session_.cluster(), *session_.identity().token_signer,
                          session_.kernel().now(), place, program);
    }
    const bool is_program = place < scenario_.programs.size();
    return identities_->token_of.at(is_program ? program.name : kCommandUser);
  }

  // What a program that acts as an account finds beside its kubeconfig.
  std::vector<std::pair<std::string, std::string>> AccountEnvironment(std::uint32_t place,
                                                                      const ProgramSpec& program) {
    if (!HasAccount(place, program)) return {};
    auto environment = WriteAccountFiles(directory_ + "/serviceaccount-" + std::to_string(place),
                                         program, TokenOf(place, program),
                                         session_.identity().authority.certificate_pem, url_);
    if (!environment.ok()) return {};
    return std::move(environment).value();
  }

  void PushLine(ProgramLine line) {
    std::string bytes = Pack(line);
    driver_.inbox().Push({kProgramLineInput, std::move(bytes),
                          [this, line = std::move(line)] { session_.runner().OnLine(line); },
                          std::nullopt});
  }
  void PushExit(ProgramExit exit) {
    std::string bytes = Pack(exit);
    driver_.inbox().Push({kProgramExitInput, std::move(bytes),
                          [this, exit = std::move(exit)] { session_.runner().OnExit(exit); },
                          std::nullopt});
  }

  const Scenario& scenario_;
  ScenarioSession& session_;
  sim::Driver& driver_;
  sim::Rounds& rounds_;
  const std::string directory_;
  const Identities* identities_ = nullptr;
  std::string url_;
  apiserver::HttpsClient client_;
  HttpStillness http_;
  CalleeStillness callee_;
  bool has_called_ = false;
  const std::uint64_t seed_;
  VirtualHost virtual_host_;
  std::map<std::uint32_t, std::unique_ptr<sim::ProcessTreePort>> ports_;
  std::map<std::uint32_t, sim::PacingMode> paces_;
  std::map<std::uint32_t, std::unique_ptr<sim::ChildProcess>> children_;
};

}  // namespace

sim::Result<void> RunWithPrograms(const Scenario& scenario, ScenarioSession& session,
                                  const ScenarioRunOptions& options) {
  auto directory = TemporaryDirectory::Make();
  if (!directory.ok()) return directory.error();
  sim::Driver driver(session.kernel(), {.pace = sim::Pace::kUnbounded});
  driver.StopOnSignals();
  // Not a stream of the kernel: a replay takes the order from the recording.
  sim::Random order(options.seed, 0, "rounds");
  sim::Rounds rounds(options.seed == 0 ? nullptr : &order);
  const Identities identities = MakeIdentities(scenario, options.seed);
  ApiGateway gateway(driver.inbox(), session.cluster().handler(),
                     apiserver::Authenticator(identities.tokens, session.identity().token_signer),
                     {}, [&identities, &scenario](const apiserver::UserInfo& user) {
                       for (std::uint32_t i = 0; i < scenario.programs.size(); ++i) {
                         if (IsProgram(user, i, scenario.programs[i])) {
                           return std::optional<std::uint32_t>(i);
                         }
                       }
                       const auto found = identities.place_of.find(user.name);
                       return found == identities.place_of.end()
                                  ? std::nullopt
                                  : std::optional<std::uint32_t>(found->second);
                     });
  gateway.SetOnReceive(
      [&session](const apiserver::UserInfo& user, const apiserver::RequestInfo& info) {
        session.runner().OnRequest(user, info);
      });
  auto server = apiserver::HttpServer::Start(
      {.address = "127.0.0.1",
       .port = 0,
       .threads = 1,
       .serving = session.identity().serving,
       .client_authorities_pem = session.identity().authority.certificate_pem},
      gateway);
  if (!server.ok()) return server.error();
  driver.SetRounds(&rounds, &(*server)->release_gate());
  {
    ProgramHost host(scenario, session, driver, rounds, directory->path(), options.seed);
    host.Serve(**server, identities);
    if (auto begun = session.Begin(&host); !begun.ok()) return begun;
    const sim::StopReason reason = driver.Run([&] {
      if (options.progress) {
        options.progress(session.runner().current_step(), session.kernel().now());
      }
      return session.runner().is_done();
    });
    if (reason == sim::StopReason::kStuckProgram) {
      session.runner().Fail("program " + driver.stuck_program() +
                            " was not quiet for a minute of real time");
    }
    if (reason == sim::StopReason::kSignal) return sim::Error{"interrupted"};
  }
  server->reset();
  return {};
}

}  // namespace scenarios
