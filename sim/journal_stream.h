// The bytes of a recording on disk, plain or through zstd.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/result.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace sim {

// Owns a file that is written from the beginning.
class JournalOutput {
 public:
  static Result<std::unique_ptr<JournalOutput>> Create(const std::string& path, bool is_compressed);
  ~JournalOutput();

  // Written as is, before anything else.
  void WriteRaw(std::string_view bytes);
  void Write(std::string_view bytes);
  void Flush();
  void Close();
  // The first thing that went wrong; nothing is written after it.
  const std::optional<Error>& error() const { return error_; }

 private:
  enum class Step { kContinue, kFlush, kEnd };
  JournalOutput(std::string path, int file, ZSTD_CCtx_s* compressor);
  void Compress(std::string_view bytes, Step step);
  void WriteOut();
  void Fail(const std::string& what);

  std::string path_;
  int file_;
  ZSTD_CCtx_s* compressor_;  // Null for plain files.
  std::string buffer_;
  std::optional<Error> error_;
};

// Owns a file that is read from the beginning.
class JournalInput {
 public:
  static Result<std::unique_ptr<JournalInput>> Open(const std::string& path);
  ~JournalInput();

  // Up to `count` bytes as they lie in the file.
  Result<std::string> ReadRaw(std::size_t count);
  // From here on the file is compressed.
  void Decompress();
  // Exactly `count` bytes, or fewer at the end of the file.
  Result<std::string> Read(std::size_t count);
  const std::string& path() const { return path_; }

 private:
  JournalInput(std::string path, int file);
  // More bytes into decoded_; false at the end of the file.
  Result<bool> Fill();

  std::string path_;
  int file_;
  ZSTD_DCtx_s* decompressor_ = nullptr;
  std::string raw_;
  std::string decoded_;
  std::size_t decoded_offset_ = 0;
};

}  // namespace sim
