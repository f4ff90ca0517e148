// What orders the requests of one round: the canonical sort of design section 3.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace sim {

// Says nothing about arrival, which differs between runs. Compared field by field in this order.
// Every field has an initialiser, so that users may name only those they know.
struct RoundKey {
  std::uint32_t program = 0;     // Its place in the scenario file.
  std::uint32_t process = 0;     // Within the program.
  std::uint32_t connection = 0;  // Within the process.
  std::string verb{};
  std::string target{};  // Path and query.
  std::string content_type{};
  std::string body{};
  std::uint64_t number = 0;  // Of the request on its connection.
  auto operator<=>(const RoundKey&) const = default;
};

}  // namespace sim
