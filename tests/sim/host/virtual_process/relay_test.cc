// Ports of a program's own: what a caller says comes when it was granted, and all of it.
#include "sim/host/virtual_process/relay.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sim::virtual_process {
namespace {

constexpr int kSoon = 5000;  // Milliseconds.

// A socket on a port of its own.
struct Bound {
  explicit Bound(LoopbackFamily family = LoopbackFamily::kV4) : file(BindLoopback(0, family, 0)) {}
  ~Bound() { close(file); }
  int file;
  std::uint16_t port = BoundPortOf(file);
};

bool IsReadable(int file, int milliseconds) {
  pollfd one{file, POLLIN, 0};
  return poll(&one, 1, milliseconds) > 0;
}

std::string Read(int file) {
  char bytes[64];
  const ssize_t got = IsReadable(file, kSoon) ? read(file, bytes, sizeof bytes) : 0;
  return {bytes, static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

std::uint16_t FreePort() { return Bound().port; }

// A relay before a program that listens, and somebody who calls it.
struct Called {
  explicit Called(LoopbackFamily family) : program(family), caller(family) {
    EXPECT_EQ(relay->Reserve(shown, family), 0);
    relay->Lead(shown, family, program.port);
    EXPECT_EQ(listen(program.file, 8), 0);
    EXPECT_EQ(relay->Listen(program.port), 0);
    const Loopback address(shown, family);
    EXPECT_EQ(connect(caller.file, address.generic(), address.size()), 0);
  }
  ~Called() { close(accepted); }
  void Say(const std::string& words) {
    EXPECT_EQ(write(caller.file, words.data(), words.size()), static_cast<ssize_t>(words.size()));
    EXPECT_TRUE(IsReadable(relay->file(), kSoon));
    while (!relay->has_undelivered()) relay->PumpDown();
  }
  void LetHear() {
    relay->Grant();
    EXPECT_TRUE(relay->Deliver());
    accepted = IsReadable(program.file, kSoon) ? accept(program.file, nullptr, nullptr) : -1;
  }

  std::unique_ptr<Relay> relay = std::move(Relay::Make(6443, 0)).value();
  std::uint16_t shown = FreePort();
  Bound program;
  Bound caller;
  int accepted = -1;
};

class RelayCaller : public testing::TestWithParam<LoopbackFamily> {};

TEST_P(RelayCaller, IsHeardOnceThatIsGranted) {
  Called called(GetParam());
  Relay& relay = *called.relay;
  EXPECT_EQ(relay.OwnPort(called.shown, GetParam()), called.program.port);
  EXPECT_EQ(relay.ShownOwnPort(called.program.port), called.shown);
  EXPECT_EQ(relay.Reserve(called.shown, GetParam()), EADDRINUSE);

  called.Say("hello");
  EXPECT_FALSE(relay.Deliver()) << "not granted";
  EXPECT_FALSE(IsReadable(called.program.file, 0));
  EXPECT_TRUE(relay.TakeWires().empty()) << "not to the server";
  called.LetHear();
  EXPECT_EQ(Read(called.accepted), "hello");
  ASSERT_EQ(write(called.accepted, "yes", 3), 3);
  EXPECT_TRUE(relay.PumpUp());
  EXPECT_EQ(Read(called.caller.file), "yes");
}

// A corked socket keeps its words for a while, as a busy machine may.
TEST_P(RelayCaller, IsAnsweredOnceAllHasArrived) {
  Called called(GetParam());
  called.Say("hello");
  called.LetHear();
  const int yes = 1;
  ASSERT_EQ(setsockopt(called.accepted, IPPROTO_TCP, TCP_CORK, &yes, sizeof yes), 0);
  ASSERT_EQ(write(called.accepted, "late", 4), 4);
  EXPECT_TRUE(called.relay->PumpUp());
  EXPECT_EQ(Read(called.caller.file), "late");
}

TEST_P(RelayCaller, IsNotToldMoreBeforeTheProgramHasRead) {
  Called called(GetParam());
  called.Say("one");
  called.LetHear();
  called.Say("two");
  called.relay->Grant();
  EXPECT_FALSE(called.relay->Deliver());
  EXPECT_EQ(Read(called.accepted), "one");
  EXPECT_TRUE(called.relay->Deliver());
  EXPECT_EQ(Read(called.accepted), "two");
}

TEST_P(RelayCaller, WhatHeSaysAfterTheGrantWaits) {
  Called called(GetParam());
  called.Say("one");
  called.relay->Grant();
  called.Say("two");
  EXPECT_TRUE(called.relay->Deliver());
  called.accepted = accept(called.program.file, nullptr, nullptr);
  EXPECT_EQ(Read(called.accepted), "one");
  EXPECT_FALSE(called.relay->Deliver());
  EXPECT_FALSE(IsReadable(called.accepted, 0));
}

TEST_P(RelayCaller, HisEndIsHeardOnceThatIsGranted) {
  Called called(GetParam());
  called.Say("hello");
  called.LetHear();
  EXPECT_EQ(Read(called.accepted), "hello");
  shutdown(called.caller.file, SHUT_WR);
  EXPECT_TRUE(IsReadable(called.relay->file(), kSoon));
  while (!called.relay->has_undelivered()) called.relay->PumpDown();
  EXPECT_FALSE(called.relay->Deliver());
  EXPECT_FALSE(IsReadable(called.accepted, 0));
  called.relay->Grant();
  EXPECT_TRUE(called.relay->Deliver());
  ASSERT_TRUE(IsReadable(called.accepted, kSoon));
  EXPECT_EQ(Read(called.accepted), "");
}

TEST_P(RelayCaller, HearsTheEnd) {
  Called called(GetParam());
  called.Say("hello");
  called.LetHear();
  EXPECT_EQ(Read(called.accepted), "hello");
  shutdown(called.accepted, SHUT_WR);
  EXPECT_TRUE(called.relay->PumpUp());
  EXPECT_TRUE(IsReadable(called.caller.file, kSoon));
  EXPECT_EQ(Read(called.caller.file), "");
}

INSTANTIATE_TEST_SUITE_P(Families, RelayCaller,
                         testing::Values(LoopbackFamily::kV4, LoopbackFamily::kV6));

// A program that is connected to the server of its run.
struct Connected {
  Connected() {
    const Loopback address(relay->port());
    EXPECT_EQ(connect(program.file, address.generic(), address.size()), 0);
    relay->Accept(-1, program.file, program.file);
  }
  std::unique_ptr<Relay> relay = std::move(Relay::Make(6443, 0)).value();
  Bound program;
};

TEST(Relay, ServerIsSentWhatTheProgramSaysAndAnswersOnceThatIsGranted) {
  Connected one;
  EXPECT_FALSE(one.relay->PumpUp());
  EXPECT_TRUE(one.relay->TakeWires().empty());
  ASSERT_EQ(write(one.program.file, "ask", 3), 3);
  EXPECT_TRUE(one.relay->PumpUp());
  const auto wires = one.relay->TakeWires();
  ASSERT_EQ(wires.size(), 1U);
  EXPECT_EQ(wires[0].connection, 1U);
  EXPECT_EQ(wires[0].bytes, "ask");
  EXPECT_FALSE(wires[0].is_end);

  one.relay->Receive({{1, "answer"}, {7, "of nobody"}});
  EXPECT_TRUE(one.relay->has_undelivered());
  EXPECT_FALSE(one.relay->Deliver()) << "not granted";
  one.relay->Grant();
  EXPECT_FALSE(one.relay->has_undelivered());
  EXPECT_TRUE(one.relay->Deliver());
  EXPECT_EQ(Read(one.program.file), "answer");
}

// What goes over loopback is not the program's while none of it runs.
TEST(Relay, AProgramThatHasNotRunIsNotAsked) {
  Connected one;
  const int yes = 1;
  ASSERT_EQ(setsockopt(one.program.file, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), 0);
  EXPECT_FALSE(one.relay->PumpUp());
  ASSERT_EQ(write(one.program.file, "ask", 3), 3);
  EXPECT_FALSE(one.relay->PumpUp(/*has_run=*/false));
  EXPECT_TRUE(one.relay->PumpUp(/*has_run=*/true));
  EXPECT_EQ(one.relay->TakeWires().at(0).bytes, "ask");
  // Nor is what we deliver; what it says then is.
  one.relay->Receive({{1, "answer"}});
  one.relay->Grant();
  EXPECT_TRUE(one.relay->Deliver(/*is_alone=*/true));
  EXPECT_EQ(Read(one.program.file), "answer");
  ASSERT_EQ(write(one.program.file, "more", 4), 4);
  EXPECT_TRUE(one.relay->PumpUp());
  EXPECT_EQ(one.relay->TakeWires().at(0).bytes, "more");
}

// The system would, too, but after a time that is the machine's.
TEST(Relay, WhatIsKeptBackForMoreIsTaken) {
  Connected one;
  const int yes = 1;
  ASSERT_EQ(setsockopt(one.program.file, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), 0);
  EXPECT_FALSE(one.relay->PumpUp());
  one.relay->NoteHoldingBack();
  ASSERT_EQ(send(one.program.file, "ask", 3, MSG_MORE), 3);
  EXPECT_TRUE(one.relay->PumpUp());
  EXPECT_EQ(one.relay->TakeWires().at(0).bytes, "ask");
}

TEST(Relay, CountsWhatTheProgramDoesNotRead) {
  Connected one;
  one.relay->Receive({{1, std::string(Relay::kDeliveredMax + 5, 'x')}});
  one.relay->Grant();
  EXPECT_TRUE(one.relay->Deliver());
  const auto unread = one.relay->unread();
  ASSERT_EQ(unread.size(), 1U);
  EXPECT_EQ(unread[0].connection, 1U);
  EXPECT_EQ(unread[0].bytes, 5U);
}

// When the program hears of it must not be the machine's, also where it has ended its own side.
TEST(Relay, TheServersEndIsHeardOnceThatIsGranted) {
  Connected one;
  shutdown(one.program.file, SHUT_WR);
  std::vector<Wire> wires;
  while (wires.empty()) {
    one.relay->PumpUp();
    wires = one.relay->TakeWires();
  }
  EXPECT_TRUE(wires[0].is_end);
  one.relay->PumpUp();
  EXPECT_TRUE(one.relay->TakeWires().empty()) << "told once";
  one.relay->Receive({{1, "", true}});
  one.relay->PumpUp();
  EXPECT_FALSE(IsReadable(one.program.file, 0));
  EXPECT_TRUE(one.relay->has_undelivered());
  one.relay->Grant();
  EXPECT_FALSE(one.relay->has_undelivered());
  EXPECT_TRUE(one.relay->Deliver());
  EXPECT_TRUE(IsReadable(one.program.file, 0));
  EXPECT_EQ(Read(one.program.file), "");
}

TEST(Relay, OnePortIsOfBothFamilies) {
  auto relay = std::move(Relay::Make(6443, 0)).value();
  const std::uint16_t shown = FreePort();
  const Bound v4;
  const Bound v6(LoopbackFamily::kV6);
  ASSERT_EQ(relay->Reserve(shown, LoopbackFamily::kV4), 0);
  ASSERT_EQ(relay->Reserve(shown, LoopbackFamily::kV6), 0);
  relay->Lead(shown, LoopbackFamily::kV4, v4.port);
  relay->Lead(shown, LoopbackFamily::kV6, v6.port);
  EXPECT_EQ(relay->OwnPort(shown, LoopbackFamily::kV4), v4.port);
  EXPECT_EQ(relay->OwnPort(shown, LoopbackFamily::kV6), v6.port);
}

TEST(Relay, APortIsFreeAgainWhenNobodyListensThere) {
  auto relay = std::move(Relay::Make(6443, 0)).value();
  const std::uint16_t shown = FreePort();
  ASSERT_EQ(relay->Reserve(shown, LoopbackFamily::kV4), 0);
  relay->Lead(shown, LoopbackFamily::kV4, FreePort());
  EXPECT_EQ(relay->Reserve(shown, LoopbackFamily::kV4), 0);
}

TEST(SocketSearch, FindsWhatNobodyHasAcceptedYet) {
  const Bound listener;
  const Bound caller;
  ASSERT_EQ(listen(listener.file, 8), 0);
  const Loopback address(listener.port);
  ASSERT_EQ(connect(caller.file, address.generic(), address.size()), 0);
  ASSERT_EQ(write(caller.file, "four", 4), 4);
  ASSERT_TRUE(IsReadable(listener.file, kSoon));
  SocketSearch search;
  const auto called = search.Find({listener.port, caller.port});
  ASSERT_TRUE(called);
  EXPECT_EQ(called->sent, 0U);
  EXPECT_FALSE(called->has_ended);
  const auto calling = search.Find({caller.port, listener.port});
  ASSERT_TRUE(calling);
  EXPECT_EQ(calling->sent, 4U);
  shutdown(caller.file, SHUT_WR);
  EXPECT_TRUE(search.Find({caller.port, listener.port})->has_ended);
  EXPECT_FALSE(search.Find({caller.port, listener.port, LoopbackFamily::kV6}));
}

TEST(LoopbackTraffic, MovesWithEachPacket) {
  const Bound receiver;
  const Bound sender;
  ASSERT_EQ(listen(receiver.file, 8), 0);
  const Loopback address(receiver.port);
  ASSERT_EQ(connect(sender.file, address.generic(), address.size()), 0);
  LoopbackTraffic traffic;
  EXPECT_TRUE(traffic.HasMoved());
  // Others may use loopback at the same time.
  bool was_still = false;
  for (int attempt = 0; attempt < 1000 && !was_still; ++attempt) was_still = !traffic.HasMoved();
  EXPECT_TRUE(was_still);
  ASSERT_EQ(write(sender.file, "x", 1), 1);
  EXPECT_TRUE(traffic.HasMoved());
}

TEST(SocketSearch, FindsManyInTheirOrder) {
  const Bound listener;
  ASSERT_EQ(listen(listener.file, 64), 0);
  const Loopback address(listener.port);
  std::vector<std::unique_ptr<Bound>> callers;
  std::vector<SocketPlace> places;
  for (std::size_t count = 0; count < 50; ++count) {
    callers.push_back(std::make_unique<Bound>());
    ASSERT_EQ(connect(callers.back()->file, address.generic(), address.size()), 0);
    const std::string words(count, 'x');
    ASSERT_EQ(write(callers.back()->file, words.data(), count), static_cast<ssize_t>(count));
    places.push_back({callers.back()->port, listener.port});
  }
  places[7].peer_port = places[7].port;
  const auto found = SocketSearch().FindAll(places);
  ASSERT_EQ(found.size(), places.size());
  for (std::size_t index = 0; index < found.size(); ++index) {
    ASSERT_EQ(found[index].has_value(), index != 7) << index;
    if (index != 7) {
      EXPECT_EQ(found[index]->sent, index);
    }
  }
}

TEST(Relay, ChoosesTheSamePortsInEveryRun) {
  const std::vector<LoopbackFamily> v4 = {LoopbackFamily::kV4};
  auto one = std::move(Relay::Make(6443, 1)).value();
  auto two = std::move(Relay::Make(6443, 1)).value();
  auto other = std::move(Relay::Make(6443, 2)).value();
  const std::uint16_t first = one->ReserveAny(v4);
  EXPECT_EQ(first, 49152 + 64);
  EXPECT_EQ(one->ReserveAny(v4), first + 1) << "no port twice";
  EXPECT_EQ(two->ReserveAny(v4), first);
  EXPECT_EQ(other->ReserveAny(v4), first + 64);

  // On one machine the first has it; the second's program is told the same.
  Bound program;
  Bound second;
  ASSERT_EQ(listen(program.file, 8), 0);
  ASSERT_EQ(listen(second.file, 8), 0);
  one->Lead(first, LoopbackFamily::kV4, program.port);
  two->Lead(first, LoopbackFamily::kV4, second.port);
  EXPECT_EQ(one->Listen(program.port), 0);
  EXPECT_EQ(two->Listen(second.port), 0);
  EXPECT_EQ(two->ShownOwnPort(second.port), first);
}

}  // namespace
}  // namespace sim::virtual_process
