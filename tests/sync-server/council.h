// A town, the server it keeps, and phones that pull from it: what the tests of the server's cores
// stand on. The server is one process over a store in memory; Restart and Restore make another.
#ifndef DOORSTEP_TESTS_SYNC_SERVER_COUNCIL_H_
#define DOORSTEP_TESTS_SYNC_SERVER_COUNCIL_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync-server/feed/feed.h"
#include "sync-server/ingest/ingest.h"
#include "sync-server/store/sqlite/sqlite_store.h"
#include "tests/model/town.h"

namespace doorstep::server {

struct Server {
  Server(const Town& town, const Secret& log_seed, std::unique_ptr<SqliteStore> at);
  std::unique_ptr<SqliteStore> store;
  SharedDirectory directory;
  LogKeySigner signer;
  FeedParts parts;
  Ingest ingest;
};

class Council {
 public:
  explicit Council(uint64_t seed = 1);

  // Hands in what the town's directory has that the server was not given yet.
  void Mirror();
  Hand Hire(v1::Role role);
  v1::RowAnswer Push(const Changeset& changeset, const Id& bearer = {});
  v1::RowAnswer Ask(const Id& uid);
  std::vector<v1::RowAnswer> PushAll(const std::vector<Changeset>& changesets);
  // A family that `hand` begins, applied.
  Id BeginFamily(const Hand& hand);
  // A note on a family by `hand`: words that K, C and S may write.
  Changeset Note(const Hand& hand, const Id& family, const std::string& text);

  // The Assignment of `user` as it stands in the server's state.
  std::optional<AssignmentView> Place(const Id& family, const Id& user);
  Changeset EndPlace(const Hand& by, const Id& family, const AssignmentView& place);
  Changeset OpenPlace(const Hand& by, const Id& family, const Hand& user,
                      v1::Assignment::Relation relation);
  Changeset Decide(const Hand& by, const Id& family, const Id& held, v1::Decision::Answer answer);

  ScopeRow Row(const Id& scope);
  std::vector<Entry> Log(const Id& scope);
  std::string Image();
  void Restore(const std::string& image);
  // All signed bytes and rows, to see that nothing moved.
  Hash32 Fingerprint();

  Town town;
  Secret log_seed;
  std::unique_ptr<Server> server;

 private:
  size_t mirrored_ = 0;
};

// What one pull brought.
struct Pulled {
  absl::Status status;
  v1::PullHello hello;
  std::vector<Id> order;  // scopes in the order of their first frame
  std::map<Id, size_t> pages;
  std::set<Id> mismatches;
  std::map<Id, v1::PullFrame::Common> commons;
  std::map<Id, std::vector<Changeset>> ended;
  std::map<Id, SignedHead> bare;
  std::optional<Id> heard;
  std::vector<std::string> frames;  // serialized, without the Hello
};

// A device that stores the logs it pulls and checks each page as it should.
class Phone {
 public:
  Phone(Council& council, Hand hand) : council_(council), hand_(std::move(hand)) {}

  const Hand& hand() const { return hand_; }
  // With all it stores as cursors, and the directory.
  v1::PullRequest Request() const;
  Pulled Pull() { return Pull(Request()); }
  Pulled Pull(const v1::PullRequest& request);
  // One frame more of a pull that is under way; false at its end.
  bool Step(server::Pull& pull, Pulled& pulled);

  bool Holds(const Id& scope) const { return logs_.contains(scope) && !logs_.at(scope).empty(); }
  std::vector<Entry>& log(const Id& scope) { return logs_[scope]; }
  void Forget(const Id& scope) { logs_.erase(scope); }
  // All entries from `first`, as a step of Adopt that ends at the last signed head.
  v1::AdoptRequest AdoptFrom(const Id& scope, uint64_t first) const;
  std::vector<SignedHead>& heads(const Id& scope) { return heads_[scope]; }
  v1::History HistoryOf(const Id& scope) const;

 private:
  void Take(const v1::PullPage& page, Pulled& pulled);

  Council& council_;
  Hand hand_;
  std::map<Id, std::vector<Entry>> logs_;
  std::map<Id, std::vector<SignedHead>> heads_;
  std::map<Id, uint64_t> archived_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_TESTS_SYNC_SERVER_COUNCIL_H_
