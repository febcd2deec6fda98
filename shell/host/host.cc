#include "shell/host/host.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cassert>
#include <csignal>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "shell/host/calls.h"
#include "shell/host/gate.h"
#include "shell/host/pages.h"

namespace doorstep::shell {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'";

using Response = http::response<http::string_body>;

template <typename Message>
void Harden(Message& message) {
  message.set("content-security-policy", kPolicy);
  message.set("x-content-type-options", "nosniff");
  message.set("x-frame-options", "DENY");
  message.set("referrer-policy", "no-referrer");
  message.set("cross-origin-opener-policy", "same-origin");
  message.set("cross-origin-resource-policy", "same-origin");
  message.set("permissions-policy", "camera=(), microphone=(), geolocation=()");
  message.set(http::field::cache_control, "no-store");
}

std::string_view Header(const http::fields& fields, std::string_view name) {
  const auto at = fields.find(name);
  if (at == fields.end()) return {};
  return {at->value().data(), at->value().size()};
}

}  // namespace

class Host::Loop {
 public:
  Loop(ds_client* client, HostOptions options)
      : options_(std::move(options)),
        pages_(options_.pages),
        calls_(client),
        acceptor_(context_),
        signals_(context_),
        idle_(context_) {}

  ~Loop() { core_.join(); }

  absl::Status Open() {
    if (!pages_.built()) return absl::NotFoundError("no pages in that folder");
    error_code error;
    const tcp::endpoint end(asio::ip::address_v4::loopback(), options_.port);
    acceptor_.open(end.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(end, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (error) return absl::UnavailableError("the port cannot be had");
    port_ = acceptor_.local_endpoint(error).port();
    return error ? absl::UnavailableError("the port cannot be had") : absl::OkStatus();
  }

  uint16_t port() const { return port_; }
  const std::string& token() const { return options_.token; }

  void Run() {
    error_code ignored;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) signals_.add(number, ignored);
    signals_.async_wait([this](error_code error, int) {
      if (!error) context_.stop();
    });
    last_call_ = Clock::now();
    asio::co_spawn(context_, Accept(), asio::detached);
    asio::co_spawn(context_, LockWhenIdle(), asio::detached);
    context_.run();
    core_.join();
    calls_.Drain();
  }

  void Stop() { context_.stop(); }

 private:
  using Clock = std::chrono::steady_clock;

  // A page that listens. Lives in its connection's coroutine.
  struct Listener {
    explicit Listener(asio::io_context& context) : wake(context) {}
    asio::steady_timer wake;
    std::string lines;
  };

  static asio::redirect_error_t<asio::use_awaitable_t<>> Into(error_code& error) {
    return asio::redirect_error(asio::use_awaitable, error);
  }

  asio::awaitable<void> Accept() {
    for (;;) {
      error_code error;
      tcp::socket socket = co_await acceptor_.async_accept(Into(error));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {  // out of descriptors, say: wait rather than turn
        asio::steady_timer pause(context_, std::chrono::milliseconds(100));
        co_await pause.async_wait(Into(error));
        continue;
      }
      if (connections_ >= options_.limits.connections_max) continue;  // closed with the socket
      asio::co_spawn(context_, Serve(beast::tcp_stream(std::move(socket))), asio::detached);
    }
  }

  asio::awaitable<void> Serve(beast::tcp_stream stream) {
    ++connections_;
    beast::flat_buffer buffer(options_.limits.header_bytes_max + options_.limits.body_bytes_max);
    bool more = true;
    for (bool first = true; more; first = false) {
      error_code error;
      if (!first && buffer.size() == 0) {
        stream.expires_after(options_.limits.quiet);
        const size_t some = co_await stream.async_read_some(buffer.prepare(4096), Into(error));
        if (error) break;
        buffer.commit(some);
      }
      stream.expires_after(options_.limits.read);
      http::request_parser<http::string_body> parser;
      parser.header_limit(static_cast<uint32_t>(options_.limits.header_bytes_max));
      parser.body_limit(options_.limits.body_bytes_max);
      co_await http::async_read_header(stream, buffer, parser, Into(error));
      if (error) break;
      more = co_await Answer(stream, buffer, parser);
    }
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    --connections_;
  }

  // True if the connection may carry another request.
  asio::awaitable<bool> Answer(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                               http::request_parser<http::string_body>& parser) {
    const auto& asked = parser.get();
    const std::string target(asked.target());
    const int refusal =
        Refusal({.method = {asked.method_string().data(), asked.method_string().size()},
                 .target = target,
                 .host = Header(asked, "host"),
                 .origin = Header(asked, "origin"),
                 .token = Header(asked, "doorstep-token")},
                port_, options_.token);
    if (refusal != 0) co_return co_await Refuse(stream, refusal);
    error_code error;
    co_await http::async_read(stream, buffer, parser, Into(error));
    if (error) co_return false;
    http::request<http::string_body> request = parser.release();
    if (request.method() != http::verb::post) {
      const std::optional<Page> page = pages_.Find(target);
      if (!page) co_return co_await Refuse(stream, 404);
      Response response(http::status::ok, request.version());
      response.set(http::field::content_type, page->type);
      response.body() = page->body;
      co_return co_await Send(stream, response, request.keep_alive(),
                              request.method() == http::verb::head);
    }
    if (target == "/events") co_return co_await Stream(stream);
    const std::string name = target.starts_with("/api/") ? target.substr(5) : "";
    if (!Calls::Knows(name)) co_return co_await Refuse(stream, 404);
    const bool keep = request.keep_alive();
    stream.expires_never();  // the core takes its time; a contact may last minutes
    Reply reply = co_await Ask(name, request.body());
    Response response(http::status::ok, 11);
    response.set(http::field::content_type, "application/x-protobuf");
    response.set("doorstep-status", std::to_string(reply.status));
    response.set("doorstep-reason", std::to_string(reply.reason));
    response.body() = reply.body;
    co_return co_await Send(stream, response, keep, false);
  }

  asio::awaitable<bool> Refuse(beast::tcp_stream& stream, int status) {
    Response response(static_cast<http::status>(status), 11);
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    co_return co_await Send(stream, response, false, false);
  }

  asio::awaitable<bool> Send(beast::tcp_stream& stream, Response& response, bool keep,
                             bool head_only) {
    Harden(response);
    response.keep_alive(keep);
    response.prepare_payload();
    stream.expires_after(options_.limits.write);
    error_code error;
    http::response_serializer<http::string_body> serializer(response);
    if (head_only)
      co_await http::async_write_header(stream, serializer, Into(error));
    else
      co_await http::async_write(stream, serializer, Into(error));
    co_return !error && keep;
  }

  // Asks on the core's thread; the answer comes from there or from the client's own, and is waited
  // for on this one. `name` and `argument` are the caller's and outlive the call: GCC 12 frees what
  // a coroutine is given by value out of a temporary twice.
  asio::awaitable<Reply> Ask(const std::string& name, std::string& argument) {
    last_call_ = Clock::now();
    Reply reply;
    // Nobody waits for its time: the answer cancels it. Both run on this thread.
    asio::steady_timer answered(context_, asio::steady_timer::time_point::max());
    asio::post(core_, [this, name, argument = std::move(argument), &reply, &answered]() mutable {
      calls_.Run(name, std::move(argument), [this, &reply, &answered](Reply got) {
        asio::post(context_, [got = std::move(got), &reply, &answered]() mutable {
          reply = std::move(got);
          answered.cancel();
        });
      });
    });
    error_code cancelled;
    co_await answered.async_wait(Into(cancelled));
    const Effect effect = Calls::EffectOf(name);
    if (effect == Effect::kLock) Tell("lock\n");
    if (effect == Effect::kRecords) Tell("records\n");
    co_return reply;
  }

  void Tell(const std::string& line) {
    for (Listener* listener : listeners_) {
      if (!listener->lines.ends_with(line)) listener->lines += line;
      listener->wake.cancel();
    }
  }

  asio::awaitable<bool> Stream(beast::tcp_stream& stream) {
    http::response<http::empty_body> response(http::status::ok, 11);
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    Harden(response);
    response.chunked(true);
    http::response_serializer<http::empty_body> serializer(response);
    error_code error;
    stream.expires_after(options_.limits.write);
    co_await http::async_write_header(stream, serializer, Into(error));
    Listener listener(context_);
    const auto place = listeners_.insert(listeners_.end(), &listener);
    while (!error) {
      std::string lines = std::exchange(listener.lines, "");
      if (lines.empty()) lines = "\n";
      const auto chunk = http::make_chunk(asio::buffer(lines));
      stream.expires_after(options_.limits.write);
      co_await asio::async_write(stream, chunk, Into(error));
      if (error) break;
      if (!listener.lines.empty()) continue;  // told while it was writing
      stream.expires_never();
      listener.wake.expires_after(options_.limits.alive);
      error_code woken;
      co_await listener.wake.async_wait(Into(woken));
    }
    listeners_.erase(place);
    co_return false;
  }

  asio::awaitable<void> LockWhenIdle() {
    for (;;) {
      idle_.expires_at(last_call_ + options_.limits.idle_lock);
      error_code error;
      co_await idle_.async_wait(Into(error));
      if (error) co_return;
      if (Clock::now() - last_call_ < options_.limits.idle_lock) continue;
      const std::string name = "client_lock";
      std::string nothing;
      co_await Ask(name, nothing);
    }
  }

  const HostOptions options_;
  const Pages pages_;
  Calls calls_;
  asio::io_context context_{1};
  asio::thread_pool core_{1};
  tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer idle_;
  uint16_t port_ = 0;
  size_t connections_ = 0;
  Clock::time_point last_call_;
  std::list<Listener*> listeners_;
};

Host::Host(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
Host::~Host() = default;

absl::StatusOr<std::unique_ptr<Host>> Host::Listen(ds_client* client, HostOptions options) {
  assert(client != nullptr);
  assert(!options.token.empty());
  auto loop = std::make_unique<Loop>(client, std::move(options));
  if (absl::Status opened = loop->Open(); !opened.ok()) return opened;
  return std::unique_ptr<Host>(new Host(std::move(loop)));
}

uint16_t Host::port() const { return loop_->port(); }

std::string Host::url() const {
  return "http://127.0.0.1:" + std::to_string(port()) + "/#token=" + loop_->token();
}

void Host::Run() { loop_->Run(); }

void Host::Stop() { loop_->Stop(); }

}  // namespace doorstep::shell
