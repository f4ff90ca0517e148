#include "sim/host/line_splitter.h"

#include <algorithm>
#include <utility>

namespace sim {

void LineSplitter::Add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const bool has_end = end != std::string_view::npos;
    const std::string_view piece = bytes.substr(0, has_end ? end : bytes.size());
    const std::size_t taken = std::min(piece.size(), line_bytes_max_ - line_.size());
    line_ += piece.substr(0, taken);
    bytes.remove_prefix(taken);
    if (taken == piece.size() && has_end) {
      bytes.remove_prefix(1);
      if (!line_.empty() && line_.back() == '\r') line_.pop_back();
      consumer_(std::exchange(line_, {}));
    } else if (line_.size() == line_bytes_max_ && !bytes.empty()) {
      consumer_(std::exchange(line_, {}));
    }
  }
}

void LineSplitter::Finish() {
  if (!line_.empty()) consumer_(std::exchange(line_, {}));
}

}  // namespace sim
