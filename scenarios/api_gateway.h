// Between the I/O threads and the kernel: requests go in as inputs, answers come back when they are
// durable.
//
// Invariants:
// (1) A request is an input `request.receive` whose record is enough to make it again
// (encoding/wire_record.h). (2) A request that is cancelled before its task is done is dropped at
// its next suspension. Threads: the HttpGateway part is for any thread; all else is the kernel's.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "apiserver/http/gateway.h"
#include "apiserver/ports/request_handler.h"
#include "sim/inbox.h"
#include "sim/replay.h"
#include "sim/task_scope.h"

namespace scenarios {

class ApiGateway final : public apiserver::HttpGateway {
 public:
  // Holds an answer back until its revision is durable; null when everything always is.
  using DurabilityGate = std::function<void(apiserver::Revision, std::function<void()>)>;
  // The place in the scenario of the program that has this identity, or nothing.
  using ProgramOf = std::function<std::optional<std::uint32_t>(const apiserver::UserInfo&)>;

  ApiGateway(sim::Inbox& inbox, apiserver::RequestHandler& handler,
             apiserver::Authenticator authenticator, DurabilityGate gate,
             ProgramOf program_of = {});

  // Before others know the gateway: whoever shows no credentials is refused with 401.
  void RefuseAnonymous() { refuses_anonymous_ = true; }

  apiserver::Authentication Authenticate(const apiserver::Credentials& credentials) const override;
  std::uint64_t Submit(apiserver::WireRequest wire, std::unique_ptr<apiserver::Request> request,
                       std::function<void(apiserver::Response)> reply) override;
  void Cancel(std::uint64_t id) override;
  void WhenDurable(apiserver::Revision revision, std::function<void()> ready) override;

  // Told of every request when the kernel takes it, in live runs and in replays.
  using OnReceive = std::function<void(const apiserver::UserInfo&, const apiserver::RequestInfo&)>;
  void SetOnReceive(OnReceive on_receive) { on_receive_ = std::move(on_receive); }

  // Told of every answer, with what the request wanted to do.
  struct Answered {
    apiserver::UserInfo user;
    apiserver::RequestInfo info;
    std::string path;
    int status = 0;
  };
  void SetOnAnswer(std::function<void(const Answered&)> on_answer) {
    on_answer_ = std::move(on_answer);
  }

  // Lets a replay take what a recording kept of this gateway's inputs. Answers go nowhere.
  void AddDecoders(sim::InputDecoders& decoders);

  // The program that the request with this id is of, or nothing.
  static std::optional<std::uint32_t> ProgramOfId(std::uint64_t id) {
    if (id >> kProgramShift == 0) return std::nullopt;
    return static_cast<std::uint32_t>((id >> kProgramShift) - 1);
  }

  // False for the numbers that an earlier version gave to programs' requests.
  static bool IsOfThisVersion(std::uint64_t id) {
    return id >> kProgramShift != 0 || id >> kEarlierProgramShift == 0;
  }

  // How many requests wait for something; the kernel's thread.
  std::size_t parked_count() const { return tasks_.size(); }

 private:
  static constexpr int kProgramShift = 54;
  static constexpr int kEarlierProgramShift = 40;
  using Reply = std::function<void(apiserver::Response)>;
  void Receive(std::uint64_t id, std::unique_ptr<apiserver::Request> request, Reply reply);
  void Drop(std::uint64_t id);
  void KeepStream(std::uint64_t id, const apiserver::Response& response);
  sim::Task<> Run(std::uint64_t id, std::unique_ptr<apiserver::Request> request, Reply reply);

  sim::Inbox& inbox_;
  apiserver::RequestHandler& handler_;
  const apiserver::Authenticator authenticator_;
  const DurabilityGate gate_;
  const ProgramOf program_of_;
  bool refuses_anonymous_ = false;
  std::uint64_t IdOf(std::uint32_t program, const apiserver::WireRequest& wire);
  std::atomic<std::uint64_t> last_id_{0};
  std::mutex ids_mutex_;
  std::map<std::uint64_t, std::uint64_t> counts_;  // By program and content.
  OnReceive on_receive_;
  std::function<void(const Answered&)> on_answer_;

  // The kernel's.
  std::map<std::uint64_t, sim::TaskScope::Id> running_;
  sim::TaskScope tasks_;
  std::map<std::uint64_t, std::weak_ptr<apiserver::WatchStream>> streams_;
  std::size_t streams_max_ = 64;
};

}  // namespace scenarios
