#include "sim/host/virtual_process/socket_state.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
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
static_assert(sizeof(Request) % NLMSG_ALIGNTO == 0);

// What fits between the two ends of a netlink socket at once.
constexpr std::size_t kPlacesAtOnce = 32;
constexpr std::size_t kAnswerBytesMax = 2048;

Request RequestFor(const SocketPlace& place, std::size_t number) {
  Request request;
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.header.nlmsg_seq = static_cast<std::uint32_t>(number);
  inet_diag_req_v2& body = request.body;
  body.sdiag_family = place.family == LoopbackFamily::kV6 ? AF_INET6 : AF_INET;
  body.sdiag_protocol = IPPROTO_TCP;
  body.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  body.idiag_states = ~0U;
  body.id.idiag_sport = htons(place.port);
  body.id.idiag_dport = htons(place.peer_port);
  body.id.idiag_cookie[0] = body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  if (place.family == LoopbackFamily::kV6) {
    std::memcpy(body.id.idiag_src, &in6addr_loopback, sizeof in6addr_loopback);
  } else {
    body.id.idiag_src[0] = htonl(INADDR_LOOPBACK);
  }
  std::copy(std::begin(body.id.idiag_src), std::end(body.id.idiag_src), body.id.idiag_dst);
  return request;
}

// Nothing if it is a refusal.
std::optional<SocketState> StateOfAnswer(const nlmsghdr& header, std::size_t size) {
  if (size < NLMSG_LENGTH(sizeof(inet_diag_msg))) return std::nullopt;
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return std::nullopt;
  const auto* message = static_cast<const inet_diag_msg*>(NLMSG_DATA(&header));
  tcp_info info{};
  int left = static_cast<int>(header.nlmsg_len - NLMSG_LENGTH(sizeof *message));
  const auto* field = reinterpret_cast<const rtattr*>(message + 1);
  for (; RTA_OK(field, left); field = RTA_NEXT(field, left)) {
    if (field->rta_type != INET_DIAG_INFO) continue;
    std::memcpy(&info, RTA_DATA(field), std::min<std::size_t>(sizeof info, RTA_PAYLOAD(field)));
  }
  SocketState state = StateOf(message->idiag_state, info);
  state.unread = message->idiag_rqueue;
  return state;
}

}  // namespace

std::optional<SocketState> StateOfSocket(int socket, SocketQuestion question) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  SocketState state = StateOf(info.tcpi_state, info);
  int sends_at_once = 0;
  size = sizeof sends_at_once;
  getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &sends_at_once, &size);
  state.is_holding_back = sends_at_once == 0;
  if (question == SocketQuestion::kSent) return state;
  state.unread = UnreadOf(socket);
  return state;
}

std::uint64_t UnreadOf(int socket) {
  int unread = 0;
  return ioctl(socket, FIONREAD, &unread) == 0 ? static_cast<std::uint64_t>(unread) : 0;
}

SocketSearch::SocketSearch()
    : file_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}

SocketSearch::~SocketSearch() {
  if (file_ >= 0) close(file_);
}

SocketSearch::States SocketSearch::FindAll(const std::vector<SocketPlace>& places) {
  struct Answer {
    alignas(nlmsghdr) char bytes[kAnswerBytesMax];
  };
  States found(places.size());
  Request requests[kPlacesAtOnce];
  Answer answers[kPlacesAtOnce];
  iovec parts[kPlacesAtOnce];
  mmsghdr messages[kPlacesAtOnce] = {};
  for (std::size_t begin = 0; begin < places.size(); begin += kPlacesAtOnce) {
    const std::size_t count = std::min(kPlacesAtOnce, places.size() - begin);
    for (std::size_t index = 0; index < count; ++index) {
      requests[index] = RequestFor(places[begin + index], begin + index);
      parts[index] = {answers[index].bytes, sizeof answers[index].bytes};
      messages[index].msg_hdr.msg_iov = &parts[index];
      messages[index].msg_hdr.msg_iovlen = 1;
    }
    // The answers are there when the requests have been sent.
    if (send(file_, requests, count * sizeof(Request), 0) < 0) return found;
    const int got = recvmmsg(file_, messages, static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
    for (int index = 0; index < got; ++index) {
      const auto& header = *reinterpret_cast<const nlmsghdr*>(answers[index].bytes);
      const std::size_t size = messages[index].msg_len;
      if (size < sizeof header || header.nlmsg_seq >= found.size()) continue;
      found[header.nlmsg_seq] = StateOfAnswer(header, size);
    }
  }
  return found;
}

}  // namespace sim::virtual_process
