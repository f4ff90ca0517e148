#include "apiserver/pipeline/token_claims.h"

#include <algorithm>

#include "apiserver/api/base64_url.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

constexpr std::size_t kTokenBytesMax = 16 * 1024;

Value ToValue(const TokenReference& reference) {
  return {{"name", reference.name}, {"uid", reference.uid}};
}

std::optional<TokenReference> ReadReference(const Value& claims, std::string_view name) {
  const Value* found = Find(claims, name);
  if (found == nullptr || !found->is_object()) return std::nullopt;
  return TokenReference{std::string(TextAt(*found, {"name"})),
                        std::string(TextAt(*found, {"uid"}))};
}

void AddExtra(UserInfo& user, const char* key, std::string value) {
  user.extra.push_back({std::string("authentication.kubernetes.io/") + key, {std::move(value)}});
}

std::vector<std::string_view> SplitToken(std::string_view token) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t dot = token.find('.');
    parts.push_back(token.substr(0, dot));
    if (dot == std::string_view::npos || parts.size() > 3) return parts;
    token.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string ToPayload(const TokenClaims& claims) {
  Object own{{"namespace", claims.namespace_}};
  if (claims.node) own["node"] = ToValue(*claims.node);
  if (claims.pod) own["pod"] = ToValue(*claims.pod);
  if (claims.secret) own["secret"] = ToValue(*claims.secret);
  own["serviceaccount"] = ToValue(claims.account);
  if (claims.warn_after) own["warnafter"] = *claims.warn_after;
  Array audiences;
  for (const std::string& audience : claims.audiences) audiences.emplace_back(audience);
  const Value payload = {
      {"aud", std::move(audiences)},
      {"exp", claims.expires_at},
      {"iat", claims.issued_at},
      {"iss", claims.issuer},
      {"jti", claims.id},
      {"kubernetes.io", std::move(own)},
      {"nbf", claims.not_before},
      {"sub", "system:serviceaccount:" + claims.namespace_ + ":" + claims.account.name}};
  return ToJson(payload);
}

std::optional<TokenClaims> ReadPayload(std::string_view payload) {
  const JsonParseResult parsed = ParseJson(payload);
  if (!parsed.ok() || !parsed.value.is_object()) return std::nullopt;
  const Value& value = parsed.value;
  const Value* own = Find(value, "kubernetes.io");
  if (own == nullptr) return std::nullopt;
  const std::optional<TokenReference> account = ReadReference(*own, "serviceaccount");
  if (!account) return std::nullopt;
  TokenClaims claims;
  claims.issuer = TextAt(value, {"iss"});
  claims.id = TextAt(value, {"jti"});
  claims.issued_at = IntAt(value, {"iat"});
  claims.not_before = IntAt(value, {"nbf"});
  claims.expires_at = IntAt(value, {"exp"});
  claims.namespace_ = TextAt(*own, {"namespace"});
  claims.account = *account;
  claims.pod = ReadReference(*own, "pod");
  claims.secret = ReadReference(*own, "secret");
  claims.node = ReadReference(*own, "node");
  if (Find(*own, "warnafter") != nullptr) claims.warn_after = IntAt(*own, {"warnafter"});
  const Value* audiences = Find(value, "aud");
  if (audiences != nullptr && audiences->is_array()) {
    for (const Value& audience : audiences->get_array()) {
      if (audience.is_string())
        claims.audiences.emplace_back(std::string_view(audience.get_string()));
    }
  }
  return claims;
}

UserInfo UserOf(const TokenClaims& claims) {
  UserInfo user;
  user.name = "system:serviceaccount:" + claims.namespace_ + ":" + claims.account.name;
  user.uid = claims.account.uid;
  user.groups = {"system:serviceaccounts", "system:serviceaccounts:" + claims.namespace_,
                 "system:authenticated"};
  if (!claims.id.empty()) AddExtra(user, "credential-id", "JTI=" + claims.id);
  if (claims.node) {
    AddExtra(user, "node-name", claims.node->name);
    if (!claims.node->uid.empty()) AddExtra(user, "node-uid", claims.node->uid);
  }
  if (claims.pod) {
    AddExtra(user, "pod-name", claims.pod->name);
    AddExtra(user, "pod-uid", claims.pod->uid);
  }
  return user;
}

std::string SignToken(const TokenClaims& claims, const TokenSigner& signer) {
  const std::string header =
      R"({"alg":")" + signer.algorithm() + R"(","kid":")" + signer.key_id() + R"("})";
  const std::string text = EncodeBase64Url(header) + "." + EncodeBase64Url(ToPayload(claims));
  return text + "." + EncodeBase64Url(signer.Sign(text));
}

VerifiedToken VerifyToken(std::string_view token, const TokenSigner& signer,
                          const std::vector<std::string>& issuers) {
  if (token.size() > kTokenBytesMax) return {};
  const std::vector<std::string_view> parts = SplitToken(token);
  if (parts.size() != 3) return {};
  std::optional<std::string> payload = DecodeBase64Url(parts[1]);
  if (!payload) return {};
  const JsonParseResult claims = ParseJson(*payload);
  if (!claims.ok() ||
      std::find(issuers.begin(), issuers.end(), TextAt(claims.value, {"iss"})) == issuers.end()) {
    return {};
  }
  const std::optional<std::string> header = DecodeBase64Url(parts[0]);
  const std::optional<std::string> signature = DecodeBase64Url(parts[2]);
  if (!header || !signature) return {};
  const JsonParseResult head = ParseJson(*header);
  if (!head.ok() || TextAt(head.value, {"alg"}).empty()) return {};
  const std::string_view signed_text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!signer.Verify(TextAt(head.value, {"alg"}), signed_text, *signature)) {
    return {true, "go-jose/go-jose: error in cryptographic primitive", {}};
  }
  return {true, {}, std::move(*payload)};
}

}  // namespace apiserver
