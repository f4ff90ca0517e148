#include "apiserver/pipeline/authentication.h"

#include <algorithm>

namespace apiserver {
namespace {

constexpr std::string_view kAuthenticated = "system:authenticated";

// The fields of one line of comma-separated values; a quoted field may hold commas, "" is a quote.
std::vector<std::string> SplitCsv(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::vector<std::string> SplitGroups(const std::string& text) {
  std::vector<std::string> groups;
  std::size_t begin = 0;
  while (begin <= text.size() && !text.empty()) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    if (comma > begin) groups.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return groups;
}

UserInfo Anonymous() {
  UserInfo user;
  user.name = "system:anonymous";
  user.groups = {"system:unauthenticated"};
  return user;
}

struct Bearer {
  std::string_view token{};  // "" when there is none
  bool is_blanked = false;   // a second blank stands where the token should
};

// Reads "Bearer TOKEN ...", split at single blanks.
Bearer ReadBearer(std::string_view header) {
  constexpr std::string_view kScheme = "bearer";
  while (header.starts_with(' ')) header.remove_prefix(1);
  while (header.ends_with(' ')) header.remove_suffix(1);
  if (header.size() <= kScheme.size() || header[kScheme.size()] != ' ') return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    if ((header[i] | 0x20) != kScheme[i]) return {};
  }
  header.remove_prefix(kScheme.size() + 1);
  const std::string_view token = header.substr(0, header.find(' '));
  return {token, token.empty()};
}

}  // namespace

sim::Result<TokenTable> ParseTokenFile(std::string_view text, const std::string& file_name) {
  TokenTable tokens;
  int line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    std::vector<std::string> fields = SplitCsv(line);
    if (fields.size() < 3 || fields[0].empty() || fields[1].empty()) {
      return sim::Error{file_name + ":" + std::to_string(line_number) +
                        ": want token,user,uid[,\"group1,group2\"]"};
    }
    UserInfo user;
    user.name = fields[1];
    user.uid = fields[2];
    if (fields.size() > 3) user.groups = SplitGroups(fields[3]);
    tokens[fields[0]] = std::move(user);
  }
  return tokens;
}

const UserInfo* Authenticator::FindStatic(std::string_view token) const {
  const auto found = tokens_.find(token);
  return found == tokens_.end() ? nullptr : &found->second;
}

Authentication Authenticator::AuthenticateToken(std::string_view token) const {
  Authentication result;
  if (const UserInfo* user = FindStatic(token)) {
    result.user = WithAuthenticated(*user);
    return result;
  }
  VerifiedToken verified =
      signer_ == nullptr ? VerifiedToken() : VerifyToken(token, *signer_, terms_.issuers);
  const std::optional<TokenClaims> claims = ReadPayload(verified.payload);
  if (!claims) {
    result.error = UnauthorizedError();
    return result;
  }
  result.user = UserOf(*claims);
  result.user.token_payload = std::move(verified.payload);
  return result;
}

Authentication Authenticator::Authenticate(const Credentials& credentials) const {
  Authentication result;
  if (!credentials.certificate_common_name.empty()) {
    result.user.name = credentials.certificate_common_name;
    result.user.groups = credentials.certificate_organizations;
    result.user = WithAuthenticated(std::move(result.user));
    return result;
  }
  const Bearer bearer = ReadBearer(credentials.authorization);
  if (!bearer.token.empty()) return AuthenticateToken(bearer.token);
  if (bearer.is_blanked) {
    result.warnings.emplace_back(
        "the provided Authorization header contains extra space before the bearer token, and is "
        "ignored");
  }
  result.user = Anonymous();
  return result;
}

UserInfo WithAuthenticated(UserInfo user) {
  if (!user.Is(kAuthenticated)) user.groups.emplace_back(kAuthenticated);
  return user;
}

}  // namespace apiserver
