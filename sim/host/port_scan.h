// Whether something on this machine listens on a TCP port, as the system's tables show it.
#pragma once

#include <cstdint>
#include <string_view>

namespace sim {

// On any address, IPv4 or IPv6.
bool IsListening(std::uint16_t port);

// The same of the text of /proc/net/tcp or /proc/net/tcp6.
bool HasListener(std::string_view table, std::uint16_t port);

}  // namespace sim
