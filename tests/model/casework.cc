#include "tests/model/casework.h"

#include <cassert>

#include "google/protobuf/descriptor.h"

namespace doorstep {

v1::RecordChange ChangeOf(const Id& id, const google::protobuf::Message& message) {
  const uint32_t number = message.GetDescriptor()->options().GetExtension(v1::record).number();
  const RecordType& type = *Catalog::Get().Find(number);
  v1::RecordChange change;
  change.set_type(number);
  change.set_id(id.str());
  for (const FieldType& field : type.fields) {
    std::unique_ptr<google::protobuf::Message> one(message.New());
    one->CopyFrom(message);
    for (const FieldType& other : type.fields) {
      if (other.number == field.number) continue;
      one->GetReflection()->ClearField(
          one.get(), one->GetDescriptor()->FindFieldByNumber(static_cast<int>(other.number)));
    }
    const std::string value = one->SerializeAsString();
    if (value.empty()) continue;
    if (field.merge != v1::UNION) {
      v1::FieldWrite& write = *change.add_writes();
      write.set_field(field.number);
      write.set_value(value);
      continue;
    }
    const std::optional<std::vector<Element>> elements = DecodeElements(field.number, value);
    assert(elements.has_value());
    for (const Element& element : *elements) {
      v1::FieldWrite& write = *change.add_writes();
      write.set_field(field.number);
      write.set_value(element.is_bytes ? EncodeBytes(field.number, element.bytes)
                                       : EncodeNumber(field.number, element.number));
    }
  }
  return change;
}

namespace {

Id Activate(Town& town, const Hand& officer) {
  v1::ProgrammeActivation activation;
  activation.set_ruleset(7);
  activation.set_ruleset_version(2);
  activation.set_ruleset_digest(std::string(32, 'd'));
  activation.set_from_on(town.today - 400);
  activation.set_to_on(town.today + 400);
  const Id id = town.NewId();
  const Judgement judgement =
      town.log.Push(town.Write(officer, town.tenant, {ChangeOf(id, activation)}));
  assert(judgement.verdict == v1::APPLIED);
  return id;
}

}  // namespace

Casework::Casework(uint64_t seed)
    : town(seed),
      ana(town.Hire(v1::ROLE_KEY_WORKER)),
      officer(town.Hire(v1::ROLE_PROGRAMME)),
      auditor(town.Hire(v1::ROLE_AUDITOR)),
      keeper(town.Hire(v1::ROLE_RECORDS)),
      second(town.Hire(v1::ROLE_SUPERVISOR)),
      activation(Activate(town, officer)),
      first(town.BeginFamily(ana)),
      log(town, first.scope) {
  [[maybe_unused]] const Judgement begun = log.Push(first);
  assert(begun.verdict == v1::APPLIED);
  log.state().ForEach(2, [&](const Record& person) { child = person.id; });
  v1::Person adult;
  adult.set_role(v1::Person::MEMBER_ROLE_PARENT_CARER);
  adult.set_joined_on(town.today);
  adult.set_birth_on(town.today - 12'000);
  v1::RecordChange birth = Change(2, child, {{4, EncodeDate(4, town.today - 3'000)}});
  [[maybe_unused]] v1::HeldReason done = Push(ana, {New(adult, &parent), std::move(birth)});
  assert(done == v1::HELD_REASON_UNSPECIFIED);
  done = Push(town.supervisor, {Place(officer, v1::Assignment::RELATION_PROGRAMME),
                                Place(auditor, v1::Assignment::RELATION_AUDIT),
                                Place(keeper, v1::Assignment::RELATION_RECORDS)});
  assert(done == v1::HELD_REASON_UNSPECIFIED);
}

v1::HeldReason Casework::Push(const Hand& hand, std::vector<v1::RecordChange> changes) {
  const Changeset changeset = town.Write(hand, first.scope, std::move(changes));
  Bench bench = log.bench();
  bench.rule_sets = rule_sets;
  bench.files = files;
  const Judgement judgement = Judge(bench, log.state(), changeset);
  because = judgement.because;
  if (judgement.verdict == v1::APPLIED) log.Place(changeset, judgement);
  return judgement.reason;
}

v1::HeldReason Casework::Try(const Hand& hand, std::vector<v1::RecordChange> changes) {
  Bench bench = log.bench();
  bench.rule_sets = rule_sets;
  bench.files = files;
  const Judgement judgement =
      Judge(bench, log.state(), town.Write(hand, first.scope, std::move(changes)));
  because = judgement.because;
  return judgement.reason;
}

v1::RecordChange Casework::Again(uint32_t type, const Id& id, uint32_t field, std::string value) {
  return Change(type, id, {{field, std::move(value), {log.Live(type, id, field)}}});
}

v1::RecordChange Casework::Step(uint32_t type, const Id& id, uint32_t to, std::vector<Put> facts) {
  const uint32_t state = Catalog::Get().Find(type)->FindState()->number;
  facts.push_back({state, EncodeNumber(state, to), {log.Live(type, id, state)}});
  return Change(type, id, std::move(facts));
}

v1::RecordChange Casework::Place(const Hand& hand, v1::Assignment::Relation relation) {
  v1::Assignment place;
  place.set_user(hand.user.str());
  place.set_relation(relation);
  place.set_reason(v1::Assignment::REASON_ALLOCATED);
  place.set_from_on(town.today);
  if (relation == v1::Assignment::RELATION_RECORDS) place.set_until_at(town.now_ms + 86'400'000);
  if (relation == v1::Assignment::RELATION_BREAK_GLASS) {
    place.set_until_at(town.now_ms + 4 * 3'600'000);
  }
  place.set_state(v1::Assignment::STATE_OPEN);
  return New(place);
}

}  // namespace doorstep
