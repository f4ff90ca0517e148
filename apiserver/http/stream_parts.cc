#include "apiserver/http/stream_parts.h"

#include "apiserver/http/answer.h"

namespace apiserver {
namespace {

constexpr std::size_t kFrameBytesMax = 32;
constexpr char kEnd[] = "0\r\n\r\n";

std::string Frame(const WatchStream::Chunk* begin, const WatchStream::Chunk* end) {
  std::size_t size = 0;
  for (const auto* chunk = begin; chunk != end; ++chunk) size += chunk->bytes->size();
  std::string part;
  if (size == 0) return part;
  part.reserve(size + kFrameBytesMax);
  part += ChunkHead(size);
  for (const auto* chunk = begin; chunk != end; ++chunk) part += *chunk->bytes;
  part += "\r\n";
  return part;
}

}  // namespace

std::deque<std::string> StreamParts(const std::vector<WatchStream::Chunk>& chunks, bool is_end,
                                    PartJoining joining) {
  std::deque<std::string> parts;
  const WatchStream::Chunk* all = chunks.data();
  const auto add = [&parts](std::string part) {
    if (!part.empty()) parts.push_back(std::move(part));
  };
  if (joining == PartJoining::kAll) {
    std::string part = Frame(all, all + chunks.size());
    if (is_end) part += kEnd;
    add(std::move(part));
    return parts;
  }
  for (std::size_t index = 0; index < chunks.size(); ++index) {
    add(Frame(all + index, all + index + 1));
  }
  if (is_end) parts.emplace_back(kEnd);
  return parts;
}

}  // namespace apiserver
