#include "scenarios/runner/virtual_host.h"

#include <csignal>

#include "sim/digest.h"
#include "sim/host/child_process.h"

namespace scenarios {

using sim::virtual_process::ExitedMessage;
using sim::virtual_process::QuietMessage;

class VirtualHost::Member final : public sim::VirtualMember {
 public:
  bool is_quiet() const override { return !program || (program->is_quiet() && !is_ending); }
  std::optional<sim::Time> deadline() const override {
    if (!program || quiet().deadline == INT64_MAX) return std::nullopt;
    return sim::Time(sim::Duration(quiet().deadline));
  }
  bool has_news() const override { return program && quiet().has_undelivered; }
  void Run(sim::Time now, sim::Time until) override { program->Run(now, until); }
  const QuietMessage& quiet() const { return program->quiet(); }

  std::unique_ptr<sim::VirtualProgram> program;
  bool is_over = false;
  bool is_ending = false;  // Killed, and not yet reported.
};

VirtualHost::VirtualHost(sim::Driver& driver, sim::Rounds& rounds, VirtualHostEvents events)
    : driver_(driver),
      rounds_(rounds),
      events_(std::move(events)),
      group_([this] { return IsSettled(); }) {
  driver_.SetVirtualGroup(&group_);
}

VirtualHost::~VirtualHost() {
  driver_.SetVirtualGroup(nullptr);
  for (const auto& [place, member] : members_) rounds_.DetachVirtual(place);
}

sim::Result<void> VirtualHost::Start(std::uint32_t place, sim::virtual_process::StartMessage start,
                                     sim::Time now) {
  start.time = now.time_since_epoch().count();
  // One that is started again is another as to chance and order.
  const std::uint64_t count = start_counts_[place]++;
  start.place = place + 1000 * count;
  if (!start.trail.empty()) start.trail += "." + std::to_string(count + 1);
  start.server_port_shown = kShownServerPort;
  start.server_port = server_->port();
  auto member = std::make_unique<Member>();
  auto program = sim::VirtualProgram::Start(
      driver_.loop(), std::move(start),
      {.on_line = [this, place](std::string_view line) { events_.on_line(place, line); },
       .on_quiet =
           [this, place](const QuietMessage& quiet) {
             group_.NoteClock(sim::Time(sim::Duration(quiet.now)));
             ++rest_count_;
             events_.on_quiet(place);
           },
       .on_busy =
           [this, place](const sim::virtual_process::BusyMessage& busy) {
             if (busy.cpu > kBusyCpuMax) events_.on_stuck(place, busy.threads);
           },
       .on_note = [this, place](const std::string& note) { events_.on_note(place, note); },
       .on_exit = [this, place](const ExitedMessage& exit,
                                const std::string& failure) { TakeEnd(place, exit, failure); }});
  if (!program.ok()) return program.error();
  member->program = std::move(program).value();
  group_.Add(place, *member);
  rounds_.AttachVirtual(place);
  members_[place] = std::move(member);
  return {};
}

void VirtualHost::TakeEnd(std::uint32_t place, const ExitedMessage& exit,
                          const std::string& failure) {
  Member& member = *members_.at(place);
  member.is_over = true;
  has_just_ended_ = true;
  group_.NoteClock(sim::Time(sim::Duration(member.quiet().now)));
  group_.Remove(place);
  rounds_.DetachVirtual(place);
  settled_.reset();
  if (exit.companies > 0) {
    events_.on_note(place, std::to_string(exit.companies) +
                               " times a thread that computed got company: runs may differ");
  }
  const std::string text =
      failure.empty() ? sim::ExitText({.code = exit.code, .signal = exit.signal}) : failure;
  events_.on_exit(place, exit.signal == 0 ? exit.code : -1, text);
}

void VirtualHost::Signal(std::uint32_t place, int number) {
  const auto found = members_.find(place);
  if (found == members_.end() || found->second->is_over) return;
  if (number == SIGKILL) found->second->is_ending = true;
  found->second->program->Signal(number);
}

namespace {

std::uint64_t MarkOf(const apiserver::HttpActivity& activity) {
  sim::Digest digest;
  digest.Add(activity.moves.load());
  digest.Add(activity.bytes_read.load());
  digest.Add(activity.bytes_written.load());
  digest.Add(activity.ends.load());
  return digest.value();
}

}  // namespace

// Changes whenever something moves between the programs and the server, but for what the server
// itself sees move.
std::uint64_t VirtualHost::Mark() const {
  sim::Digest digest;
  const apiserver::HttpActivity& calls = client_->activity();
  digest.Add(calls.moves.load());
  digest.Add(calls.bytes_read.load());
  digest.Add(calls.bytes_written.load());
  // What a program answers to a call is counted once it was read.
  if (is_calling_()) digest.Add(rest_count_);
  // The server goes on with a long answer once its beginning was taken: until then it is busy.
  const bool may_go_on = server_->activity().busy.load() != 0;
  for (const auto& [place, member] : members_) {
    digest.Add(member->quiet().connections);
    digest.Add(member->quiet().bytes_sent);
    digest.Add(may_go_on ? member->quiet().bytes_received : 0);
    digest.Add(may_go_on ? member->quiet().server_ends : 0);
  }
  return digest.value();
}

// The client's sockets are looked at once more, from now on.
void VirtualHost::AskForLook(const Settled& begun) {
  look_ = std::make_shared<Look>();
  look_->begun = begun;
  client_->AfterPass([look = look_, &driver = driver_] {
    look->is_over.store(true);
    driver.Wake();
  });
}

// What the client has sent lies in the sockets of whoever is called. It counts connections, too:
// they begin with bytes.
void VirtualHost::NoteCalls() {
  const std::uint64_t written = client_->activity().bytes_written.load();
  if (std::exchange(heard_bytes_, written) != written) group_.NoteNews();
}

// What a program has sent lies in the server's sockets, or in the client's, when we hear that it is
// quiet: once all of them were looked at without finding or writing anything, there is nothing
// left. What the server has written is on its way to the supervisor until that has counted it.
bool VirtualHost::IsSettled() {
  if (server_ == nullptr) return true;
  server_->sockets()->Poll();
  const Settled now{Mark(), MarkOf(server_->activity())};
  if (settled_ != now) {
    if (look_ && !look_->is_over.load()) return false;
    // One that has never called anybody has no sockets.
    const bool is_still = client_->activity().moves.load() == 0 || (look_ && look_->begun == now);
    look_.reset();
    if (!is_still) {
      AskForLook(now);
      return false;
    }
    settled_ = now;
    NoteCalls();
  }
  // Programs in real time are written to as well.
  if (rounds_.has_programs()) return true;
  Moved received;
  for (const auto& [place, member] : members_) {
    if (member->is_over) continue;
    received.bytes += member->quiet().bytes_received;
    received.ends += member->quiet().server_ends;
  }
  const apiserver::HttpActivity& activity = server_->activity();
  const Moved moved{activity.bytes_written.load(), activity.ends.load()};
  if (std::exchange(has_just_ended_, false)) {
    past_ = {moved.bytes - received.bytes, moved.ends - received.ends};
  }
  return received.bytes + past_.bytes >= moved.bytes && received.ends + past_.ends >= moved.ends;
}

}  // namespace scenarios
