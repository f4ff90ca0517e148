#include "scenarios/runner/program_identities.h"

#include <cstdlib>
#include <filesystem>

#include "scenarios/runner/account_identity.h"
#include "sim/digest.h"
#include "sim/host/clock.h"
#include "sim/host/virtual_process/launch.h"
#include "sim/random.h"

namespace scenarios {

sim::Result<TemporaryDirectory> TemporaryDirectory::Make() {
  std::error_code error;
  const auto base = std::filesystem::temp_directory_path(error);
  const std::string name = "orrery-" + sim::Hex64(sim::StableHash(sim::SystemRandomBytes(16)));
  const std::filesystem::path path = base / name;
  if (error || !std::filesystem::create_directory(path, error)) {
    return sim::Error{"cannot make the directory " + path.string() + ": " + error.message()};
  }
  std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  return TemporaryDirectory(path.string());
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Identities MakeIdentities(const Scenario& scenario, std::uint64_t seed) {
  Identities identities;
  sim::Random random_tokens(seed, 0, "tokens");
  const auto add = [&](const std::string& user, std::uint32_t place) {
    const std::string token = sim::Hex64(random_tokens.Next()) + sim::Hex64(random_tokens.Next());
    identities.tokens[token] = {.name = user, .uid = {}, .groups = {"system:masters"}, .extra = {}};
    identities.token_of[user] = token;
    identities.place_of[user] = place;
  };
  std::uint32_t place = 0;
  for (const ProgramSpec& program : scenario.programs) add(program.name, place++);
  add(kCommandUser, place);
  return identities;
}

std::optional<std::uint32_t> PlaceOf(const apiserver::UserInfo& user, const Scenario& scenario,
                                     const Identities& identities) {
  for (std::uint32_t place = 0; place < scenario.programs.size(); ++place) {
    if (IsProgram(user, place, scenario.programs[place])) return place;
  }
  const auto found = identities.place_of.find(user.name);
  if (found == identities.place_of.end()) return std::nullopt;
  return found->second;
}

std::map<std::string, std::string> VirtualEnvironment(const std::string& home) {
  std::map<std::string, std::string> environment = {
      {"HOME", home},
      {"LANG", "C.UTF-8"},
      {"TMPDIR", sim::virtual_process::kTemporaryPlace},
      {"TZ", "UTC"},
      {"USER", "orrery"},
      // What one run leaves beside its sources, the next would read.
      {"PYTHONDONTWRITEBYTECODE", "1"}};
  for (const char* name :
       {"PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYENV_ROOT", "PYENV_VERSION",
        "VIRTUAL_ENV", "NODE_PATH", "JAVA_HOME", "GOROOT", "SSL_CERT_FILE", "SSL_CERT_DIR"}) {
    if (const char* value = std::getenv(name)) environment[name] = value;
  }
  return environment;
}

}  // namespace scenarios
