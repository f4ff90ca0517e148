// Connections of a program on virtual time: nothing is lost or told twice, whoever is slow.
#include "scenarios/runner/virtual_wires.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace scenarios {
namespace {

using sim::virtual_process::Wire;

// A server whose ends of the connections are the test's.
class FakeServer final : public apiserver::HttpServer {
 public:
  ~FakeServer() override {
    for (const int end : ends) close(end);
  }
  std::uint16_t port() const override { return 0; }
  const apiserver::HttpActivity& activity() const override { return activity_; }
  sim::ReleaseGate& release_gate() override { std::abort(); }
  sim::SocketLoop* sockets() override { return nullptr; }
  int Connect() override {
    if (is_full) return -1;
    int made[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, made), 0);
    ends.push_back(made[0]);
    return made[1];
  }
  std::string Read(std::size_t index) {
    std::string all;
    char part[65536];
    for (ssize_t got = 0; (got = read(ends[index], part, sizeof part)) > 0;) {
      all.append(part, static_cast<std::size_t>(got));
    }
    return all;
  }
  bool HasEnded(std::size_t index) {
    char byte = 0;
    return read(ends[index], &byte, 1) == 0;
  }
  std::size_t Write(std::size_t index, const std::string& bytes) {
    const ssize_t sent = write(ends[index], bytes.data(), bytes.size());
    if (sent > 0) activity_.bytes_written += static_cast<std::uint64_t>(sent);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  void End(std::size_t index) {
    close(std::exchange(ends[index], -1));
    ++activity_.ends;
  }

  bool is_full = false;
  std::vector<int> ends;

 private:
  apiserver::HttpActivity activity_;
};

void MoveAll(VirtualWires& wires) {
  while (wires.Move()) {
  }
}

TEST(VirtualWires, LeadToTheServerAndBack) {
  FakeServer server;
  VirtualWires wires(server);
  EXPECT_FALSE(wires.Move());
  wires.Take({{1, "ask"}, {2, "who"}, {1, " more"}});
  EXPECT_TRUE(wires.Move());
  ASSERT_EQ(server.ends.size(), 2U);
  EXPECT_EQ(server.Read(0), "ask more");
  EXPECT_EQ(server.Read(1), "who");
  EXPECT_FALSE(wires.Move());
  EXPECT_FALSE(wires.has_news());

  server.Write(1, "answer");
  EXPECT_TRUE(wires.Move());
  EXPECT_TRUE(wires.has_news());
  const std::vector<Wire> news = wires.TakeNews();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].connection, 2U);
  EXPECT_EQ(news[0].bytes, "answer");
  EXPECT_FALSE(news[0].is_end);
  EXPECT_FALSE(wires.has_news());
}

TEST(VirtualWires, EndsAreToldOnceToBothSides) {
  FakeServer server;
  VirtualWires wires(server);
  wires.Take({{1, "last", true}, {2, "x"}});
  MoveAll(wires);
  EXPECT_EQ(server.Read(0), "last");
  EXPECT_TRUE(server.HasEnded(0));
  EXPECT_FALSE(server.HasEnded(1));
  server.Write(1, "bye");
  server.End(1);
  MoveAll(wires);
  const std::vector<Wire> news = wires.TakeNews();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].bytes, "bye");
  EXPECT_TRUE(news[0].is_end);
  EXPECT_FALSE(wires.has_news());
  // What the program says to one that has ended goes nowhere, and makes no other of it.
  wires.Take({{2, "hello?"}});
  MoveAll(wires);
  EXPECT_EQ(server.ends.size(), 2U);
  EXPECT_FALSE(wires.has_news());
}

TEST(VirtualWires, WhatASocketDoesNotTakeAtOnceGoesOn) {
  FakeServer server;
  VirtualWires wires(server);
  const std::string large(4 << 20, 'x');
  wires.Take({{1, large}});
  wires.EndAll();
  std::string got;
  while (wires.Move()) got += server.Read(0);
  EXPECT_EQ(got, large);
  EXPECT_TRUE(server.HasEnded(0));
}

TEST(VirtualWires, AProgramThatDoesNotReadStopsTheServer) {
  FakeServer server;
  VirtualWires wires(server);
  wires.Take({{1, "list"}});
  MoveAll(wires);
  wires.NoteUnread({{1, VirtualWires::kBufferedMax}});
  const std::string part(1 << 16, 'x');
  std::size_t written = 0;
  for (std::size_t size = 1; size > 0;) {
    size = server.Write(0, part);
    written += size;
    wires.Move();
  }
  EXPECT_GE(written, VirtualWires::kBufferedMax);
  EXPECT_FALSE(wires.has_news());
  EXPECT_TRUE(wires.TakeNews().empty());
  // Once it reads nothing is lost.
  wires.NoteUnread({});
  std::size_t got = 0;
  while (wires.has_news()) {
    for (const Wire& wire : wires.TakeNews()) got += wire.bytes.size();
    wires.Move();
  }
  EXPECT_EQ(got, written);
}

TEST(VirtualWires, AConnectionThatCannotBeMadeHasEnded) {
  FakeServer server;
  server.is_full = true;
  VirtualWires wires(server);
  wires.Take({{1, "ask"}});
  MoveAll(wires);
  const std::vector<Wire> news = wires.TakeNews();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_TRUE(news[0].is_end);
}

}  // namespace
}  // namespace scenarios
