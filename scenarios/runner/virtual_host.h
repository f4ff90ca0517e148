// The programs of a live run that run on virtual time: starts them, lets them have their turns, and
// knows when nothing is under way between them and the server.
//
// The kernel's thread only.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "apiserver/http/https_client.h"
#include "apiserver/http/server.h"
#include "sim/host/driver.h"
#include "sim/host/processor_share.h"
#include "sim/host/virtual_group.h"
#include "sim/host/virtual_process/virtual_program.h"

namespace scenarios {

// The port at which every program finds the server, whatever port that really has.
inline constexpr std::uint16_t kShownServerPort = 6443;

struct VirtualHostEvents {
  std::function<void(std::uint32_t place, std::string_view line)> on_line;
  // `code` is -1 when it was killed or could not be started; `text` says how it ended.
  std::function<void(std::uint32_t place, int code, const std::string& text)> on_exit;
  // It rests.
  std::function<void(std::uint32_t place)> on_quiet;
  // It has computed for too long without a rest.
  std::function<void(std::uint32_t place, const std::string& threads)> on_stuck;
  // Worth telling the user, once.
  std::function<void(std::uint32_t place, const std::string& note)> on_note;
};

class VirtualHost {
 public:
  // CPU time without a rest after which a program is taken for stuck.
  static constexpr std::int64_t kBusyCpuMax = 30LL * 1'000'000'000;

  VirtualHost(sim::Driver& driver, sim::Rounds& rounds, VirtualHostEvents events);
  ~VirtualHost();

  // Both outlive the programs. The client's calls may be for any of them; `is_calling` says whether
  // there are such that have no answer.
  void Serve(apiserver::HttpServer& server, apiserver::HttpsClient& client,
             std::function<bool()> is_calling) {
    server_ = &server;
    client_ = &client;
    is_calling_ = std::move(is_calling);
  }
  // `start.server_port` and the time are filled in. Requires: Serve was called. Errors: as
  // VirtualProgram::Start.
  sim::Result<void> Start(std::uint32_t place, sim::virtual_process::StartMessage start,
                          sim::Time now);
  void Signal(std::uint32_t place, int number);
  void Freeze(std::uint32_t place, bool is_frozen) { group_.Freeze(place, is_frozen); }
  // Whose turn it is, for who drives them without a driver's rounds.
  sim::VirtualGroup& group() { return group_; }

 private:
  class Member;
  // How things look: between programs and client, and at the server's sockets.
  struct Settled {
    std::uint64_t mark = 0;
    std::uint64_t server_mark = 0;
    bool operator==(const Settled&) const = default;
  };
  bool IsSettled();
  void MoveWires();
  void NoteCalls();
  std::uint64_t Mark() const;
  void AskForLook(const Settled& begun);
  void TakeEnd(std::uint32_t place, const sim::virtual_process::ExitedMessage& exit,
               const std::string& failure);

  sim::Driver& driver_;
  sim::Rounds& rounds_;
  const VirtualHostEvents events_;
  sim::VirtualGroup group_;
  apiserver::HttpServer* server_ = nullptr;
  apiserver::HttpsClient* client_ = nullptr;
  std::function<bool()> is_calling_;
  std::uint64_t rest_count_ = 0;   // how often programs came to rest
  std::uint64_t heard_bytes_ = 0;  // that the client had written when programs last heard of it
  std::map<std::uint32_t, std::unique_ptr<Member>> members_;
  sim::ProcessorShare share_;  // Of this thread and the supervisors.
  std::map<std::uint32_t, std::uint64_t> start_counts_;

  // Nothing was under way when they looked like this.
  std::optional<Settled> settled_;
  // At all sockets of the client, by its thread. All sent before lay there when it began.
  struct Look {
    Settled begun;  // How things looked.
    std::atomic<bool> is_over = false;
  };
  std::shared_ptr<Look> look_;
};

}  // namespace scenarios
