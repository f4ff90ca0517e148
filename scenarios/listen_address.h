// Where a server listens, and under which address others reach it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/result.h"

namespace scenarios {

struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};

// "127.0.0.1:6443", "[::1]:6443", ":6443" (loopback). Errors name what is wrong.
sim::Result<ListenAddress> ParseListenAddress(const std::string& text);

// "[::1]:6443", "127.0.0.1:6443".
std::string HostAndPort(const std::string& address, std::uint16_t port);

// The addresses of this machine's network interfaces that are up, without loopback; IPv4 first.
std::vector<std::string> InterfaceAddresses();

// The address by which clients reach a server that listens on `listened`: itself, or for 0.0.0.0
// and :: the first of `interfaces`, or loopback when there is none.
std::string ReachableAddress(const std::string& listened,
                             const std::vector<std::string>& interfaces);

}  // namespace scenarios
