#include "apiserver/watch/remote_watch.h"

#include <gtest/gtest.h>

#include "apiserver/watch/store_watch_hub.h"

namespace apiserver {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const GroupResource kThings{"", "things"};

// Writes events as words: "A:a@1", "B@5", "END@5", "ERROR:410".
class WordEncoder final : public WatchEncoder {
 public:
  explicit WordEncoder(std::string key) : key_(std::move(key)) {}
  std::string_view key() const override { return key_; }
  bool is_first_special() const override { return false; }
  void AppendEvent(const WatchEvent& event, std::string& out) const override {
    ++*count;
    if (event.type == WatchEventType::kBookmark) {
      out +=
          (event.is_end_of_initial_events ? "END@" : "B@") + std::to_string(event.revision) + " ";
      return;
    }
    out += std::string("AMD")[static_cast<std::size_t>(event.type)];
    out += ":" + event.object->meta().name + "@" + std::to_string(event.object->meta().revision);
    out += "=" + std::string(TextAt(*event.object->Peek(), {"color"})) + " ";
  }
  void AppendError(const ApiError& error, std::string& out) const override {
    out += "ERROR:" + std::to_string(error.code) + " ";
    last_error = error.message;
  }
  std::shared_ptr<int> count = std::make_shared<int>();
  mutable std::string last_error{};

 private:
  std::string key_;
};

class RemoteWatchTest : public testing::Test {
 protected:
  static Value Thing(std::string_view name, std::string_view color,
                     std::string_view namespace_ = "n") {
    return {{"metadata", {{"name", name}, {"namespace", namespace_}}}, {"color", color}};
  }
  RemoteWatchOptions Options(std::optional<Revision> start_after = {}) {
    RemoteWatchOptions options;
    options.watcher = "client";
    options.resource = kThings;
    options.start_after = start_after;
    options.encoder = encoder_;
    return options;
  }
  static bool IsRed(const StoredObject& object) {
    return TextAt(*object.Peek(), {"color"}) == "red";
  }

  // What the client reads when all that is due now has run.
  std::string Read(const std::shared_ptr<WatchStream>& stream) {
    kernel_.RunUntil(kernel_.now());
    return Taken(stream);
  }
  static std::string Taken(const std::shared_ptr<WatchStream>& stream) {
    bool finished = false;
    std::string text;
    for (const WatchStream::Chunk& chunk : stream->Take(finished)) text += *chunk.bytes;
    return finished ? text + "." : text;
  }
  void Pass(sim::Duration duration) { kernel_.RunUntil(kernel_.now() + duration); }

  sim::Kernel kernel_{sim::KernelOptions{}};
  Store store_{kernel_, {}};
  StoreWatchHub hub_{kernel_, store_};
  std::shared_ptr<WordEncoder> encoder_ = std::make_shared<WordEncoder>("words");
};

TEST_F(RemoteWatchTest, WithoutARevisionItBeginsWithWhatExists) {
  store_.Create(kThings, Thing("b", "red"));
  store_.Create(kThings, Thing("a", "red"));
  const auto stream = hub_.Watch(Options());
  EXPECT_EQ(Read(stream), "A:a@2=red A:b@1=red ");
  store_.Create(kThings, Thing("c", "red"));
  EXPECT_EQ(Read(stream), "A:c@3=red ");
}

TEST_F(RemoteWatchTest, InitialEventsEndWithABookmarkIfBookmarksAreAllowed) {
  store_.Create(kThings, Thing("a", "red"));
  store_.Create({"", "others"}, Thing("x", "red"));
  RemoteWatchOptions options = Options();
  options.allow_bookmarks = true;
  EXPECT_EQ(Read(hub_.Watch(std::move(options))), "A:a@1=red END@2 ");
}

TEST_F(RemoteWatchTest, FromARevisionItReplaysWhatCameAfter) {
  store_.Create(kThings, Thing("a", "red"));
  store_.Update(kThings, Thing("a", "blue"));
  store_.Create({"", "others"}, Thing("x", "red"));
  store_.Delete(kThings, {"n", "a"});
  EXPECT_EQ(Read(hub_.Watch(Options(0))), "A:a@1=red M:a@2=blue D:a@4=blue ");
  EXPECT_EQ(Read(hub_.Watch(Options(2))), "D:a@4=blue ");
  EXPECT_EQ(Read(hub_.Watch(Options(4))), "");
}

TEST_F(RemoteWatchTest, AFutureRevisionWaitsUntilItIsPassed) {
  const auto stream = hub_.Watch(Options(2));
  store_.Create(kThings, Thing("a", "red"));
  EXPECT_EQ(Read(stream), "");
  store_.Create(kThings, Thing("b", "red"));
  store_.Create(kThings, Thing("c", "red"));
  EXPECT_EQ(Read(stream), "A:c@3=red ");
}

TEST_F(RemoteWatchTest, TooOldIsAnErrorEventAndTheEnd) {
  for (int number = 0; number < 3; ++number)
    store_.Create(kThings, Thing(std::to_string(number), "red"));
  store_.Compact(2);
  EXPECT_EQ(Read(hub_.Watch(Options(1))), "ERROR:410 .");
  EXPECT_EQ(encoder_->last_error, "too old resource version: 1 (2)");
  EXPECT_EQ(Read(hub_.Watch(Options(2))), "A:2@3=red ");
  EXPECT_EQ(hub_.watcher_count(), 1U);
  // Of Events upstream has no cache.
  RemoteWatchOptions of_events = Options(1);
  of_events.resource = {"", "events"};
  EXPECT_EQ(Read(hub_.Watch(of_events)), "ERROR:410 .");
  EXPECT_EQ(encoder_->last_error, "The resourceVersion for the provided watch is too old.");
}

TEST_F(RemoteWatchTest, ARefusalIsTheOnlyEvent) {
  store_.Create(kThings, Thing("a", "red"));
  RemoteWatchOptions options = Options();
  options.refusal = TimeoutError("too large", 1);
  const auto stream = hub_.Watch(options);
  EXPECT_EQ(Read(stream), "ERROR:504 .");
  EXPECT_EQ(hub_.watcher_count(), 0U);
}

TEST_F(RemoteWatchTest, CountsWhatItSends) {
  store_.Create(kThings, Thing("a", "red"));
  RemoteWatchOptions options = Options();
  options.allow_bookmarks = true;
  const auto stream = hub_.Watch(options);
  const auto tally = std::make_shared<EventTally>();
  stream->SetTally(tally);
  store_.Create(kThings, Thing("b", "red"));
  const std::string sent = Read(stream) + Read(stream);
  EXPECT_EQ(sent, "A:a@1=red A:b@2=red END@2 ");
  store_.Update(kThings, Thing("b", "blue"));
  EXPECT_EQ(Read(stream), "M:b@3=blue ");
  EXPECT_EQ(tally->count, 4U);
  EXPECT_EQ(tally->bytes, sent.size() + std::string("M:b@3=blue ").size());
}

TEST_F(RemoteWatchTest, SelectorsTurnChangesIntoAdditionsAndDeletions) {
  RemoteWatchOptions options = Options(0);
  options.matches = IsRed;
  const auto past = [&] { return hub_.Watch(options); };
  const auto stream = past();
  store_.Create(kThings, Thing("a", "blue"));
  store_.Update(kThings, Thing("a", "red"));
  store_.Update(kThings, Thing("a", "red"));
  store_.Update(kThings, Thing("a", "green"));
  store_.Update(kThings, Thing("a", "blue"));
  store_.Update(kThings, Thing("a", "red"));
  store_.Delete(kThings, {"n", "a"});
  store_.Create(kThings, Thing("b", "blue"));
  store_.Delete(kThings, {"n", "b"});
  // The one that left shows what it last was, under the revision of the change.
  const char* want = "A:a@2=red M:a@3=red D:a@4=red A:a@6=red D:a@7=red ";
  EXPECT_EQ(Read(stream), want);
  EXPECT_EQ(Read(past()), want);
}

TEST_F(RemoteWatchTest, NamespaceAndNameNarrowIt) {
  store_.Create(kThings, Thing("a", "red", "m"));
  store_.Create(kThings, Thing("a", "red", "n"));
  store_.Create(kThings, Thing("b", "red", "n"));
  for (const std::optional<Revision> start :
       {std::optional<Revision>(), std::optional<Revision>(0)}) {
    RemoteWatchOptions by_namespace = Options(start);
    by_namespace.namespace_ = "n";
    EXPECT_EQ(Read(hub_.Watch(by_namespace)), "A:a@2=red A:b@3=red ");
    RemoteWatchOptions by_name = by_namespace;
    by_name.name = "b";
    EXPECT_EQ(Read(hub_.Watch(by_name)), "A:b@3=red ");
  }
  RemoteWatchOptions by_name = Options(3);
  by_name.namespace_ = "n";
  by_name.name = "b";
  const auto stream = hub_.Watch(by_name);
  store_.Update(kThings, Thing("a", "blue", "n"));
  store_.Update(kThings, Thing("b", "blue", "n"));
  EXPECT_EQ(Read(stream), "M:b@5=blue ");
}

TEST_F(RemoteWatchTest, BookmarksComeEachMinuteAndBeforeTheEndOnceTheRevisionMoved) {
  RemoteWatchOptions options = Options(0);
  options.allow_bookmarks = true;
  options.timeout = minutes(3) + seconds(30);
  const auto stream = hub_.Watch(std::move(options));
  Pass(minutes(1));
  EXPECT_EQ(Taken(stream), "");
  store_.Create({"", "others"}, Thing("x", "red"));
  Pass(minutes(1));
  EXPECT_EQ(Taken(stream), "B@1 ");
  store_.Create(kThings, Thing("a", "red"));
  EXPECT_EQ(Read(stream), "A:a@2=red ");
  Pass(minutes(1));
  EXPECT_EQ(Taken(stream), "B@2 ");
  store_.Create(kThings, Thing("b", "red"));
  Pass(seconds(28));
  EXPECT_EQ(Taken(stream), "A:b@3=red B@3 ");
  EXPECT_TRUE(kernel_.is_idle()) << "timers of watches are housekeeping";
  Pass(seconds(2));
  EXPECT_EQ(Taken(stream), ".");
  EXPECT_EQ(hub_.watcher_count(), 0U);
  EXPECT_EQ(kernel_.pending_count(), 0U);
}

TEST_F(RemoteWatchTest, WatchersShareTheBytesOfAnEvent) {
  std::vector<std::shared_ptr<WatchStream>> streams;
  for (int count = 0; count < 50; ++count) streams.push_back(hub_.Watch(Options(0)));
  kernel_.RunUntil(kernel_.now());
  store_.Create(kThings, Thing("a", "red"));
  store_.Update(kThings, Thing("a", "blue"));
  for (const auto& stream : streams) EXPECT_EQ(Read(stream), "A:a@1=red M:a@2=blue ");
  EXPECT_EQ(*encoder_->count, 2);
}

TEST_F(RemoteWatchTest, ManyWatchersOfOneClientAreNoEndlessLoop) {
  store_.Create(kThings, Thing("a", "red"));
  std::vector<std::shared_ptr<WatchStream>> streams;
  for (int count = 0; count < 600; ++count) streams.push_back(hub_.Watch(Options(1)));
  kernel_.RunUntil(kernel_.now());
  // All at one instant: 1,800 deliveries of one object, three to each watcher.
  for (int count = 0; count < 3; ++count) {
    store_.Update(kThings, Thing("a", "red"));
    for (const auto& stream : streams) EXPECT_NE(Read(stream), "");
  }
}

TEST_F(RemoteWatchTest, AClientThatFallsBehindIsEnded) {
  RemoteWatchOptions options = Options(0);
  options.backlog_bytes_max = 25;
  const auto slow = hub_.Watch(options);
  const auto quick = hub_.Watch(options);
  std::string read;
  for (const char* name : {"a", "b", "c", "d"}) {
    store_.Create(kThings, Thing(name, "red"));
    read += Read(quick);
  }
  EXPECT_EQ(read, "A:a@1=red A:b@2=red A:c@3=red A:d@4=red ");
  EXPECT_EQ(Taken(slow), "A:a@1=red A:b@2=red .");
  slow->Disconnect();
  EXPECT_EQ(hub_.watcher_count(), 1U);
}

TEST_F(RemoteWatchTest, AClientThatIsGoneEndsItsWatch) {
  const auto stream = hub_.Watch(Options(0));
  kernel_.RunUntil(kernel_.now());
  stream->Cancel();
  EXPECT_EQ(hub_.watcher_count(), 1U);
  stream->Disconnect();
  stream->Disconnect();
  EXPECT_EQ(hub_.watcher_count(), 0U);
  EXPECT_EQ(kernel_.pending_count(), 0U);
}

}  // namespace
}  // namespace apiserver
