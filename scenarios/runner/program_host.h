// Starts and ends the real processes of a live run, on virtual time or in real time, each with a
// credential of its own; what they do comes into the inbox.
//
// The kernel's thread only.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/http/https_client.h"
#include "apiserver/http/server.h"
#include "scenarios/runner/program_identities.h"
#include "scenarios/runner/scenario_session.h"
#include "scenarios/runner/virtual_host.h"
#include "sim/host/child_process.h"
#include "sim/host/driver.h"
#include "sim/host/process_scan.h"
#include "sim/rounds.h"

namespace scenarios {

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

// Looks now and then whether a program in real time listens on the port of its readiness.
class PortLook final : public sim::StillnessPort {
 public:
  explicit PortLook(std::function<void()> look) : look_(std::move(look)) {}
  std::optional<std::uint64_t> StillMark() override {
    look_();
    return 0;
  }

 private:
  const std::function<void()> look_;
};

class ProgramHost final : public Outside {
 public:
  // Told of a program that never rests, with what its threads do.
  using OnStuck = std::function<void(const std::string& program, const std::string& threads)>;

  // Directories: for kubeconfigs, and for the trails of programs on virtual time, "" for none.
  struct Places {
    std::string files;
    std::string trails;
  };

  // All outlive the host.
  ProgramHost(const Scenario& scenario, ScenarioSession& session, sim::Driver& driver,
              sim::Rounds& rounds, Places places, std::uint64_t seed, OnStuck on_stuck);
  ~ProgramHost() override;

  // Before programs start.
  void Serve(apiserver::HttpServer& server, const Identities& identities);
  VirtualHost& virtual_host() { return virtual_host_; }

  void Start(std::uint32_t place, const ProgramSpec& program) override;
  void Stop(std::uint32_t place) override;
  void Freeze(std::uint32_t place, bool is_frozen) override;

 private:
  void StartVirtual(std::uint32_t place, const ProgramSpec& program, const std::string& directory,
                    const std::string& kubeconfig);
  void StartReal(std::uint32_t place, const ProgramSpec& program, const std::string& directory,
                 const std::string& kubeconfig);
  VirtualHostEvents VirtualEvents();
  std::string NameOf(std::uint32_t place) const;
  void Detach(std::uint32_t place);
  // The slowest of those attached; without any, nothing holds time back.
  void SetPace();
  std::string UrlFor(const ProgramSpec& program) const;
  sim::Result<std::string> WriteKubeconfig(std::uint32_t place, const ProgramSpec& program);
  bool HasAccount(std::uint32_t place, const ProgramSpec& program) const;
  std::string TokenOf(std::uint32_t place, const ProgramSpec& program);
  std::string AccountDirectory(std::uint32_t place) const;
  // What a program that acts as an account finds beside its kubeconfig.
  std::vector<std::pair<std::string, std::string>> AccountEnvironment(std::uint32_t place,
                                                                      const ProgramSpec& program);
  // Says once that a program listens on the port of its readiness.
  void LookAtPort(std::uint32_t place);
  void PushLine(ProgramLine line);
  void PushExit(ProgramExit exit);

  const Scenario& scenario_;
  ScenarioSession& session_;
  sim::Driver& driver_;
  sim::Rounds& rounds_;
  const std::string directory_;
  const std::string trails_;
  const Identities* identities_ = nullptr;
  std::string url_;
  // Calls end on virtual time alone.
  apiserver::HttpsClient client_{{},
                                 {.connect_timeout = std::chrono::hours(24),
                                  .handshake_timeout = std::chrono::hours(24),
                                  .idle_timeout = std::chrono::hours(24),
                                  .has_even_hello = true}};
  HttpStillness http_;
  CalleeStillness callee_;
  bool has_called_ = false;
  const std::uint64_t seed_;
  const OnStuck on_stuck_;
  VirtualHost virtual_host_;
  std::deque<ProgramLine> untaken_;  // printed, and not yet taken by the kernel
  std::map<std::uint32_t, std::uint16_t> awaited_ports_;
  std::map<std::uint32_t, std::unique_ptr<PortLook>> port_looks_;
  std::map<std::uint32_t, std::unique_ptr<sim::ProcessTreePort>> ports_;
  std::map<std::uint32_t, sim::PacingMode> paces_;
  std::map<std::uint32_t, std::unique_ptr<sim::ChildProcess>> children_;
};

}  // namespace scenarios
