// What peers may do on the wire once they are in: sizes, deadlines, nesting, streams, unknown
// methods (B33, B34, B40), and what the client makes of the answers.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

#include "crypto/reason.h"
#include "doorstep/v1/sync.grpc.pb.h"
#include "model/limits.h"
#include "tests/sync-server/service/open_house.h"
#include "tests/sync-server/service/tls_client.h"

namespace doorstep::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

std::shared_ptr<grpc::Channel> ChannelOf(const OpenHouse& house, const Person& person) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = house.folder.keys.authority.certificate_pem;
  options.pem_private_key = std::string(person.keys.parts().tls_key_pem.view());
  options.pem_cert_chain = house.CertificateFor(person);
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(house.address(), grpc::SslCredentials(options), arguments);
}

// One call with bytes of our choosing.
struct Answer {
  grpc::Status status;
  Reason reason = Reason::kNone;
};
Answer Call(const OpenHouse& house, const std::string& method, const std::string& bytes,
            const std::function<void(grpc::ClientContext&)>& prepare = {}) {
  grpc::GenericStub stub(ChannelOf(house, house.ada));
  grpc::ClientContext context;
  context.set_deadline(system_clock::now() + milliseconds(20'000));
  if (prepare) prepare(context);
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  Answer answer{done.get_future().get(), Reason::kNone};
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find("doorstep-reason-bin");
  if (found != trailers.end() && found->second.size() == 4) {
    answer.reason = static_cast<Reason>(static_cast<uint8_t>(found->second.data()[0]));
  }
  return answer;
}

constexpr char kPush[] = "/doorstep.v1.Sync/Push";

bool StillServes(OpenHouse& house) {
  return PullAll(*house.Connect(house.sam), house.FromTheBeginning()).status.ok();
}

TEST_CASE("a push is answered row by row, and its words come back in a pull") {
  OpenHouse house;
  const auto transport = house.Connect(house.ada);
  Changeset altered = house.Team("Altered");
  altered.signature[0] ^= 1;
  const auto response =
      transport->Push(PushOf({house.Team("West"), altered, house.Opened(house.ada)}));
  REQUIRE(response.ok());
  REQUIRE(response->answers_size() == 3);
  CHECK(response->answers(0).accepted().verdict() == v1::APPLIED);
  CHECK(response->answers(0).accepted().seq() == 2);
  CHECK(response->answers(1).bad().reason() == static_cast<uint32_t>(Reason::kAuth));
  CHECK(response->answers(2).accepted().verdict() == v1::APPLIED);
  const Brought brought = PullAll(*house.Connect(house.sam), house.FromTheBeginning());
  CHECK(brought.head.at(house.tenant()) == 2);
}

TEST_CASE("a message over 1 MiB is refused in either direction, and the server goes on") {
  OpenHouse house;
  const Answer answer = Call(house, kPush, std::string((1 << 20) + 1, '\0'));
  CHECK(answer.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  // The client does not even send one.
  v1::PushRequest request = PushOf({});
  request.add_rows()->mutable_signed_()->set_changeset(std::string(1 << 20, 'x'));
  CHECK(ReasonOf(house.Connect(house.ada)->Push(request).status()) == Reason::kLimit);
  CHECK(StillServes(house));
}

TEST_CASE(
    "a push of 129 rows or of too many bytes is over the limit, and nothing of it is stored") {
  OpenHouse house;
  const Changeset team = house.Team("West");
  const auto transport = house.Connect(house.ada);
  v1::PushRequest request = PushOf(std::vector<Changeset>(kPushRowsMax + 1, team));
  CHECK(ReasonOf(transport->Push(request).status()) == Reason::kLimit);
  request.mutable_rows()->RemoveLast();
  REQUIRE(transport->Push(request).ok());
  CHECK(house.Row(house.tenant()).seq == 2);
  request = PushOf({});
  for (int n = 0; n < 5; ++n) {
    request.add_rows()->mutable_signed_()->set_changeset(std::string(60'000, 'x'));
  }
  CHECK(ReasonOf(transport->Push(request).status()) == Reason::kLimit);
  CHECK(house.Row(house.tenant()).seq == 2);
}

TEST_CASE("bytes that nest or repeat beyond measure are counted before they are parsed") {
  OpenHouse house;
  // Rows in rows do not exist; a Changeset's own nesting is inside bytes. Groups are never ours.
  CHECK(Call(house, kPush, std::string(300'000, '\x0b')).reason == Reason::kFormat);
  // Half a million empty rows.
  std::string rows;
  for (int n = 0; n < 250'000; ++n) rows += std::string("\x1a\x00", 2);
  CHECK(Call(house, kPush, rows).reason == Reason::kLimit);
  CHECK(Call(house, kPush, "no message at all").reason == Reason::kFormat);
  CHECK(StillServes(house));
}

TEST_CASE("an answer carries its reason in the trailer, and no words of the server") {
  OpenHouse house;
  const Answer answer = Call(house, kPush, "no message at all");
  CHECK(answer.status.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(answer.status.error_message() == "E_FORMAT");
}

TEST_CASE("a protocol that is newer than the server's is told so") {
  OpenHouse house;
  v1::PushRequest request = PushOf({house.Team("West")});
  request.set_protocol(kProtocol + 1);
  CHECK(ReasonOf(house.Connect(house.ada)->Push(request).status()) == Reason::kVersion);
}

TEST_CASE("unknown methods, spent deadlines and packed messages end in an error status") {
  OpenHouse house;
  const std::string nothing;
  CHECK(Call(house, "/doorstep.v1.Sync/Steal", nothing).status.error_code() ==
        grpc::StatusCode::UNIMPLEMENTED);
  CHECK(Call(house, "/doorstep.v1.Enrol/Ask", nothing).status.error_code() ==
        grpc::StatusCode::UNIMPLEMENTED);
  CHECK(Call(house, kPush, nothing, [](grpc::ClientContext& context) {
          context.set_deadline(system_clock::now());
        }).status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  CHECK(Call(house, kPush, std::string(100'000, 'z'), [](grpc::ClientContext& context) {
          context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
        }).status.error_code() == grpc::StatusCode::UNIMPLEMENTED);
  CHECK(StillServes(house));
}

// A frame of HTTP/2: length 24, type 8, flags 8, stream 32.
std::string Frame(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
  std::string frame;
  for (int shift = 16; shift >= 0; shift -= 8) frame += static_cast<char>(payload.size() >> shift);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(stream >> shift);
  return frame + payload;
}
// A header as HPACK writes it without its tables.
std::string Header(const std::string& name, const std::string& value) {
  std::string out(1, '\0');
  out += static_cast<char>(name.size());
  out += name;
  out += static_cast<char>(value.size());
  return out + value;
}

// Whether stream 1 has been answered with a header block or a reset, or the connection given up.
bool AnsweredStream1(const std::string& bytes) {
  size_t at = 0;
  while (bytes.size() - at >= 9) {
    const auto byte = [&](size_t n) { return static_cast<uint8_t>(bytes[at + n]); };
    const size_t length = byte(0) << 16 | byte(1) << 8 | byte(2);
    const int type = byte(3);
    if (type == 7 || ((type == 1 || type == 3) && byte(8) == 1)) return true;
    if (bytes.size() - at < 9 + length) return false;
    at += 9 + length;
  }
  return false;
}

TEST_CASE("a length of 4 GiB before a message is refused without being believed") {
  OpenHouse house;
  TlsClient client(house.address(),
                   {TLS1_3_VERSION, TLS1_3_VERSION, house.CertificateFor(house.ada),
                    std::string(house.ada.keys.parts().tls_key_pem.view())});
  REQUIRE(client.version() == "TLSv1.3");
  const std::string headers = Header(":method", "POST") + Header(":scheme", "https") +
                              Header(":path", kPush) + Header(":authority", "127.0.0.1") +
                              Header("te", "trailers") + Header("content-type", "application/grpc");
  client.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(4, 0, 0, "") + Frame(1, 4, 1, headers) +
              Frame(0, 1, 1, std::string("\0\xff\xff\xff\xff", 5) + "abc"));
  CHECK(AnsweredStream1(client.ReceiveUntil(AnsweredStream1)));
  CHECK(StillServes(house));
}

TEST_CASE("a body shorter than its length, and half a connection, hurt nobody") {
  OpenHouse house;
  const TlsClient::Options options = {TLS1_3_VERSION, TLS1_3_VERSION,
                                      house.CertificateFor(house.ada),
                                      std::string(house.ada.keys.parts().tls_key_pem.view())};
  const std::string whole =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(4, 0, 0, "") +
      Frame(1, 4, 1,
            Header(":method", "POST") + Header(":scheme", "https") + Header(":path", kPush) +
                Header(":authority", "127.0.0.1") + Header("te", "trailers") +
                Header("content-type", "application/grpc")) +
      Frame(0, 1, 1, std::string("\0\0\0\0\x20", 5) + "abc");
  for (size_t cut = 0; cut <= whole.size(); cut += 23) {
    TlsClient client(house.address(), options);
    client.Send(whole.substr(0, cut));
  }
  TlsClient(house.address(), options).Send(whole);
  CHECK(StillServes(house));
  CHECK(house.Row(house.tenant()).seq == 1);
}

TEST_CASE("what a caller does with a frame ends the stream with its own reason") {
  OpenHouse house;
  const auto transport = house.Connect(house.ada);
  v1::PullRequest request = house.FromTheBeginning();
  request.set_protocol(kProtocol);
  const absl::Status status = transport->Pull(
      request, [](v1::PullFrame) { return MakeStatus(Reason::kTrust, "not believed"); });
  CHECK(ReasonOf(status) == Reason::kTrust);
  CHECK(PullAll(*transport, house.FromTheBeginning()).status.ok());
}

TEST_CASE("a call is cancelled from another thread, and none begins afterwards") {
  OpenHouse house;
  const auto transport = house.Connect(house.ada);
  v1::PullRequest request = house.FromTheBeginning();
  request.set_protocol(kProtocol);
  int frames = 0;
  const absl::Status status = transport->Pull(request, [&](v1::PullFrame) {
    ++frames;
    std::thread([&] { transport->Cancel(); }).join();
    return absl::OkStatus();
  });
  CHECK(ReasonOf(status) == Reason::kCancelled);
  CHECK(frames == 1);
  CHECK(ReasonOf(PullAll(*transport).status) == Reason::kCancelled);
  CHECK(ReasonOf(transport->Push(PushOf({})).status()) == Reason::kCancelled);
}

TEST_CASE("a server that is not there is told in words that name no peer") {
  OpenHouse house;
  const client::Endpoint endpoint = house.EndpointOf(house.ada);
  house.Stop();
  const auto transport = house.Connect(endpoint);
  CHECK(ReasonOf(PullAll(*transport).status) == Reason::kBusy);
  CHECK(ReasonOf(transport->Push(PushOf({})).status()) == Reason::kBusy);
}

TEST_CASE("a watcher is told of what it may read, and let go when the server stops") {
  OpenHouse house;
  const auto stub = v1::Sync::NewStub(ChannelOf(house, house.ada));
  grpc::ClientContext context;
  v1::WatchRequest request;
  request.add_scopes(house.tenant().str());
  request.add_scopes(house.sam.device.str());  // another's journal: never told
  const auto stream = stub->Watch(&context, request);
  // Registered once the gauge says so.
  while (house.server->metrics().Text().find("doorstep_watchers 1") == std::string::npos) {
    std::this_thread::yield();
  }
  const auto transport = house.Connect(house.sam);
  REQUIRE(transport->Push(PushOf({house.Opened(house.sam), house.Team("West")})).ok());
  v1::WatchFrame frame;
  REQUIRE(stream->Read(&frame));
  REQUIRE(frame.scopes_size() == 1);
  CHECK(frame.scopes(0) == house.tenant().view());
  house.server->Drain();
  CHECK_FALSE(stream->Read(&frame));
  CHECK_FALSE(stream->Finish().ok());
}

TEST_CASE("a stopping server answers what is under way, then nobody") {
  OpenHouse house;
  const auto transport = house.Connect(house.ada);
  REQUIRE(transport->Push(PushOf({house.Team("West")})).ok());
  house.server->Drain();
  CHECK(ReasonOf(transport->Push(PushOf({house.Team("North")})).status()) == Reason::kBusy);
  CHECK(house.Row(house.tenant()).seq == 2);
}

TEST_CASE("calls are counted by method and reason, and nothing of a person is a label") {
  OpenHouse house;
  const auto transport = house.Connect(house.ada);
  REQUIRE(transport->Push(PushOf({house.Team("Westerly")})).ok());
  REQUIRE(PullAll(*transport, house.FromTheBeginning()).status.ok());
  Call(house, kPush, "no message at all");
  const std::string text = house.server->metrics().Text();
  CHECK(text.find("doorstep_calls_total{method=\"Push\",answer=\"OK\"} 1") != std::string::npos);
  CHECK(text.find("doorstep_calls_total{method=\"Push\",answer=\"E_FORMAT\"} 1") !=
        std::string::npos);
  CHECK(text.find("doorstep_calls_total{method=\"Pull\",answer=\"OK\"} 1") != std::string::npos);
  CHECK(text.find("doorstep_rows_applied_total 1") != std::string::npos);
  CHECK(text.find("Westerly") == std::string::npos);
  CHECK(text.find(house.ada.device.hex()) == std::string::npos);
}

TEST_CASE("a restored server opens its gate when every administrator has been heard") {
  OpenHouse house;
  house.Stop();
  house.Open();
  {
    Ingest ingest(Catalog::Get(), house.folder.genesis_root(), *house.store);
    REQUIRE(ingest.CloseRestoreGate().ok());
  }
  house.Start();
  CHECK(PullAll(*house.Connect(house.sam), house.FromTheBeginning()).hello.gated());
  // Ada's device has the directory to its end.
  const ScopeRow row = house.Row(house.tenant());
  v1::PullRequest request;
  v1::Cursor& cursor = *request.add_cursors();
  cursor.set_scope(house.tenant().str());
  cursor.set_seq(row.seq);
  cursor.set_hash(std::string(View(row.hash).substr(0, 8)));
  REQUIRE(PullAll(*house.Connect(house.ada), request).status.ok());
  // She is noted by the writer, after what was queued before.
  REQUIRE(house.server->writer()
              .DoAndWait([](const absl::Status& ready, Ingest&, Store&) { return ready; })
              .ok());
  CHECK_FALSE(PullAll(*house.Connect(house.sam), house.FromTheBeginning()).hello.gated());
}

TEST_CASE("a server with a limit of nothing, or a key of another certificate, does not start") {
  OpenHouse house;
  house.server.reset();
  const CertificateAuthority& authority = house.folder.keys.authority;
  ServerParts parts{.catalog = Catalog::Get(),
                    .store = *house.store,
                    .genesis_root = house.folder.genesis_root(),
                    .signer = *house.signer,
                    .authority = authority,
                    .tls_key_pem = house.folder.keys.tls_key_pem,
                    .tls_certificate_pem = house.folder.keys.tls_certificate_pem,
                    .ingest_seeds = house.folder.keys.ingest_seeds,
                    .random = house.random,
                    .now_ms = SystemNowMs,
                    .monotonic_ms = SystemNowMs,
                    .listen = "127.0.0.1:0",
                    .enrol_listen = "127.0.0.1:0",
                    .sync_address = "",
                    .limits = {},
                    .broken = [] {}};
  SECTION("limit") {
    parts.limits.streams_max = 0;
    CHECK(ReasonOf(Server::Start(parts).status()) == Reason::kArg);
  }
  SECTION("certificate") {
    parts.tls_certificate_pem = authority.certificate_pem;
    CHECK(ReasonOf(Server::Start(parts).status()) == Reason::kKey);
  }
  SECTION("address") {
    parts.listen = "192.0.2.1:1";  // nobody's
    CHECK(ReasonOf(Server::Start(parts).status()) == Reason::kIo);
  }
}

}  // namespace
}  // namespace doorstep::server
