#include "sim/host/virtual_process/socket_state.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace sim::virtual_process {
namespace {

// States of a socket: <net/tcp_states.h> of Linux.
enum TcpState : std::uint8_t {
  kEstablished = 1,
  kSynReceived = 3,
  kFinWait1 = 4,
  kFinWait2 = 5,
  kTimeWait = 6,
  kLastAck = 9,
  kClosing = 11,
};

SocketState StateOf(std::uint8_t state, const tcp_info& info) {
  SocketState found;
  found.sent = info.tcpi_bytes_sent - info.tcpi_bytes_retrans + info.tcpi_notsent_bytes;
  found.has_ended = state == kFinWait1 || state == kFinWait2 || state == kTimeWait ||
                    state == kLastAck || state == kClosing;
  found.is_peer_heard_of =
      state == kEstablished || state == kSynReceived || state == kFinWait1 || state == kFinWait2;
  return found;
}

struct Request {
  nlmsghdr header{};
  inet_diag_req_v2 body{};
};

}  // namespace

std::optional<SocketState> StateOfSocket(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  int unread = 0;
  if (ioctl(socket, FIONREAD, &unread) != 0) return std::nullopt;
  SocketState state = StateOf(info.tcpi_state, info);
  state.unread = static_cast<std::uint64_t>(unread);
  return state;
}

SocketSearch::SocketSearch()
    : file_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}

SocketSearch::~SocketSearch() {
  if (file_ >= 0) close(file_);
}

std::optional<SocketState> SocketSearch::Find(std::uint16_t port, std::uint16_t peer_port,
                                              LoopbackFamily family) {
  Request request;
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  inet_diag_req_v2& body = request.body;
  body.sdiag_family = family == LoopbackFamily::kV6 ? AF_INET6 : AF_INET;
  body.sdiag_protocol = IPPROTO_TCP;
  body.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  body.idiag_states = ~0U;
  body.id.idiag_sport = htons(port);
  body.id.idiag_dport = htons(peer_port);
  body.id.idiag_cookie[0] = body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  if (family == LoopbackFamily::kV6) {
    std::memcpy(body.id.idiag_src, &in6addr_loopback, sizeof in6addr_loopback);
  } else {
    body.id.idiag_src[0] = htonl(INADDR_LOOPBACK);
  }
  std::copy(std::begin(body.id.idiag_src), std::end(body.id.idiag_src), body.id.idiag_dst);
  alignas(nlmsghdr) char answer[4096];
  if (send(file_, &request, sizeof request, 0) < 0) return std::nullopt;
  const ssize_t got = recv(file_, answer, sizeof answer, 0);
  if (got < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(inet_diag_msg)))) return std::nullopt;
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
  if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY) return std::nullopt;
  const auto* message = static_cast<const inet_diag_msg*>(NLMSG_DATA(header));
  tcp_info info{};
  int left = static_cast<int>(header->nlmsg_len - NLMSG_LENGTH(sizeof *message));
  const auto* field = reinterpret_cast<const rtattr*>(message + 1);
  for (; RTA_OK(field, left); field = RTA_NEXT(field, left)) {
    if (field->rta_type != INET_DIAG_INFO) continue;
    std::memcpy(&info, RTA_DATA(field), std::min<std::size_t>(sizeof info, RTA_PAYLOAD(field)));
  }
  SocketState state = StateOf(message->idiag_state, info);
  state.unread = message->idiag_rqueue;
  return state;
}

}  // namespace sim::virtual_process
