// Watches by WebSocket: what is accepted, how events and a client's frames look.
#include "apiserver/http/web_socket.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

TEST(WebSocket, IsAskedForByBothHeaders) {
  EXPECT_TRUE(AsksForWebSocket("WebSocket", "keep-alive, Upgrade"));
  EXPECT_FALSE(AsksForWebSocket("websocket", "keep-alive"));
  EXPECT_FALSE(AsksForWebSocket("SPDY/3.1", "Upgrade"));
  EXPECT_FALSE(AsksForWebSocket("", ""));
}

TEST(WebSocket, HandshakesAreAnsweredOrRefusedAsTheReferenceDoes) {
  const WebSocketRequest good{.method = "GET",
                              .key = "dGhlIHNhbXBsZSBub25jZQ==",
                              .version = "13",
                              .origin = "https://x",
                              .protocols = {}};
  EXPECT_TRUE(AnswerHandshake(good).is_accepted);
  struct Case {
    const char* name;
    void (*change)(WebSocketRequest&);
    const char* want;
  };
  const Case cases[] = {
      {"method", [](WebSocketRequest& request) { request.method = "POST"; },
       "HTTP/1.1 405 Method Not Allowed\r\n\r\nbad method"},
      {"key", [](WebSocketRequest& request) { request.key = ""; },
       "HTTP/1.1 400 Bad Request\r\n\r\nmismatch challenge/response"},
      {"version", [](WebSocketRequest& request) { request.version = "8"; },
       "HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\n"
       "missing or bad WebSocket Version"},
      {"no origin", [](WebSocketRequest& request) { request.origin = ""; },
       "HTTP/1.1 403 Forbidden\r\n\r\n"},
      {"broken origin", [](WebSocketRequest& request) { request.origin = "x"; },
       "HTTP/1.1 403 Forbidden\r\n\r\n"},
      {"two protocols", [](WebSocketRequest& request) { request.protocols = {"a", "b"}; },
       "HTTP/1.1 400 Bad Request\r\n\r\n"}};
  for (const Case& item : cases) {
    WebSocketRequest request = good;
    item.change(request);
    const WebSocketHandshake got = AnswerHandshake(request);
    EXPECT_FALSE(got.is_accepted) << item.name;
    EXPECT_EQ(got.answer, item.want) << item.name;
  }
  WebSocketRequest one = good;
  one.protocols = {"binary.k8s.io"};
  EXPECT_NE(AnswerHandshake(one).answer.find("Sec-WebSocket-Protocol: binary.k8s.io\r\n"),
            std::string::npos);
}

TEST(WebSocket, TokensAreTakenOutOfProtocols) {
  const std::string token = "base64url.bearer.authorization.k8s.io.";
  auto protocols = SplitProtocols(token + "Z29vZA , other");
  ProtocolToken found = TakeProtocolToken(protocols);
  EXPECT_EQ(found.token, "good");
  EXPECT_FALSE(found.is_invalid);
  EXPECT_EQ(protocols, std::vector<std::string>{"other"});
  for (const std::string& header :
       {token + "Z29vZA", token + "!, other", token + "Z29vZA, " + token + "Z29vZA, other"}) {
    auto offered = SplitProtocols(header);
    EXPECT_TRUE(TakeProtocolToken(offered).is_invalid) << header;
  }
  auto none = SplitProtocols("a,b");
  EXPECT_EQ(TakeProtocolToken(none).token, "");
  EXPECT_EQ(none.size(), 2U);
}

TEST(WebSocket, EachEventHasAFrame) {
  EXPECT_EQ(EventFrames("{}\n[1]\n", FrameKind::kText), "\x81\x03{}\n\x81\x04[1]\n");
  EXPECT_EQ(EventFrames(std::string("\0\0\0\2ab\0\0\0\1c", 11), FrameKind::kBinary),
            "\x82\x02"
            "ab\x82\x01"
            "c");
  // A length that promises more than there is.
  EXPECT_EQ(EventFrames("\xff\xff\xff\xff"
                        "a",
                        FrameKind::kBinary),
            "\x82\x01"
            "a");
}

TEST(WebSocket, LongFramesSayTheirLengthInMoreBytes) {
  EXPECT_EQ(WebSocketFrame(FrameKind::kText, std::string(126, 'x')).substr(0, 4),
            std::string("\x81\x7e\0\x7e", 4));
  EXPECT_EQ(WebSocketFrame(FrameKind::kText, std::string(65536, 'x')).substr(0, 10),
            std::string("\x81\x7f\0\0\0\0\0\1\0\0", 10));
}

TEST(WebSocket, FramesOfClientsMayComeInAnyPieces) {
  const std::string text = std::string("\x81\xfe\0\x80MASK", 8) + std::string(128, 'x');
  const std::string bytes =
      text + std::string("\x89\x83\1\2\3\4\x60\x60\x60", 9) + std::string("\x88\x80\0\0\0\0", 6);
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    WebSocketReader reader;
    std::string answer;
    bool is_end = false;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      EXPECT_FALSE(is_end) << size;
      const auto received = reader.Take(std::string_view(bytes).substr(at, size));
      answer += received.answer;
      is_end = received.is_end;
    }
    EXPECT_EQ(answer,
              "\x8a\x03"
              "abc")
        << size;
    EXPECT_TRUE(is_end) << size;
  }
}

TEST(WebSocket, ClientsThatDoNotMaskAreEnded) {
  WebSocketReader reader;
  const auto received = reader.Take(std::string_view("\x81\x01x", 3));
  EXPECT_TRUE(received.is_end);
  EXPECT_EQ(received.answer, "\x88\x02\x03\xea");
}

}  // namespace
}  // namespace apiserver
