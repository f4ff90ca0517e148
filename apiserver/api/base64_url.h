// Base64 for URLs, without padding, as JSON Web Tokens use it (RFC 4648, section 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace apiserver {

std::string EncodeBase64Url(std::string_view bytes);
// Nothing when `text` holds anything else.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace apiserver
