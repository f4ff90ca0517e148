// Watches by WebSocket (RFC 6455), as the reference serves them: the handshake, the frames of
// events, and what a client's frames call for. Pure.
//
// Sources: golang.org/x/net/websocket (handshake, refusals, ends), k8s.io/apiserver
// endpoints/handlers/watch.go (a frame per event) and authentication/request/websocket (tokens).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace apiserver {

struct WebSocketRequest {
  std::string method;
  std::string key;
  std::string version;
  std::string origin;
  std::vector<std::string> protocols;  // Offered, in order.
};

// Of a request's headers.
bool AsksForWebSocket(std::string_view upgrade, std::string_view connection);
std::vector<std::string> SplitProtocols(std::string_view header);

// A bearer token among the protocols, for clients that can't send headers: it is taken out of them.
struct ProtocolToken {
  std::string token;        // Empty if there is none.
  bool is_invalid = false;  // 401.
};
ProtocolToken TakeProtocolToken(std::vector<std::string>& protocols);

struct WebSocketHandshake {
  bool is_accepted = false;
  std::string answer;  // The head of 101; or all of the refusal, after which the connection ends.
};
WebSocketHandshake AnswerHandshake(const WebSocketRequest& request);

enum class FrameKind : std::uint8_t { kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

std::string WebSocketFrame(FrameKind kind, std::string_view payload);
// A frame that says that no more comes, for the usual reason.
std::string WebSocketEnd();

// A frame for each event in `bytes`, which are whole events of a watch: lines of JSON, or protobuf
// messages each behind its length.
std::string EventFrames(std::string_view bytes, FrameKind kind);

// What comes from the client: all data is ignored.
class WebSocketReader {
 public:
  struct Received {
    std::string answer;   // To be sent.
    bool is_end = false;  // The client has closed, or breaks the protocol.
  };
  Received Take(std::string_view bytes);

 private:
  static constexpr std::size_t kControlBytesMax = 125;

  std::size_t HeadSize() const;
  void ReadHead();
  std::string EndFrame();

  std::string head_;  // Of the frame that is being read, as far as it has come.
  bool is_in_payload_ = false;
  FrameKind kind_ = FrameKind::kText;
  std::uint64_t left_ = 0;
  std::uint64_t read_ = 0;
  std::uint8_t mask_[4] = {};
  std::string control_;  // The payload of a ping.
};

}  // namespace apiserver
