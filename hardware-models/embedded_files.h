// The data files of this folder as the build embedded them (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace hardware_models {

struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

std::span<const EmbeddedFile> EmbeddedMachines();

}  // namespace hardware_models
