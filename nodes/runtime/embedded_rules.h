// The rule files that the build embedded (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace nodes {

struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

std::span<const EmbeddedFile> EmbeddedBehaviourRules();

}  // namespace nodes
