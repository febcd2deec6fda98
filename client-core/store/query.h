// Which records a person sees, filtered and ordered by indexed fields; which cells wait for a
// person; and everything that was ever written into a record.
#ifndef DOORSTEP_CLIENT_CORE_STORE_QUERY_H_
#define DOORSTEP_CLIENT_CORE_STORE_QUERY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/database.h"
#include "client-core/store/log.h"
#include "client-core/store/outbox.h"
#include "client-core/store/overlay.h"
#include "model/catalog.h"

namespace doorstep::client {

struct RecordPlace {
  Id scope;
  uint32_t type = 0;
  Id id;
  friend auto operator<=>(const RecordPlace&, const RecordPlace&) = default;
};

struct Condition {
  enum class Relation : uint8_t { kEqual, kAtLeast, kAtMost };
  uint32_t field = 0;  // indexed
  Relation relation = Relation::kEqual;
  std::string value;  // one element, as protobuf encodes the field, tag included
};

struct RecordQuery {
  enum class Direction : uint8_t { kAscending, kDescending };
  uint32_t type = 0;
  std::optional<Id> scope;  // nullopt: every scope
  std::optional<Id> id;
  std::vector<Condition> where;  // all hold; of a set, for one element at least
  uint32_t order_by = 0;         // an indexed field; 0: made first, first, scope by scope
  Direction direction = Direction::kAscending;
  int limit = 0;      // 0: kQueryRecordsMax, the most
  uint32_t skip = 0;  // so many are passed over first: the next page
};

struct ContestedCell {
  RecordPlace record;
  uint32_t field = 0;
};

// One write of one cell, as it was made.
struct WrittenValue {
  uint32_t field = 0;
  std::string value;
  Op op;
  std::vector<Op> overwrites;
  bool drop = false;
  Id actor;
  Id device;
  v1::Clock clock;
  uint64_t seq = 0;  // 0: in no log yet
  int64_t received_ms = 0;
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;            // unspecified: unsendable
  uint32_t reason = 0;                                      // HeldReason
  HeldWork::Outcome outcome = HeldWork::Outcome::kWaiting;  // of a held one
  bool live = false;                                        // no other write names it
};

class Query {
 public:
  Query(Database& database, Log& log, State& state, Outbox& outbox, Overlay& overlay,
        const Catalog& catalog)
      : database_(database),
        log_(log),
        state_(state),
        outbox_(outbox),
        overlay_(overlay),
        catalog_(catalog) {}

  // Records without the field ordered by come last. INVALID_ARGUMENT (E_ARG) for a field that is
  // not indexed or a value that is none of it.
  absl::StatusOr<std::vector<RecordPlace>> Select(const RecordQuery& query) const;
  // Every record of a scope that a person sees, made first, first.
  absl::StatusOr<std::vector<RecordPlace>> Story(const Id& scope, int64_t now_ms) const;
  // Scopes in which a record with this id is seen; usually one.
  absl::StatusOr<std::vector<Id>> ScopesOf(uint32_t type, const Id& id) const;

  // Ascending by scope, type, id, field. nullopt: every scope.
  absl::StatusOr<std::vector<ContestedCell>> Contested(std::optional<Id> scope) const;
  absl::StatusOr<uint64_t> CountContested(std::optional<Id> scope) const;

  // Every write of a record, held and unsent ones too; in log order, then in outbox order. `field`
  // 0: of every field.
  absl::StatusOr<std::vector<WrittenValue>> History(const RecordPlace& record, uint32_t field,
                                                    int64_t now_ms) const;

 private:
  absl::StatusOr<const FieldType*> IndexedField(uint32_t type, uint32_t field) const;

  Database& database_;
  Log& log_;
  State& state_;
  Outbox& outbox_;
  Overlay& overlay_;
  const Catalog& catalog_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_QUERY_H_
