#include "scenarios/runner/virtual_host.h"

#include <csignal>

#include "scenarios/runner/virtual_wires.h"
#include "sim/digest.h"
#include "sim/host/child_process.h"

namespace scenarios {

using sim::virtual_process::ExitedMessage;
using sim::virtual_process::QuietMessage;

class VirtualHost::Member final : public sim::VirtualMember {
 public:
  explicit Member(apiserver::HttpServer& server) : wires(server) {}

  bool is_quiet() const override { return !program || (program->is_quiet() && !is_ending); }
  std::optional<sim::Time> deadline() const override {
    if (!program || quiet().deadline == INT64_MAX) return std::nullopt;
    return sim::Time(sim::Duration(quiet().deadline));
  }
  bool has_news() const override {
    return program && (quiet().has_undelivered || wires.has_news());
  }
  void Run(sim::Time now, sim::Time until) override { program->Run(now, until, wires.TakeNews()); }
  const QuietMessage& quiet() const { return program->quiet(); }

  VirtualWires wires;
  std::unique_ptr<sim::VirtualProgram> program;
  pid_t supervisor = -1;
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
  start.server_port = kShownServerPort;
  auto member = std::make_unique<Member>(*server_);
  auto program = sim::VirtualProgram::Start(
      driver_.loop(), std::move(start),
      {.on_line = [this, place](std::string_view line) { events_.on_line(place, line); },
       .on_wires =
           [&wires = member->wires](std::vector<sim::virtual_process::Wire> sent) {
             wires.Take(std::move(sent));
           },
       .on_quiet =
           [this, place, &wires = member->wires](const QuietMessage& quiet) {
             wires.NoteUnread(quiet.unread);
             group_.NoteClock(sim::Time(sim::Duration(quiet.now)));
             ++rest_count_;
             share_.Add(members_.at(place)->supervisor);
             share_.Look();
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
  member->supervisor = member->program->supervisor();
  group_.Add(place, *member);
  rounds_.AttachVirtual(place);
  members_[place] = std::move(member);
  return {};
}

void VirtualHost::TakeEnd(std::uint32_t place, const ExitedMessage& exit,
                          const std::string& failure) {
  Member& member = *members_.at(place);
  member.is_over = true;
  member.wires.EndAll();
  group_.NoteClock(sim::Time(sim::Duration(member.quiet().now)));
  group_.Remove(place);
  share_.Remove(member.supervisor);
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

// Changes whenever something moves between the programs and the client.
std::uint64_t VirtualHost::Mark() const {
  sim::Digest digest;
  const apiserver::HttpActivity& calls = client_->activity();
  digest.Add(calls.moves.load());
  digest.Add(calls.bytes_read.load());
  digest.Add(calls.bytes_written.load());
  // What a program answers to a call is counted once it was read.
  if (is_calling_()) digest.Add(rest_count_);
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

// Until the server has read all that was sent to it, and we all that it has written.
void VirtualHost::MoveWires() {
  bool has_moved = true;
  while (std::exchange(has_moved, false)) {
    server_->sockets()->Poll();
    for (const auto& [place, member] : members_) {
      if (member->wires.Move()) has_moved = true;
    }
  }
}

// What a program has sent to the client lies in that one's sockets when we hear that the program is
// quiet: once all of them were looked at without finding or writing anything, there is nothing
// left.
bool VirtualHost::IsSettled() {
  if (server_ == nullptr) return true;
  MoveWires();
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
  return true;
}

}  // namespace scenarios
