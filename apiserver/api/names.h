// The syntax of names, labels and the like, with the messages of upstream's validators.
//
// Each function answers the list of messages, empty when `value` is well-formed; callers attach the
// field. Sources: k8s.io/apimachinery/pkg/util/validation and pkg/api/validate/content. Threads:
// any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace apiserver {

using NameMessages = std::vector<std::string>;

inline constexpr std::size_t kDns1123LabelMax = 63;
inline constexpr std::size_t kDns1123SubdomainMax = 253;
inline constexpr std::size_t kLabelValueMax = 63;

NameMessages CheckDns1123Label(std::string_view value);
NameMessages CheckDns1123Subdomain(std::string_view value);
NameMessages CheckDns1123SubdomainWithUnderscore(std::string_view value);
NameMessages CheckDns1035Label(std::string_view value);
NameMessages CheckWildcardDns1123Subdomain(std::string_view value);  // "*.example.com"
NameMessages CheckQualifiedName(std::string_view value);             // label and annotation keys
NameMessages CheckLabelValue(std::string_view value);
NameMessages CheckPathSegmentName(std::string_view value);  // most cluster-scoped names
NameMessages CheckConfigMapKey(std::string_view value);     // also Secret keys
NameMessages CheckEnvVarName(std::string_view value);       // since 1.34 the relaxed rule
NameMessages CheckPortName(std::string_view value);
NameMessages CheckHttpHeaderName(std::string_view value);
NameMessages CheckPercent(std::string_view value);
NameMessages CheckCIdentifier(std::string_view value);
NameMessages CheckPortNumber(std::int64_t value);
NameMessages CheckInRange(std::int64_t value, std::int64_t low, std::int64_t high);
NameMessages CheckDomainPrefixedKey(std::string_view value);  // a qualified name with its prefix

// The same as predicates, for hot paths.
bool IsDns1123Label(std::string_view value);
bool IsDns1123Subdomain(std::string_view value);
bool IsQualifiedName(std::string_view value);
bool IsLabelValue(std::string_view value);

// "MESSAGE (e.g. 'a',  or 'b', regex used for validation is 'R')", the shape of all of them.
std::string RegexMessage(std::string_view message, std::string_view regex,
                         std::initializer_list<std::string_view> examples);

}  // namespace apiserver
