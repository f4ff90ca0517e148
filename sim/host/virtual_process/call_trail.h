// What the threads of a program did, step by step, in a file: so that two runs of one seed can be
// compared and the call named at which they part.
//
// Invariants:
// (1) A record holds nothing that may differ between runs of one seed that are equal.
// (2) Recording changes nothing: no record costs the program any virtual time.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sim::virtual_process {

struct CallRecord {
  enum class Kind : std::uint8_t {
    kCall,       // A thread's turn: a trapped call got an answer, goes on natively or is held.
    kLateCall,   // The answer of one that was held.
    kResume,     // A stopped thread goes on; `call` is the signal that it gets, 0 for none.
    kBirth,      // `value`: the thread whose child it is.
    kExecute,    // `text`: the program's name.
    kEnd,        // Of a process.
    kBlock,      // A call that is not trapped waits.
    kSent,       // `thread`: a connection; `value`: bytes that the program has sent to the server.
    kDelivered,  // The same in the other direction.
    kReady,      // Waits of descriptors that ended; `value`: how many.
    kTime,       // Everybody waited: time went on.
  };
  enum class Result : std::uint8_t { kAnswer, kContinue, kHold, kYield };

  std::int64_t time = 0;       // Virtual, since 1970.
  std::int64_t value = 0;      // What is answered, or less than 0: -errno.
  std::uint64_t argument = 0;  // The call's first.
  std::uint32_t thread = 0;    // In order of birth.
  std::int32_t call = 0;
  Kind kind = Kind::kCall;
  Result result = Result::kAnswer;
  std::array<char, 6> text{};

  bool operator==(const CallRecord&) const = default;
};

class CallTrail {
 public:
  // Beyond these nothing is kept.
  static constexpr std::size_t kRecordsMax = 4'000'000;

  // "" for none.
  explicit CallTrail(const std::string& path);
  void Add(const CallRecord& record) {
    if (file_) Write(record);
  }
  // What was added can be read by others from now on.
  void Flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void Write(const CallRecord& record);
  std::unique_ptr<std::FILE, Close> file_;
  std::size_t count_ = 0;
};

// One line: time, thread, call and what became of it.
std::string CallText(const CallRecord& record);

struct TrailParting {
  std::int64_t time = INT64_MAX;  // Of the first record that differs; INT64_MAX if none does.
  std::vector<std::string> lines;
};
// The last records that both files have, and how each goes on.
TrailParting CompareTrails(const std::string& first, const std::string& later);

}  // namespace sim::virtual_process
