// Between a program and the API server, and between the program and those who call it: what they
// say reaches the program only when the kernel lets it run, and all of it at once.
//
// The program connects to a port that is the same in every run; the supervisor leads it here. The
// server is where the kernel is: its bytes go in the messages between the two (protocol.h), which
// lose and delay nothing. Callers come by sockets.
// Invariants:
// (1) Bytes to the server, and to callers, go on when all threads of the program wait.
// (2) To a program's socket at most kDeliveredMax bytes are written, once it has read all before,
// and the program runs once they have arrived.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/host/virtual_process/loopback.h"
#include "sim/host/virtual_process/loopback_traffic.h"
#include "sim/host/virtual_process/protocol.h"
#include "sim/host/virtual_process/socket_state.h"
#include "sim/pacing.h"
#include "sim/result.h"

namespace sim::virtual_process {

class Relay {
 public:
  static constexpr std::size_t kDeliveredMax = 64 << 10;
  // On loopback bytes arrive within the call that sends them, but for a machine that is very busy.
  static constexpr WallTime kArrivalMax = std::chrono::seconds(5);
  // A client that is sent this much without reading is stopped from asking for more by TCP itself.
  static constexpr std::size_t kBufferedMax = 64 << 20;

  // Programs of one run have their `place`s: each chooses ports of its own.
  static Result<std::unique_ptr<Relay>> Make(std::uint16_t shown_port, std::uint64_t place);
  ~Relay();

  std::uint16_t port() const { return port_; }
  std::uint16_t shown_port() const { return shown_port_; }
  // Readable when somebody calls, or has said something.
  int file() const { return files_; }

  // A socket of the program was connected to port(): its other end is awaited. It is `file` of the
  // process behind `pidfd`, and `socket` a copy of ours.
  void Accept(int pidfd, int file, int socket);
  // The port that the program is told it has, when it has `port`; 0 if none of ours.
  std::uint16_t ShownLocalPort(std::uint16_t port) const;

  // --- Ports of the program's own (relay_listen.cc). Whoever calls one comes here first: what he
  // says reaches the program as the server's words do.

  // Takes the port for the program, which has another in truth. Errors: as of bind(2).
  int Reserve(std::uint16_t shown_port, LoopbackFamily family);
  // Chooses one, the same in every run. Where this machine has it in use, only the program itself
  // reaches it.
  std::uint16_t ReserveAny(const std::vector<LoopbackFamily>& families);
  // Of the next who calls one: the same in every run.
  std::uint16_t TakeCallerPort();
  void Lead(std::uint16_t shown_port, LoopbackFamily family, std::uint16_t port);
  // The program listens at `port`, which is its own. Errors: as of listen(2).
  int Listen(std::uint16_t port);
  // Where a port of the program's really is, and the reverse; 0 if it is none.
  std::uint16_t OwnPort(std::uint16_t shown_port, LoopbackFamily family) const;
  std::uint16_t ShownOwnPort(std::uint16_t port) const;

  // The program asks for its bytes to be kept back for more of them: from now on what it has sent
  // is asked for, whether or not anything goes over loopback.
  void NoteHoldingBack() { is_holding_back_ = true; }
  // Moves what the program has written on: to callers, and into what TakeWires gives. True if there
  // was something. `has_run`: any of its threads, since this was last called; otherwise it has
  // written nothing, whatever goes over loopback.
  bool PumpUp(bool has_run = true);
  // Takes what callers have sent.
  void PumpDown();
  // Takes what the server has sent.
  void Receive(std::vector<Wire> wires);
  // All that was taken may now be delivered.
  void Grant();
  // Delivers of what was granted. True if something was. `is_alone`: nothing of the program runs
  // meanwhile, so what goes over loopback is ours.
  bool Deliver(bool is_alone = false);

  // What the program has sent to the server since this was last asked.
  std::vector<Wire> TakeWires() { return std::exchange(wires_, {}); }
  // Of what the server has sent. Connections of which the program has read all are left out.
  std::vector<Unread> unread() const;

  // By connection, what has moved since this was last asked: bytes, or 0 for an end.
  std::vector<std::pair<std::uint64_t, std::size_t>> TakeMoved() {
    return std::exchange(moved_, {});
  }

  // That the program has made to the server.
  std::uint64_t connections() const { return connections_; }
  // What was sent to the program and is not granted.
  bool has_undelivered() const;

 private:
  struct Pair {
    int program = -1;
    int caller = -1;  // None of the server's.
    int pidfd = -1;   // Ours, of the process that connected; and what the socket is there.
    int program_file = -1;
    std::uint16_t local_port = 0;
    std::uint16_t shown_local_port = 0;
    std::string up;
    std::string down;
    std::size_t granted = 0;          // Of `down`.
    std::uint64_t taken = 0;          // Bytes that the program has sent and we have.
    std::optional<SocketState> side;  // The program's socket, when last looked at.
    // Somebody calls the program: it is there, and sees the caller at `caller_port`.
    std::uint16_t own_port = 0;
    std::uint16_t caller_port = 0;
    LoopbackFamily family = LoopbackFamily::kV4;
    bool is_lost = false;  // The program's socket can't be found, and no end came soon.
    bool has_program_ended = false;
    bool is_end_sent = false;  // That of the program.
    bool has_peer_ended = false;
    bool is_end_granted = false;
    bool is_end_delivered = false;
  };
  struct OwnListener {
    int file = -1;           // None yet, or the machine has the port in use.
    std::uint16_t port = 0;  // The program's; 0 until it is known.
    bool is_listening = false;
  };
  Relay(int listener, std::uint16_t port, std::uint16_t shown_port, std::uint64_t place);
  void SendUp(std::uint64_t number, Pair& pair);
  static void SendToCaller(Pair& pair);
  // The program's socket, to be closed; -1 if it can't be found any more.
  static int CopyOf(const Pair& pair);
  SocketPlace PlaceOf(const Pair& pair) const;
  // Nothing if its descriptor is not what it was.
  static std::optional<SocketState> CopiedSide(const Pair& pair, SocketQuestion question);
  // Reads what the program has sent. True if there was something, ends included.
  bool TakeAll();
  // What the program has sent and we have not. True if there was something, its end included.
  bool ReadUp(std::uint64_t number, Pair& pair);
  static bool HasMore(const Pair& pair, const SocketState& side);
  // Nothing if the program's socket can't be found any more.
  std::optional<SocketState> ProgramSide(const Pair& pair);
  // `copy` is of the program's socket; -1 if it can't be copied.
  bool HasUnread(const Pair& pair, int copy);
  bool DeliverTo(std::uint64_t number, Pair& pair);
  bool DeliverTo(std::uint64_t number, Pair& pair, int copy);
  void AwaitArrival(const Pair& pair, int copy, std::size_t size);
  void AwaitEnd(const Pair& pair);
  // The program has sent more than we have, or has closed its end: on a machine that is very busy
  // loopback takes a while.
  bool IsUnderWay(Pair& pair);
  void TakeConnection(int pidfd, int file, int accepted, std::uint16_t peer_port);
  bool IsTaken(std::uint16_t shown_port, const std::vector<LoopbackFamily>& families) const;
  void AcceptCallers();
  void TakeCaller(int accepted, std::uint16_t own_port, LoopbackFamily family);
  void Call(Pair& pair);
  void Close(Pair& pair);
  void Sweep();

  int listener_;
  int files_;
  std::uint16_t port_;
  std::uint16_t shown_port_;
  std::uint64_t connections_ = 0;
  std::vector<Wire> wires_;
  std::vector<std::pair<std::uint64_t, std::size_t>> moved_;
  std::map<std::uint64_t, Pair> pairs_;
  SocketSearch search_;
  LoopbackTraffic traffic_;
  bool is_all_taken_ = false;  // What the program had sent when it was last looked at.
  bool is_holding_back_ = false;
  // By the port that is shown.
  std::map<std::pair<std::uint16_t, LoopbackFamily>, OwnListener> own_listeners_;
  std::uint64_t callers_ = 0;
  std::uint64_t called_ = 0;
  std::uint64_t chosen_;
};

}  // namespace sim::virtual_process
