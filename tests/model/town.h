// A small council for tests: a root, an administrator, supervisors and workers with devices that
// count, all made through real signed entries; and logs of families that judge, chain and fold as a
// server does. Everything is derived from a seed.
#ifndef DOORSTEP_TESTS_MODEL_TOWN_H_
#define DOORSTEP_TESTS_MODEL_TOWN_H_

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "crypto/primitives.h"
#include "model/authority.h"
#include "model/judge.h"
#include "model/log.h"
#include "model/merge.h"
#include "model/value.h"

namespace doorstep {

// Bytes that follow from a seed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : seed_(seed) {}
  void Fill(std::span<uint8_t> out) override;

 private:
  uint64_t seed_;
  uint64_t count_ = 0;
};

struct Hand {  // a person at a device
  Id user;
  Id device;
  Secret sign_seed;
  Secret box_seed;
};

// One field write: number, encoded value, the ops it names.
struct Put {
  uint32_t field = 0;
  std::string value = {};
  std::vector<Op> names = {};
  bool drop = false;
};
v1::RecordChange Change(uint32_t type, const Id& id, std::vector<Put> puts);

class Town;

// The log of one scope, as the server keeps it.
class ScopeLog {
 public:
  ScopeLog(Town& town, const Id& scope);
  // Judges, gives it the next place and folds it.
  Judgement Push(const Changeset& changeset);
  // The same with a verdict that is given, as a server that lies would.
  const Entry& Place(const Changeset& changeset, const Judgement& judgement);
  ScopeState& state() { return state_; }
  const std::vector<Entry>& entries() const { return entries_; }
  Bench bench() const;
  // The live write of a cell; the last where there are several.
  Op Live(uint32_t type, const Id& id, uint32_t field);

 private:
  Town& town_;
  ScopeState state_;
  std::vector<Entry> entries_;
};

class Town {
 public:
  explicit Town(uint64_t seed = 1);

  Id NewId() { return {random.Make<16>()}; }
  // A changeset by `hand`, with a fresh uid (or the one given).
  Changeset Write(const Hand& hand, const Id& scope, std::vector<v1::RecordChange> changes);
  Changeset WriteAs(const Id& uid, const Hand& hand, const Id& scope,
                    std::vector<v1::RecordChange> changes);

  // Adds a person with role and device through the administrator, approved by the supervisor.
  Hand Hire(v1::Role role);
  // The Device and StaffRole of a person, as the administrator writes them; not approved.
  v1::RecordChange DeviceOf(const Hand& hand);
  v1::RecordChange RoleOf(const Id& role_id, const Hand& hand, v1::Role role);
  // An APPROVED of a directory record by `by`.
  Judgement Approve(const Hand& by, uint32_t type, const Id& subject);
  Hand MakeHand(const Id& user);

  // The changeset that begins a family; its scope is the formula's.
  Changeset BeginFamily(const Hand& hand, std::vector<v1::RecordChange> more = {});

  SeededRandom random;
  Id tenant;
  Secret root_seed;
  PublicKey root_pk{};
  Id team;
  Hand root;
  Hand admin;
  Hand supervisor;
  Directory directory;
  ScopeLog log;  // the directory's
  int64_t now_ms = 1'795'000'000'000;
  int32_t today = 20'780;

 private:
  void Genesis();
};

}  // namespace doorstep

#endif  // DOORSTEP_TESTS_MODEL_TOWN_H_
