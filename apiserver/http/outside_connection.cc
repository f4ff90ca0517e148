#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "apiserver/http/answer.h"
#include "apiserver/http/client_core.h"
#include "apiserver/http/counted_stream.h"
#include "apiserver/http/outside_texts.h"

namespace apiserver {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr unsigned char kHttp1Only[] = "\x08http/1.1";
// Of a malformed answer, in an error text.
constexpr std::size_t kShownBytesMax = 80;

sim::Time MachineNow() {
  return sim::Time(std::chrono::duration_cast<sim::Duration>(
      std::chrono::system_clock::now().time_since_epoch()));
}

void AppendHeader(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) out += c == '\r' || c == '\n' ? ' ' : c;
  out += "\r\n";
}

std::string BuildRequest(const OutsideJob& job) {
  const OutsideCall& call = job.call;
  std::string out = call.method + " " + job.url.target + " HTTP/1.1\r\n";
  AppendHeader(out, "Host", job.url.authority);
  const bool has_length = !call.body.empty() || (call.method != "GET" && call.method != "HEAD");
  if (has_length) AppendHeader(out, "Content-Length", std::to_string(call.body.size()));
  for (const auto& [name, value] : call.headers) AppendHeader(out, name, value);
  AppendHeader(out, "Accept-Encoding", "gzip");
  return out + "\r\n" + call.body;
}

class Connection final : public OutsideConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ClientCore> core, std::shared_ptr<Callee> callee)
      : core_(std::move(core)),
        callee_(std::move(callee)),
        resolver_(core_->lane().io),
        stream_(CountedStream(CountingPolicy(core_->activity), core_->lane().io), callee_->tls) {}
  ~Connection() override {
    SetMoving(false);
    core_->Leave(this);
  }

  void Abort() override {
    resolver_.cancel();
    lowest().close();
  }

  void Forget() override {
    job_.answered = nullptr;
    Abort();
  }

  bool is_fresh_enough() const override {
    return std::chrono::steady_clock::now() - idle_since_ < core_->limits.idle_timeout;
  }

  void Carry(OutsideJob job) override {
    job_ = std::move(job);
    has_answer_begun_ = false;
    SetMoving(true);
    is_open_ ? SendRequest() : Resolve();
  }

 private:
  CountedStream& lowest() { return beast::get_lowest_layer(stream_); }

  void SetMoving(bool is_moving) {
    if (is_moving == is_moving_) return;
    is_moving_ = is_moving;
    is_moving ? ++core_->activity.busy : --core_->activity.busy;
    ++core_->activity.moves;
  }

  // Ends the call and the connection.
  void Fail(std::string message) {
    SetMoving(false);
    is_open_ = false;
    lowest().close();
    core_->Settle(job_, sim::Error{std::move(message)});
  }

  // A kept connection may have been closed by the callee meanwhile: the call goes out again.
  void FailOrRetry(std::string message) {
    if (!is_reused_ || has_answer_begun_ || core_->is_stopped() || !job_.answered) {
      return Fail(std::move(message));
    }
    lowest().close();
    is_open_ = false;
    core_->BeginFresh(std::move(job_), callee_);
    SetMoving(false);
  }

  void Resolve() {
    std::string host = job_.url.host;
    std::string port = job_.url.port;
    if (!job_.call.dial_address.empty()) {
      auto split = SplitHostPort(job_.call.dial_address);
      if (!split.ok()) return Fail("dial tcp: " + split.error().message);
      std::tie(host, port) = *split;
    }
    lowest().expires_after(core_->limits.connect_timeout);
    error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (!no_address) {
      const asio::ip::tcp::endpoint endpoint(address, static_cast<unsigned short>(std::stoi(port)));
      endpoints_ = {endpoint};
      return Connect();
    }
    resolver_.async_resolve(host, port,
                            [self = shared_from_this(), host](error_code error, auto found) {
                              if (error) return self->Fail(LookupErrorText(host, error));
                              for (const auto& entry : found) {
                                self->endpoints_.push_back(entry.endpoint());
                              }
                              self->Connect();
                            });
  }

  void Connect() {
    lowest().async_connect(endpoints_, [self = shared_from_this()](error_code error, auto) {
      if (error) return self->FailDial(error);
      error_code ignored;
      self->lowest().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
      self->job_.url.is_tls ? self->Handshake() : self->SendRequest();
    });
  }

  void FailDial(error_code error) {
    const auto& first = endpoints_.front();
    const std::string where =
        JoinHostPort(first.address().to_string(), std::to_string(first.port()));
    if (error == beast::error::timeout) return Fail("dial tcp " + where + ": i/o timeout");
    Fail(DialErrorText(where, error));
  }

  std::string ServerName() const {
    const std::string& given = job_.call.tls.server_name;
    return given.empty() ? job_.url.host : given;
  }

  void Handshake() {
    const std::string name = ServerName();
    error_code not_an_address;
    asio::ip::make_address(name, not_an_address);
    SSL* ssl = stream_.native_handle();
    if (not_an_address) SSL_set_tlsext_host_name(ssl, name.c_str());
    SSL_set_alpn_protos(ssl, kHttp1Only, sizeof kHttp1Only - 1);
    lowest().expires_after(core_->limits.handshake_timeout);
    stream_.async_handshake(
        asio::ssl::stream_base::client, [self = shared_from_this(), name](error_code error) {
          if (error == beast::error::timeout) {
            return self->Fail("net/http: TLS handshake timeout");
          }
          if (error) return self->Fail(HandshakeErrorText(self->lowest().socket(), error));
          if (self->callee_->trust) {
            const auto trusted = self->callee_->trust->Verify(self->stream_.native_handle(), name,
                                                              self->job_.now, MachineNow());
            if (!trusted.ok()) return self->Fail(trusted.error().message);
          }
          self->SendRequest();
        });
  }

  // Calls `use` with the stream that requests and answers go over.
  template <class Use>
  void WithStream(Use use) {
    job_.url.is_tls ? use(stream_) : use(stream_.next_layer());
  }

  void SendRequest() {
    is_open_ = true;
    lowest().expires_never();
    out_ = BuildRequest(job_);
    WithStream([this](auto& stream) {
      asio::async_write(
          stream, asio::buffer(out_), [self = shared_from_this()](error_code error, std::size_t) {
            if (error) {
              return self->FailOrRetry(TransferErrorText("write", self->lowest().socket(), error));
            }
            // From here on the callee works.
            self->SetMoving(false);
            self->ReadHead();
          });
    });
  }

  // A callee that writes head and body apart, and knows nothing of TCP_NODELAY, would send the
  // second only once the first was acknowledged: 40 ms later, in which a cluster's time may go far.
  void AcknowledgeAtOnce() {
    const int yes = 1;
    setsockopt(lowest().socket().native_handle(), IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
  }

  void ReadHead() {
    AcknowledgeAtOnce();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(core_->limits.header_bytes_max));
    parser_->body_limit(OutsideCaller::kAnswerBytesMax);
    parser_->skip(job_.call.method == "HEAD");
    WithStream([this](auto& stream) {
      http::async_read_header(stream, buffer_, *parser_,
                              [self = shared_from_this()](error_code error, std::size_t size) {
                                self->has_answer_begun_ = self->has_answer_begun_ || size > 0;
                                if (error) return self->FailHead(error);
                                self->SetMoving(true);
                                const int status = self->parser_->get().result_int();
                                // 100 and its kind announce the answer.
                                status / 100 == 1 ? self->ReadHead() : self->ReadBody();
                              });
    });
  }

  void FailHead(error_code error) {
    constexpr char kBroken[] = "net/http: HTTP/1.x transport connection broken: ";
    if (error == http::error::body_limit) return FailBody(error);
    if (error == http::error::partial_message) {
      return Fail(std::string(kBroken) + "unexpected EOF");
    }
    if (error == http::error::header_limit) {
      return Fail(std::string(kBroken) + "net/http: server response headers exceeded " +
                  std::to_string(core_->limits.header_bytes_max) + " bytes; aborted");
    }
    if (error == http::error::end_of_stream) return FailOrRetry("EOF");
    if (error.category() == make_error_code(http::error::bad_version).category()) {
      const auto data = buffer_.data();
      std::string_view text(static_cast<const char*>(data.data()), data.size());
      text = text.substr(0, std::min(text.find_first_of("\r\n"), kShownBytesMax));
      return Fail(kBroken + ("malformed HTTP response \"" + std::string(text)) + "\"");
    }
    FailOrRetry(TransferErrorText("read", lowest().socket(), error));
  }

  void ReadBody() {
    AcknowledgeAtOnce();
    WithStream([this](auto& stream) {
      http::async_read(
          stream, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
            // Go accepts an end without a word of TLS at the end of a record.
            if (error == asio::ssl::error::stream_truncated && self->parser_->need_eof()) {
              self->parser_->put_eof(error);
            }
            error ? self->FailBody(error) : self->Finish();
          });
    });
  }

  void FailBody(error_code error) {
    if (error == http::error::body_limit) {
      return Fail("the answer is larger than " + std::to_string(OutsideCaller::kAnswerBytesMax) +
                  " bytes");
    }
    const bool is_cut = error == http::error::partial_message || error == asio::error::eof ||
                        error == asio::ssl::error::stream_truncated;
    Fail("unexpected error when reading response body. Please retry. Original error: " +
         (is_cut ? std::string("unexpected EOF")
                 : TransferErrorText("read", lowest().socket(), error)));
  }

  void Finish() {
    auto message = parser_->release();
    const bool is_kept = message.keep_alive();
    OutsideAnswer answer;
    answer.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      answer.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    answer.body = std::move(message.body());
    if (message[http::field::content_encoding] == "gzip") {
      auto plain = Gunzip(answer.body, OutsideCaller::kAnswerBytesMax);
      if (!plain.ok()) return Fail(plain.error().message);
      answer.body = std::move(plain).value();
    }
    OutsideJob job = std::move(job_);
    job_ = {};
    job_.url = job.url;
    is_reused_ = true;
    idle_since_ = std::chrono::steady_clock::now();
    if (is_kept && buffer_.size() == 0) {
      core_->Keep(callee_, shared_from_this());
    } else {
      lowest().close();
    }
    core_->Settle(job, std::move(answer));
    SetMoving(false);
  }

  const std::shared_ptr<ClientCore> core_;
  const std::shared_ptr<Callee> callee_;
  asio::ip::tcp::resolver resolver_;
  beast::ssl_stream<CountedStream> stream_;
  std::vector<asio::ip::tcp::endpoint> endpoints_;
  bool is_open_ = false;
  bool is_reused_ = false;  // carried a call before this one
  bool is_moving_ = false;
  std::chrono::steady_clock::time_point idle_since_{};

  // Of the call under way.
  OutsideJob job_;
  bool has_answer_begun_ = false;
  std::string out_;
  beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::string_body>> parser_;
};

}  // namespace

std::shared_ptr<OutsideConnection> MakeOutsideConnection(std::shared_ptr<ClientCore> core,
                                                         std::shared_ptr<Callee> callee) {
  return std::make_shared<Connection>(std::move(core), std::move(callee));
}

}  // namespace apiserver
