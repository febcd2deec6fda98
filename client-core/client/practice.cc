#include "client-core/client/practice.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "client-core/client/attention.h"
#include "client-core/client/authority_view.h"
#include "client-core/client/safety.h"
#include "crypto/reason.h"
#include "model/plan_page.h"
#include "model/story.h"
#include "model/today.h"
#include "model/value.h"
#include "model/worklist.h"

namespace doorstep::client {
namespace {

using Answers = std::vector<v1::Answer>;

constexpr char kWaiting[] = "restricted: waiting for a colleague's device";

// What this device's log and outbox know of one family.
class DeviceReceipts final : public Receipts {
 public:
  DeviceReceipts(const Desk& desk, const Id& scope) : desk_(desk), scope_(scope) {}

  int64_t ReceivedMs(uint64_t seq) const override {
    if (seq == 0 || IsProvisional(seq)) return 0;
    auto known = received_.find(seq);
    if (known != received_.end()) return known->second;
    absl::StatusOr<std::optional<Entry>> entry = desk_.store.log().Get(scope_, seq);
    const int64_t at = entry.ok() && *entry ? (*entry)->meta.received_ms() : 0;
    received_[seq] = at;
    return at;
  }

  std::optional<std::vector<Id>> SealedTo(const Id& uid) const override {
    std::vector<Id> recipients;
    absl::StatusOr<std::optional<Entry>> entry = desk_.store.log().FindUid(scope_, uid);
    if (!entry.ok() || !*entry) return std::nullopt;
    for (const v1::Wrap& wrap : (*entry)->changeset.body.wraps()) {
      if (std::optional<Id> to = Id::FromBytes(wrap.recipient())) recipients.push_back(*to);
    }
    return recipients;
  }

 private:
  const Desk& desk_;
  Id scope_;
  mutable std::map<uint64_t, int64_t> received_;
};

bool HasFlag(const v1::WorkItem& item, std::string_view flag) {
  return std::find(item.flags().begin(), item.flags().end(), flag) != item.flags().end();
}

class Practice {
 public:
  Practice(const Desk& desk, Readers& readers, int64_t now_ms, ScopeState& office)
      : desk_(desk), readers_(readers), now_ms_(now_ms), office_(office), settings_(office_) {}

  absl::StatusOr<Answers> FamilyPage(const v1::Query::FamilyPage& query) {
    std::optional<Id> scope = Id::FromBytes(query.scope());
    absl::StatusOr<std::vector<Id>> seen = SeenScopes(desk_);
    if (!seen.ok()) return seen.status();
    const bool here = scope && desk_.IsFamily(*scope) &&
                      std::find(seen->begin(), seen->end(), *scope) != seen->end();
    if (!here) return MakeStatus(Reason::kNotFound, "this family is not here");
    StorySize size;
    if (query.visits() != 0) size.visits = query.visits();
    if (query.events() != 0) size.events = query.events();
    Answers answers(1);
    absl::Status told = In(*scope, [&](const Viewpoint& from, Facts& family) {
      Story story = StoryOf(from, family, size);
      *answers.front().mutable_family_page() = std::move(story.page);
      return Open(family, story.to_open, *answers.front().mutable_family_page());
    });
    if (!told.ok()) return told;
    return answers;
  }

  absl::StatusOr<Answers> PlanPage(const v1::Query::PlanPage& query) {
    std::optional<Id> plan = Id::FromBytes(query.id());
    Answers answers;
    absl::Status told = InEach([&](const Viewpoint& from, Facts& family) {
      std::optional<v1::PlanPage> page;
      if (plan && answers.empty()) page = FindPlanPage(from, family, *plan);
      if (!page) return absl::OkStatus();
      v1::FamilyPage around;
      *around.mutable_plan() = *std::move(page);
      absl::Status opened = Open(family, {SafetyPlanOf(*plan)}, around);
      *answers.emplace_back().mutable_plan_page() = std::move(*around.mutable_plan());
      return opened;
    });
    if (!told.ok()) return told;
    if (answers.empty()) return MakeStatus(Reason::kNotFound, "no such plan");
    return answers;
  }

  absl::StatusOr<Answers> Worklist(const v1::Query::Worklist& query) {
    std::vector<WorkRow> rows;
    Caseload caseload;
    v1::WorklistCounts counts;
    absl::Status told = InEach([&](const Viewpoint& from, Facts& family) {
      const std::string relation = RelationOf(family.state(), desk_.user, from.now_ms);
      const bool asked = query.scope().empty() || query.scope() == family.scope().view();
      if (relation.empty() || !asked) {
        counts.set_families_left_out(counts.families_left_out() + 1);
        return absl::OkStatus();
      }
      counts.set_families(counts.families() + 1);
      CountCaseload(from, family, caseload);
      const std::string name = FamilyNameIn(family);
      for (WorkRow& row : WorkOfFamily(from, family)) {
        row.item.set_family(name);
        row.item.set_relation(relation);
        rows.push_back(std::move(row));
      }
      return absl::OkStatus();
    });
    if (!told.ok()) return told;
    if (ApprovesOthers(desk_) && query.scope().empty()) {
      DeviceReceipts receipts(desk_, desk_.tenant());
      for (WorkRow& row : PeopleRows(From(receipts), caseload)) rows.push_back(std::move(row));
    }
    SortRows(rows);
    Answers answers(1);
    for (int list = v1::WorkItem::CONCERNS; list <= v1::WorkItem::PEOPLE_AND_DEVICES; ++list) {
      counts.add_lists()->set_list(static_cast<v1::WorkItem::List>(list));
    }
    for (WorkRow& row : rows) {
      v1::WorklistCounts::Count& count = *counts.mutable_lists(row.item.list() - 1);
      const bool late = HasFlag(row.item, "late") || HasFlag(row.item, "overdue");
      count.set_items(count.items() + 1);
      if (late) count.set_late(count.late() + 1);
      const auto& lists = query.lists();
      const bool wanted =
          lists.empty() || std::find(lists.begin(), lists.end(), row.item.list()) != lists.end();
      if (wanted) {
        *answers.emplace_back().mutable_work() = std::move(row.item);
      } else {
        count.set_left_out(count.left_out() + 1);
      }
    }
    *answers.front().mutable_worklist() = std::move(counts);
    return answers;
  }

  absl::StatusOr<Answers> Today() {
    v1::TodayPage page;
    page.set_day(DayText(LondonDay(OfficeTimeMs(desk_, now_ms_))));
    std::vector<WorkRow> due;
    absl::Status told = InEach([&](const Viewpoint& from, Facts& family) {
      const std::string relation = RelationOf(family.state(), desk_.user, from.now_ms);
      if (relation.empty()) return absl::OkStatus();
      const std::string name = FamilyNameIn(family);
      DayInFamily day = DayOfFamily(from, family);
      for (v1::VisitLine& visit : day.visits) {
        visit.set_family(name);
        *page.add_visits() = std::move(visit);
      }
      for (v1::ActionLine& action : day.actions) {
        action.set_family(name);
        *page.add_actions() = std::move(action);
      }
      for (v1::WorkItem& concern : day.concerns) {
        concern.set_family(name);
        *page.add_concerns() = std::move(concern);
      }
      if (relation == "SUPERVISOR") return absl::OkStatus();  // they have the worklist
      for (WorkRow& row : DueRows(from, family, People(family, from.today()))) {
        row.item.set_family(name);
        due.push_back(std::move(row));
      }
      return absl::OkStatus();
    });
    if (!told.ok()) return told;
    SortRows(due);
    for (WorkRow& row : due) *page.add_due() = std::move(row.item);
    SortDay(page);
    absl::Status counted = CountInto(page);
    if (!counted.ok()) return counted;
    Answers answers(1);
    *answers.front().mutable_today() = std::move(page);
    return answers;
  }

 private:
  using Look = absl::FunctionRef<absl::Status(const Viewpoint& from, Facts& family)>;

  Viewpoint From(const Receipts& receipts) {
    return {desk_.directory(),           office_, settings_, timescales_, receipts, desk_.user,
            OfficeTimeMs(desk_, now_ms_)};
  }

  absl::Status In(const Id& scope, Look look) {
    absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(scope, now_ms_);
    if (!seen.ok()) return seen.status();
    DeviceReceipts receipts(desk_, scope);
    Facts family(*(*seen)->state);
    absl::Status looked = look(From(receipts), family);
    if (!looked.ok()) return looked;
    return (*seen)->state->status();
  }

  absl::Status InEach(Look look) {
    absl::StatusOr<std::vector<Id>> scopes = SeenScopes(desk_);
    if (!scopes.ok()) return scopes.status();
    for (const Id& scope : *scopes) {
      if (!desk_.IsFamily(scope)) continue;
      absl::Status looked = In(scope, look);
      if (!looked.ok()) return looked;
    }
    return absl::OkStatus();
  }

  absl::Status CountInto(v1::TodayPage& page) {
    absl::StatusOr<AttentionCounts> waits = CountAttention(desk_, now_ms_);
    if (!waits.ok()) return waits.status();
    page.set_conflicts(waits->contested);
    page.set_held(waits->held);
    absl::StatusOr<Outbox::Counts> rows = desk_.store.outbox().Count();
    if (!rows.ok()) return rows.status();
    page.set_unsent(static_cast<uint32_t>(rows->waiting));
    page.set_unsendable(static_cast<uint32_t>(rows->unsendable));
    absl::Status read = desk_.store.outbox().ForEach([&](const OutboxRow& row) {
      const bool waiting = row.answer != Answer::kAccepted && row.answer != Answer::kUnsendable;
      const bool older = page.oldest_unsent_ms() == 0 || row.saved_ms < page.oldest_unsent_ms();
      if (waiting && older) page.set_oldest_unsent_ms(row.saved_ms);
      return true;
    });
    if (!read.ok()) return read;
    v1::Query::Changed since;
    absl::StatusOr<std::vector<v1::Answer>> changed =
        AnswerChanged(desk_, readers_, since, settings_.bank_holidays(), now_ms_);
    if (!changed.ok()) return changed.status();
    page.set_changed(static_cast<uint32_t>(changed->size()));
    return absl::OkStatus();
  }

  // The values of a sealed cell, opened: elements of lists one by one. What has no key yet says so.
  absl::StatusOr<std::vector<std::string>> OpenCell(Facts& family, const SealedCell& cell) {
    std::vector<std::string> values;
    const Record* record = family.state().Find(cell.type, cell.record);
    const Cell* found = record == nullptr ? nullptr : record->FindCell(cell.field);
    const FieldType* field = desk_.catalog().FindField(cell.type, cell.field);
    if (found == nullptr || field == nullptr) return values;
    for (const LiveWrite* write : InForce(*found, *field)) {
      if (write->value.empty()) continue;
      absl::StatusOr<Secret> opened =
          readers_.Open(family.scope(), cell.type, cell.record, cell.field, *write, now_ms_);
      const bool ours = opened.status().code() == absl::StatusCode::kUnavailable ||
                        opened.status().code() == absl::StatusCode::kInternal;
      if (ours) return opened.status();
      if (!opened.ok()) {
        values.push_back(kWaiting);
        continue;
      }
      std::optional<std::vector<Element>> elements = DecodeElements(cell.field, opened->view());
      if (!elements) continue;
      for (const Element& element : *elements) values.emplace_back(element.bytes);
    }
    return values;
  }

  absl::Status Open(Facts& family, const std::vector<SealedCell>& cells, v1::FamilyPage& page) {
    std::map<Id, std::string> addresses;  // by safe address: its lines and postcode
    std::map<Id, Id> whose;
    auto person_of = [&](const Id& id) -> v1::PersonLine* {
      for (v1::PersonLine& person : *page.mutable_people()) {
        if (person.id() == id.view()) return &person;
      }
      return nullptr;
    };
    for (const SealedCell& cell : cells) {
      absl::StatusOr<std::vector<std::string>> values = OpenCell(family, cell);
      if (!values.ok()) return values.status();
      for (const std::string& value : *values) {
        switch (cell.place) {
          case SealedCell::Place::kSafeAddress: {
            std::string& text = addresses[cell.record];
            text += (text.empty() ? "" : ", ") + value;
            whose[cell.record] = cell.person;
            break;
          }
          case SealedCell::Place::kSafeContact:
            if (v1::PersonLine* person = person_of(cell.person)) person->add_safe_contact(value);
            break;
          case SealedCell::Place::kMustNotKnow:
            AddMustNotKnow(family, cell.person, value, page);
            break;
          case SealedCell::Place::kSafetyPlan:
            if (value == kWaiting) {
              page.mutable_plan()->set_safety_plan_sealed(true);
            } else {
              page.mutable_plan()->add_safety_plan(value);
            }
            break;
        }
      }
    }
    for (const auto& [record, text] : addresses) {
      if (v1::PersonLine* person = person_of(whose[record])) person->add_safe_address(text);
    }
    return absl::OkStatus();
  }

  // An id of somebody of the family by their name; any other text as it is.
  static void AddMustNotKnow(Facts& family, const Id& person, const std::string& value,
                             v1::FamilyPage& page) {
    std::string name = value;
    if (std::optional<Id> id = Id::FromBytes(value)) {
      for (const v1::PersonLine& one : page.people()) {
        if (one.id() == family.PersonOf(id->view()).view()) name = one.name();
      }
      if (name == value) name = "somebody not here yet";
    }
    for (v1::AlertLine& alert : *page.mutable_alerts()) {
      const bool about = alert.kind() == "ADDRESS_CONFIDENTIAL" && alert.person() == person.view();
      if (about) alert.add_must_not_know(name);
    }
  }

  const Desk& desk_;
  Readers& readers_;
  int64_t now_ms_;
  Facts office_;
  Settings settings_;
  DefaultTimescales timescales_;
};

}  // namespace

int64_t OfficeTimeMs(const Desk& desk, int64_t now_ms) {
  absl::StatusOr<std::optional<int64_t>> offset = desk.store.meta().GetInt(meta::kClockOffset);
  return offset.ok() && *offset ? now_ms - **offset : now_ms;
}

BankHolidays BankHolidaysOf(const Desk& desk, int64_t now_ms) {
  absl::StatusOr<OverlayScope*> office = desk.store.overlay().Of(desk.tenant(), now_ms);
  if (!office.ok()) return {};
  Facts directory(*(*office)->state);
  return Settings(directory).bank_holidays();
}

absl::StatusOr<std::vector<v1::Answer>> AnswerPractice(const Desk& desk, Readers& readers,
                                                       const v1::Query& query, int64_t now_ms) {
  absl::StatusOr<OverlayScope*> office = desk.store.overlay().Of(desk.tenant(), now_ms);
  if (!office.ok()) return office.status();
  Practice practice(desk, readers, now_ms, *(*office)->state);
  switch (query.kind_case()) {
    case v1::Query::kFamilyPage:
      return practice.FamilyPage(query.family_page());
    case v1::Query::kWorklist:
      return practice.Worklist(query.worklist());
    case v1::Query::kToday:
      return practice.Today();
    case v1::Query::kPlanPage:
      return practice.PlanPage(query.plan_page());
    default:
      return MakeStatus(Reason::kArg, "a query asks one thing");
  }
}

}  // namespace doorstep::client
