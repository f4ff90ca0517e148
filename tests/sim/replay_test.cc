#include "sim/replay.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = ReplayOutcome::Kind;

// A small world: a heartbeat, and inputs that schedule work after a random delay.
class World {
 public:
  explicit World(std::uint64_t seed, Duration heartbeat = seconds(1))
      : kernel({.seed = seed, .incarnation = 0, .start = Time(seconds(10))}),
        heartbeat_(heartbeat) {
    Beat();
    decoders.Add("test.order", [this](std::string_view bytes) -> Result<Callback> {
      if (bytes == "bad") return Error{"malformed"};
      return Order(std::string(bytes));
    });
  }

  Callback Order(std::string name) {
    return [this, name] {
      kernel.NoteCommit(name, Work::kWork);
      kernel.After(milliseconds(kernel.Stream("order").Uniform(0, 3'000)), Lane::kControl,
                   "test.deliver", name, [this, name] { delivered += name + " "; });
    };
  }

  Kernel kernel;
  InputDecoders decoders;
  std::string delivered;

 private:
  void Beat() {
    kernel.After(heartbeat_, Lane::kNode, "test.beat", "", [this] { Beat(); }, Work::kHousekeeping);
  }
  Duration heartbeat_;
};

class ReplayTest : public testing::Test {
 protected:
  ReplayTest() {
    std::string pattern = testing::TempDir() + "replayXXXXXX";
    directory_ = mkdtemp(pattern.data());
    path_ = directory_ + "/recording";
  }
  ~ReplayTest() override { std::filesystem::remove_all(directory_); }

  // A run in which inputs come between events, as they do in life.
  std::string Record(bool is_finished = true) {
    World world(1);
    JournalHeader header;
    header.seed = 1;
    auto writer = JournalWriter::Create(path_, header);
    EXPECT_TRUE(writer.ok());
    world.kernel.SetInputSink(writer->get());
    Random outside(99);
    for (int index = 0; index < 50; ++index) {
      world.kernel.RunUntil(world.kernel.now() + milliseconds(outside.Uniform(0, 700)));
      const std::string name = std::to_string(index);
      world.kernel.AcceptInput("test.order", name, world.Order(name));
    }
    world.kernel.RunUntil(world.kernel.now() + seconds(10));
    if (is_finished) {
      EXPECT_TRUE((*writer)
                      ->Finish(world.kernel.position(), world.kernel.now(),
                               world.kernel.FinalDigest().Hex())
                      .ok());
    }
    return world.delivered;
  }

  ReplayOutcome Play(World& world, std::optional<Time> until = std::nullopt) {
    Result<JournalReader> reader = JournalReader::Open(path_);
    EXPECT_TRUE(reader.ok());
    return Replay(world.kernel, *reader, world.decoders, until);
  }

  std::string directory_;
  std::string path_;
};

TEST_F(ReplayTest, GivesTheSameHistory) {
  const std::string want = Record();
  for (int trial = 0; trial < 3; ++trial) {
    World world(1);
    const ReplayOutcome outcome = Play(world);
    EXPECT_EQ(outcome.kind, Kind::kSame) << outcome.detail;
    EXPECT_EQ(world.delivered, want);
  }
}

TEST_F(ReplayTest, NoticesAnotherHistory) {
  Record();
  World other_seed(2);
  EXPECT_EQ(Play(other_seed).kind, Kind::kDiverged);
  World other_code(1, milliseconds(900));
  const ReplayOutcome outcome = Play(other_code);
  EXPECT_EQ(outcome.kind, Kind::kDiverged);
  EXPECT_NE(outcome.detail.find("expected position"), std::string::npos) << outcome.detail;
}

TEST_F(ReplayTest, StopsAtATime) {
  Record();
  World world(1);
  const Time until(seconds(15) + milliseconds(1));
  EXPECT_EQ(Play(world, until).kind, Kind::kStopped);
  EXPECT_EQ(world.kernel.now(), until);
  World whole(1);
  EXPECT_EQ(Play(whole, Time(seconds(100'000))).kind, Kind::kSame);
}

TEST_F(ReplayTest, SaysWhatItCannotRead) {
  Record(false);
  World world(1);
  // A process that was killed leaves no end: all that there is was replayed.
  EXPECT_EQ(Play(world).kind, Kind::kCut);
  World ignorant(1);
  ignorant.decoders = {};
  const ReplayOutcome outcome = Play(ignorant);
  EXPECT_EQ(outcome.kind, Kind::kDamaged);
  EXPECT_EQ(outcome.detail, "an input of the unknown kind \"test.order\"");
  EXPECT_FALSE(world.decoders.Decode({0, {}, "test.order", "bad"}).ok());
}

}  // namespace
}  // namespace sim
