// What `orrery ctl` reads: kubeconfigs, and the answers of a server. And where a server listens.
#include <gtest/gtest.h>

#include "scenarios/ctl/kubeconfig_reader.h"
#include "scenarios/ctl/server_call.h"
#include "scenarios/kubeconfig.h"
#include "scenarios/listen_address.h"

namespace scenarios {
namespace {

sim::Result<ServerAccess> Read(const std::string& text) {
  return ReadKubeconfig("k", text, [](const std::string& name) -> sim::Result<std::string> {
    if (name == "token") return std::string("abc\n");
    return sim::Error{"cannot read " + name};
  });
}

TEST(Kubeconfig, IsReadAsItWasWritten) {
  const auto access = Read(BuildKubeconfig(
      {.server_url = "https://127.0.0.1:6443", .authority_pem = "CA", .client = {"CERT", "KEY"}}));
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->url, "https://127.0.0.1:6443");
  EXPECT_EQ(access->authority_pem, "CA");
  EXPECT_EQ(access->certificate_pem, "CERT");
  EXPECT_EQ(access->private_key_pem, "KEY");
}

constexpr char kHead[] =
    "current-context: c\ncontexts: [{name: c, context: {cluster: a, user: u}}]\n";

TEST(Kubeconfig, SaysWhatItLacks) {
  const std::string cluster = "clusters: [{name: a, cluster: {server: 'https://h:1'}}]\n";
  const struct {
    std::string text;
    const char* message;
  } cases[] = {
      {"x: [", "k: yaml: "},
      {"[]", "k is no kubeconfig"},
      {"current-context: x", "k has no context \"x\""},
      {kHead, "k has no cluster for its current context"},
      {kHead + std::string("clusters: [{name: a, cluster: {server: 'http://h:1'}}]"),
       "k: its server is not reached by https"},
      {kHead + cluster + "users: [{name: u, user: {exec: {command: aws}}}]",
       "k: a helper program for credentials is not supported: use a token or a certificate"},
      {kHead + cluster + "users: [{name: u, user: {client-certificate: gone.pem}}]",
       "k: cannot read gone.pem"},
  };
  for (const auto& [text, message] : cases) {
    const auto access = Read(text);
    ASSERT_FALSE(access.ok()) << text;
    // What follows are the words of the parser of YAML.
    EXPECT_EQ(access.error().message.substr(0, std::string(message).size()), message);
  }
  EXPECT_EQ(Read(kHead + cluster + "users: [{name: u, user: {tokenFile: token}}]")->token, "abc");
}

TEST(ServerAnswer, ReadsWholeAndChunkedBodies) {
  const auto whole = ParseServerAnswer("HTTP/1.1 403 Forbidden\r\nA: b\r\n\r\n{}");
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(whole->status, 403);
  EXPECT_EQ(whole->body, "{}");
  const auto chunked = ParseServerAnswer(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  ASSERT_TRUE(chunked.ok());
  EXPECT_EQ(chunked->body, "hello");
  for (const char* bad : {"", "HTTP/1.1 2", "SSH-2.0\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello"}) {
    EXPECT_FALSE(ParseServerAnswer(bad).ok()) << bad;
  }
}

TEST(ListenAddress, IsParsedAndMadeReachable) {
  EXPECT_EQ(ParseListenAddress("[::1]:7")->address, "::1");
  EXPECT_EQ(ParseListenAddress(":7")->address, "127.0.0.1");
  EXPECT_EQ(ParseListenAddress("0.0.0.0:6443")->port, 6443);
  for (const char* bad : {"", "127.0.0.1", "a:", "a:99999", "a:b"}) {
    EXPECT_FALSE(ParseListenAddress(bad).ok()) << bad;
  }
  EXPECT_EQ(ReachableAddress("127.0.0.1", {"10.0.0.7"}), "127.0.0.1");
  EXPECT_EQ(ReachableAddress("0.0.0.0", {"10.0.0.7", "fd00::1"}), "10.0.0.7");
  EXPECT_EQ(ReachableAddress("::", {}), "127.0.0.1");
  EXPECT_EQ(HostAndPort("::1", 7), "[::1]:7");
}

}  // namespace
}  // namespace scenarios
