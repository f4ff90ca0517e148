#include "apiserver/http/answer.h"

#include <zlib.h>

#include <algorithm>
#include <cstdio>

#include "sim/check.h"

namespace apiserver {
namespace {

constexpr int kGzipWindowBits = 15 + 16;

void AppendHeader(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  // A header value ends at a line break, wherever its text came from.
  for (const char c : value) out += c == '\r' || c == '\n' ? ' ' : c;
  out += "\r\n";
}

bool HasHeader(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return true;
  }
  return false;
}

// Quoted as RFC 7234's warn-text: backslash and quote escaped.
std::string WarningValue(std::string_view text) {
  std::string value = "299 - \"";
  for (const char c : text) {
    if (c == '"' || c == '\\') value += '\\';
    value += c;
  }
  return value + '"';
}

std::string_view FirstCharacters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool begins_character = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins_character && count-- == 0) break;
  }
  return text.substr(0, end);
}

std::size_t CharacterCount(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// Upstream drops warnings that are no line of text.
bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// Each text once; when all together are too long, each is cut and the last ones are left out.
// Source: k8s.io/apiserver/pkg/endpoints/filters/warning.go.
std::vector<std::string_view> ShownWarnings(const std::vector<std::string>& warnings) {
  constexpr std::size_t kTotalMax = 4096;
  constexpr std::size_t kItemMax = 256;
  std::vector<std::string_view> shown;
  std::size_t total = 0;
  for (std::string_view text : warnings) {
    if (text.empty() || HasControl(text)) continue;
    if (std::find(shown.begin(), shown.end(), text) != shown.end()) continue;
    shown.push_back(text);
    total += CharacterCount(text);
  }
  if (total <= kTotalMax) return shown;
  total = 0;
  std::size_t kept = 0;
  while (kept < shown.size() && total < kTotalMax) {
    shown[kept] = FirstCharacters(shown[kept], kItemMax);
    total += CharacterCount(shown[kept++]);
  }
  shown.resize(kept);
  return shown;
}

void AppendHead(std::string& out, const Response& response, std::string_view content_type,
                bool keep_alive) {
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += StatusText(response.status);
  out += "\r\n";
  if (!HasHeader(response, "Cache-Control")) {
    AppendHeader(out, "Cache-Control", "no-cache, private");
  }
  if (!content_type.empty()) AppendHeader(out, "Content-Type", content_type);
  for (const auto& [name, value] : response.headers) AppendHeader(out, name, value);
  for (const std::string_view warning : ShownWarnings(response.warnings)) {
    AppendHeader(out, "Warning", WarningValue(warning));
  }
  if (!keep_alive) AppendHeader(out, "Connection", "close");
}

}  // namespace

std::string_view StatusText(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Request Entity Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

std::string BuildAnswerHead(const Response& response, EncodedBody& body,
                            const AnswerOptions& options) {
  const bool compress = options.accepts_gzip && body.bytes.size() > kGzipThresholdBytes;
  if (compress) body.bytes = Gzip(body.bytes);
  const bool bodiless = response.status == 204 || response.status == 304;
  std::string out;
  AppendHead(out, response, bodiless ? std::string_view() : body.content_type, options.keep_alive);
  if (compress) {
    AppendHeader(out, "Content-Encoding", "gzip");
    AppendHeader(out, "Vary", "Accept-Encoding");
  }
  if (!bodiless) AppendHeader(out, "Content-Length", std::to_string(body.bytes.size()));
  out += "\r\n";
  if (!options.has_body || bodiless) body.bytes.clear();
  return out;
}

std::string BuildAnswer(const Response& response, EncodedBody body, const AnswerOptions& options) {
  std::string out = BuildAnswerHead(response, body, options);
  out += body.bytes;
  return out;
}

std::string BuildStreamHead(const Response& response, std::string_view content_type,
                            bool keep_alive) {
  std::string out;
  AppendHead(out, response, content_type, keep_alive);
  AppendHeader(out, "Transfer-Encoding", "chunked");
  out += "\r\n";
  return out;
}

std::string BuildPlainAnswer(int status, std::string_view text) {
  Response response;
  response.status = status;
  return BuildAnswer(response, {"text/plain; charset=utf-8", std::string(text)},
                     {.keep_alive = false});
}

std::string Gzip(std::string_view bytes) {
  z_stream stream{};
  SIM_CHECK(deflateInit2(&stream, 1, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  SIM_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

sim::Result<std::string> Gunzip(std::string_view bytes, std::size_t size_max) {
  z_stream stream{};
  SIM_CHECK(inflateInit2(&stream, kGzipWindowBits) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int code = Z_OK;
  while (code == Z_OK && out.size() <= size_max) {
    const std::size_t begin = out.size();
    out.resize(begin + std::max<std::size_t>(4 * bytes.size(), 4096));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + begin);
    stream.avail_out = static_cast<uInt>(out.size() - begin);
    code = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (out.size() > size_max) {
    return sim::Error{"the answer is larger than " + std::to_string(size_max) + " bytes"};
  }
  if (code == Z_STREAM_END) return out;
  return sim::Error{code == Z_DATA_ERROR ? "gzip: invalid header" : "unexpected EOF"};
}

std::string ChunkHead(std::size_t size) {
  char text[24];
  const int length = std::snprintf(text, sizeof text, "%zx\r\n", size);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace apiserver
