// WebSocket: what a client sends is answered the same however it is cut, within limits; whatever a
// request offers is answered by a handshake or a refusal.
//
// The first byte says where the rest is cut.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "apiserver/http/web_socket.h"
#include "sim/check.h"

namespace {

using namespace apiserver;

// What is answered up to the end.
std::string AnswerTo(std::string_view bytes, std::size_t part) {
  WebSocketReader reader;
  std::string answer;
  while (!bytes.empty()) {
    const std::size_t size = std::min(part, bytes.size());
    const WebSocketReader::Received received = reader.Take(bytes.substr(0, size));
    answer += received.answer;
    if (received.is_end) return answer + "(end)";
    bytes.remove_prefix(size);
  }
  return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = AnswerTo(bytes, bytes.size() + 1);
  SIM_CHECK(AnswerTo(bytes, 1 + data[0] % 32U) == whole);
  // A frame of an answer is at most as long as what it answers, and a head.
  SIM_CHECK(whole.size() <= 2 * bytes.size() + 16);
  std::vector<std::string> protocols = SplitProtocols(bytes);
  const std::size_t offered = protocols.size();
  (void)TakeProtocolToken(protocols);
  SIM_CHECK(protocols.size() <= offered);
  const std::string text(bytes);
  SIM_CHECK(!AnswerHandshake({"GET", text, "13", text, protocols}).answer.empty());
  (void)EventFrames(bytes, data[0] % 2 == 0 ? FrameKind::kText : FrameKind::kBinary);
  return 0;
}
