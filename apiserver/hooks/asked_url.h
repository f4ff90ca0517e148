// The URL at which a webhook is really asked, as client-go's REST client makes it from the one that
// is configured: its path cleaned ("" is "/", "//a/" is "/a"), and the time-out as a parameter.
#pragma once

#include <string>

namespace apiserver {

std::string AskedUrl(const std::string& url, int timeout_seconds);

}  // namespace apiserver
