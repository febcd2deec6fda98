#include "tests/simulation/people.h"

#include <algorithm>
#include <cassert>

#include "model/merge.h"
#include "model/value.h"
#include "tests/simulation/schema_facts.h"

namespace doorstep::simulation {
namespace {

constexpr uint32_t kPersonType = 2;
constexpr uint32_t kPersonNameType = 3;

uint32_t TypeNamed(std::string_view name) { return FactsOfName(name).number; }

const RecordType& Type(uint32_t number) { return *Catalog::Get().Find(number); }

v1::RecordEdit New(uint32_t type) {
  v1::RecordEdit record;
  record.set_type(type);
  return record;
}

v1::RecordEdit Existing(uint32_t type, const Id& id) {
  v1::RecordEdit record = New(type);
  record.set_id(id.str());
  return record;
}

// Types of a family that anybody may write at random; what the machinery stands on is done on
// purpose.
const std::vector<const RecordType*>& OpenTypes() {
  static const std::vector<const RecordType*> types = [] {
    std::vector<const RecordType*> open;
    for (const RecordType& type : Catalog::Get().types()) {
      const bool machinery = type.trust || type.number == kFamilyType || type.number == kShareType;
      if (type.scope == v1::RecordRule::FAMILY && !machinery) open.push_back(&type);
    }
    return open;
  }();
  return types;
}

}  // namespace

std::vector<Id> People::FamiliesOn(DeviceUnit& device) {
  std::set<Id> families;
  for (const client::ScopeRow& row : device.store().log().Scopes()) {
    const bool gone = row.Has(client::kHidden) || row.Has(client::kPurged);
    if (row.seq > 0 && !gone) families.insert(row.scope);
  }
  absl::StatusOr<std::vector<Id>> with_rows = device.store().outbox().Scopes();
  assert(with_rows.ok());
  for (const Id& scope : *with_rows) {
    const client::ScopeRow* row = device.store().log().Find(scope);
    const bool gone = row != nullptr && (row->Has(client::kHidden) || row->Has(client::kPurged));
    if (!gone) families.insert(scope);
  }
  families.erase(world_.tenant);
  families.erase(device.id);
  return {families.begin(), families.end()};
}

std::optional<People::Desk> People::AnyDesk(std::optional<v1::Role> role) {
  std::vector<Desk> desks;
  for (DeviceUnit* device : world_.UsableUnits(role)) {
    for (const Id& family : FamiliesOn(*device)) desks.push_back({device, family});
  }
  if (desks.empty()) return std::nullopt;
  return world_.chance.Pick(desks);
}

std::vector<Id> People::RecordsOf(const Desk& desk, uint32_t type) {
  client::Store& store = desk.device->store();
  absl::StatusOr<client::OverlayScope*> seen =
      store.overlay().Of(desk.family, desk.device->now_ms());
  if (!seen.ok()) return {};
  std::vector<Id> records;
  (*seen)->state->ForEach(type, [&](const Record& record) { records.push_back(record.id); });
  return records;
}

std::optional<Id> People::AnyRecord(const Desk& desk, uint32_t type) {
  const std::vector<Id> records = RecordsOf(desk, type);
  if (records.empty()) return std::nullopt;
  return world_.chance.Pick(records);
}

Id People::AnyStaff(v1::Role role) {
  std::vector<Id> users;
  for (const Person& person : world_.people) {
    if (person.role == role && !person.stranger) users.push_back(person.user);
  }
  return users.empty() ? Id{} : world_.chance.Pick(users);
}

ValueMaker People::MakerFor(const Desk& desk) {
  auto refer = [this, desk](uint32_t type) -> std::optional<Id> {
    if (type == kStaffMemberType) return world_.chance.Pick(world_.people).user;
    if (type == TypeNamed("Team")) return world_.chance.Pick(world_.teams);
    if (type == kAnyRecord) return AnyRecord(desk, world_.chance.Pick(OpenTypes())->number);
    return AnyRecord(desk, type);
  };
  return {world_.chance, WordOf(desk.family), world_.today(), refer};
}

v1::Edits People::EditsFor(const Desk& desk) {
  v1::Edits edits;
  edits.set_scope(desk.family.str());
  return edits;
}

uint64_t People::StateOf(const Desk& desk, uint32_t type, const Id& id) {
  absl::StatusOr<client::OverlayScope*> seen =
      desk.device->store().overlay().Of(desk.family, desk.device->now_ms());
  if (!seen.ok()) return 0;
  const Record* record = (*seen)->state->Find(type, id);
  const Cell* cell = record == nullptr ? nullptr : record->FindCell(StateFieldOf(type));
  if (cell == nullptr || cell->live.empty()) return 0;
  return NumberIn(cell->live.back().value).value_or(0);
}

// ---- Families ----------------------------------------------------------------------------------

void People::BeginFamily(DeviceUnit& device) {
  const Person* person = world_.PersonOf(device.user);
  // The word of a family follows from its id, which the core makes: its first words carry none.
  ValueMaker maker{world_.chance, "begun", world_.today(), [](uint32_t) { return std::nullopt; }};
  v1::Edits edits;
  edits.set_begin_family(true);
  v1::RecordEdit& family = *edits.add_records() = New(kFamilyType);
  AddField(family, 1, EncodeBytes(1, "Family " + maker.Text(40)));
  const Id team =
      person == nullptr || world_.chance.OneIn(8) ? world_.chance.Pick(world_.teams) : person->team;
  AddField(family, 3, EncodeId(3, team));
  if (world_.chance.OneIn(10))
    AddField(family, 7, EncodeId(7, world_.chance.Pick(world_.people).user));
  v1::RecordEdit& one = *edits.add_records() = New(kPersonType);
  const Id id = world_.NewId();
  one.set_id(id.str());
  AddField(one, 1, EncodeNumber(1, v1::Person::MEMBER_ROLE_CHILD));
  AddField(one, 2, EncodeDate(2, world_.today()));
  v1::RecordEdit& name = *edits.add_records() = New(kPersonNameType);
  AddField(name, 1, EncodeId(1, id));
  AddField(name, 4, EncodeBytes(4, maker.Text(60)));
  if (world_.Commit(device, edits, "begins a family")) world_.Count("families begun");
}

void People::EditRecord(const Desk& desk) {
  const ValueMaker maker = MakerFor(desk);
  v1::Edits edits = EditsFor(desk);
  const bool afresh = world_.chance.Percent(45);
  const RecordType* type = world_.chance.Pick(OpenTypes());
  std::optional<Id> record = afresh ? std::nullopt : AnyRecord(desk, type->number);
  for (int tries = 0; !afresh && !record && tries < 6; ++tries) {
    type = world_.chance.Pick(OpenTypes());
    record = AnyRecord(desk, type->number);
  }
  if (!record && !afresh && world_.chance.OneIn(2)) {
    type = &Type(kFamilyType);
    record = desk.family;
  }
  if (record) {
    std::optional<v1::RecordEdit> change = ChangeRecord(maker, *type, *record);
    if (!change) return;
    *edits.add_records() = *std::move(change);
  } else {
    *edits.add_records() = MakeRecord(maker, *type);
  }
  world_.Commit(*desk.device, edits, "writes a " + type->name);
}

// A screen that was opened earlier, and is saved now: it names what the person was shown then.
void People::EditFromOldScreen(const Desk& desk) {
  auto at = world_.screens.find(desk.device->index());
  if (at != world_.screens.end()) {
    const OpenScreen screen = at->second;
    world_.screens.erase(at);
    const FieldType& field = *Catalog::Get().FindField(screen.type, screen.field);
    v1::Edits edits;
    edits.set_scope(screen.scope.str());
    v1::RecordEdit& record = *edits.add_records() = Existing(screen.type, screen.record);
    const Desk there{desk.device, screen.scope};
    v1::FieldEdit& edit = AddField(record, screen.field, MakerFor(there).Make(field));
    for (const v1::OpId& op : screen.shown) *edit.add_shown() = op;
    world_.Commit(*desk.device, edits, "saves an old screen");
    world_.Count("old screens saved");
    return;
  }
  const uint32_t type = world_.chance.OneIn(2) ? kPersonType : kFamilyType;
  const std::optional<Id> record = AnyRecord(desk, type);
  if (!record) return;
  absl::StatusOr<v1::RecordView> view = desk.device->client().Get(type, *record);
  if (!view.ok()) return;
  std::vector<const v1::FieldView*> open;
  for (const v1::FieldView& field : view->fields()) {
    const FieldType* rule = Catalog::Get().FindField(type, field.field());
    const bool words = rule != nullptr && (rule->merge == v1::ASK || rule->merge == v1::LATEST);
    if (words && field.values_size() > 0) open.push_back(&field);
  }
  if (open.empty()) return;
  const v1::FieldView& field = *world_.chance.Pick(open);
  world_.screens[desk.device->index()] = {
      desk.family, type, *record, field.field(), {field.values(0).op()}};
}

// The same cell over and over: each write names the one before.
void People::Chain(const Desk& desk) {
  const size_t count = 3 + world_.chance.Index(2);
  for (size_t i = 0; i < count; ++i) {
    v1::Edits edits = EditsFor(desk);
    v1::RecordEdit& family = *edits.add_records() = Existing(kFamilyType, desk.family);
    AddField(family, 6, EncodeBytes(6, MakerFor(desk).Text(200)));
    world_.Commit(*desk.device, edits, "writes the door note");
  }
}

void People::Protect(const Desk& desk) {
  v1::Edits edits = EditsFor(desk);
  if (world_.chance.OneIn(3)) {
    v1::RecordEdit& family = *edits.add_records() = Existing(kFamilyType, desk.family);
    AddField(family, 8, EncodeNumber(8, 1 + world_.chance.Below(5)));
  } else {
    const std::optional<Id> person = AnyRecord(desk, kPersonType);
    if (!person) return;
    v1::RecordEdit& record = *edits.add_records() = Existing(kPersonType, *person);
    AddField(record, 15, EncodeNumber(15, 1 + world_.chance.Below(4)));
  }
  world_.Commit(*desk.device, edits, "sets a protective value");
}

void People::WriteRestricted(const Desk& desk) {
  v1::Edits edits = EditsFor(desk);
  const ValueMaker maker = MakerFor(desk);
  const std::optional<Id> person = AnyRecord(desk, kPersonType);
  if (person && world_.chance.OneIn(2)) {
    v1::RecordEdit& address = *edits.add_records() = MakeRecord(maker, Type(7));
    for (v1::FieldEdit& field : *address.mutable_fields()) {
      if (field.field() == 1) field.set_value(EncodeId(1, *person));
    }
    v1::RecordEdit& record = *edits.add_records() = Existing(kPersonType, *person);
    AddField(record, 14, EncodeBool(14, true));
  } else {
    *edits.add_records() = MakeRecord(maker, Type(TypeNamed("RestrictedNote")));
  }
  if (world_.Commit(*desk.device, edits, "writes what only readers see")) {
    world_.Count("restricted changesets");
  }
}

void People::Draft(const Desk& desk) {
  v1::Edits edits = EditsFor(desk);
  *edits.add_records() = MakeRecord(MakerFor(desk), *world_.chance.Pick(OpenTypes()));
  const Id draft = world_.NewId();
  const absl::Status put = desk.device->client().PutDraft(draft, edits.SerializeAsString());
  if (!put.ok()) return;
  world_.Count("drafts");
  if (world_.chance.OneIn(2)) {
    desk.device->Reopen();
    world_.Forget(*desk.device);
    absl::StatusOr<std::string> kept = desk.device->client().GetDraft(draft);
    if (!kept.ok() || *kept != edits.SerializeAsString()) {
      world_.checker->Fail("P8", "a draft does not outlive a crash");
    }
    return;
  }
  edits.set_ends_draft(draft.str());
  if (!world_.Commit(*desk.device, edits, "finishes a draft")) return;
  if (desk.device->client().GetDraft(draft).ok()) {
    world_.checker->Fail("P8", "a draft outlives its changeset");
  }
}

void People::Visit(const Desk& desk) {
  const uint32_t visit = TypeNamed("Visit");
  const std::optional<Id> old = AnyRecord(desk, visit);
  v1::Edits edits = EditsFor(desk);
  if (!old || world_.chance.OneIn(3)) {
    v1::RecordEdit& record = *edits.add_records() = MakeRecord(MakerFor(desk), Type(visit));
    for (v1::FieldEdit& field : *record.mutable_fields()) {
      if (field.field() == 2) field.set_value(EncodeId(2, desk.device->user));
    }
  } else {
    v1::RecordEdit& record = *edits.add_records() = Existing(visit, *old);
    const uint64_t to =
        world_.chance.OneIn(2) ? v1::Visit::STATE_UNDER_WAY : v1::Visit::STATE_RECORDED;
    AddField(record, 9, EncodeNumber(9, to));
    // Of a visit that met somebody the office wants more before it is signed: often held.
    const uint64_t outcome =
        world_.chance.OneIn(4) ? v1::Visit::OUTCOME_FACE_TO_FACE : v1::Visit::OUTCOME_NO_ANSWER;
    if (to == v1::Visit::STATE_RECORDED) AddField(record, 10, EncodeNumber(10, outcome));
  }
  world_.Commit(*desk.device, edits, "visits");
}

void People::Settle(const Desk& desk) {
  absl::StatusOr<std::vector<client::ContestedCell>> cells =
      desk.device->store().query().Contested(desk.family);
  if (!cells.ok() || cells->empty()) return;
  const client::ContestedCell& cell = world_.chance.Pick(*cells);
  const FieldType* field = Catalog::Get().FindField(cell.record.type, cell.field);
  if (field == nullptr || field->merge == v1::FIXED) return;
  v1::Edits edits = EditsFor(desk);
  v1::RecordEdit& record = *edits.add_records() = Existing(cell.record.type, cell.record.id);
  AddField(record, cell.field, MakerFor(desk).Make(*field), v1::FieldEdit::SETTLE);
  if (world_.Commit(*desk.device, edits, "settles")) world_.Count("conflicts settled");
}

void People::Look(DeviceUnit& device) { world_.checker->LookAtScreens(device, world_.chance, 3); }

void People::Note(DeviceUnit& device) {
  v1::Edits edits;
  edits.set_scope(device.id.str());
  ValueMaker maker{world_.chance, "", world_.today(), [](uint32_t) { return std::nullopt; }};
  v1::RecordEdit& event = *edits.add_records() = MakeRecord(maker, Type(TypeNamed("AccessEvent")));
  const std::vector<Id> families = FamiliesOn(device);
  for (v1::FieldEdit& field : *event.mutable_fields()) {
    if (field.field() == 1 && !families.empty()) {
      field.set_value(EncodeId(1, world_.chance.Pick(families)));
    }
  }
  world_.Commit(device, edits, "notes an access");
}

void People::Do(Act act) {
  switch (act) {
    case Act::kBeginFamily:
      if (DeviceUnit* device = world_.AnyUsable()) BeginFamily(*device);
      return;
    case Act::kLook:
      if (DeviceUnit* device = world_.AnyUsable()) Look(*device);
      return;
    case Act::kNote:
      if (DeviceUnit* device = world_.AnyUsable()) Note(*device);
      return;
    default:
      break;
  }
  const bool supervisors = act == Act::kHandOver || act == Act::kGivePlace || act == Act::kBar ||
                           act == Act::kDecideHeld;
  std::optional<v1::Role> role;
  if (supervisors && !world_.chance.OneIn(12)) role = v1::ROLE_SUPERVISOR;
  if (act == Act::kLateWork) role = v1::ROLE_KEY_WORKER;
  const std::optional<Desk> desk = AnyDesk(role);
  if (!desk) return;
  switch (act) {
    case Act::kEditRecord:
      world_.chance.OneIn(6) ? EditFromOldScreen(*desk) : EditRecord(*desk);
      break;
    case Act::kWritePlan:
      WritePlan(*desk);
      break;
    case Act::kDecidePlan:
      DecidePlan(*desk);
      break;
    case Act::kHandOver:
      HandOver(*desk);
      break;
    case Act::kEndPlace:
      EndPlace(*desk);
      break;
    case Act::kGivePlace:
      GivePlace(*desk);
      break;
    case Act::kBar:
      Bar(*desk);
      break;
    case Act::kProtect:
      Protect(*desk);
      break;
    case Act::kRestricted:
      WriteRestricted(*desk);
      break;
    case Act::kDecideHeld:
      DecideHeld(*desk);
      break;
    case Act::kSettle:
      Settle(*desk);
      break;
    case Act::kDraft:
      Draft(*desk);
      break;
    case Act::kVisit:
      Visit(*desk);
      break;
    case Act::kChain:
      Chain(*desk);
      break;
    case Act::kLateWork:
      LateWork(*desk);
      break;
    default:
      break;
  }
}

}  // namespace doorstep::simulation
