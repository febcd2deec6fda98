// The server of a run: the real store, ingest and feed, and what a process around them would do. It
// can be copied, crashed and put back.
#ifndef DOORSTEP_TESTS_SIMULATION_SERVER_UNIT_H_
#define DOORSTEP_TESTS_SIMULATION_SERVER_UNIT_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/secret.h"
#include "doorstep/v1/enrol.pb.h"
#include "doorstep/v1/sync.pb.h"
#include "sync-server/access/directory_log.h"
#include "sync-server/feed/chunks.h"
#include "sync-server/feed/feed.h"
#include "sync-server/feed/head_signer.h"
#include "sync-server/ingest/ingest.h"
#include "sync-server/store/sqlite/sqlite_store.h"
#include "tests/simulation/messages.h"

namespace doorstep::simulation {

// A copy of the server's store, and what a verifier read out of it.
struct Backup {
  std::string image;
  std::vector<server::ArchivedHead> heads;
  bool verified = false;
};

class ServerUnit {
 public:
  struct Keys {
    Id tenant;
    PublicKey genesis_root{};
    Secret log_seed;
    Secret ingest_seed;
  };
  ServerUnit(const Catalog& catalog, Keys keys);

  server::SqliteStore& store() { return *store_; }
  const server::HeadSigner& signer() const { return *signer_; }
  const Secret& log_seed() const { return keys_.log_seed; }
  const Secret& ingest_seed() const { return keys_.ingest_seed; }

  struct Result {
    AnswerMessage answer;
    std::vector<Id> moved;  // scopes with new entries
  };
  // Push, Adopt or Deliver: one transaction and one answer.
  Result Handle(const RequestMessage& request, int64_t now_ms);
  // Several pushes judged and committed together, answered each.
  std::vector<Result> HandleTogether(const std::vector<RequestMessage>& pushes, int64_t now_ms);
  // Rows handed in at the server itself.
  std::vector<v1::RowAnswer> Admit(const std::vector<v1::SignedChangeset>& rows, const Id& bearer,
                                   int64_t now_ms);

  // A pull under way. Begin: nullopt, or the failure.
  struct PullUnderWay {
    RequestMessage request;
    std::unique_ptr<server::Pull> pull;
  };
  std::optional<AnswerMessage> BeginPull(const RequestMessage& request);
  std::vector<PullUnderWay>& pulls() { return pulls_; }
  struct Frame {
    AnswerMessage message;
    std::optional<v1::PullFrame> frame;  // none: the end
  };
  // The next frame of the pull at `index`, which leaves the list at its end.
  Frame NextFrame(size_t index, int64_t now_ms);

  Backup Copy();
  // What the process had in memory is gone.
  void Crash();
  enum class Told { kGate, kNothing };
  void PutBack(const std::string& image, Told told);
  void OpenGate();
  bool gated();

  // Marks what a verified copy holds as archived.
  void Archive(const Backup& backup);

 private:
  void Open(std::unique_ptr<server::SqliteStore> store);
  AnswerMessage AnswerTo(const RequestMessage& request, std::string bytes) const;
  AnswerMessage FailureOf(const RequestMessage& request, const absl::Status& status) const;
  Result HandleAdopt(const RequestMessage& request);
  Result HandleChunk(const RequestMessage& request, int64_t now_ms);
  Result HandleDeliver(const RequestMessage& request, int64_t now_ms);
  std::optional<v1::SignedChangeset> Unseal(const v1::DeliverRequest::Item& item) const;

  const Catalog& catalog_;
  Keys keys_;
  std::unique_ptr<server::SqliteStore> store_;
  std::unique_ptr<server::Ingest> ingest_;
  std::unique_ptr<server::SharedDirectory> directory_;
  std::unique_ptr<server::LogKeySigner> signer_;
  std::unique_ptr<server::FeedParts> feed_;
  std::vector<PullUnderWay> pulls_;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_SERVER_UNIT_H_
