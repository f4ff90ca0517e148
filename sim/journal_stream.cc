#include "sim/journal_stream.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/check.h"

namespace sim {
namespace {

constexpr std::size_t kBufferBytes = 1u << 16;
constexpr int kCompressionLevel = 3;

}  // namespace

Result<std::unique_ptr<JournalOutput>> JournalOutput::Create(const std::string& path,
                                                             bool is_compressed) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    return Error{"cannot make the recording " + path + ": " + std::strerror(errno)};
  }
  ZSTD_CCtx* compressor = nullptr;
  if (is_compressed) {
    compressor = ZSTD_createCCtx();
    SIM_CHECK(compressor != nullptr);
    ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel, kCompressionLevel);
    ZSTD_CCtx_setParameter(compressor, ZSTD_c_checksumFlag, 1);
  }
  return std::unique_ptr<JournalOutput>(new JournalOutput(path, file, compressor));
}

JournalOutput::JournalOutput(std::string path, int file, ZSTD_CCtx* compressor)
    : path_(std::move(path)), file_(file), compressor_(compressor) {}

JournalOutput::~JournalOutput() {
  if (file_ >= 0) Close();
  ZSTD_freeCCtx(compressor_);
}

void JournalOutput::WriteRaw(std::string_view bytes) {
  buffer_ += bytes;
  WriteOut();
}

void JournalOutput::Write(std::string_view bytes) {
  if (compressor_ != nullptr) {
    Compress(bytes, Step::kContinue);
  } else {
    buffer_ += bytes;
  }
  if (buffer_.size() >= kBufferBytes) WriteOut();
}

void JournalOutput::Compress(std::string_view bytes, Step step) {
  const ZSTD_EndDirective directive = step == Step::kContinue ? ZSTD_e_continue
                                      : step == Step::kFlush  ? ZSTD_e_flush
                                                              : ZSTD_e_end;
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  for (;;) {
    const std::size_t used = buffer_.size();
    buffer_.resize(used + kBufferBytes);
    ZSTD_outBuffer output{buffer_.data() + used, kBufferBytes, 0};
    const std::size_t left = ZSTD_compressStream2(compressor_, &output, &input, directive);
    buffer_.resize(used + output.pos);
    if (ZSTD_isError(left)) return Fail(ZSTD_getErrorName(left));
    const bool is_done = step == Step::kContinue ? input.pos == input.size : left == 0;
    if (is_done) return;
  }
}

void JournalOutput::Flush() {
  if (compressor_ != nullptr) Compress({}, Step::kFlush);
  WriteOut();
}

void JournalOutput::Close() {
  if (compressor_ != nullptr) Compress({}, Step::kEnd);
  WriteOut();
  if (close(std::exchange(file_, -1)) != 0) Fail(std::strerror(errno));
}

void JournalOutput::WriteOut() {
  std::string_view left = buffer_;
  while (!left.empty() && !error_) {
    const ssize_t written = write(file_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      Fail(std::strerror(errno));
    } else {
      left.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  buffer_.clear();
}

void JournalOutput::Fail(const std::string& what) {
  if (!error_) error_ = Error{"cannot write the recording " + path_ + ": " + what};
}

Result<std::unique_ptr<JournalInput>> JournalInput::Open(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return Error{"cannot open the recording " + path + ": " + std::strerror(errno)};
  }
  return std::unique_ptr<JournalInput>(new JournalInput(path, file));
}

JournalInput::JournalInput(std::string path, int file) : path_(std::move(path)), file_(file) {}

JournalInput::~JournalInput() {
  close(file_);
  ZSTD_freeDCtx(decompressor_);
}

Result<std::string> JournalInput::ReadRaw(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t used = 0;
  while (used < count) {
    const ssize_t got = read(file_, bytes.data() + used, count - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{"cannot read the recording " + path_ + ": " + std::strerror(errno)};
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

void JournalInput::Decompress() {
  decompressor_ = ZSTD_createDCtx();
  SIM_CHECK(decompressor_ != nullptr);
}

Result<std::string> JournalInput::Read(std::size_t count) {
  while (decoded_.size() - decoded_offset_ < count) {
    Result<bool> more = Fill();
    if (!more.ok()) return more.error();
    if (!*more) break;
  }
  std::string bytes = decoded_.substr(decoded_offset_, count);
  decoded_offset_ += bytes.size();
  return bytes;
}

Result<bool> JournalInput::Fill() {
  decoded_.erase(0, std::exchange(decoded_offset_, 0));
  Result<std::string> raw = ReadRaw(kBufferBytes);
  if (!raw.ok()) return raw.error();
  if (raw->empty()) return false;
  if (decompressor_ == nullptr) {
    decoded_ += *raw;
    return true;
  }
  ZSTD_inBuffer input{raw->data(), raw->size(), 0};
  // A full output buffer means that more may wait inside, whatever is left of the input.
  for (bool is_full = true; input.pos < input.size || is_full;) {
    const std::size_t used = decoded_.size();
    decoded_.resize(used + kBufferBytes);
    ZSTD_outBuffer output{decoded_.data() + used, kBufferBytes, 0};
    const std::size_t status = ZSTD_decompressStream(decompressor_, &output, &input);
    decoded_.resize(used + output.pos);
    if (ZSTD_isError(status)) {
      return Error{"the recording " + path_ + " is damaged: " + ZSTD_getErrorName(status)};
    }
    is_full = output.pos == kBufferBytes;
  }
  return true;
}

}  // namespace sim
