// The words of a command line that is one argument of ours.
#pragma once

#include <string>
#include <vector>

#include "sim/result.h"

namespace scenarios {

// Divided at blanks, with '...', "..." and \ as in a shell, and nothing else of it. Errors: an open
// quote, no word.
sim::Result<std::vector<std::string>> CommandWords(const std::string& text);

}  // namespace scenarios
