// A family for tests of views: records of any type, written by whom a test says and received when
// it says, whatever a judge would think of it.
#ifndef DOORSTEP_TESTS_MODEL_HOME_H_
#define DOORSTEP_TESTS_MODEL_HOME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "model/viewpoint.h"
#include "tests/model/town.h"

namespace doorstep {

// The writes that make a record with every field that is set.
v1::RecordChange ChangeOf(const Id& id, const google::protobuf::Message& record);

class Home : public Receipts {
 public:
  // Begun by a worker, who leads it; the town's supervisor supervises it.
  Home();

  // Makes a record, or writes over what is in force in one that is there.
  Id Make(const Hand& hand, const google::protobuf::Message& record);
  void Write(const Hand& hand, const Id& id, const google::protobuf::Message& record);
  // Beside what is in force: as somebody does who had not seen it.
  void WriteBlind(const Hand& hand, const Id& id, const google::protobuf::Message& record);
  // What a judge would keep aside.
  void Hold(const Hand& hand, const google::protobuf::Message& record, v1::HeldReason reason);
  // Into the directory, as the administrator.
  Id MakeInOffice(const google::protobuf::Message& record);
  void AddName(const Id& person, const std::string& given);
  Id AddPerson(const std::string& given, v1::Person::MemberRole role, int32_t born = -1);

  int64_t ReceivedMs(uint64_t seq) const override;
  std::optional<std::vector<Id>> SealedTo(const Id& uid) const override;

  ScopeState& state() { return log->state(); }
  Day today() const { return LondonDay(town.now_ms); }
  void PassDays(int days) { town.now_ms += days * int64_t{86'400'000}; }
  void PassHours(int hours) { town.now_ms += hours * int64_t{3'600'000}; }

  Town town;
  Hand ana;  // the lead
  Id family;
  std::optional<ScopeLog> log;
  std::vector<Id> sealed_to;  // what SealedTo answers of every changeset
};

// A look at the home by somebody, as of now.
struct Look {
  Look(Home& home, const Hand& who);
  Facts office;
  Settings settings;
  DefaultTimescales timescales;
  Facts family;
  Viewpoint from;
};

}  // namespace doorstep

#endif  // DOORSTEP_TESTS_MODEL_HOME_H_
