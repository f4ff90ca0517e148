// The smallest roles that a program used: what it asked for, as rules of RBAC.
//
// Invariants:
// (1) A role of these rules allows every request that was noted, and what no request needed is not
// in it. (2) A resource is narrowed to names when the program never listed, watched or deleted it
// whole. Pure; threads: any.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "apiserver/api/json.h"

namespace scenarios {

struct UsedAccess {
  std::string verb;
  std::string group;
  std::string resource;    // "deployments/status"; "" for paths that are no resources
  std::string namespace_;  // "" for all, and for what has none
  std::string name;
  std::string path;
  auto operator<=>(const UsedAccess&) const = default;
};

class RoleUse {
 public:
  // A resource that is used by more names than these is not narrowed to them.
  static constexpr std::size_t kNamesMax = 10;

  void NoteUsed(UsedAccess access) { ++used_[std::move(access)]; }
  void NoteRefused(UsedAccess access) { ++refused_[std::move(access)]; }
  bool empty() const { return used_.empty() && refused_.empty(); }

  // A ClusterRole for what is of the whole cluster, and a Role for each namespace, all called
  // `name`.
  std::vector<apiserver::Value> Roles(const std::string& name) const;
  // "get pods.apps default/web, 3 times".
  std::vector<std::string> Refused() const;
  // Both, as lines of YAML to copy.
  std::vector<std::string> Lines(const std::string& name) const;

 private:
  std::map<UsedAccess, std::uint64_t> used_;
  std::map<UsedAccess, std::uint64_t> refused_;
};

}  // namespace scenarios
