// Texts in a row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace apiserver {

// "a", "a, b": joined.
inline std::string JoinTexts(const std::vector<std::string>& texts, std::string_view separator) {
  std::string joined;
  for (const std::string& text : texts) {
    if (&text != &texts.front()) joined += separator;
    joined += text;
  }
  return joined;
}

}  // namespace apiserver
