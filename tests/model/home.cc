#include "tests/model/home.h"

#include <cassert>
#include <utility>

namespace doorstep {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string FieldBytes(const Message& record, const FieldDescriptor& field, int element) {
  std::unique_ptr<Message> one(record.New());
  const google::protobuf::Reflection& in = *record.GetReflection();
  const google::protobuf::Reflection& out = *one->GetReflection();
  std::vector<const FieldDescriptor*> others;
  one->CopyFrom(record);
  out.ListFields(*one, &others);
  for (const FieldDescriptor* other : others) {
    if (other != &field) out.ClearField(one.get(), other);
  }
  if (element >= 0) {
    assert(element < in.FieldSize(record, &field));
    out.SwapElements(one.get(), &field, 0, element);
    while (out.FieldSize(*one, &field) > 1) out.RemoveLast(one.get(), &field);
  }
  return one->SerializeAsString();
}

const RecordType& TypeOf(const Message& record) {
  const RecordType* type = Catalog::Get().Find(record.GetDescriptor()->name());
  assert(type != nullptr);
  return *type;
}

}  // namespace

v1::RecordChange ChangeOf(const Id& id, const Message& record) {
  const RecordType& type = TypeOf(record);
  std::vector<Put> puts;
  std::vector<const FieldDescriptor*> fields;
  record.GetReflection()->ListFields(record, &fields);
  for (const FieldDescriptor* field : fields) {
    const auto number = static_cast<uint32_t>(field->number());
    const bool apart = type.FindField(number)->merge == v1::UNION;
    const int elements = apart ? record.GetReflection()->FieldSize(record, field) : 1;
    for (int i = 0; i < elements; ++i) {
      puts.push_back({number, FieldBytes(record, *field, apart ? i : -1)});
    }
  }
  return Change(type.number, id, std::move(puts));
}

Home::Home() : ana(town.Hire(v1::ROLE_KEY_WORKER)) {
  Changeset first = town.BeginFamily(ana);
  family = first.scope;
  log.emplace(town, family);
  const Judgement judgement = log->Push(first);
  assert(judgement.verdict == v1::APPLIED);
}

Id Home::Make(const Hand& hand, const Message& record) {
  Id id = town.NewId();
  WriteBlind(hand, id, record);
  return id;
}

void Home::WriteBlind(const Hand& hand, const Id& id, const Message& record) {
  log->Place(town.Write(hand, family, {ChangeOf(id, record)}), {v1::APPLIED, {}, {}});
}

void Home::Write(const Hand& hand, const Id& id, const Message& record) {
  v1::RecordChange change = ChangeOf(id, record);
  const Record* there = state().Find(change.type(), id);
  for (v1::FieldWrite& write : *change.mutable_writes()) {
    const Cell* cell = there == nullptr ? nullptr : there->FindCell(write.field());
    if (cell == nullptr) continue;
    for (const LiveWrite& live : cell->live) {
      v1::OpId* named = write.add_overwrites();
      named->set_uid(live.op.uid.str());
      named->set_index(live.op.index);
    }
  }
  log->Place(town.Write(hand, family, {change}), {v1::APPLIED, {}, {}});
}

void Home::Hold(const Hand& hand, const Message& record, v1::HeldReason reason) {
  log->Place(town.Write(hand, family, {ChangeOf(town.NewId(), record)}), {v1::HELD, reason, {}});
}

Id Home::MakeInOffice(const Message& record) {
  Id id = town.NewId();
  town.log.Place(town.Write(town.admin, town.tenant, {ChangeOf(id, record)}),
                 {v1::APPLIED, {}, {}});
  return id;
}

void Home::AddName(const Id& person, const std::string& given) {
  v1::PersonName name;
  name.set_person(person.str());
  name.set_given(given);
  name.set_family("Example");
  Make(ana, name);
}

Id Home::AddPerson(const std::string& given, v1::Person::MemberRole role, int32_t born) {
  v1::Person person;
  person.set_role(role);
  person.set_joined_on(today() - 10);
  if (born >= 0) person.set_birth_on(born);
  Id id = Make(ana, person);
  AddName(id, given);
  return id;
}

int64_t Home::ReceivedMs(uint64_t seq) const {
  const std::vector<Entry>& entries = log->entries();
  return seq == 0 || seq > entries.size() ? 0 : entries[seq - 1].meta.received_ms();
}

std::optional<std::vector<Id>> Home::SealedTo(const Id&) const { return sealed_to; }

Look::Look(Home& home, const Hand& who)
    : office(home.town.log.state()),
      settings(office),
      family(home.state()),
      from{home.town.directory, office, settings, timescales, home, who.user, home.town.now_ms} {}

}  // namespace doorstep
