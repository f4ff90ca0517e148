#include "scenarios/runner/program_host.h"

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "scenarios/kubeconfig.h"
#include "scenarios/runner/account_identity.h"
#include "sim/host/clock.h"
#include "sim/host/port_scan.h"

namespace scenarios {
namespace {

// Where rounds know callees that are no programs of the scenario.
constexpr std::uint32_t kCalleePlace = std::numeric_limits<std::uint32_t>::max();

}  // namespace

ProgramHost::ProgramHost(const Scenario& scenario, ScenarioSession& session, sim::Driver& driver,
                         sim::Rounds& rounds, Places places, std::uint64_t seed, OnStuck on_stuck)
    : scenario_(scenario),
      session_(session),
      driver_(driver),
      rounds_(rounds),
      directory_(std::move(places.files)),
      trails_(std::move(places.trails)),
      callee_(session.cluster().outside_calls(), rounds),
      seed_(seed),
      on_stuck_(std::move(on_stuck)),
      virtual_host_(driver, rounds, VirtualEvents()) {}

ProgramHost::~ProgramHost() {
  session_.cluster().outside_calls().Detach();
  for (const auto& [place, child] : children_) rounds_.Detach(place);
  rounds_.Detach(kCalleePlace);
}

void ProgramHost::Serve(apiserver::HttpServer& server, const Identities& identities) {
  OutsideCalls& calls = session_.cluster().outside_calls();
  virtual_host_.Serve(server, client_, [&calls] { return calls.outside_count() > 0; });
  http_.Watch(server.activity());
  http_.Watch(client_.activity());
  session_.cluster().outside_calls().Attach(driver_.inbox(), client_, [this] {
    // Of programs on virtual time it is known when they rest.
    if (rounds_.has_virtual_programs() || std::exchange(has_called_, true)) return;
    rounds_.Attach(kCalleePlace, "outside that was called", {&callee_}, sim::SteadyNow());
  });
  url_ = "https://127.0.0.1:" + std::to_string(server.port());
  identities_ = &identities;
}

void ProgramHost::Start(std::uint32_t place, const ProgramSpec& program) {
  auto kubeconfig = WriteKubeconfig(place, program);
  if (!kubeconfig.ok()) return PushExit({place, -1, kubeconfig.error().message});
  std::filesystem::path folder = std::filesystem::path(".") / scenario_.file;
  folder = folder.parent_path();
  folder /= program.directory;
  const std::string directory = std::filesystem::absolute(folder).lexically_normal().string();
  awaited_ports_.erase(place);
  if (program.ready_port != 0) awaited_ports_[place] = program.ready_port;
  if (program.is_virtual) {
    StartVirtual(place, program, directory, *kubeconfig);
  } else {
    StartReal(place, program, directory, *kubeconfig);
  }
}

void ProgramHost::StartReal(std::uint32_t place, const ProgramSpec& program,
                            const std::string& directory, const std::string& kubeconfig) {
  sim::ChildOptions options;
  options.command = program.command;
  options.directory = directory;
  options.environment = program.environment;
  options.environment.emplace_back("KUBECONFIG", kubeconfig);
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
  port_looks_[place] = std::make_unique<PortLook>([this, place] { LookAtPort(place); });
  rounds_.Attach(place, program.name, {ports_[place].get(), &http_, port_looks_[place].get()},
                 sim::SteadyNow());
  paces_[place] = program.pacing;
  SetPace();
}

void ProgramHost::Stop(std::uint32_t place) {
  virtual_host_.Signal(place, SIGKILL);
  const auto found = children_.find(place);
  if (found != children_.end()) found->second->Signal(SIGKILL);
}

void ProgramHost::Freeze(std::uint32_t place, bool is_frozen) {
  virtual_host_.Freeze(place, is_frozen);
  const auto found = children_.find(place);
  if (found != children_.end()) found->second->Signal(is_frozen ? SIGSTOP : SIGCONT);
}

void ProgramHost::StartVirtual(std::uint32_t place, const ProgramSpec& program,
                               const std::string& directory, const std::string& kubeconfig) {
  sim::virtual_process::StartMessage start;
  start.program = program.command.front();
  start.arguments = program.command;
  start.directory = directory;
  start.home = directory_;
  start.seed = seed_;
  start.processor_count = program.processors;
  if (!trails_.empty()) start.trail = trails_ + "/" + NameOf(place);
  auto environment = VirtualEnvironment(directory_);
  for (const auto& [name, value] : program.environment) environment[name] = value;
  environment["KUBECONFIG"] = kubeconfig;
  for (const auto& [name, value] : AccountEnvironment(place, program)) environment[name] = value;
  if (HasAccount(place, program)) start.account_directory = AccountDirectory(place);
  for (const auto& [name, value] : environment) start.environment.push_back(name + "=" + value);
  const auto started = virtual_host_.Start(place, std::move(start), session_.kernel().now());
  if (!started.ok()) PushExit({place, -1, started.error().message});
}

VirtualHostEvents ProgramHost::VirtualEvents() {
  return {.on_line = [this](std::uint32_t place,
                            std::string_view line) { PushLine({place, std::string(line)}); },
          .on_exit = [this](std::uint32_t place, int code,
                            const std::string& text) { PushExit({place, code, text}); },
          .on_quiet = [this](std::uint32_t place) { LookAtPort(place); },
          .on_stuck =
              [this](std::uint32_t place, const std::string& threads) {
                // What it printed meanwhile is no input any more, but worth showing.
                for (const ProgramLine& line : untaken_) session_.runner().OnLine(line);
                untaken_.clear();
                on_stuck_(NameOf(place), threads);
                driver_.Wake();
              },
          .on_note =
              [this](std::uint32_t place, const std::string& note) {
                std::fprintf(stderr, "orrery: program %s: %s\n", NameOf(place).c_str(),
                             note.c_str());
              }};
}

std::string ProgramHost::NameOf(std::uint32_t place) const {
  return place < scenario_.programs.size() ? scenario_.programs[place].name : "command";
}

void ProgramHost::Detach(std::uint32_t place) {
  rounds_.Detach(place);
  paces_.erase(place);
  SetPace();
}

void ProgramHost::SetPace() {
  sim::PacingMode mode{.pace = sim::Pace::kUnbounded};
  for (const auto& [place, pacing] : paces_) {
    const bool is_first = mode.pace == sim::Pace::kUnbounded;
    if (is_first || pacing.factor_milli < mode.factor_milli) mode = pacing;
  }
  driver_.SetPacing(mode);
}

// Programs on virtual time find the server at one place in all runs.
std::string ProgramHost::UrlFor(const ProgramSpec& program) const {
  if (!program.is_virtual) return url_;
  return "https://127.0.0.1:" + std::to_string(kShownServerPort);
}

sim::Result<std::string> ProgramHost::WriteKubeconfig(std::uint32_t place,
                                                      const ProgramSpec& program) {
  const bool is_program = place < scenario_.programs.size();
  const std::string user = is_program ? program.name : kCommandUser;
  const std::string path = directory_ + "/kubeconfig-" + std::to_string(place);
  KubeconfigOptions options;
  options.server_url = UrlFor(program);
  options.authority_pem = session_.identity().authority.certificate_pem;
  options.token = TokenOf(place, program);
  options.user = user;
  if (auto written = WriteSecretFile(path, BuildKubeconfig(options)); !written.ok()) {
    return written.error();
  }
  return path;
}

bool ProgramHost::HasAccount(std::uint32_t place, const ProgramSpec& program) const {
  return place < scenario_.programs.size() && !program.service_account.empty();
}

std::string ProgramHost::AccountDirectory(std::uint32_t place) const {
  return directory_ + "/serviceaccount-" + std::to_string(place);
}

std::string ProgramHost::TokenOf(std::uint32_t place, const ProgramSpec& program) {
  if (HasAccount(place, program)) {
    return ProgramToken(session_.cluster(), *session_.identity().token_signer,
                        session_.kernel().now(), place, program);
  }
  const bool is_program = place < scenario_.programs.size();
  return identities_->token_of.at(is_program ? program.name : kCommandUser);
}

std::vector<std::pair<std::string, std::string>> ProgramHost::AccountEnvironment(
    std::uint32_t place, const ProgramSpec& program) {
  if (!HasAccount(place, program)) return {};
  auto environment = WriteAccountFiles(
      directory_ + "/serviceaccount-" + std::to_string(place), program, TokenOf(place, program),
      session_.identity().authority.certificate_pem, UrlFor(program));
  if (!environment.ok()) return {};
  return std::move(environment).value();
}

void ProgramHost::LookAtPort(std::uint32_t place) {
  const auto found = awaited_ports_.find(place);
  if (found == awaited_ports_.end() || !sim::IsListening(found->second)) return;
  awaited_ports_.erase(found);
  const ProgramListen listen{place};
  driver_.inbox().Push({kProgramListenInput, Pack(listen),
                        [this, listen] { session_.runner().OnListen(listen); }, std::nullopt});
}

void ProgramHost::PushLine(ProgramLine line) {
  std::string bytes = Pack(line);
  untaken_.push_back(std::move(line));
  driver_.inbox().Push({kProgramLineInput, std::move(bytes),
                        [this] {
                          if (untaken_.empty()) return;
                          session_.runner().OnLine(untaken_.front());
                          untaken_.pop_front();
                        },
                        std::nullopt});
}
void ProgramHost::PushExit(ProgramExit exit) {
  std::string bytes = Pack(exit);
  driver_.inbox().Push({kProgramExitInput, std::move(bytes),
                        [this, exit = std::move(exit)] { session_.runner().OnExit(exit); },
                        std::nullopt});
}

}  // namespace scenarios
