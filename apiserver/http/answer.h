// The bytes of an HTTP/1.1 answer: status line, headers, optional gzip. Pure.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/api/request.h"
#include "apiserver/encoding/encode.h"
#include "sim/result.h"

namespace apiserver {

// Bodies above this size are compressed for clients that accept gzip, as the reference does.
inline constexpr std::size_t kGzipThresholdBytes = 128 * 1024;

struct AnswerOptions {
  bool keep_alive = true;
  bool accepts_gzip = false;
  bool has_body = true;  // false for HEAD
};

// "Not Found" for 404.
std::string_view StatusText(int status);

// The head of an answer whose body is known; `body` becomes what follows it, which may be nothing.
std::string BuildAnswerHead(const Response& response, EncodedBody& body,
                            const AnswerOptions& options);

// Head and body in one.
std::string BuildAnswer(const Response& response, EncodedBody body, const AnswerOptions& options);

// The head of an answer that is streamed in chunks (watches, followed logs).
std::string BuildStreamHead(const Response& response, std::string_view content_type,
                            bool keep_alive);

// A plain-text answer for what never becomes a request ("400 Bad Request", "431 ...").
std::string BuildPlainAnswer(int status, std::string_view text);

// `bytes` as a gzip stream, level 1 as the reference uses.
std::string Gzip(std::string_view bytes);

// What the gzip stream `bytes` unpacks to. Errors: it is none, or that is larger than `size_max`.
sim::Result<std::string> Gunzip(std::string_view bytes, std::size_t size_max);

// `bytes` as one chunk of a chunked body.
std::string ChunkHead(std::size_t size);

}  // namespace apiserver
