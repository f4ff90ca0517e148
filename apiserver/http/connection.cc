#include "apiserver/http/connection.h"

#include <atomic>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <limits>

#include "apiserver/http/answer.h"
#include "apiserver/http/client_certificate.h"
#include "apiserver/http/counted_stream.h"
#include "apiserver/http/stream_parts.h"
#include "apiserver/http/web_socket.h"
#include "apiserver/ports/log_stream.h"
#include "apiserver/watch/watch_stream.h"

namespace apiserver {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

// Up to this size a body goes out with its head, in one TLS record.
constexpr std::size_t kJoinedBytesMax = 12 << 10;

// Of a refused body, before the connection is dropped all the same.
constexpr std::size_t kDrainedBytesMax = 64 << 20;

using LaneStream = CountedStreamOf<asio::generic::stream_protocol, asio::io_context::executor_type>;

class Connection final : public CoreMember, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerCore> core, IoLane& lane, LaneSocket socket, bool is_near)
      : core_(std::move(core)),
        lane_(lane),
        limits_(core_->limits),
        gateway_(core_->gateway),
        activity_(core_->activity),
        is_near_(is_near),
        stream_(LaneStream(CountingPolicy(core_->activity), std::move(socket)), core_->tls) {}
  ~Connection() override {
    core_->Leave(this);
    activity_.busy -= busy_;
    ++activity_.ends;
  }

  void Abort() override { beast::get_lowest_layer(stream_).close(); }

  void Run() {
    BeginMove();
    Limit(limits_.handshake_timeout);
    stream_.async_handshake(
        asio::ssl::stream_base::server, [self = shared_from_this()](error_code error) {
          if (error) return;
          self->EndMove();
          ReadClientCertificate(self->stream_.native_handle(), self->credentials_);
          self->ReadHead();
        });
  }

 private:
  // Bytes of this connection are under way from here on, until as many EndMove.
  void BeginMove() {
    ++busy_;
    ++activity_.busy;
    ++activity_.moves;
  }
  void EndMove() {
    --busy_;
    --activity_.busy;
    ++activity_.moves;
  }

  // The next steps, until it is called again. A timer that is never due would cost calls as well.
  void Limit(std::chrono::seconds span) {
    auto& lowest = beast::get_lowest_layer(stream_);
    span == kNoLimit ? lowest.expires_never() : lowest.expires_after(span);
  }

  void ReadHead() {
    parser_.emplace();
    parser_->header_limit(limits_.header_bytes_max);
    parser_->body_limit(limits_.body_bytes_max);
    Limit(limits_.idle_timeout);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) {
                              error ? self->RefuseUnread(error) : self->ReadBody();
                            });
  }

  void ReadBody() {
    if (HasBrokenPath(parser_->get().target())) {
      return RefuseUnread(make_error_code(http::error::bad_target));
    }
    BeginMove();
    Limit(limits_.read_timeout);
    if (parser_->get()[http::field::expect] == "100-continue") {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      Write([self = shared_from_this()] { self->ReadRest(); });
    } else {
      ReadRest();
    }
  }

  void ReadRest() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       error ? self->RefuseUnread(error) : self->Handle();
                     });
  }

  // What could not be read as a request is answered in plain text, and the connection ends.
  void RefuseUnread(error_code error) {
    if (error == http::error::body_limit) {
      return RefuseLargeBody();
    } else if (error == http::error::header_limit) {
      out_ = BuildPlainAnswer(431, "431 Request Header Fields Too Large");
    } else if (error.category() == make_error_code(http::error::bad_target).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
      out_ = BuildPlainAnswer(400, "400 Bad Request");
    } else {
      return;  // The client closed, timed out or broke the TLS stream: nobody listens.
    }
    Write([self = shared_from_this()] { self->Close(); });
  }

  void RefuseLargeBody() {
    const Response response = ErrorResponse(
        RequestEntityTooLargeError("limit is " + std::to_string(limits_.body_bytes_max)));
    Accepted accept;
    out_ = BuildAnswer(response, EncodeAnswer(accept, {}, response), {.keep_alive = false});
    Write([self = shared_from_this()] { self->DrainUnread(); });
  }

  // Clients send a body whole before they read: what comes is dropped until they have.
  void DrainUnread() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(1 << 16),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                              self->drained_bytes_ += size;
                              const bool is_enough = self->drained_bytes_ > kDrainedBytesMax;
                              if (!error && !is_enough) self->DrainUnread();
                            });
  }

  WireRequest TakeWire() {
    auto& message = parser_->get();
    const auto header = [&message](http::field field) { return std::string(message[field]); };
    WireRequest wire;
    wire.method = std::string(message.method_string());
    wire.target = std::string(message.target());
    wire.accept = header(http::field::accept);
    wire.content_type = header(http::field::content_type);
    wire.user_agent = header(http::field::user_agent);
    wire.if_none_match = header(http::field::if_none_match);
    wire.body = std::move(message.body());
    for (const auto& field : message) {
      std::string name(field.name_string());
      for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      if (name.starts_with("impersonate-")) {
        wire.impersonation.emplace_back(std::move(name), std::string(field.value()));
      }
    }
    return wire;
  }

  void Handle() {
    beast::get_lowest_layer(stream_).expires_never();
    auto& message = parser_->get();
    keep_alive_ = parser_->keep_alive();
    answer_options_ = {.keep_alive = keep_alive_,
                       .accepts_gzip = !is_near_ && message[http::field::accept_encoding].find(
                                                        "gzip") != beast::string_view::npos,
                       .has_body = message.method() != http::verb::head};
    credentials_.authorization = std::string(message[http::field::authorization]);
    const bool is_token_valid = ReadWebSocketRequest();
    Authentication who = gateway_.Authenticate(credentials_);
    if (!is_token_valid) who.error = UnauthorizedError();
    WireRequest wire = TakeWire();
    std::unique_ptr<Request> request = DecodeRequest(wire, std::move(who.user));
    warnings_ = std::move(who.warnings);
    accept_ = request->accept;
    info_ = request->info;
    // The move that reading began ends with the answer.
    if (who.error) return Answer(ErrorResponse(*who.error));
    auto self = shared_from_this();
    request_id_ = gateway_.Submit(std::move(wire), std::move(request), [self](Response response) {
      self->TakeAnswer(std::move(response));
    });
    EndMove();
  }

  // False if it brings a token in a form that is none.
  bool ReadWebSocketRequest() {
    web_socket_.reset();
    const auto& message = parser_->get();
    if (!AsksForWebSocket(message[http::field::upgrade], message[http::field::connection])) {
      return true;
    }
    web_socket_ =
        WebSocketRequest{.method = std::string(message.method_string()),
                         .key = std::string(message[http::field::sec_websocket_key]),
                         .version = std::string(message[http::field::sec_websocket_version]),
                         .origin = std::string(message[http::field::origin]),
                         .protocols = SplitProtocols(message[http::field::sec_websocket_protocol])};
    if (!credentials_.authorization.empty()) return true;
    const ProtocolToken found = TakeProtocolToken(web_socket_->protocols);
    if (!found.token.empty()) credentials_.authorization = "Bearer " + found.token;
    return !found.is_invalid;
  }

  // On the kernel's thread, perhaps after the server: only hands over.
  void TakeAnswer(Response response) {
    if (core_->is_stopped()) return;
    BeginMove();
    const Revision shown = response.shown_revision;
    auto shared = std::make_shared<Response>(std::move(response));
    gateway_.WhenDurable(shown, [self = shared_from_this(), shared] {
      self->core_->Post(self->lane_, [self, shared] { self->Answer(std::move(*shared)); });
    });
  }

  void Answer(Response response) {
    for (std::string& warning : warnings_) response.warnings.push_back(std::move(warning));
    warnings_.clear();
    if (const auto* watch = std::get_if<std::shared_ptr<WatchStream>>(&response.body)) {
      if (web_socket_) return BeginWebSocket(response, *watch);
      return BeginStream(*watch, BuildStreamHead(response, response.content_type, keep_alive_));
    }
    web_socket_.reset();
    if (const auto* log = std::get_if<std::shared_ptr<LogStream>>(&response.body)) {
      return BeginStream((*log)->stream(),
                         BuildStreamHead(response, response.content_type, keep_alive_));
    }
    EncodedBody body = EncodeAnswer(accept_, info_, response);
    out_ = BuildAnswerHead(response, body, answer_options_);
    body_ = std::move(body.bytes);
    Write([self = shared_from_this()] {
      self->EndMove();
      self->body_ = {};
      self->keep_alive_ ? self->ReadHead() : self->Close();
    });
  }

  void BeginWebSocket(const Response& response, const std::shared_ptr<WatchStream>& stream) {
    keep_alive_ = false;
    WebSocketHandshake handshake = AnswerHandshake(*web_socket_);
    event_frames_ = response.content_type.starts_with("application/json") ? FrameKind::kText
                                                                          : FrameKind::kBinary;
    if (handshake.is_accepted) return BeginStream(stream, std::move(handshake.answer));
    stream->Cancel();
    if (!core_->is_stopped()) gateway_.Cancel(request_id_);
    out_ = std::move(handshake.answer);
    Write([self = shared_from_this()] {
      self->EndMove();
      self->Close();
    });
  }

  void BeginStream(std::shared_ptr<WatchStream> stream, std::string head) {
    stream_source_ = std::move(stream);
    out_ = std::move(head);
    writing_ = true;
    auto self = shared_from_this();
    stream_source_->SetWakeUp([weak = weak_from_this()] {
      const auto connection = weak.lock();
      if (!connection) return;
      connection->BeginMove();
      connection->core_->Post(connection->lane_, [connection] {
        const auto pump = [connection] {
          connection->PumpStream();
          connection->EndMove();
        };
        // What is not joined gains nothing by waiting for more.
        if (connection->core_->joining == PartJoining::kNone) return pump();
        connection->core_->PostIdle(connection->lane_, pump);
      });
    });
    web_socket_ ? ReadFrames() : WatchForEnd();
    Write([self] {
      self->writing_ = false;
      self->PumpStream();
      self->EndMove();
    });
  }

  // While a stream runs, a read waits beside it: its end is how a client's leaving is noticed.
  void WatchForEnd() {
    beast::get_lowest_layer(stream_).expires_never();
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                              if (error) return self->StreamClientGone();
                              self->buffer_.commit(size);
                              self->read_ahead_done_ = true;
                              if (!self->stream_source_) self->NextAfterStream();
                            });
  }

  // What the client of a WebSocket says goes nowhere, but it may ask whether we live, and end it.
  void ReadFrames() {
    beast::get_lowest_layer(stream_).expires_never();
    auto self = shared_from_this();
    const std::string_view ahead(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    WebSocketReader::Received received = frames_.Take(ahead);
    buffer_.clear();
    frame_answers_ += received.answer;
    is_frame_end_ = received.is_end;
    BeginMove();
    PumpStream();
    EndMove();
    if (is_frame_end_) return;
    stream_.async_read_some(buffer_.prepare(4096), [self](error_code error, std::size_t size) {
      if (error) return self->StreamClientGone();
      self->buffer_.commit(size);
      if (self->stream_source_) self->ReadFrames();
    });
  }

  void StreamClientGone() {
    if (!stream_source_) return;
    stream_source_->SetWakeUp({});
    stream_source_->Cancel();
    stream_source_.reset();
    if (!core_->is_stopped()) gateway_.Cancel(request_id_);
  }

  void PumpStream() {
    if (writing_ || !stream_source_) return;
    bool finished = false;
    std::vector<WatchStream::Chunk> chunks;
    auto self = shared_from_this();
    const bool is_open = core_->ReadUnlessHeld(
        lane_, [&] { chunks = stream_source_->Take(finished); },
        [self] {
          self->PumpStream();
          self->EndMove();
        });
    if (!is_open) return BeginMove();
    if (core_->is_stopped()) return;
    const bool is_end = finished || is_frame_end_;
    if (chunks.empty() && !is_end && frame_answers_.empty()) return;
    writing_ = true;
    BeginMove();
    Revision shown = 0;
    for (const auto& chunk : chunks) shown = std::max(shown, chunk.shown_revision);
    parts_ =
        web_socket_ ? SocketParts(chunks, is_end) : StreamParts(chunks, is_end, core_->joining);
    gateway_.WhenDurable(shown, [self, is_end] {
      // At once, or later from the writer's thread.
      if (self->lane_.io.get_executor().running_in_this_thread()) {
        return self->WriteStreamPart(is_end);
      }
      self->core_->Post(self->lane_, [self, is_end] { self->WriteStreamPart(is_end); });
    });
  }

  std::deque<std::string> SocketParts(const std::vector<WatchStream::Chunk>& chunks, bool is_end) {
    std::deque<std::string> parts;
    const auto add = [this, &parts](std::string part) {
      const bool is_joined = core_->joining == PartJoining::kAll && !parts.empty();
      is_joined ? parts.back() += part : parts.emplace_back(std::move(part));
    };
    if (!frame_answers_.empty()) add(std::exchange(frame_answers_, {}));
    for (const auto& chunk : chunks) add(EventFrames(*chunk.bytes, event_frames_));
    if (is_end) add(WebSocketEnd());
    return parts;
  }

  void WriteStreamPart(bool finished) {
    out_.clear();
    if (!parts_.empty()) {
      out_ = std::move(parts_.front());
      parts_.pop_front();
    }
    Write([self = shared_from_this(), finished] {
      if (!self->parts_.empty()) return self->WriteStreamPart(finished);
      self->writing_ = false;
      self->EndMove();
      if (!finished) return self->PumpStream();
      self->LeaveStream();
      if (self->web_socket_) return self->CloseWebSocket();
      if (self->read_ahead_done_) self->NextAfterStream();
    });
  }

  // All of it is written. One that fell behind is not over yet for those who fill it.
  void LeaveStream() {
    if (!stream_source_) return;
    stream_source_->SetWakeUp({});
    if (is_frame_end_) return StreamClientGone();
    if (stream_source_->has_overflowed()) gateway_.Cancel(request_id_);
    stream_source_.reset();
  }

  // A read may be under way, which would meet those of a regular end.
  void CloseWebSocket() { is_frame_end_ ? Close() : beast::get_lowest_layer(stream_).close(); }

  // Requires: no stream and no read is under way.
  void NextAfterStream() {
    read_ahead_done_ = false;
    keep_alive_ ? ReadHead() : Close();
  }

  // Writes out_ and body_ whole, then calls `then`; a failure ends the connection.
  template <class Then>
  void Write(Then then) {
    if (!stream_source_) Limit(limits_.write_timeout);
    if (body_.size() <= kJoinedBytesMax) {
      out_ += body_;
      body_.clear();
    }
    // One after the other: Beast's TLS stream takes a sequence whose first buffer was consumed for
    // an empty write.
    asio::async_write(
        stream_, asio::buffer(out_),
        [self = shared_from_this(), then = std::move(then)](error_code error, std::size_t) mutable {
          if (error) return self->StreamClientGone();
          self->WriteBody(std::move(then));
        });
  }

  template <class Then>
  void WriteBody(Then then) {
    if (body_.empty()) return then();
    asio::async_write(
        stream_, asio::buffer(body_),
        [self = shared_from_this(), then = std::move(then)](error_code error, std::size_t) {
          if (error) return self->StreamClientGone();
          then();
        });
  }

  void Close() {
    Limit(limits_.write_timeout);
    stream_.async_shutdown([self = shared_from_this()](error_code) {});
  }

  const std::shared_ptr<ServerCore> core_;  // first: all else lives in its contexts
  IoLane& lane_;
  const HttpLimits& limits_;
  HttpGateway& gateway_;
  HttpActivity& activity_;
  const bool is_near_;  // Gains nothing from compression.
  beast::ssl_stream<LaneStream> stream_;
  // This connection's share of activity_.busy; the kernel's thread begins moves too.
  std::atomic<int> busy_{0};
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  Credentials credentials_;

  // Of the request under way.
  Accepted accept_;
  RequestInfo info_;
  AnswerOptions answer_options_;
  std::vector<std::string> warnings_;
  std::uint64_t request_id_ = 0;
  bool keep_alive_ = true;
  std::string out_;
  std::string body_;
  std::shared_ptr<WatchStream> stream_source_;
  std::deque<std::string> parts_;  // Of the stream, not yet written.
  std::optional<WebSocketRequest> web_socket_;
  FrameKind event_frames_ = FrameKind::kText;
  WebSocketReader frames_;
  std::string frame_answers_;  // Not yet written.
  bool is_frame_end_ = false;
  bool writing_ = false;
  bool read_ahead_done_ = false;
  std::size_t drained_bytes_ = 0;
};

}  // namespace

void RunConnection(std::shared_ptr<ServerCore> core, IoLane& lane, LaneSocket socket,
                   bool is_near) {
  auto connection = std::make_shared<Connection>(core, lane, std::move(socket), is_near);
  // Dropping it closes it.
  if (core->Join(connection.get())) connection->Run();
}

}  // namespace apiserver
