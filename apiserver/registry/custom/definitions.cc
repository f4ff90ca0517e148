#include "apiserver/registry/custom/definitions.h"

#include <algorithm>
#include <set>

#include "apiserver/api/go_text.h"
#include "apiserver/registry/custom/conditions.h"
#include "apiserver/registry/custom/definition_approval.h"
#include "apiserver/registry/deletion.h"
#include "apiserver/registry/endpoints/direct_write.h"
#include "apiserver/registry/patch/managed_fields.h"

namespace apiserver {
namespace {

constexpr std::string_view kFinalizer = "customresourcecleanup.apiextensions.k8s.io";

const GroupResource& DefinitionResource() {
  static const GroupResource kResource{"apiextensions.k8s.io", "customresourcedefinitions"};
  return kResource;
}

// Names that other definitions of the group hold.
struct TakenNames {
  std::set<std::string, std::less<>> resources;
  std::set<std::string, std::less<>> kinds;
};

void AddTaken(const Value& names, TakenNames& taken) {
  for (std::string_view name : {"plural", "singular"})
    taken.resources.emplace(TextAt(names, {name}));
  for (std::string_view name : {"kind", "listKind"}) taken.kinds.emplace(TextAt(names, {name}));
  const Value* short_names = Find(names, "shortNames");
  if (short_names == nullptr || !short_names->is_array()) return;
  for (const Value& name : short_names->get_array()) {
    if (name.is_string()) taken.resources.emplace(std::string_view(name.get_string()));
  }
}

struct NameCheck {
  std::string_view field;
  std::string_view reason;
  bool is_kind;
};
constexpr NameCheck kNameChecks[] = {{"plural", "PluralConflict", false},
                                     {"singular", "SingularConflict", false},
                                     {"kind", "KindConflict", true},
                                     {"listKind", "ListKindConflict", true}};

std::string InUse(std::string_view name) { return GoQuote(name) + " is already in use"; }

// What is wrong with short names, "" when all are free or held already.
std::string TakenShortNames(const Value* wanted, const Value& accepted, const TakenNames& taken) {
  if (wanted == nullptr || !wanted->is_array()) return {};
  const Value* held = Find(accepted, "shortNames");
  std::vector<std::string> problems;
  for (const Value& name : wanted->get_array()) {
    const bool is_held = held != nullptr && held->is_array() &&
                         std::find(held->get_array().begin(), held->get_array().end(), name) !=
                             held->get_array().end();
    const std::string_view text = name.is_string() ? std::string_view(name.get_string()) : "";
    if (is_held || taken.resources.find(text) == taken.resources.end()) continue;
    const std::string problem = InUse(text);
    if (std::find(problems.begin(), problems.end(), problem) == problems.end())
      problems.push_back(problem);
  }
  if (problems.size() < 2) return problems.empty() ? std::string() : problems.front();
  std::string all;
  for (const std::string& problem : problems) all += (all.empty() ? "[" : ", ") + problem;
  return all + "]";
}

// Accepts what is free; the reason and message of the last conflict, or "".
std::pair<std::string, std::string> TakeNames(const Value& wanted, const TakenNames& taken,
                                              Object& accepted) {
  std::pair<std::string, std::string> conflict;
  const Value before(accepted);
  for (const NameCheck& check : kNameChecks) {
    const std::string_view name = TextAt(wanted, {check.field});
    const auto& used = check.is_kind ? taken.kinds : taken.resources;
    if (name == TextAt(before, {check.field}) || used.find(name) == used.end()) {
      accepted[check.field] = name;
    } else {
      conflict = {std::string(check.reason), InUse(name)};
    }
    if (check.field != "singular") continue;
    const Value* short_names = Find(wanted, "shortNames");
    const std::string problem = TakenShortNames(short_names, before, taken);
    if (!problem.empty()) {
      conflict = {"ShortNamesConflict", problem};
    } else if (short_names != nullptr) {
      accepted["shortNames"] = *short_names;
    } else {
      accepted.erase("shortNames");
    }
  }
  const Value* categories = Find(wanted, "categories");
  if (categories != nullptr) {
    accepted["categories"] = *categories;
  } else {
    accepted.erase("categories");
  }
  return conflict;
}

bool IsDeleting(const Value& definition) {
  return !TextAt(definition, {"metadata", "deletionTimestamp"}).empty();
}

bool RemoveFinalizer(Value& definition) {
  Value* finalizers = FindPath(definition, {"metadata", "finalizers"});
  if (finalizers == nullptr || !finalizers->is_array()) return false;
  Array& array = finalizers->get_array();
  const auto found = std::find(array.begin(), array.end(), Value(kFinalizer));
  if (found == array.end()) return false;
  array.erase(found);
  return true;
}

// Upstream's controllers for definitions write through the status endpoint under the name of the
// server's program.
void RecordStatus(const ApiResource& resource, const Value& live, Value& definition,
                  sim::Time now) {
  FieldManagerContext context;
  context.manager = "kube-apiserver";
  context.api_version = resource.kind.api_version();
  context.kind = resource.kind.kind;
  context.subresource = "status";
  context.now = now;
  context.type = resource.type;
  context.reset_fields = [](std::string_view) {
    FieldSet spec;
    spec.Insert({std::string_view("spec")});
    return spec;
  };
  UpdateManagedFields(&live, definition, context);
}

}  // namespace

Definitions::Definitions(RegistryParts& parts) : parts_(parts) {
  parts_.store.AddObserver([this](const ChangePtr& change) { OnChange(change); });
}

void Definitions::SetGroupsChanged(GroupsChanged groups_changed) {
  groups_changed_ = std::move(groups_changed);
  TellGroups();
}

void Definitions::ServeStored() {
  parts_.store.Visit(DefinitionResource(), {}, [this](const ObjectPtr& object) {
    Queue(object->meta().name);
    const Value definition = object->Parse();
    if (IsConditionTrue(definition, "Established")) Serve(object->meta().name, definition);
    return true;
  });
  TellGroups();
}

bool Definitions::IsTerminating(const GroupResource& resource) const {
  const ObjectPtr found =
      parts_.store.Find(DefinitionResource(), {"", resource.resource + "." + resource.group});
  return found && found->meta().is_deleting();
}

void Definitions::OnChange(const ChangePtr& change) {
  if (change->resource == DefinitionResource()) {
    Queue(change->object->meta().name);
    return;
  }
  if (change->type != ChangeType::kDeleted || served_.empty()) return;
  // The last object of a definition that is going away lets it go.
  const std::string name = change->resource.resource + "." + change->resource.group;
  if (served_.count(name) != 0 && IsTerminating(change->resource)) Queue(name);
}

void Definitions::Queue(const std::string& name) {
  parts_.kernel.Post(sim::Lane::kControl, "definitions.sync", name, [this, name] { Sync(name); });
}

void Definitions::QueueGroup(const std::string& name) {
  const std::string group = name.substr(std::min(name.find('.'), name.size()));
  parts_.store.Visit(DefinitionResource(), {}, [&](const ObjectPtr& other) {
    if (other->meta().name.ends_with(group) && other->meta().name != name)
      Queue(other->meta().name);
    return true;
  });
}

void Definitions::Sync(const std::string& name) {
  const ObjectPtr live = parts_.store.Find(DefinitionResource(), {"", name});
  if (!live) {
    Forget(name);
    QueueGroup(name);
    return;
  }
  Value definition = live->Parse();
  bool is_changed = false;
  if (IsDeleting(definition)) {
    is_changed = CleanUp(definition);
    const Value* finalizers = FindPath(definition, {"metadata", "finalizers"});
    const bool is_free =
        finalizers == nullptr || !finalizers->is_array() || finalizers->get_array().empty();
    if (is_free) {
      parts_.store.Delete(DefinitionResource(), live->key());
      return;
    }
  } else {
    is_changed = AcceptNames(definition);
    is_changed = Establish(definition) || is_changed;
    is_changed = TellApproval(definition) || is_changed;
  }
  if (is_changed) {
    const ApiResource* resource =
        parts_.resources.Find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
    RecordStatus(*resource, live->Parse(), definition, parts_.kernel.now());
    WriteDirectly(parts_, *resource, definition, live, false);
  }
  if (IsConditionTrue(definition, "Established")) Serve(name, definition);
}

bool Definitions::AcceptNames(Value& definition) {
  const std::string_view group = TextAt(definition, {"spec", "group"});
  const Value* wanted = FindPath(definition, {"spec", "names"});
  if (wanted == nullptr) return false;
  TakenNames taken;
  parts_.store.Visit(DefinitionResource(), {}, [&](const ObjectPtr& other) {
    const auto value = other->Peek();
    const bool is_other = other->meta().name != TextAt(definition, {"metadata", "name"});
    const Value* names = FindPath(*value, {"status", "acceptedNames"});
    if (is_other && names != nullptr && TextAt(*value, {"spec", "group"}) == group)
      AddTaken(*names, taken);
    return true;
  });
  Object& status = EnsureObject(definition, "status");
  const Value names_wanted = *wanted;
  Object& accepted = EnsureObject(status, "acceptedNames");
  const Value before(accepted);
  const auto [reason, message] = TakeNames(names_wanted, taken, accepted);
  const bool was_accepted = IsConditionTrue(definition, "NamesAccepted");
  const bool is_same = Value(accepted) == before && was_accepted == reason.empty() &&
                       FindPath(definition, {"status", "conditions"}) != nullptr;
  if (is_same) return false;
  if (reason.empty()) {
    SetCondition(definition, {"NamesAccepted", "True", "NoConflicts", "no conflicts found"},
                 parts_.kernel.now());
    return true;
  }
  SetCondition(definition, {"NamesAccepted", "False", reason, message}, parts_.kernel.now());
  if (!IsConditionTrue(definition, "Established")) {
    SetCondition(definition, {"Established", "False", "NotAccepted", "not all names are accepted"},
                 parts_.kernel.now());
  }
  return true;
}

bool Definitions::Establish(Value& definition) {
  if (IsConditionTrue(definition, "Established") || !IsConditionTrue(definition, "NamesAccepted"))
    return false;
  SetCondition(
      definition,
      {"Established", "True", "InitialNamesAccepted", "the initial names have been accepted"},
      parts_.kernel.now());
  return true;
}

bool Definitions::TellApproval(Value& definition) {
  const std::optional<DefinitionCondition> condition = ApprovalCondition(definition);
  if (!condition) return false;
  const Value before = *Find(definition, "status");
  SetCondition(definition, *condition, parts_.kernel.now());
  return *Find(definition, "status") != before;
}

bool Definitions::CleanUp(Value& definition) {
  const std::string name(TextAt(definition, {"metadata", "name"}));
  const auto served = served_.find(name);
  const GroupResource resource{std::string(TextAt(definition, {"spec", "group"})),
                               std::string(TextAt(definition, {"spec", "names", "plural"}))};
  std::vector<ObjectKey> keys;
  if (served != served_.end()) {
    parts_.store.Visit(resource, {}, [&](const ObjectPtr& object) {
      if (!object->meta().is_deleting()) keys.push_back(object->key());
      return true;
    });
    const CustomVersion* storage = served->second.custom->StorageVersion();
    const ApiResource* api =
        parts_.resources.Find(resource.group, storage->name, resource.resource);
    for (const ObjectKey& key : keys) {
      if (api == nullptr) break;
      Request request;
      request.method = "DELETE";
      request.user = {"system:apiserver", "", {"system:masters"}, {}};
      request.info = {true,           "delete",          resource.group,
                      storage->name,  resource.resource, "",
                      key.namespace_, key.name,          ""};
      Call call(parts_, request, *api);
      // One that can't be deleted stays, and with it the definition.
      if (!DeleteObject(call, key.name, {}).ok()) continue;
    }
  }
  if (parts_.store.Count(resource) == 0 || served == served_.end())
    return RemoveFinalizer(definition);
  const Value before = *Find(definition, "status");
  SetCondition(definition,
               {"Terminating", "True", "InstanceDeletionInProgress",
                "CustomResource deletion is in progress"},
               parts_.kernel.now());
  return *Find(definition, "status") != before;
}

void Definitions::Serve(const std::string& name, const Value& definition) {
  const std::shared_ptr<const CustomResource> custom = MakeCustomResource(definition);
  parts_.resources.Remove({custom->group, custom->plural});
  for (ApiResource& resource : ResourcesOf(custom, definition))
    parts_.resources.Add(std::move(resource));
  served_[name] = {custom, DiscoveryOf(*custom, definition)};
  TellGroups();
}

void Definitions::Forget(const std::string& name) {
  const auto found = served_.find(name);
  if (found == served_.end()) return;
  parts_.resources.Remove({found->second.custom->group, found->second.custom->plural});
  served_.erase(found);
  TellGroups();
}

void Definitions::TellGroups() {
  if (!groups_changed_) return;
  std::map<std::string, std::map<std::string, std::vector<ServedResource>>> groups;
  for (const auto& [name, served] : served_) {
    for (const auto& [version, resource] : served.discovery) {
      groups[served.custom->group][version].push_back(resource);
    }
  }
  std::vector<ServedGroup> told;
  for (auto& [group, versions] : groups) {
    ServedGroup& made = told.emplace_back();
    made.name = group;
    for (auto& [version, resources] : versions)
      made.versions.push_back({version, std::move(resources), true});
    std::sort(made.versions.begin(), made.versions.end(),
              [](const ServedVersion& a, const ServedVersion& b) {
                return VersionComesFirst(a.version, b.version);
              });
  }
  groups_changed_(std::move(told));
}

std::optional<ApiError> TerminatingDefinitions::Admit(const AdmissionRequest& request, Value*) {
  if (request.operation != Operation::kCreate ||
      request.resource.group.find('.') == std::string::npos) {
    return std::nullopt;
  }
  if (!definitions_.IsTerminating(request.resource)) return std::nullopt;
  return ForbiddenError(request.resource, request.name,
                        "create not allowed while custom resource definition is terminating");
}

}  // namespace apiserver
