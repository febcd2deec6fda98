#include "tests/bench/office.h"

#include <cassert>
#include <optional>
#include <utility>
#include <vector>

#include "model/scanner.h"

namespace doorstep::bench {

Office::Office(const std::string& folder, const Id& tenant, const PublicKey& root,
               const server::ServerKeys& keys)
    : directory_(tenant, root), signer_(tenant, keys.log_seed.Clone()), root_(root), keys_(keys) {
  absl::StatusOr<std::unique_ptr<server::SqliteStore>> store =
      server::SqliteStore::Open(folder + "/server.db", keys.store_key, tenant);
  assert(store.ok());
  store_ = *std::move(store);
  ingest_ = std::make_unique<server::Ingest>(Catalog::Get(), root, *store_);
  feed_ = std::make_unique<server::FeedParts>(
      server::FeedParts{Catalog::Get(), *store_, directory_, signer_});
}

std::string Office::GoOnline() {
  wire_ = std::make_unique<Wire>(*store_, root_, signer_, keys_);
  return wire_->address();
}

void Office::Admit(const v1::SignedChangeset& genesis, int64_t now_ms) {
  server::PushItem item{{}, Id{}, now_ms};
  *item.row.mutable_signed_() = genesis;
  absl::StatusOr<server::BatchResult> batch = ingest_->ApplyBatch({&item, 1});
  assert(batch.ok());
  assert(batch->answers[0].accepted().verdict() == v1::APPLIED);
}

std::string Office::Push(const Id& device, const std::string& request, int64_t now_ms) {
  v1::PushRequest message;
  absl::Status read = ParseMessage(request, message);
  if (read.ok()) read = server::CheckPush(message);
  assert(read.ok());
  std::vector<server::PushItem> items;
  for (v1::PushRow& row : *message.mutable_rows()) {
    items.push_back({std::move(row), device, now_ms});
  }
  absl::StatusOr<server::BatchResult> batch = ingest_->ApplyBatch(items);
  assert(batch.ok());
  v1::PushResponse response;
  for (v1::RowAnswer& answer : batch->answers) *response.add_answers() = std::move(answer);
  response.set_server_ms(now_ms);
  return response.SerializeAsString();
}

void Office::Pull(const Id& device, const std::string& request, int64_t now_ms,
                  absl::FunctionRef<void(std::string)> frame) {
  v1::PullRequest message;
  absl::Status read = ParseMessage(request, message, server::kPullScanLimits);
  assert(read.ok());
  absl::StatusOr<server::Pull> pull = server::Pull::Begin(*feed_, device, message);
  assert(pull.ok());
  for (;;) {
    absl::StatusOr<std::optional<v1::PullFrame>> next = pull->Next(now_ms);
    assert(next.ok());
    if (!*next) return;
    frame((*next)->SerializeAsString());
  }
}

}  // namespace doorstep::bench
