// Who the programs of a scenario are to the API server, and where their files lie.
//
// Threads: made on the kernel's; values that any thread may read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "apiserver/pipeline/authentication.h"
#include "scenarios/language/scenario.h"
#include "sim/result.h"

namespace scenarios {

// As whom commands ask.
inline constexpr char kCommandUser[] = "admin";

// A directory that goes with its content.
class TemporaryDirectory {
 public:
  static sim::Result<TemporaryDirectory> Make();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  ~TemporaryDirectory();
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// A user with a token for each program, and one for commands, whose place is after the programs'.
struct Identities {
  apiserver::TokenTable tokens;
  std::map<std::string, std::string> token_of;                 // by user
  std::map<std::string, std::uint32_t, std::less<>> place_of;  // by user
};

// The same in every run of a seed: programs see their tokens. They are worth nothing beyond a run's
// server on loopback.
Identities MakeIdentities(const Scenario& scenario, std::uint64_t seed);

// The place of whoever asks as `user`; nothing for others.
std::optional<std::uint32_t> PlaceOf(const apiserver::UserInfo& user, const Scenario& scenario,
                                     const Identities& identities);

// What a program on virtual time gets of our environment: where programs and libraries lie. The
// rest would differ between users and machines.
std::map<std::string, std::string> VirtualEnvironment(const std::string& home);

}  // namespace scenarios
