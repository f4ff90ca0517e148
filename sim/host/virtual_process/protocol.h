// What the kernel and the supervisor of a program tell each other, over a socket that keeps
// messages apart.
//
// The supervisor begins with nothing running: it starts the program at Start and lets it run at
// each Run, until all its threads wait for more than it may have; then it says Quiet. Times are
// virtual nanoseconds since 1970.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/result.h"

namespace sim::virtual_process {

inline constexpr std::size_t kMessageBytesMax = 1 << 20;
// Of connections, in one message: what a socket takes at once wherever nobody has raised its limit.
inline constexpr std::size_t kWireBytesMax = 64 << 10;

// What the program has sent on a connection to the server, or is to be sent. Connections are
// numbered from 1; one begins with its first bytes.
struct Wire {
  std::uint64_t connection = 0;
  std::string bytes;
  bool is_end = false;  // Nothing follows.
};

// --- To the supervisor.

struct StartMessage {
  std::string program;  // A path.
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string directory;
  // Shown under a name that is the same in every run, in the variables, too; "" for none.
  std::string home;
  // Shown where pods find the files of their account; "" for none.
  std::string account_directory;
  std::uint64_t seed = 0;   // Of the order of threads and of chance.
  std::uint64_t place = 0;  // Tells the programs of one seed apart.
  std::int64_t time = 0;
  // The port where the program finds the server on loopback; 0 for none.
  std::uint32_t server_port = 0;
  std::uint32_t processor_count = 4;
  std::string trail;  // A file for what its threads do (call_trail.h); "" for none.
};

// The clock shows at least `now`; it may go on by itself up to `until`, until the program does
// something that others see.
struct RunMessage {
  std::uint64_t number = 0;  // Of this message.
  std::int64_t now = 0;
  std::int64_t until = 0;
  std::vector<Wire> wires{};
};

struct SignalMessage {
  std::int32_t number = 0;
};

// --- From both.

// Goes ahead of Run, Quiet or Exited where that would be too long.
struct WiresMessage {
  std::vector<Wire> wires{};
};

// --- From the supervisor.

// What was sent on a connection and the program has not read.
struct Unread {
  std::uint64_t connection = 0;
  std::uint64_t bytes = 0;
};

struct QuietMessage {
  std::uint64_t number = 0;  // Of the last Run that was obeyed.
  std::int64_t now = 0;
  std::int64_t deadline = INT64_MAX;  // When it would go on by itself.
  bool has_undelivered = false;       // Somebody calls the program, or has said more.
  std::vector<Unread> unread{};
  std::vector<Wire> wires{};
};

struct OutputMessage {
  std::string bytes;
};

struct ExitedMessage {
  std::int32_t code = 0;
  std::int32_t signal = 0;
  std::int64_t now = 0;
  std::uint64_t calls = 0;      // Trapped ones.
  std::uint64_t companies = 0;  // How often a thread that computed got company.
};

// The program could not be started.
struct FailedMessage {
  std::string text;
};

// Worth a line of the report: a call that runs natively.
struct NoteMessage {
  std::string text;
};

// It has used so much CPU time since it was last quiet.
struct BusyMessage {
  std::int64_t cpu = 0;
  std::string threads;
};

// It is at work, though not quiet yet: said now and then while it is.
struct AliveMessage {};

using Message = std::variant<StartMessage, RunMessage, SignalMessage, QuietMessage, OutputMessage,
                             ExitedMessage, FailedMessage, NoteMessage, BusyMessage, AliveMessage,
                             WiresMessage>;

// In messages of at most kWireBytesMax of their bytes, in order; all but the last go ahead.
std::vector<std::vector<Wire>> SplitWires(std::vector<Wire> wires);

std::string Pack(const Message& message);
// Errors: the bytes are malformed.
Result<Message> Unpack(std::string_view bytes);

}  // namespace sim::virtual_process
