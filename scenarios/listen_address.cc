#include "scenarios/listen_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>

namespace scenarios {

sim::Result<ListenAddress> ParseListenAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string problem = "--listen " + text + ": want HOST:PORT, for example 127.0.0.1:6443";
  if (colon == std::string::npos || colon + 1 == text.size()) return sim::Error{problem};
  int port = 0;
  for (const char c : text.substr(colon + 1)) {
    if (c < '0' || c > '9') return sim::Error{problem};
    port = port * 10 + (c - '0');
    if (port > 65535) return sim::Error{"--listen " + text + ": a port is at most 65535"};
  }
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[') address = address.substr(1, address.size() - 2);
  if (address.empty() || address == "localhost") address = "127.0.0.1";
  return ListenAddress{address, static_cast<std::uint16_t>(port)};
}

std::string HostAndPort(const std::string& address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::vector<std::string> InterfaceAddresses() {
  std::vector<std::string> addresses;
  std::vector<std::string> v6_addresses;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return addresses;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    const unsigned flags = entry->ifa_flags;
    if (entry->ifa_addr == nullptr || (flags & IFF_UP) == 0 || (flags & IFF_LOOPBACK) != 0)
      continue;
    char text[INET6_ADDRSTRLEN] = {};
    if (entry->ifa_addr->sa_family == AF_INET) {
      const auto* address = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr);
      inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
      addresses.emplace_back(text);
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      const auto* address = reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr);
      // An address of the link means nothing without the link's name.
      if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) continue;
      inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text);
      v6_addresses.emplace_back(text);
    }
  }
  freeifaddrs(first);
  addresses.insert(addresses.end(), v6_addresses.begin(), v6_addresses.end());
  return addresses;
}

std::string ReachableAddress(const std::string& listened,
                             const std::vector<std::string>& interfaces) {
  if (listened != "0.0.0.0" && listened != "::") return listened;
  return interfaces.empty() ? "127.0.0.1" : interfaces.front();
}

}  // namespace scenarios
