#include "sim/guard.h"

#include "sim/digest.h"

namespace sim {

bool Guard::Admit(std::string_view name, std::string_view key) {
  Digest pair;
  pair.Add(name);
  pair.Add(key);
  if (first_.size() < events_max_) {
    first_.push_back(pair.value());
    return true;
  }
  if (counts_.empty()) {
    for (const std::uint64_t hash : first_) ++counts_[hash];
  }
  std::uint32_t& count = counts_[pair.value()];
  if (count >= events_max_) return false;
  ++count;
  return true;
}

}  // namespace sim
