#include "apiserver/http/web_socket.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cctype>

#include "apiserver/http/answer.h"

namespace apiserver {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view kTokenPrefix = "base64url.bearer.authorization.k8s.io.";
constexpr std::size_t kLengthPrefixBytes = 4;
constexpr int kProtocolError = 1002;
constexpr int kNormalEnd = 1000;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string AcceptKey(std::string_view key) {
  const std::string text = std::string(key) + std::string(kGuid);
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  unsigned char encoded[32];
  const int size = EVP_EncodeBlock(encoded, digest, sizeof digest);
  return {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size)};
}

// Nothing if `text` is not base64 of the alphabet for URLs, without padding.
std::optional<std::string> DecodeUrlBase64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (text.size() % 4 == 1) return std::nullopt;
  std::string decoded;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded += static_cast<char>((bits >> count) & 0xFF);
  }
  return decoded;
}

WebSocketHandshake Refuse(int status, std::string_view header, std::string_view text) {
  return {.is_accepted = false,
          .answer = "HTTP/1.1 " + std::to_string(status) + " " + std::string(StatusText(status)) +
                    "\r\n" + std::string(header) + "\r\n" + std::string(text)};
}

// As Go's url.ParseRequestURI: an absolute path, or a scheme and something behind it.
bool IsOrigin(std::string_view text) {
  const bool has_blank = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
  });
  if (has_blank) return false;
  if (text.starts_with('/')) return true;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  if (std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  return text[colon + 1] == '/';
}

std::string CloseFrame(int status) {
  const char payload[2] = {static_cast<char>(status >> 8), static_cast<char>(status & 0xFF)};
  return WebSocketFrame(FrameKind::kClose, {payload, sizeof payload});
}

}  // namespace

bool AsksForWebSocket(std::string_view upgrade, std::string_view connection) {
  return Lower(upgrade) == "websocket" && Lower(connection).find("upgrade") != std::string::npos;
}

std::vector<std::string> SplitProtocols(std::string_view header) {
  std::vector<std::string> protocols;
  header = Trim(header);
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    protocols.emplace_back(Trim(header.substr(0, comma)));
    header.remove_prefix(std::min(comma + 1, header.size()));
  }
  return protocols;
}

ProtocolToken TakeProtocolToken(std::vector<std::string>& protocols) {
  ProtocolToken found;
  std::vector<std::string> others;
  int count = 0;
  for (const std::string& protocol : protocols) {
    if (!protocol.starts_with(kTokenPrefix)) {
      others.push_back(protocol);
      continue;
    }
    const auto token = DecodeUrlBase64(std::string_view(protocol).substr(kTokenPrefix.size()));
    found.is_invalid = found.is_invalid || ++count > 1 || !token;
    found.token = token.value_or("");
  }
  // One must be left to be chosen.
  if (!found.token.empty() && others.empty()) found.is_invalid = true;
  if (!found.token.empty() && !found.is_invalid) protocols = std::move(others);
  return found;
}

WebSocketHandshake AnswerHandshake(const WebSocketRequest& request) {
  if (request.method != "GET") return Refuse(405, "", "bad method");
  if (request.key.empty()) return Refuse(400, "", "mismatch challenge/response");
  if (request.version != "13") {
    return Refuse(400, "Sec-WebSocket-Version: 13\r\n", "missing or bad WebSocket Version");
  }
  if (!IsOrigin(request.origin)) return Refuse(403, "", "");
  if (request.protocols.size() > 1) return Refuse(400, "", "");
  std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      AcceptKey(request.key) + "\r\n";
  if (!request.protocols.empty()) {
    head += "Sec-WebSocket-Protocol: " + request.protocols.front() + "\r\n";
  }
  return {.is_accepted = true, .answer = head + "\r\n"};
}

std::string WebSocketFrame(FrameKind kind, std::string_view payload) {
  constexpr unsigned kIsLast = 0x80;
  const std::uint64_t size = payload.size();
  const int length_bytes = size <= 125 ? 0 : size < 65536 ? 2 : 8;
  std::string frame;
  frame.reserve(payload.size() + 10);
  frame += static_cast<char>(kIsLast | static_cast<unsigned>(kind));
  frame += static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
  for (int byte = length_bytes - 1; byte >= 0; --byte) {
    frame += static_cast<char>((size >> (8 * byte)) & 0xFF);
  }
  return frame.append(payload);
}

std::string WebSocketEnd() { return CloseFrame(kNormalEnd); }

std::string EventFrames(std::string_view bytes, FrameKind kind) {
  std::string frames;
  while (!bytes.empty()) {
    std::size_t skipped = 0;
    std::size_t size = bytes.size();
    if (kind == FrameKind::kText) {
      const std::size_t line = bytes.find('\n');
      if (line != std::string_view::npos) size = line + 1;
    } else if (bytes.size() >= kLengthPrefixBytes) {
      skipped = kLengthPrefixBytes;
      size = 0;
      for (std::size_t at = 0; at < kLengthPrefixBytes; ++at) {
        size = size << 8 | static_cast<unsigned char>(bytes[at]);
      }
      size = std::min(size, bytes.size() - skipped);
    }
    frames += WebSocketFrame(kind, bytes.substr(skipped, size));
    bytes.remove_prefix(skipped + size);
  }
  return frames;
}

std::size_t WebSocketReader::HeadSize() const {
  constexpr std::size_t kMaskBytes = 4;
  if (head_.size() < 2) return 2;
  const unsigned size = static_cast<unsigned char>(head_[1]) & 0x7FU;
  return 2 + (size == 126 ? 2U : size == 127 ? 8U : 0U) + kMaskBytes;
}

void WebSocketReader::ReadHead() {
  kind_ = static_cast<FrameKind>(static_cast<unsigned char>(head_[0]) & 0x0FU);
  left_ = static_cast<unsigned char>(head_[1]) & 0x7FU;
  const std::size_t mask_begin = HeadSize() - sizeof mask_;
  if (mask_begin > 2) left_ = 0;
  for (std::size_t at = 2; at < mask_begin; ++at) {
    left_ = left_ << 8 | static_cast<unsigned char>(head_[at]);
  }
  left_ &= ~(1ULL << 63);
  std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(mask_begin), sizeof mask_, mask_);
  read_ = 0;
  control_.clear();
}

std::string WebSocketReader::EndFrame() {
  is_in_payload_ = false;
  head_.clear();
  return kind_ == FrameKind::kPing ? WebSocketFrame(FrameKind::kPong, control_) : "";
}

WebSocketReader::Received WebSocketReader::Take(std::string_view bytes) {
  Received received;
  while (!bytes.empty()) {
    if (!is_in_payload_) {
      head_ += bytes.front();
      bytes.remove_prefix(1);
      const bool is_unmasked =
          head_.size() == 2 && (static_cast<unsigned char>(head_[1]) & 0x80U) == 0;
      if (is_unmasked) {
        received.answer += CloseFrame(kProtocolError);
        received.is_end = true;
        return received;
      }
      if (head_.size() < HeadSize()) continue;
      ReadHead();
      is_in_payload_ = true;
      if (kind_ == FrameKind::kClose) {
        received.is_end = true;
        return received;
      }
    }
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    for (std::size_t at = 0; at < size && kind_ == FrameKind::kPing; ++at) {
      if (control_.size() == kControlBytesMax) break;
      control_ += static_cast<char>(static_cast<std::uint8_t>(bytes[at]) ^ mask_[(read_ + at) % 4]);
    }
    read_ += size;
    left_ -= size;
    bytes.remove_prefix(size);
    if (left_ == 0) received.answer += EndFrame();
  }
  return received;
}

}  // namespace apiserver
