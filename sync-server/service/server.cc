#include "sync-server/service/server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "crypto/reason.h"
#include "sync-server/office/find_terms.h"
#include "sync-server/service/call_table.h"
#include "sync-server/service/calls.h"
#include "sync-server/service/enrol_door.h"
#include "sync-server/service/enrol_service.h"
#include "sync-server/service/invitations.h"
#include "sync-server/service/office_door.h"
#include "sync-server/service/office_service.h"
#include "sync-server/service/sync_door.h"
#include "sync-server/service/sync_service.h"
#include "sync-server/service/watch_hub.h"
#include "sync-server/service/worker_pool.h"

namespace doorstep::server {
namespace {

constexpr char kSuites[] = "GRPC_SSL_CIPHER_SUITES";
constexpr char kOnlyRsa[] = "ECDHE-RSA-AES256-GCM-SHA384";
constexpr int64_t kTickMs = 1'000;

enum class Client { kProvesItself, kUnknown };

std::shared_ptr<grpc::ServerCredentials> Credentials(const ServerParts& parts, Client client) {
  std::string key(parts.tls_key_pem.view());
  const std::vector<grpc::experimental::IdentityKeyCertPair> own = {
      {key, parts.tls_certificate_pem}};
  WipeBytes({reinterpret_cast<uint8_t*>(key.data()), key.size()});
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
          parts.authority.certificate_pem, own));
  options.watch_identity_key_cert_pairs();
  if (client == Client::kProvesItself) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  } else {
    options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

void SetLimits(grpc::ServerBuilder& builder, const ServiceLimits& limits, int receive_bytes_max) {
  builder.SetMaxReceiveMessageSize(receive_bytes_max);
  builder.SetMaxSendMessageSize(limits.message_bytes_max);
  // A compressed message would be unpacked before its size is known; pages are packed by
  // themselves.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.streams_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, limits.header_bytes_max);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, limits.handshake_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, limits.keepalive_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, limits.keepalive_timeout_ms);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             limits.ping_interval_min_ms);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, limits.ping_strikes_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, limits.connection_age_ms);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, limits.connection_age_grace_ms);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, limits.connection_idle_ms);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  grpc::ResourceQuota quota;
  quota.Resize(limits.memory_bytes_max);
  builder.SetResourceQuota(quota);
}

int ThreadsFor(const ServiceLimits& limits) {
  const int machine = static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(2 * machine, 2, limits.handler_threads);
}

}  // namespace

void RequireTls13() { setenv(kSuites, kOnlyRsa, 1); }

struct Server::Impl {
  Impl(const ServerParts& given, Invitations invitations)
      : parts(given),
        directory(parts.store.tenant(), parts.genesis_root),
        ingest(parts.catalog, parts.genesis_root, parts.store, &RecordsThatAreFound()),
        pool(ThreadsFor(parts.limits), parts.limits.handler_queue_max),
        table(parts.monotonic_ms, kTickMs),
        hub(parts.limits.watchers_max),
        writer(
            ingest, parts.store, metrics,
            [this](std::span<const Id> scopes) { hub.Notify(scopes); }, parts.broken),
        book(std::move(invitations)),
        sync({{parts.catalog, parts.store, directory, parts.signer},
              writer,
              hub,
              book,
              metrics,
              parts.now_ms,
              parts.room_for_files}),
        office({parts.store, directory, writer, parts.now_ms}),
        enrol({parts.store, directory, writer, book, metrics, parts.authority, parts.ingest_seeds,
               parts.random, parts.sync_address, parts.now_ms, parts.limits}),
        sync_door(MakeSyncDoor({sync, hub, {pool, table, metrics}, parts.limits})),
        invitations_door(MakeInvitationsDoor({sync, hub, {pool, table, metrics}, parts.limits})),
        office_door(MakeOfficeDoor({office, {pool, table, metrics}, parts.limits})),
        enrol_door(MakeEnrolDoor({enrol, {pool, table, metrics}, parts.limits})) {
    metrics.Gauge("calls_under_way", [this] { return table.calls(); });
    metrics.Gauge("calls_waiting", [this] { return pool.waiting(); });
    metrics.Gauge("writes_waiting", [this] { return writer.waiting(); });
    metrics.Gauge("watchers", [this] { return hub.watchers(); });
  }

  absl::Status Listen() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    SetLimits(builder, parts.limits, parts.limits.message_bytes_max);
    builder.AddListeningPort(parts.listen, Credentials(parts, Client::kProvesItself), &sync_port);
    builder.RegisterService(sync_door.get());
    builder.RegisterService(invitations_door.get());
    builder.RegisterService(office_door.get());
    sync_server = builder.BuildAndStart();
    if (sync_server == nullptr || sync_port == 0) return CannotListen(parts.listen);

    if (parts.enrol_listen.empty()) {
      const size_t colon = parts.listen.rfind(':');
      parts.enrol_listen = parts.listen.substr(0, colon + 1) + std::to_string(sync_port + 1);
    }
    grpc::ServerBuilder enrol_builder;
    SetLimits(enrol_builder, parts.limits, static_cast<int>(kDeliverMessageBytesMax));
    enrol_builder.AddListeningPort(parts.enrol_listen, Credentials(parts, Client::kUnknown),
                                   &enrol_port);
    enrol_builder.RegisterService(enrol_door.get());
    enrol_server = enrol_builder.BuildAndStart();
    if (enrol_server == nullptr || enrol_port == 0) return CannotListen(parts.enrol_listen);
    return absl::OkStatus();
  }

  static absl::Status CannotListen(const std::string& address) {
    return MakeStatus(Reason::kIo, "cannot listen on " + address);
  }

  void Drain() {
    const auto until =
        std::chrono::system_clock::now() + std::chrono::milliseconds(parts.limits.drain_ms);
    hub.Close();
    for (grpc::Server* server : {enrol_server.get(), sync_server.get()}) {
      if (server == nullptr) continue;
      if (auto* health = server->GetHealthCheckService()) health->SetServingStatus(false);
      server->Shutdown(until);
      server->Wait();
    }
    enrol_server.reset();
    sync_server.reset();
    pool.Stop();
    writer.Stop();
  }

  ServerParts parts;
  Metrics metrics;
  SharedDirectory directory;
  Ingest ingest;
  WorkerPool pool;
  CallTable table;
  WatchHub hub;
  Writer writer;
  InvitationBook book;
  SyncService sync;
  OfficeService office;
  EnrolService enrol;
  std::unique_ptr<grpc::Service> sync_door;
  std::unique_ptr<grpc::Service> invitations_door;
  std::unique_ptr<grpc::Service> office_door;
  std::unique_ptr<grpc::Service> enrol_door;
  std::unique_ptr<grpc::Server> sync_server;
  std::unique_ptr<grpc::Server> enrol_server;
  int sync_port = 0;
  int enrol_port = 0;
  bool drained = false;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Drain(); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerParts& parts) {
  // A line for each failed handshake would let anybody fill the disk; who wants them asks for them.
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
  const char* suites = std::getenv(kSuites);
  assert(suites != nullptr && std::string_view(suites) == kOnlyRsa);
  if (absl::Status status = CheckLimits(parts.limits); !status.ok()) return status;
  absl::Status pair = CheckKeyMatches(parts.tls_key_pem, parts.tls_certificate_pem);
  if (!pair.ok()) return pair;
  if (absl::Status status = BringIndexUpToDate(parts.store); !status.ok()) return status;
  const absl::StatusOr<std::unique_ptr<ReadView>> view = parts.store.Read();
  if (!view.ok()) return view.status();
  absl::StatusOr<Invitations> invitations =
      InvitationBook::Load(**view, parts.limits.invitations_max);
  if (!invitations.ok()) return invitations.status();
  auto impl = std::make_unique<Impl>(parts, *std::move(invitations));
  std::unique_ptr<Server> server(new Server(std::move(impl)));
  if (absl::Status status = server->impl_->Listen(); !status.ok()) return status;
  return server;
}

int Server::sync_port() const { return impl_->sync_port; }
int Server::enrol_port() const { return impl_->enrol_port; }
Writer& Server::writer() { return impl_->writer; }
Metrics& Server::metrics() { return impl_->metrics; }

void Server::Drain() {
  if (impl_->drained) return;
  impl_->drained = true;
  impl_->Drain();
}

}  // namespace doorstep::server
