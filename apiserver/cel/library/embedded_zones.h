// The table of time zones as the build embedded it (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace apiserver::cel {

struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

std::span<const EmbeddedFile> EmbeddedTimeZones();

}  // namespace apiserver::cel
