// A whole client in memory for tests: keys, PIN, joined to a Town's authority and confirmed by its
// administrator and supervisor, talking to an Office.
#ifndef DOORSTEP_TESTS_CLIENT_CORE_CLIENT_HANDSET_H_
#define DOORSTEP_TESTS_CLIENT_CORE_CLIENT_HANDSET_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client-core/client/client.h"
#include "tests/client-core/sync/office.h"

namespace doorstep::client {

inline constexpr char kPin[] = "482913";

class PocketKeyStore final : public KeyStore {
 public:
  KeyStoreStatus Get(const std::string& name, Secret& secret) override;
  KeyStoreStatus Put(const std::string& name, const Secret& secret) override;
  KeyStoreStatus Delete(const std::string& name) override;
  bool IsFile() const override { return is_file; }

  std::map<std::string, std::string> items;
  KeyStoreStatus answer = KeyStoreStatus::kOk;  // else given instead of an item
  bool is_file = false;
};

class SetClock final : public Clock {
 public:
  explicit SetClock(Town& town) : town_(town) {}
  int64_t NowMs() override { return town_.now_ms; }
  int64_t MonotonicMs() override { return monotonic_ms; }
  int64_t monotonic_ms = 0;

 private:
  Town& town_;
};

class Handset {
 public:
  // A new client; nothing else yet.
  explicit Handset(Office& office);
  // One that works as `role`: joined, confirmed, and pulled.
  Handset(Office& office, v1::Role role);

  // Makes its Device record by the administrator, approved by the supervisor, and takes the answer.
  void Join(const Id& user);
  std::string Contact();

  static v1::RecordEdit Edit(std::string_view type, const Id& id,
                             std::initializer_list<std::pair<const char*, std::string>> json);
  // One edit of one record; asserts that it is taken.
  v1::Committed Commit(const Id& scope, const v1::RecordEdit& edit);
  // A family of this person's: Family, Person, PersonName.
  v1::Committed BeginFamily(std::string_view name);
  v1::RecordView Get(std::string_view type, const Id& id);
  // JSON of the values of a field, those in force first.
  std::vector<std::string> Values(std::string_view type, const Id& id, std::string_view field);
  Changeset Sent(const v1::Committed& committed);  // as it lies in the outbox

  Options options() const;
  Host host();

  Office& office;
  Town& town;
  SeededRandom random;
  PocketKeyStore key_store;
  SetClock clock;
  PlainVerifier verifier;
  std::unique_ptr<Client> client;
  v1::SyncReport report;
  absl::Status status;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_TESTS_CLIENT_CORE_CLIENT_HANDSET_H_
