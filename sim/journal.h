// The recording: how a run began and every input it took, enough to run it again without the
// outside.
//
// The file: eight bytes of magic, one of compression, then frames (type, length, payload,
// checksum): a header, the inputs in order, an end. A process that is killed leaves a file without
// its end; what lies before is whole. Bodies of Secrets are inputs, so files are made with mode
// 0600.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/observer.h"
#include "sim/result.h"
#include "sim/time.h"

namespace sim {

inline constexpr std::uint32_t kJournalFormat = 1;

struct JournalHeader {
  std::uint32_t format = kJournalFormat;
  std::string build_id;
  std::string command;  // "run" or "serve".
  std::uint64_t seed = 0;
  std::uint64_t incarnation = 0;
  Time start{};
  // The scenario, its manifests, models and configuration: (name, text), in the order given.
  std::vector<std::pair<std::string, std::string>> files;
  bool operator==(const JournalHeader&) const = default;
};

struct JournalRecord {
  std::uint64_t position = 0;  // Kernel events that had run.
  Time time{};
  std::string kind;
  std::string bytes;
  bool operator==(const JournalRecord&) const = default;
};

struct JournalEnd {
  std::uint64_t record_count = 0;
  std::uint64_t position = 0;
  Time time{};
  std::string digest;
  bool operator==(const JournalEnd&) const = default;
};

enum class JournalCompression : std::uint8_t { kPlain, kZstd };

class JournalWriter : public InputSink {
 public:
  // Makes the file, which must not exist yet.
  static Result<std::unique_ptr<JournalWriter>> Create(
      const std::string& path, const JournalHeader& header,
      JournalCompression compression = JournalCompression::kZstd);
  ~JournalWriter() override;

  // Buffered. After an error (disk full) nothing more is written; error() says why.
  void Append(std::uint64_t position, Time time, std::string_view kind,
              std::string_view bytes) override;
  // Hands all that was appended to the system.
  Result<void> Flush();
  // Writes the end and closes. Nothing may be appended later.
  Result<void> Finish(std::uint64_t position, Time time, std::string_view digest);

  const std::optional<Error>& error() const;
  std::uint64_t record_count() const;

 private:
  struct State;
  explicit JournalWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class JournalReader {
 public:
  static constexpr std::uint64_t kFrameBytesMax = 256u << 20;

  // Reads the header. Errors name the file and what is wrong with it.
  static Result<JournalReader> Open(const std::string& path);
  JournalReader(JournalReader&&) noexcept;
  ~JournalReader();

  const JournalHeader& header() const;
  // The next input, or nothing at the end. A damaged or cut file is an error, after all that is
  // whole.
  Result<std::optional<JournalRecord>> Next();
  // Set once Next returned nothing.
  const std::optional<JournalEnd>& end() const;
  // Next gave an error because the file stops without an end: its process was killed. What came
  // before is whole.
  bool is_cut() const;
  // How many inputs were read.
  std::uint64_t record_count() const;

 private:
  struct State;
  explicit JournalReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sim
