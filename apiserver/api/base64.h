// Standard base64 with padding, as Go's encoding/base64 reads and writes it.
#pragma once

#include <string>
#include <string_view>

#include "sim/result.h"

namespace apiserver {

// Line breaks are skipped. Errors: "illegal base64 data at input byte N".
sim::Result<std::string> DecodeBase64(std::string_view text);

void AppendBase64(std::string_view bytes, std::string& out);

}  // namespace apiserver
