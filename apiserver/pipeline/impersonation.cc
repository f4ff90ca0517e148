#include "apiserver/pipeline/impersonation.h"

#include <algorithm>
#include <array>

#include "apiserver/api/go_text.h"
#include "apiserver/api/names.h"
#include "apiserver/pipeline/authorization.h"

namespace apiserver {
namespace {

constexpr std::string_view kExtraPrefix = "impersonate-extra-";
constexpr std::string_view kNodePrefix = "system:node:";
constexpr std::string_view kAccountPrefix = "system:serviceaccount:";
constexpr std::string_view kAuthentication = "authentication.k8s.io";
constexpr std::string_view kNodeNameKey = "authentication.kubernetes.io/node-name";
// From so many on one right for all of them is asked for first.
constexpr std::size_t kManyChecks = 4;
constexpr std::size_t kRememberedUsersMax = 10'000;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A key with a broken escape is taken as it is.
std::string UnescapeKey(const std::string& key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] != '%') {
      out += key[i];
      continue;
    }
    if (i + 2 >= key.size() || HexDigit(key[i + 1]) < 0 || HexDigit(key[i + 2]) < 0) return key;
    out += static_cast<char>(HexDigit(key[i + 1]) * 16 + HexDigit(key[i + 2]));
    i += 2;
  }
  return out;
}

std::string GoStrings(const std::vector<std::string>& texts) {
  if (texts.empty()) return "[]string(nil)";
  std::string out = "[]string{";
  for (std::size_t i = 0; i < texts.size(); ++i) out += (i == 0 ? "" : ", ") + GoQuote(texts[i]);
  return out + "}";
}

// %#v of Go's user.DefaultInfo.
std::string GoUser(const UserInfo& user) {
  std::string extra = "map[string][]string(nil)";
  if (!user.extra.empty()) {
    extra = "map[string][]string{";
    for (std::size_t i = 0; i < user.extra.size(); ++i) {
      extra += (i == 0 ? "" : ", ") + GoQuote(user.extra[i].first) + ":" +
               GoStrings(user.extra[i].second);
    }
    extra += "}";
  }
  return "&user.DefaultInfo{Name:" + GoQuote(user.name) + ", UID:" + GoQuote(user.uid) +
         ", Groups:" + GoStrings(user.groups) + ", Extra:" + extra + "}";
}

struct Account {
  std::string_view namespace_;
  std::string_view name;
};

std::optional<Account> AccountOf(std::string_view user) {
  if (!user.starts_with(kAccountPrefix)) return std::nullopt;
  user.remove_prefix(kAccountPrefix.size());
  const std::size_t colon = user.find(':');
  if (colon == std::string_view::npos || user.find(':', colon + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  const Account account{user.substr(0, colon), user.substr(colon + 1)};
  if (!IsDns1123Label(account.namespace_) || !IsDns1123Subdomain(account.name)) return std::nullopt;
  return account;
}

std::optional<std::string_view> NodeOf(std::string_view user) {
  if (!user.starts_with(kNodePrefix)) return std::nullopt;
  user.remove_prefix(kNodePrefix.size());
  if (!IsDns1123Subdomain(user)) return std::nullopt;
  return user;
}

bool HasOnlyName(const UserInfo& user) {
  return user.uid.empty() && user.groups.empty() && user.extra.empty();
}

// Whether `asking` is an account that runs on the node that `wanted` is.
bool IsOnNode(const UserInfo& asking, const UserInfo& wanted) {
  const auto node = NodeOf(wanted.name);
  if (!node || !AccountOf(asking.name)) return false;
  for (const auto& [key, values] : asking.extra) {
    if (key == kNodeNameKey) return values.size() == 1 && values.front() == *node;
  }
  return false;
}

struct Mode {
  const char* name;  // "" for the older way
  bool (*fits)(const UserInfo& wanted, const UserInfo& asking);
};

constexpr Mode kModes[] = {
    {"associated-node",
     [](const UserInfo& wanted, const UserInfo& asking) {
       return HasOnlyName(wanted) && IsOnNode(asking, wanted);
     }},
    {"arbitrary-node",
     [](const UserInfo& wanted, const UserInfo&) {
       return HasOnlyName(wanted) && NodeOf(wanted.name).has_value();
     }},
    {"serviceaccount",
     [](const UserInfo& wanted, const UserInfo&) {
       return HasOnlyName(wanted) && AccountOf(wanted.name).has_value();
     }},
    {"user-info", [](const UserInfo& wanted,
                     const UserInfo&) { return !NodeOf(wanted.name) && !AccountOf(wanted.name); }},
    {"", [](const UserInfo&, const UserInfo&) { return true; }},
};

// One attempt in one mode.
class Attempt {
 public:
  Attempt(Authorizer& authorizer, const Mode& mode, const Request& request, const UserInfo& wanted)
      : authorizer_(authorizer),
        mode_(mode.name),
        verb_(mode_.empty() ? "impersonate" : "impersonate:" + mode_),
        request_(request),
        wanted_(wanted) {}

  ApiResult<UserInfo> Run() {
    if (!mode_.empty()) {
      AccessAttributes access = AccessOf(request_);
      const std::string verb = "impersonate-on:" + mode_ + ":" + std::string(access.verb);
      access.verb = verb;
      if (auto refused = Check(access)) return std::move(*refused);
    }
    UserInfo user = wanted_;
    for (auto step :
         {&Attempt::CheckName, &Attempt::CheckUid, &Attempt::CheckGroups, &Attempt::CheckExtra}) {
      if (auto refused = (this->*step)(user)) return std::move(*refused);
    }
    const auto ensure = [&user](const char* group) {
      if (!user.Is(group)) user.groups.emplace_back(group);
    };
    if (user.name == "system:anonymous") {
      ensure("system:unauthenticated");
    } else if (!user.Is("system:unauthenticated")) {
      ensure("system:authenticated");
    }
    return user;
  }

 private:
  using Refusal = std::optional<ApiError>;

  bool is_constrained() const { return !mode_.empty(); }

  AccessAttributes Wish(std::string_view resource, std::string_view name) const {
    return {.verb = verb_, .group = kAuthentication, .resource = resource, .name = name};
  }
  // Users, groups and accounts were asked for in the core group before there were modes.
  AccessAttributes WishOfPerson(std::string_view resource, std::string_view name) const {
    AccessAttributes access = Wish(resource, name);
    if (!is_constrained()) access.group = "";
    return access;
  }

  Refusal Check(const AccessAttributes& access) {
    const Decision decision = authorizer_.Decide(request_.user, access);
    if (decision.is_allowed) return std::nullopt;
    return ForbiddenAccessError(request_.user, access, decision.reason);
  }
  Refusal Refuse(const AccessAttributes& access, const std::string& reason) {
    return ForbiddenAccessError(request_.user, access, reason);
  }

  Refusal CheckName(UserInfo& user) {
    AccessAttributes access = WishOfPerson("users", wanted_.name);
    const auto node = NodeOf(wanted_.name);
    if (is_constrained() && node) {
      access.resource = "nodes";
      access.name = mode_ == "associated-node" ? std::string_view("*") : *node;
      user.groups = {"system:nodes"};
    }
    if (const auto account = AccountOf(wanted_.name)) {
      access.resource = "serviceaccounts";
      access.namespace_ = account->namespace_;
      access.name = account->name;
      if (wanted_.groups.empty()) {
        user.groups = {"system:serviceaccounts",
                       "system:serviceaccounts:" + std::string(account->namespace_)};
      }
    }
    return Check(access);
  }

  Refusal CheckUid(UserInfo&) {
    return wanted_.uid.empty() ? Refusal() : Check(Wish("uids", wanted_.uid));
  }

  Refusal CheckGroups(UserInfo&) {
    if (wanted_.groups.empty()) return std::nullopt;
    if (is_constrained()) {
      if (wanted_.Is("")) {
        return Refuse(WishOfPerson("groups", ""),
                      "impersonating the empty string group is not allowed");
      }
      if (wanted_.Is("system:masters")) {
        return Refuse(WishOfPerson("groups", "system:masters"),
                      "impersonating the system:masters group is not allowed");
      }
      const bool is_many = wanted_.groups.size() >= kManyChecks;
      if (is_many && !Check(WishOfPerson("groups", "*"))) return std::nullopt;
    }
    for (const std::string& group : wanted_.groups) {
      if (auto refused = Check(WishOfPerson("groups", group))) return refused;
    }
    return std::nullopt;
  }

  static std::string ExtraProblem(const std::string& key, const std::vector<std::string>& values) {
    if (key.empty()) return "impersonating the empty string key in extra is not allowed";
    if (std::find(values.begin(), values.end(), "") != values.end()) {
      return "impersonating the empty string value in extra is not allowed";
    }
    return {};
  }

  Refusal CheckExtra(UserInfo&) {
    std::size_t count = 0;
    for (const auto& [key, values] : wanted_.extra) {
      count += values.size();
      const std::string problem = is_constrained() ? ExtraProblem(key, values) : std::string();
      if (!problem.empty()) return Refuse(Wish("userextras", ""), problem);
    }
    const bool is_many = count >= kManyChecks || wanted_.extra.size() >= kManyChecks;
    AccessAttributes all = Wish("userextras", "*");
    all.subresource = "*";
    if (is_constrained() && is_many && !Check(all)) return std::nullopt;
    for (const auto& [key, values] : wanted_.extra) {
      for (const std::string& value : values) {
        AccessAttributes access = Wish("userextras", value);
        access.subresource = key;
        if (auto refused = Check(access)) return refused;
      }
    }
    return std::nullopt;
  }

  Authorizer& authorizer_;
  const std::string mode_;
  const std::string verb_;
  const Request& request_;
  const UserInfo& wanted_;
};

void AddExtra(UserInfo& user, const std::string& key, const std::string& value) {
  auto place = std::lower_bound(
      user.extra.begin(), user.extra.end(), key,
      [](const auto& entry, const std::string& wanted) { return entry.first < wanted; });
  if (place == user.extra.end() || place->first != key) {
    place = user.extra.insert(place, {key, {}});
  }
  place->second.push_back(value);
}

}  // namespace

ApiResult<std::optional<UserInfo>> ReadImpersonation(
    const std::vector<std::pair<std::string, std::string>>& headers) {
  UserInfo wanted;
  for (const auto& [name, value] : headers) {
    if (name == "impersonate-user" && wanted.name.empty()) wanted.name = value;
    if (name == "impersonate-uid" && wanted.uid.empty()) wanted.uid = value;
    if (name == "impersonate-group") wanted.groups.push_back(value);
    if (name.starts_with(kExtraPrefix)) {
      AddExtra(wanted, UnescapeKey(name.substr(kExtraPrefix.size())), value);
    }
  }
  if (!wanted.name.empty()) return std::optional<UserInfo>(std::move(wanted));
  if (HasOnlyName(wanted)) return std::optional<UserInfo>();
  return BadRequestError("requested " + GoUser(wanted) + " without impersonating a user name");
}

ApiResult<UserInfo> Impersonation::ActingUser(const Request& request) {
  ApiResult<std::optional<UserInfo>> wanted = ReadImpersonation(request.impersonation);
  if (!wanted) return std::move(wanted.error());
  if (!*wanted) return request.user;
  constexpr std::size_t kCount = std::size(kModes);
  std::array<std::size_t, kCount> order{};
  for (std::size_t i = 0; i < kCount; ++i) order[i] = i;
  if (const auto last = last_mode_.find(request.user.name); last != last_mode_.end()) {
    std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(last->second),
                order.begin() + static_cast<std::ptrdiff_t>(last->second) + 1);
  }
  std::optional<ApiError> first_refusal;
  for (const std::size_t index : order) {
    if (!kModes[index].fits(**wanted, request.user)) continue;
    ApiResult<UserInfo> user = Attempt(authorizer_, kModes[index], request, **wanted).Run();
    if (user) {
      if (last_mode_.size() >= kRememberedUsersMax) last_mode_.clear();
      last_mode_[request.user.name] = index;
      return user;
    }
    if (!first_refusal) first_refusal = std::move(user.error());
  }
  return std::move(*first_refusal);
}

}  // namespace apiserver
