// The node ports of one Service: upstream's rules of which of its ports asks for which number.
//
// A dry run takes nothing: numbers are only compared with what is taken, and those that it shows
// are made up. Source: kubernetes/pkg/registry/core/service, 1.36 (storage/alloc.go,
// portallocator/operation.go). Threads: the kernel's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"

namespace apiserver {

using PortSet = std::set<std::int64_t>;

struct NodePortRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

// Numbers for one write.
class NodePortOperation {
 public:
  // `taken`: what all Services hold. `find_free` answers a number that is not in the set, or none.
  using FindFree = std::function<std::optional<std::int64_t>(const PortSet&)>;
  NodePortOperation(NodePortRange range, PortSet taken, bool is_dry_run, FindFree find_free)
      : range_(range),
        taken_(std::move(taken)),
        is_dry_run_(is_dry_run),
        find_free_(std::move(find_free)) {}

  // Takes `port`: why it can't be had, or "".
  std::string Take(std::int64_t port);
  // Takes any; none when all are taken.
  std::optional<std::int64_t> TakeAny();

 private:
  NodePortRange range_;
  PortSet taken_;
  PortSet own_;  // taken by this write
  bool is_dry_run_;
  FindFree find_free_;
};

// Fills the numbers of `service`; `old` is null for a creation.
std::optional<ApiError> AssignNodePorts(Object& service, const Object* old,
                                        NodePortOperation& operation);

}  // namespace apiserver
