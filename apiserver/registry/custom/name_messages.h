// What is wrong with a name, as definitions and embedded objects tell it: in one sentence.
#pragma once

#include <string>

#include "apiserver/api/names.h"

namespace apiserver {

inline std::string Joined(const NameMessages& messages) {
  std::string text;
  for (const std::string& message : messages) text += (text.empty() ? "" : ",") + message;
  return text;
}

}  // namespace apiserver
