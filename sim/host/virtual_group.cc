#include "sim/host/virtual_group.h"

#include <algorithm>
#include <vector>

#include "sim/virtual_turns.h"

namespace sim {

void VirtualGroup::Freeze(std::uint32_t place, bool is_frozen) {
  const auto found = members_.find(place);
  if (found != members_.end()) found->second.is_frozen = is_frozen;
}

void VirtualGroup::NoteNews() {
  for (auto& [place, member] : members_) member.has_news = true;
}

bool VirtualGroup::IsQuiet() const {
  const bool are_quiet = std::all_of(members_.begin(), members_.end(), [](const auto& entry) {
    return entry.second.program->is_quiet();
  });
  return are_quiet && is_settled_();
}

bool VirtualGroup::RunNext(Time now, std::optional<Time> next_due) {
  std::vector<Member*> members;
  std::vector<VirtualProgramView> views;
  for (auto& [place, member] : members_) {
    members.push_back(&member);
    views.push_back({.is_quiet = member.program->is_quiet(),
                     .is_frozen = member.is_frozen,
                     .has_news = member.has_news || member.program->has_news(),
                     .deadline = member.program->deadline()});
  }
  const VirtualTurn turn = PlanTurn(views, now, next_due);
  if (turn.kind != VirtualTurn::Kind::kRun) return turn.kind == VirtualTurn::Kind::kWait;
  members[turn.index]->has_news = false;
  members[turn.index]->program->Run(now, turn.until);
  return true;
}

}  // namespace sim
