#include "apiserver/cel/library/authorizer.h"

#include "apiserver/api/names.h"
#include "apiserver/cel/library/implementation.h"

namespace apiserver::cel {
namespace {

struct Asker {
  const UserInfo* user;
  Authorizer* authorizer;
};

// Such values have methods and nothing else: equal is only what is the same.
class Check : public Opaque {
 public:
  Check(std::string_view type_name, Asker asker, const AccessAttributes& access)
      : type_name_(type_name), asker_(asker), access_(access) {}
  std::string_view type_name() const override { return type_name_; }
  bool Equals(const Opaque& other) const override { return this == &other; }

  const Asker& asker() const { return asker_; }
  const AccessAttributes& access() const { return access_; }

 private:
  std::string_view type_name_;
  Asker asker_;
  AccessAttributes access_;
};

constexpr std::string_view kAuthorizer = "kubernetes.authorization.Authorizer";
constexpr std::string_view kPathCheck = "kubernetes.authorization.PathCheck";
constexpr std::string_view kGroupCheck = "kubernetes.authorization.GroupCheck";
constexpr std::string_view kResourceCheck = "kubernetes.authorization.ResourceCheck";

class AccessDecision final : public Opaque {
 public:
  static constexpr std::string_view kTypeName = "kubernetes.authorization.Decision";
  explicit AccessDecision(Decision decision) : decision_(std::move(decision)) {}
  std::string_view type_name() const override { return kTypeName; }
  bool Equals(const Opaque& other) const override { return this == &other; }
  const Decision& decision() const { return decision_; }

 private:
  Decision decision_;
};

Value NewCheck(Arena& arena, std::string_view type_name, Asker asker,
               const AccessAttributes& access) {
  return Value::Of(static_cast<const Opaque*>(arena.New<Check>(type_name, asker, access)));
}

const Check& CheckIn(const Value& value) { return static_cast<const Check&>(value.as_opaque()); }

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\n\v\f\r") == std::string_view::npos;
}

Value Path(Arena& arena, const Value* arguments) {
  const std::string_view path = arguments[1].as_text();
  if (IsBlank(path)) return Value::Error("path must not be empty");
  AccessAttributes access{.is_resource = false};
  access.path = path;
  return NewCheck(arena, kPathCheck, CheckIn(arguments[0]).asker(), access);
}

Value Group(Arena& arena, const Value* arguments) {
  AccessAttributes access;
  access.group = arguments[1].as_text();
  return NewCheck(arena, kGroupCheck, CheckIn(arguments[0]).asker(), access);
}

Value ServiceAccount(Arena& arena, const Value* arguments) {
  const std::string namespace_(arguments[1].as_text());
  const std::string name(arguments[2].as_text());
  if (!CheckDns1123Subdomain(name).empty()) return Value::Error("Invalid service account name");
  if (!CheckDns1123Label(namespace_).empty()) {
    return Value::Error("Invalid service account namespace");
  }
  UserInfo user;
  user.name = "system:serviceaccount:" + namespace_ + ":" + name;
  user.groups = {"system:serviceaccounts", "system:serviceaccounts:" + namespace_,
                 "system:authenticated"};
  const Asker asker{arena.New<UserInfo>(std::move(user)), CheckIn(arguments[0]).asker().authorizer};
  return NewCheck(arena, kAuthorizer, asker, {});
}

template <std::string_view AccessAttributes::* kMember>
Value With(Arena& arena, const Value* arguments) {
  AccessAttributes access = CheckIn(arguments[0]).access();
  access.*kMember = arguments[1].as_text();
  return NewCheck(arena, kResourceCheck, CheckIn(arguments[0]).asker(), access);
}

Value Resource(Arena& arena, const Value* arguments) {
  if (IsBlank(arguments[1].as_text())) return Value::Error("resource must not be empty");
  return With<&AccessAttributes::resource>(arena, arguments);
}

// Rules here do not look at labels.
Value LabelSelector(Arena&, const Value* arguments) { return arguments[0]; }

Value Decide(Arena& arena, const Value* arguments) {
  const Check& check = CheckIn(arguments[0]);
  AccessAttributes access = check.access();
  access.verb = arguments[1].as_text();
  Decision decision{.is_allowed = true, .reason = ""};
  if (check.asker().authorizer != nullptr) {
    decision = check.asker().authorizer->Decide(*check.asker().user, access);
  }
  return Value::Of(static_cast<const Opaque*>(arena.New<AccessDecision>(std::move(decision))));
}

Value Allowed(Arena&, const Value* arguments) {
  return Value::Bool(OpaqueAs<AccessDecision>(arguments[0]).decision().is_allowed);
}
Value Reason(Arena& arena, const Value* arguments) {
  return NewString(arena, OpaqueAs<AccessDecision>(arguments[0]).decision().reason);
}
// Our authorizers decide without failing.
Value Errored(Arena&, const Value*) { return Value::Bool(false); }
Value ErrorText(Arena&, const Value*) { return Value::String(""); }

constexpr Implementation kRows[] = {
    {"authorizer_path", Path},
    {"authorizer_group", Group},
    {"authorizer_serviceaccount", ServiceAccount},
    {"groupcheck_resource", Resource},
    {"resourcecheck_subresource", With<&AccessAttributes::subresource>},
    {"resourcecheck_namespace", With<&AccessAttributes::namespace_>},
    {"resourcecheck_name", With<&AccessAttributes::name>},
    {"authorizer_fieldselector", With<&AccessAttributes::field_selector>},
    {"authorizer_labelselector", LabelSelector},
    {"pathcheck_check", Decide},
    {"resourcecheck_check", Decide},
    {"decision_allowed", Allowed},
    {"decision_reason", Reason},
    {"decision_errored", Errored},
    {"decision_error", ErrorText},
};

}  // namespace

std::span<const Implementation> AuthorizerImplementations() { return kRows; }

Value NewAuthorizer(Arena& arena, const UserInfo& user, Authorizer* authorizer) {
  return NewCheck(arena, kAuthorizer, {&user, authorizer}, {});
}

Value NewResourceCheck(Arena& arena, const UserInfo& user, Authorizer* authorizer,
                       const AccessAttributes& access) {
  return NewCheck(arena, kResourceCheck, {&user, authorizer}, access);
}

}  // namespace apiserver::cel
