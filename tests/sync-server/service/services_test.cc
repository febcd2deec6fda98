// SyncService and EnrolService without a network, where a test can hold the writer still.
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/reason.h"
#include "model/limits.h"
#include "sync-server/service/enrol_service.h"
#include "sync-server/service/sync_service.h"
#include "tests/sync-server/house.h"

namespace doorstep::server {
namespace {

struct Services {
  House house;
  Metrics metrics;
  LogKeySigner signer{house.tenant(), house.folder.keys.log_seed.Clone()};
  SharedDirectory directory{house.tenant(), house.folder.genesis_root()};
  Ingest ingest{Catalog::Get(), house.folder.genesis_root(), *house.store};
  WatchHub hub{10};
  Writer writer{ingest, *house.store, metrics, [](std::span<const Id>) {}, [] {}};
  InvitationBook book{Invitations(10)};
  std::function<int64_t()> now_ms = [this] { return house.now_ms(); };
  SyncService sync{
      {{Catalog::Get(), *house.store, directory, signer}, writer, hub, book, metrics, now_ms, {}}};
  EnrolService enrol{{*house.store, directory, writer, book, metrics, house.folder.keys.authority,
                      house.folder.keys.ingest_seeds, house.random, "sync.example.test:7443",
                      now_ms, ServiceLimits{}}};

  // The writer stands still until the promise is kept.
  std::promise<void> go;
  void HoldWriter() {
    writer.Do([wait = go.get_future()](const absl::Status&, Ingest&, Store&) mutable {
      wait.get();
      return absl::OkStatus();
    });
  }
  using Answer = std::future<absl::StatusOr<std::string>>;
  static SyncService::Done Into(Answer& answer) {
    auto promise = std::make_unique<std::promise<absl::StatusOr<std::string>>>();
    answer = promise->get_future();
    return [promise = std::move(promise)](absl::StatusOr<std::string> bytes) {
      promise->set_value(std::move(bytes));
    };
  }
  Answer Push(const Id& device) {
    v1::PushRequest request;
    request.set_protocol(kProtocol);
    request.set_schema(kSchema);
    *request.add_rows()->mutable_signed_() = house.Team("West").Signed();
    Answer answer;
    sync.Push(Caller{device}, request.SerializeAsString(), Into(answer));
    return answer;
  }
  Answer Deliver() {
    const Changeset team = house.Team("West");
    v1::DeliverRequest request;
    request.set_tenant(house.tenant().str());
    v1::DeliverRequest::Item& item = *request.add_items();
    item.set_uid(team.uid.str());
    const Bytes<32> seed = house.random.Make<32>();
    item.set_sealed(BoxSeal(BoxPublicKey(house.folder.keys.ingest_seeds.front()),
                            team.Signed().SerializeAsString(), seed)
                        .value());
    Answer answer;
    enrol.Deliver(request.SerializeAsString(), Into(answer));
    return answer;
  }
};

TEST_CASE("a second batch of a device in flight is E_BUSY, another device's is not") {
  Services s;
  s.HoldWriter();
  auto first = s.Push(s.house.ada.device);
  auto second = s.Push(s.house.ada.device);
  auto other = s.Push(s.house.sam.device);
  CHECK(ReasonOf(second.get().status()) == Reason::kBusy);
  s.go.set_value();
  CHECK(first.get().ok());
  CHECK(other.get().ok());
  CHECK(s.Push(s.house.ada.device).get().ok());
}

TEST_CASE("a step of Adopt is a batch in flight too, and says what is wrong with it") {
  Services s;
  s.HoldWriter();
  auto push = s.Push(s.house.ada.device);
  Services::Answer adopt;
  s.sync.Adopt(Caller{s.house.ada.device}, "", Services::Into(adopt));
  CHECK(ReasonOf(adopt.get().status()) == Reason::kBusy);
  s.go.set_value();
  REQUIRE(push.get().ok());
  Services::Answer empty;
  s.sync.Adopt(Caller{s.house.ada.device}, "", Services::Into(empty));
  CHECK_FALSE(empty.get().ok());
  // The turn was given back.
  CHECK(s.Push(s.house.ada.device).get().ok());
}

TEST_CASE("four deliveries are worked on at once, from all sources, and a fifth is E_BUSY") {
  Services s;
  s.HoldWriter();
  std::vector<Services::Answer> waiting;
  for (int n = 0; n < 4; ++n) waiting.push_back(s.Deliver());
  CHECK(ReasonOf(s.Deliver().get().status()) == Reason::kBusy);
  s.go.set_value();
  for (Services::Answer& answer : waiting) CHECK(answer.get().ok());
  CHECK(s.Deliver().get().ok());
}

TEST_CASE("a watch of 4,097 scopes is over the limit, of fifteen bytes no scope") {
  Services s;
  v1::WatchRequest request;
  for (int n = 0; n <= kScopesMax; ++n) request.add_scopes(std::string(16, 's'));
  CHECK(ReasonOf(s.sync.ReadWatch(request.SerializeAsString()).status()) == Reason::kLimit);
  request.clear_scopes();
  request.add_scopes(std::string(15, 's'));
  CHECK(ReasonOf(s.sync.ReadWatch(request.SerializeAsString()).status()) == Reason::kFormat);
}

TEST_CASE("a hint names no scope that its watcher may not read") {
  Services s;
  const Caller ada{s.house.ada.device};
  const absl::StatusOr<v1::WatchFrame> frame =
      s.sync.HintFor(ada, {s.house.tenant(), s.house.sam.device, Id{s.house.random.Make<16>()}});
  REQUIRE(frame.ok());
  REQUIRE(frame->scopes_size() == 1);
  CHECK(frame->scopes(0) == s.house.tenant().view());
}

TEST_CASE("without a certificate of a device nobody is a caller") {
  Services s;
  CHECK(ReasonOf(s.sync.Identify("").status()) == Reason::kAuth);
  CHECK(ReasonOf(s.sync.Identify("no certificate").status()) == Reason::kAuth);
  CHECK(ReasonOf(s.sync.Identify(s.house.folder.keys.tls_certificate_pem).status()) ==
        Reason::kAuth);
}

}  // namespace
}  // namespace doorstep::server
