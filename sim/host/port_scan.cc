#include "sim/host/port_scan.h"

#include <fstream>
#include <sstream>
#include <string>

namespace sim {
namespace {

constexpr char kListenState[] = "0A";

}  // namespace

// "  0: 0100007F:1F90 00000000:0000 0A ...": number, local address, remote address, state.
bool HasListener(std::string_view table, std::uint16_t port) {
  std::istringstream lines{std::string(table)};
  std::string line;
  std::getline(lines, line);  // the names of the columns
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string number, local, remote, state;
    if (!(words >> number >> local >> remote >> state) || state != kListenState) continue;
    const std::size_t colon = local.rfind(':');
    if (colon == std::string::npos) continue;
    if (std::strtoul(local.c_str() + colon + 1, nullptr, 16) == port) return true;
  }
  return false;
}

bool IsListening(std::uint16_t port) {
  for (const char* name : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(name);
    std::ostringstream text;
    text << file.rdbuf();
    if (HasListener(text.str(), port)) return true;
  }
  return false;
}

}  // namespace sim
