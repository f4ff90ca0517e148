#include "scenarios/runner/role_collector.h"

#include "scenarios/runner/account_identity.h"

namespace scenarios {
namespace {

constexpr int kCreated = 201;
constexpr int kForbidden = 403;

apiserver::AccessAttributes AttributesOf(const UsedAccess& access) {
  const std::size_t slash = std::min(access.resource.find('/'), access.resource.size());
  const std::string_view resource = access.resource;
  return {.verb = access.verb,
          .is_resource = !access.resource.empty(),
          .group = access.group,
          .resource = resource.substr(0, slash),
          .subresource = slash < resource.size() ? resource.substr(slash + 1) : "",
          .namespace_ = access.namespace_,
          .name = access.name,
          .path = access.path};
}

UsedAccess AccessOf(const ApiGateway::Answered& answered) {
  const apiserver::RequestInfo& info = answered.info;
  if (!info.is_resource) return {info.verb, "", "", "", "", answered.path};
  const std::string resource =
      info.subresource.empty() ? info.resource : info.resource + "/" + info.subresource;
  return {info.verb, info.group, resource, info.namespace_, info.name, ""};
}

}  // namespace

void RoleCollector::Note(const ApiGateway::Answered& answered) {
  std::uint32_t place = 0;
  while (place < scenario_.programs.size() &&
         !IsProgram(answered.user, place, scenario_.programs[place])) {
    ++place;
  }
  if (place == scenario_.programs.size()) return;
  UsedAccess access = AccessOf(answered);
  const apiserver::UserInfo anybody{.name = "anybody",
                                    .uid = {},
                                    .groups = {"system:serviceaccounts", "system:authenticated"},
                                    .extra = {}};
  if (authorizer_.Decide(anybody, AttributesOf(access)).is_allowed) return;
  const bool is_refused = answered.status == kForbidden &&
                          !authorizer_.Decide(answered.user, AttributesOf(access)).is_allowed;
  if (is_refused) return uses_[place].NoteRefused(std::move(access));
  // A write that makes what it names has to be allowed to create.
  const bool is_making =
      answered.status == kCreated && (access.verb == "update" || access.verb == "patch");
  if (is_making) {
    UsedAccess creation = access;
    creation.verb = "create";
    uses_[place].NoteUsed(std::move(creation));
  }
  uses_[place].NoteUsed(std::move(access));
}

void RoleCollector::Fill(std::vector<ProgramReport>& reports) const {
  for (const auto& [place, use] : uses_) {
    if (place >= reports.size()) continue;
    reports[place].roles = use.Lines(reports[place].name);
    reports[place].refused = use.Refused();
  }
}

}  // namespace scenarios
