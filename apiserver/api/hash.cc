#include "apiserver/api/hash.h"

namespace apiserver {

std::string SafeEncodeString(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (char c : text) {
    safe += kSafeNameCharacters[static_cast<unsigned char>(c) % kSafeNameCharacters.size()];
  }
  return safe;
}

}  // namespace apiserver
