// A device's store in a small council: it pulls pages from the logs that Town keeps, each with a
// head signed by a log key, and commits what its person writes.
#ifndef DOORSTEP_TESTS_CLIENT_CORE_STORE_PHONE_H_
#define DOORSTEP_TESTS_CLIENT_CORE_STORE_PHONE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client-core/store/store.h"
#include "tests/model/town.h"

namespace doorstep::client {

// Types and fields of records.proto that these tests write.
inline constexpr uint32_t kFamily = 1, kPersonName = 3, kSafeAddress = 7, kVisit = 27,
                          kAssignment = 34, kDecision = 36;
inline constexpr uint32_t kVisitPlannedAt = 4, kVisitState = 9, kVisitPurpose = 18,
                          kVisitAccount = 19;

// A folder of its own under the system's temporary one; removed with what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  const std::string& path() const { return path_; }
  std::string file() const { return path_ + "/store.db"; }

 private:
  std::string path_;
};

Secret TestKey(uint8_t fill = 7);
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, std::string_view bytes);

class Phone {
 public:
  // In memory.
  Phone(Town& town, const Hand& hand);
  Phone(Town& town, const Hand& hand, std::unique_ptr<Store> opened);

  StoreIdentity identity() const;
  // The next entries of a log, in pages of at most `most`, until nothing is left.
  void Pull(const ScopeLog& log, size_t most = 256);
  // One page, with whatever comes of it.
  absl::Status PullPage(const ScopeLog& log, size_t most);
  SignedHead HeadOf(const ScopeLog& log, uint64_t seq, uint64_t archived = 0) const;

  // Judges as the store would, and commits.
  Judgement Commit(const Changeset& changeset, std::string_view ends_draft = {});
  ScopeState& Seen(const Id& scope);
  // The text in force of a field of a record as it is seen; "" when there is none.
  std::string Text(const Id& scope, uint32_t type, const Id& id, uint32_t field);
  std::vector<std::string> Unsent() const;  // uids in outbox order, as hexadecimal digits

  Town& town;
  Hand hand;
  std::unique_ptr<Store> store;
  Secret log_seed;
};

Hand Copy(const Hand& hand);

// The supervisor ends the open assignment of `worker` in a family.
v1::RecordChange EndPlace(ScopeLog& log, const Hand& worker);
// The supervisor's RELEASE (1) or DECLINE (2) of a held changeset.
v1::RecordChange Decide(Town& town, const Id& held, uint32_t answer);

// A visit that a worker plans in a family: state PLANNED, with a purpose and the words of an
// account.
v1::RecordChange PlanVisit(const Town& town, const Hand& hand, const Id& id, int64_t planned_at_ms,
                           std::string_view purpose, std::string_view account = {});

// Live writes of a state without their numbers in the log, which differ before and after receipt.
std::string Content(ScopeState& state, const std::vector<uint32_t>& types);

}  // namespace doorstep::client

#endif  // DOORSTEP_TESTS_CLIENT_CORE_STORE_PHONE_H_
