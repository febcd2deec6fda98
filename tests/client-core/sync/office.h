// A server for tests of contacts: it judges, chains, folds and signs what it is handed, serves
// pages by right, and can be put back to an earlier day. It keeps the directory of a Town and logs
// of its own; what it cannot do (a directory put back, lapses, gates that open) the simulator does
// with the real one.
#ifndef DOORSTEP_TESTS_CLIENT_CORE_SYNC_OFFICE_H_
#define DOORSTEP_TESTS_CLIENT_CORE_SYNC_OFFICE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client-core/sync/session.h"
#include "doorstep/v1/enrol.pb.h"
#include "doorstep/v1/sync.pb.h"
#include "tests/model/town.h"

namespace doorstep::client {

class Office {
 public:
  // Adds ServerKeys to the town's directory, written by the root.
  explicit Office(Town& town);

  struct Line {
    std::vector<Entry> entries;
    std::unique_ptr<ScopeState> state;
    uint64_t archived = 0;
  };
  Line& line(const Id& scope);
  Judgement Push(const Changeset& changeset);
  void Place(const Changeset& changeset, const Judgement& judgement);
  // The server as it was when this log had `entries` entries.
  void PutBack(const Id& scope, size_t entries);

  // Entries first … last of a scope as a page, with its head.
  v1::PullPage Page(const Id& scope, uint64_t first, uint64_t last);
  v1::SignedHead Head(const Id& scope, uint64_t seq);

  std::vector<v1::PullFrame> Answer(const v1::PullRequest& request, const Id& device);
  v1::PushResponse Answer(const v1::PushRequest& request);
  v1::AdoptResponse Answer(const v1::AdoptRequest& request);
  v1::DeliverResponse Answer(const v1::DeliverRequest& request);
  absl::StatusOr<v1::PutChunkResponse> Answer(const v1::PutChunkRequest& request);
  absl::StatusOr<v1::GetChunkResponse> Answer(const v1::GetChunkRequest& request, const Id& device);

  // Moves a contact to its end; the kinds of its requests in order, "pull push pull".
  std::string Run(Session& session, const Id& device);

  Town& town;
  const Catalog* catalog = &Catalog::Get();  // its own, and that of the handsets made after
  Secret log_seed;
  Secret ingest_seed;
  v1::DeviceStatus status = v1::DEVICE_ACTIVE;
  bool gated = false;
  size_t page_entries = 3;
  std::map<Id, v1::RowAnswer> told;     // by uid: answered so instead of taken
  std::vector<v1::PushRequest> pushes;  // as they came; rows unpacked
  std::vector<v1::PullRequest> pulls;
  std::vector<Id> delivered;  // uids
  struct File {
    std::string hashes;
    std::map<uint32_t, std::string> chunks;
  };
  std::map<std::pair<Id, std::string>, File> files;  // by scope and content id
  std::vector<uint32_t> chunks_put;                  // numbers, as they came
  int chunks_until_cut = -1;  // so many chunk calls are answered; then nobody answers. -1: all

 private:
  v1::RowAnswer Take(const v1::PushRow& row);
  v1::RowAnswer Present(const Id& scope, size_t index);
  void Serve(const Id& scope, uint64_t after, std::vector<v1::PullFrame>& frames);

  std::map<Id, Line> lines_;
  std::map<Id, std::pair<Id, size_t>> places_;  // uid to scope and index
};

}  // namespace doorstep::client

#endif  // DOORSTEP_TESTS_CLIENT_CORE_SYNC_OFFICE_H_
