// The connections of one program on virtual time to the server of its run: between the messages of
// its supervisor, which lose and delay nothing, and sockets of this process, which don't either.
//
// The kernel's thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "apiserver/http/server.h"
#include "sim/host/virtual_process/protocol.h"

namespace scenarios {

class VirtualWires {
 public:
  // What the server says on a connection whose program doesn't read waits: with us so much, with
  // the program as much again, and then the server stops.
  static constexpr std::size_t kBufferedMax = 64 << 20;

  // `server` outlives it.
  explicit VirtualWires(apiserver::HttpServer& server);
  // Closes all.
  ~VirtualWires();
  VirtualWires(const VirtualWires&) = delete;
  VirtualWires& operator=(const VirtualWires&) = delete;

  // What the program has sent. Goes to the server with the next Move.
  void Take(std::vector<sim::virtual_process::Wire> sent);
  // It has ended: so have its ends of all connections, once the server has what they sent.
  void EndAll();
  void NoteUnread(const std::vector<sim::virtual_process::Unread>& unread);

  // Between here and the server's sockets. True if something has moved, so that the server may have
  // more to do.
  bool Move();

  // The server has said something that the program may be told.
  bool has_news() const;
  std::vector<sim::virtual_process::Wire> TakeNews();

 private:
  struct Connection {
    int file = -1;  // None once the server has ended it.
    std::string up;
    std::string down;
    std::uint64_t unread = 0;  // By the program, when it last said so.
    bool has_program_ended = false;
    bool is_end_sent = false;
    bool is_end_told = false;
    bool IsNews() const;
  };
  void Open(std::uint64_t number);
  static bool SendUp(Connection& connection);
  bool ReadDown();
  static bool ReadDown(Connection& connection);

  apiserver::HttpServer& server_;
  int files_;  // Of epoll, by number.
  std::map<std::uint64_t, Connection> connections_;
  // What the server had written, and which connections it had ended, when all was read.
  std::uint64_t heard_bytes_ = 0;
  std::uint64_t heard_ends_ = 0;
};

}  // namespace scenarios
