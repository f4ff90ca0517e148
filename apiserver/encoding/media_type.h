// Media types as HTTP headers write them: `application/json;as=Table;v=v1;q=0.9`.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace apiserver {

struct MediaType {
  std::string type;  // as sent: upstream compares those of Accept headers to the letter
  std::string subtype;
  std::vector<std::pair<std::string, std::string>> parameters;  // names lower case, without q
  int quality_permille = 1000;

  std::string Name() const { return type + "/" + subtype; }
  // The value of parameter `name`, or "".
  std::string_view Parameter(std::string_view name) const;
};

// At most this many clauses of an Accept header are read; the rest is ignored.
inline constexpr std::size_t kAcceptClausesMax = 64;

// The clauses of an Accept header, by falling quality, equal ones in their order. Clauses that do
// not parse are left out. An empty header is `*/*`.
std::vector<MediaType> ParseAccept(std::string_view header);

// The media type of a Content-Type header, lower case and without parameters, or "" when it does
// not parse (a type with more than one slash, for instance).
std::string ParseContentType(std::string_view header);

}  // namespace apiserver
