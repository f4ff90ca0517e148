// Whether anything went over loopback since the last question: a cheap way to know that no socket
// there has sent anything. What a socket keeps back (Nagle's algorithm, a full window) does not
// count as sent.
#pragma once

#include <string>

namespace sim::virtual_process {

class LoopbackTraffic {
 public:
  // Of our network namespace.
  LoopbackTraffic();
  ~LoopbackTraffic();
  LoopbackTraffic(const LoopbackTraffic&) = delete;

  // True the first time, and always where this system does not say.
  bool HasMoved();

 private:
  int file_;
  bool is_table_ = false;  // Of all devices.
  std::string last_;
};

}  // namespace sim::virtual_process
