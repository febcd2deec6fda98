#include "model/programme_book.h"

#include <algorithm>
#include <utility>

#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/joined.h"
#include "model/record.h"
#include "model/ruleset_yaml.h"

namespace doorstep {
namespace {

constexpr uint32_t kProgrammeActivation = 105;
constexpr uint32_t kRuleSetText = 111;

template <typename Message, typename Visit>
void ForEachInOrder(ScopeState& directory, uint32_t number, Visit visit) {
  std::vector<const Record*> records;
  directory.ForEach(number, [&](const Record& record) { records.push_back(&record); });
  std::sort(records.begin(), records.end(), [](const Record* a, const Record* b) {
    return std::pair(a->made_seq, a->id) < std::pair(b->made_seq, b->id);
  });
  const RecordType& type = *Catalog::Get().Find(number);
  for (const Record* record : records) {
    Message message;
    if (ParseInForce(*record, type, message)) visit(record->id, message);
  }
}

}  // namespace

std::vector<Activation> ActivationsOf(ScopeState& directory) {
  std::vector<Activation> activations;
  ForEachInOrder<v1::ProgrammeActivation>(
      directory, kProgrammeActivation, [&](const Id& id, const v1::ProgrammeActivation& message) {
        Activation one;
        one.id = id;
        one.ruleset = message.ruleset();
        one.version = message.ruleset_version();
        if (!CopyExactly(message.ruleset_digest(), one.digest)) return;
        one.from = message.from_on();
        if (message.has_to_on()) one.to = message.to_on();
        one.confirmed_by = IdOrZero(message.confirmed_by());
        if (message.has_confirmed_on()) one.confirmed = message.confirmed_on();
        activations.push_back(one);
      });
  return activations;
}

ProgrammeBook ReadBook(ScopeState& directory) {
  ProgrammeBook book{RuleSetLibrary(&ShippedLibrary()), {}};
  ForEachInOrder<v1::RuleSetText>(
      directory, kRuleSetText, [&](const Id& id, const v1::RuleSetText& message) {
        auto refuse = [&](std::string words) {
          book.problems.push_back({id, message.ruleset(), message.version(), std::move(words)});
        };
        std::string name = Joined(message.ruleset(), "@", message.version());
        RuleSetReading reading = ReadRuleSet(name, message.body());
        if (reading.rule_set.has_value()) {
          const RuleSet& rules = *reading.rule_set;
          if (View(rules.digest) != message.digest()) return refuse("its digest is another text's");
          if (rules.code != message.ruleset() || rules.version != message.version()) {
            return refuse("its code or version is not that of the record");
          }
        }
        for (const FileFault& fault : book.library.Add(name, message.body(), NamedAs::kText)) {
          refuse(FaultText(fault));
        }
      });
  return book;
}

}  // namespace doorstep
