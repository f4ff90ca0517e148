#include "sim/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sim/random.h"

namespace sim {
namespace {

using std::chrono::seconds;

class JournalTest : public testing::TestWithParam<JournalCompression> {
 protected:
  JournalTest() {
    std::string pattern = testing::TempDir() + "journalXXXXXX";
    directory_ = mkdtemp(pattern.data());
    path_ = directory_ + "/recording";
  }
  ~JournalTest() override { std::filesystem::remove_all(directory_); }

  // Writes the records and, if asked, the end.
  void Write(const std::vector<JournalRecord>& records, bool is_finished) {
    auto writer = JournalWriter::Create(path_, header_, GetParam());
    ASSERT_TRUE(writer.ok()) << writer.error().message;
    for (const JournalRecord& record : records) {
      (*writer)->Append(record.position, record.time, record.kind, record.bytes);
    }
    ASSERT_TRUE((*writer)->Flush().ok());
    if (is_finished) {
      ASSERT_TRUE((*writer)->Finish(9, Time(seconds(9)), "d1").ok());
    }
  }

  struct Outcome {
    std::vector<JournalRecord> records;
    std::string error;
    std::optional<JournalEnd> end;
  };
  Outcome Read() {
    Outcome outcome;
    Result<JournalReader> reader = JournalReader::Open(path_);
    if (!reader.ok()) {
      outcome.error = reader.error().message;
      return outcome;
    }
    EXPECT_EQ(reader->header(), header_);
    for (;;) {
      Result<std::optional<JournalRecord>> record = reader->Next();
      if (!record.ok()) {
        outcome.error = record.error().message;
        return outcome;
      }
      if (!record->has_value()) break;
      outcome.records.push_back(std::move(**record));
    }
    outcome.end = reader->end();
    return outcome;
  }

  std::string Bytes() {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void SetBytes(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  static std::vector<JournalRecord> Records() {
    Random random(1);
    std::vector<JournalRecord> records;
    for (std::uint64_t index = 0; index < 20; ++index) {
      records.push_back({index * 3, Time(seconds(index)), "http.request",
                         random.Bytes(static_cast<std::size_t>(index * index * 50))});
    }
    records.push_back({100, Time(seconds(100)), "", std::string(1 << 20, 'x')});
    return records;
  }

  JournalHeader header_{kJournalFormat,
                        "build",
                        "run",
                        7,
                        1,
                        Time(seconds(5)),
                        {{"a.yaml", "text"}, {"b.yaml", std::string("\0x", 2)}}};
  std::string directory_;
  std::string path_;
};

TEST_P(JournalTest, ReadsWhatWasWritten) {
  Write(Records(), true);
  const Outcome got = Read();
  EXPECT_EQ(got.error, "");
  EXPECT_EQ(got.records, Records());
  EXPECT_EQ(got.end, (JournalEnd{21, 9, Time(seconds(9)), "d1"}));
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_P(JournalTest, KeepsWhatAKilledProcessWrote) {
  Write(Records(), false);
  const Outcome got = Read();
  EXPECT_EQ(got.records, Records());
  EXPECT_NE(got.error.find("cut off after 21 inputs"), std::string::npos) << got.error;
}

TEST_P(JournalTest, AnyCutIsAnError) {
  header_.files.clear();
  Write({{1, Time(seconds(1)), "test.input", "bytes"}}, true);
  const std::string bytes = Bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    SetBytes(bytes.substr(0, size));
    const Outcome got = Read();
    // zstd's own checksum may be all that is missing; what was recorded is whole then.
    if (got.error.empty()) {
      EXPECT_TRUE(got.end.has_value()) << size;
      EXPECT_GE(size + 8, bytes.size());
    }
  }
}

TEST_P(JournalTest, AnyFlippedBitIsAnError) {
  header_.files.clear();
  Write({{1, Time(seconds(1)), "test.input", "bytes"}}, true);
  const std::string bytes = Bytes();
  const Outcome want = Read();
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    std::string flipped = bytes;
    flipped[index] = static_cast<char>(flipped[index] ^ 0x10);
    SetBytes(flipped);
    const Outcome got = Read();
    // Some bits of zstd's frame header mean nothing; never may other inputs come out.
    if (got.error.empty()) {
      EXPECT_EQ(got.records, want.records) << index;
    }
    if (GetParam() == JournalCompression::kPlain) {
      EXPECT_NE(got.error, "") << index;
    }
  }
}

TEST_P(JournalTest, NeverOverwrites) {
  Write({}, true);
  const std::string before = Bytes();
  const auto writer = JournalWriter::Create(path_, header_, GetParam());
  ASSERT_FALSE(writer.ok());
  EXPECT_NE(writer.error().message.find(path_), std::string::npos);
  EXPECT_EQ(Bytes(), before);
}

TEST_P(JournalTest, SaysWhatAFileIsNot) {
  EXPECT_NE(Read().error.find("No such file"), std::string::npos);
  for (const char* text : {"", "O", "apiVersion: v1\nkind: Pod\n"}) {
    SetBytes(text);
    EXPECT_EQ(Read().error, path_ + " is not a recording");
  }
  std::filesystem::remove(path_);
  header_.format = kJournalFormat + 1;
  Write({}, true);
  EXPECT_NE(Read().error.find("has format 2, this program reads format 1"), std::string::npos);
}

TEST_P(JournalTest, WritesThatFailAreReported) {
  auto writer = JournalWriter::Create(path_, header_, GetParam());
  ASSERT_TRUE(writer.ok());
  // The nearest thing to a full disk that needs no rights: a limit on the length of files.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limited = before;
  limited.rlim_cur = 4096;
  setrlimit(RLIMIT_FSIZE, &limited);
  Random random(1);
  (*writer)->Append(1, Time(seconds(1)), "test.input", random.Bytes(1 << 20));
  const Result<void> flushed = (*writer)->Flush();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE((*writer)->Finish(2, Time(seconds(2)), "").ok());
  ASSERT_TRUE((*writer)->error().has_value());
  EXPECT_NE((*writer)->error()->message.find("cannot write the recording " + path_),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Compressions, JournalTest,
                         testing::Values(JournalCompression::kPlain, JournalCompression::kZstd),
                         [](const auto& tested) {
                           return tested.param == JournalCompression::kPlain ? "Plain" : "Zstd";
                         });

}  // namespace
}  // namespace sim
