#include "client-core/client/questions.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "client-core/client/attachment.h"
#include "client-core/client/attention.h"
#include "client-core/client/concerns.h"
#include "client-core/client/edits.h"
#include "client-core/client/looked.h"
#include "client-core/client/plan_answer.h"
#include "client-core/client/practice.h"
#include "client-core/client/programme_answer.h"
#include "client-core/client/safety.h"
#include "client-core/client/view.h"
#include "client-core/store/limits.h"
#include "crypto/reason.h"
#include "model/digest.h"

namespace doorstep::client {
namespace {

using Answers = std::vector<v1::Answer>;

int LimitOf(uint32_t asked) {
  bool all = asked == 0 || asked > static_cast<uint32_t>(kQueryRecordsMax);
  return all ? kQueryRecordsMax : static_cast<int>(asked);
}

absl::StatusOr<Id> IdNamed(std::string_view bytes) {
  std::optional<Id> id = Id::FromBytes(bytes);
  if (!id || id->is_zero()) return MakeStatus(Reason::kArg, "an id is 16 bytes, not all zero");
  return *id;
}

std::string ScopeName(v1::RecordRule::Scope scope) { return v1::RecordRule::Scope_Name(scope); }

class Answering {
 public:
  Answering(const Desk& desk, Readers& readers, int64_t now_ms)
      : desk_(desk), readers_(readers), viewer_(desk, readers, now_ms), now_ms_(now_ms) {}

  absl::StatusOr<Answers> Records(const v1::Query::Records& query, uint32_t skip, int limit) {
    absl::StatusOr<const RecordType*> type =
        TypeNamed(desk_.catalog(), query.type(), query.type_name());
    if (!type.ok()) return type.status();
    RecordQuery select;
    select.type = (*type)->number;
    select.limit = limit;
    select.skip = skip;
    for (auto [bytes, into] :
         {std::pair(&query.scope(), &select.scope), std::pair(&query.id(), &select.id)}) {
      if (bytes->empty()) continue;
      absl::StatusOr<Id> id = IdNamed(*bytes);
      if (!id.ok()) return id.status();
      *into = *id;
    }
    for (const v1::Condition& asked : query.where()) {
      absl::StatusOr<Condition> condition = ConditionOf(**type, asked);
      if (!condition.ok()) return condition.status();
      select.where.push_back(*std::move(condition));
    }
    if (!query.order_by().empty()) {
      absl::StatusOr<const FieldType*> field = FieldNamed(**type, 0, query.order_by());
      if (!field.ok()) return field.status();
      select.order_by = (*field)->number;
    }
    if (query.descending()) select.direction = RecordQuery::Direction::kDescending;
    absl::StatusOr<std::vector<RecordPlace>> places = desk_.store.query().Select(select);
    if (!places.ok()) return places.status();
    return RecordsAt(*places);
  }

  absl::StatusOr<Answers> History(const v1::Query::History& query, uint32_t skip, int limit) {
    absl::StatusOr<const RecordType*> type =
        TypeNamed(desk_.catalog(), query.type(), query.type_name());
    if (!type.ok()) return type.status();
    uint32_t number = 0;
    if (query.field() != 0 || !query.name().empty()) {
      absl::StatusOr<const FieldType*> field = FieldNamed(**type, query.field(), query.name());
      if (!field.ok()) return field.status();
      number = (*field)->number;
    }
    absl::StatusOr<RecordPlace> place = PlaceOf((*type)->number, query.id());
    if (!place.ok()) return place.status();
    absl::StatusOr<std::vector<WrittenValue>> written =
        desk_.store.query().History(*place, number, now_ms_);
    if (!written.ok()) return written.status();
    Answers answers;
    for (size_t i = skip; i < written->size(); ++i) {
      if (answers.size() == static_cast<size_t>(limit)) break;
      const WrittenValue& value = (*written)[i];
      absl::StatusOr<v1::ValueView> view =
          viewer_.ViewWritten(place->scope, place->type, place->id, value);
      if (!view.ok()) return view.status();
      v1::Answer answer;
      *answer.mutable_value() = *std::move(view);
      *answer.mutable_of() = viewer_.RefOf(place->type, place->id);
      const FieldType* field = (*type)->FindField(value.field);
      if (field != nullptr) answer.set_field(field->name);
      answers.push_back(std::move(answer));
    }
    return answers;
  }

  absl::StatusOr<Answers> Families() {
    absl::StatusOr<std::vector<Id>> scopes = SeenScopes(desk_);
    if (!scopes.ok()) return scopes.status();
    Answers answers;
    for (const Id& scope : *scopes) {
      if (!desk_.IsFamily(scope)) continue;
      absl::StatusOr<v1::FamilyLine> line = FamilyLineOf(scope);
      if (!line.ok()) return line.status();
      *answers.emplace_back().mutable_family() = *std::move(line);
    }
    return answers;
  }

  absl::StatusOr<Answers> Story(const v1::Query::Story& query, uint32_t skip, int limit) {
    absl::StatusOr<Id> scope = IdNamed(query.scope());
    if (!scope.ok()) return scope.status();
    if (!IsSeen(*scope)) return MakeStatus(Reason::kNotFound, "this family is not here");
    absl::StatusOr<std::vector<RecordPlace>> places = desk_.store.query().Story(*scope, now_ms_);
    if (!places.ok()) return places.status();
    size_t first = std::min<size_t>(skip, places->size());
    places->erase(places->begin(), places->begin() + static_cast<ptrdiff_t>(first));
    if (places->size() > static_cast<size_t>(limit)) places->resize(static_cast<size_t>(limit));
    return RecordsAt(*places);
  }

  absl::StatusOr<Answers> Plan(const v1::Query::Plan& query) {
    return WhereThePlanIs(
        query.id(), [&](const Id& scope, const Id& plan) -> absl::StatusOr<Answers> {
          absl::StatusOr<v1::PlanAnswer> answer = AnswerPlan(desk_, viewer_, scope, plan, now_ms_);
          if (!answer.ok()) return answer.status();
          Answers answers(1);
          *answers.front().mutable_plan() = *std::move(answer);
          return answers;
        });
  }

  absl::StatusOr<Answers> PlanVersions(const v1::Query::PlanVersions& query) {
    return WhereThePlanIs(query.id(), [&](const Id& scope, const Id& plan) {
      return ListVersions(desk_, viewer_, scope, plan, now_ms_);
    });
  }

  absl::StatusOr<Answers> PlanDifference(const v1::Query::PlanDifference& query) {
    return WhereThePlanIs(query.id(),
                          [&](const Id& scope, const Id& plan) -> absl::StatusOr<Answers> {
                            absl::StatusOr<v1::PlanDifference> answer =
                                AnswerDifference(desk_, scope, plan, query, now_ms_);
                            if (!answer.ok()) return answer.status();
                            Answers answers(1);
                            *answers.front().mutable_plan_difference() = *std::move(answer);
                            return answers;
                          });
  }

  absl::StatusOr<Answers> Changed(const v1::Query::Changed& query) {
    return AnswerChanged(desk_, readers_, query, BankHolidaysOf(desk_, now_ms_), now_ms_);
  }

  absl::StatusOr<Answers> NotYetSafe() { return AnswerNotYetSafe(desk_, readers_, now_ms_); }

  absl::StatusOr<Answers> Drafts() {
    absl::StatusOr<std::vector<Draft>> drafts = desk_.store.drafts().List();
    if (!drafts.ok()) return drafts.status();
    Answers answers;
    for (const Draft& draft : *drafts) {
      v1::DraftView* view = answers.emplace_back().mutable_draft();
      view->set_id(draft.id);
      view->set_draft(draft.bytes);
      view->set_saved_ms(draft.saved_ms);
    }
    return answers;
  }

  absl::StatusOr<Answers> Schema(const v1::Query::Schema& query) {
    Answers answers;
    const RecordType* only = nullptr;
    if (!query.type_name().empty()) {
      absl::StatusOr<const RecordType*> type = TypeNamed(desk_.catalog(), 0, query.type_name());
      if (!type.ok()) return type.status();
      only = *type;
    }
    for (const RecordType& type : desk_.catalog().types()) {
      if (only != nullptr && only != &type) continue;
      *answers.emplace_back().mutable_schema() = SchemaOf(type);
    }
    return answers;
  }

  absl::StatusOr<Answers> Scopes() {
    Answers answers;
    for (const ScopeRow& row : desk_.store.log().Scopes()) {
      absl::StatusOr<Outbox::Counts> rows = desk_.store.outbox().CountOf(row.scope);
      if (!rows.ok()) return rows.status();
      v1::ScopeLine* line = answers.emplace_back().mutable_scope();
      line->set_scope(row.scope.str());
      line->set_kind(row.scope == desk_.tenant()   ? "DIRECTORY"
                     : row.scope == desk_.device() ? "JOURNAL"
                                                   : "FAMILY");
      line->set_seq(row.seq);
      line->set_entry_hash(std::string(View(row.hash)));
      line->set_state_digest(std::string(View(row.state_digest)));
      line->set_archived_seq(row.archived_seq);
      line->set_outbox(static_cast<uint32_t>(rows->all));
      line->set_suspect(row.Has(kSuspect));
      line->set_stopped(row.Has(kStopped));
    }
    return answers;
  }

  absl::StatusOr<Answers> Devices() {
    Answers answers;
    for (v1::DeviceLine& line : DeviceLines(desk_, viewer_.names())) {
      *answers.emplace_back().mutable_device() = std::move(line);
    }
    return answers;
  }

  absl::StatusOr<Answers> Roles() {
    Answers answers;
    for (v1::RoleLine& line : RoleLines(desk_, viewer_.names())) {
      *answers.emplace_back().mutable_role() = std::move(line);
    }
    return answers;
  }

  absl::StatusOr<Answers> Subject(const v1::Query::Subject& query) {
    absl::StatusOr<const RecordType*> type =
        TypeNamed(desk_.catalog(), query.type(), query.type_name());
    if (!type.ok()) return type.status();
    absl::StatusOr<RecordPlace> place = PlaceOf((*type)->number, query.id());
    if (!place.ok()) return place.status();
    absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(place->scope, now_ms_);
    if (!seen.ok()) return seen.status();
    Hash32 digest =
        DigestOfSubject(desk_.catalog(), desk_.tenant(), *(*seen)->state, place->type, place->id);
    Answers answers(1);
    v1::SubjectAnswer* answer = answers.front().mutable_subject();
    *answer->mutable_of() = viewer_.RefOf(place->type, place->id);
    answer->set_scope(place->scope.str());
    answer->set_digest(std::string(View(digest)));
    return answers;
  }

  absl::StatusOr<Answers> Concerns() {
    absl::StatusOr<std::vector<v1::ConcernLine>> lines = ConcernLines(desk_, now_ms_);
    if (!lines.ok()) return lines.status();
    Answers answers;
    for (v1::ConcernLine& line : *lines) {
      *answers.emplace_back().mutable_concern() = std::move(line);
    }
    return answers;
  }

  absl::StatusOr<Answers> Programmes() {
    absl::StatusOr<std::vector<v1::ProgrammeLine>> lines =
        AnswerProgrammes(desk_, viewer_, now_ms_);
    if (!lines.ok()) return lines.status();
    Answers answers;
    for (v1::ProgrammeLine& line : *lines) {
      *answers.emplace_back().mutable_programme_line() = std::move(line);
    }
    return answers;
  }

  absl::StatusOr<Answers> Files() {
    absl::StatusOr<std::vector<v1::FileLine>> lines = FileLines(desk_, now_ms_);
    if (!lines.ok()) return lines.status();
    Answers answers;
    for (v1::FileLine& line : *lines) *answers.emplace_back().mutable_file() = std::move(line);
    return answers;
  }

  absl::StatusOr<Answers> Programme(const v1::Query::Programme& query) {
    absl::StatusOr<Id> scope = IdNamed(query.scope());
    if (!scope.ok()) return scope.status();
    if (!IsSeen(*scope)) return MakeStatus(Reason::kNotFound, "this family is not here");
    absl::StatusOr<std::vector<v1::ProgrammeAnswer>> found =
        AnswerProgramme(desk_, *scope, query, now_ms_);
    if (!found.ok()) return found.status();
    Answers answers;
    for (v1::ProgrammeAnswer& one : *found) {
      *answers.emplace_back().mutable_programme() = std::move(one);
    }
    return answers;
  }

  absl::StatusOr<Answers> Found(const v1::SearchRequest& search) {
    std::optional<Id> scope;
    if (!search.scope().empty()) {
      absl::StatusOr<Id> named = IdNamed(search.scope());
      if (!named.ok()) return named.status();
      scope = *named;
    }
    absl::StatusOr<std::vector<SearchHit>> hits = desk_.store.search().Find(
        search.words(), scope,
        static_cast<int>(std::min<uint32_t>(search.limit(), kSearchHitsMax)));
    if (!hits.ok()) return hits.status();
    Answers answers;
    for (const SearchHit& hit : *hits) {
      if (!IsSeen(hit.record.scope)) continue;
      v1::SearchHit* view = answers.emplace_back().mutable_hit();
      *view->mutable_record() = viewer_.RefOf(hit.record.type, hit.record.id);
      view->set_scope(hit.record.scope.str());
      const FieldType* field = desk_.catalog().FindField(hit.record.type, hit.field);
      if (field != nullptr) view->set_field(field->name);
      view->set_snippet(hit.snippet);
    }
    return answers;
  }

  absl::StatusOr<v1::RecordView> One(uint32_t type, const Id& id) {
    absl::StatusOr<RecordPlace> place = PlaceOf(type, id.view());
    if (!place.ok()) return place.status();
    return RecordAt(*place);
  }

 private:
  // The answer of the first family, as they are seen, that does not say NOT_FOUND.
  template <typename Ask>
  absl::StatusOr<Answers> WhereThePlanIs(std::string_view bytes, Ask ask) {
    absl::StatusOr<Id> plan = IdNamed(bytes);
    if (!plan.ok()) return plan.status();
    absl::StatusOr<std::vector<Id>> scopes = SeenScopes(desk_);
    if (!scopes.ok()) return scopes.status();
    for (const Id& scope : *scopes) {
      if (!desk_.IsFamily(scope)) continue;
      absl::StatusOr<Answers> answers = ask(scope, *plan);
      if (answers.status().code() != absl::StatusCode::kNotFound) return answers;
    }
    return MakeStatus(Reason::kNotFound, "no such plan");
  }

  bool IsSeen(const Id& scope) const {
    const ScopeRow* row = desk_.store.log().Find(scope);
    return row == nullptr || (!row->Has(kHidden) && !row->Has(kPurged));
  }

  absl::StatusOr<RecordPlace> PlaceOf(uint32_t type, std::string_view bytes) {
    absl::StatusOr<Id> id = IdNamed(bytes);
    if (!id.ok()) return id.status();
    absl::StatusOr<std::vector<Id>> scopes = desk_.store.query().ScopesOf(type, *id);
    if (!scopes.ok()) return scopes.status();
    for (const Id& scope : *scopes) {
      if (IsSeen(scope)) return RecordPlace{scope, type, *id};
    }
    return MakeStatus(Reason::kNotFound, "no such record here");
  }

  absl::StatusOr<v1::RecordView> RecordAt(const RecordPlace& place) {
    absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(place.scope, now_ms_);
    if (!seen.ok()) return seen.status();
    const Record* record = (*seen)->state->Find(place.type, place.id);
    if (!(*seen)->state->status().ok()) return (*seen)->state->status();
    if (record == nullptr) return MakeStatus(Reason::kNotFound, "no such record here");
    return viewer_.ViewRecord(place.scope, *record);
  }

  absl::StatusOr<Answers> RecordsAt(const std::vector<RecordPlace>& places) {
    Answers answers;
    for (const RecordPlace& place : places) {
      if (!IsSeen(place.scope)) continue;
      absl::StatusOr<v1::RecordView> view = RecordAt(place);
      if (view.status().code() == absl::StatusCode::kNotFound) continue;
      if (!view.ok()) return view.status();
      *answers.emplace_back().mutable_record() = *std::move(view);
    }
    return answers;
  }

  static absl::StatusOr<Condition> ConditionOf(const RecordType& type, const v1::Condition& asked) {
    absl::StatusOr<const FieldType*> field = FieldNamed(type, asked.field(), asked.name());
    if (!field.ok()) return field.status();
    absl::StatusOr<std::string> value = ValueNamed(**field, asked.value(), asked.json());
    if (!value.ok()) return value.status();
    if (value->empty()) return MakeStatus(Reason::kArg, "a condition needs a value");
    Condition condition;
    condition.field = (*field)->number;
    condition.value = *std::move(value);
    switch (asked.relation()) {
      case v1::Condition::AT_LEAST:
        condition.relation = Condition::Relation::kAtLeast;
        break;
      case v1::Condition::AT_MOST:
        condition.relation = Condition::Relation::kAtMost;
        break;
      default:
        condition.relation = Condition::Relation::kEqual;
    }
    return condition;
  }

  absl::StatusOr<v1::FamilyLine> FamilyLineOf(const Id& scope) {
    absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(scope, now_ms_);
    if (!seen.ok()) return seen.status();
    absl::StatusOr<AttentionCounts> waits = CountAttentionOf(desk_, scope, now_ms_);
    if (!waits.ok()) return waits.status();
    absl::StatusOr<Outbox::Counts> rows = desk_.store.outbox().CountOf(scope);
    if (!rows.ok()) return rows.status();
    v1::FamilyLine line;
    line.set_scope(scope.str());
    line.set_name(FamilyName(desk_.catalog(), *(*seen)->state));
    line.set_unsent(static_cast<uint32_t>(rows->waiting));
    line.set_held(waits->held);
    line.set_contested(waits->contested);
    line.set_relation(RelationOf(*(*seen)->state, desk_.user, now_ms_));
    const ScopeRow* row = desk_.store.log().Find(scope);
    v1::Safety safety = v1::ARCHIVED;
    if (row == nullptr || row->seq > row->archived_seq) safety = v1::RECEIVED_BY_THE_OFFICE;
    if (rows->waiting > 0) safety = v1::SAVED_ON_THIS_DEVICE;
    line.set_safety(safety);
    line.set_suspect(row != nullptr && row->Has(kSuspect));
    line.set_stopped(row != nullptr && row->Has(kStopped));
    return line;
  }

  v1::SchemaType SchemaOf(const RecordType& type) const {
    v1::SchemaType view;
    view.set_number(type.number);
    view.set_name(type.name);
    view.set_scope(ScopeName(type.scope));
    view.set_append_only(type.append_only);
    view.set_trust(type.trust);
    const FieldType* owner = type.part_of == 0 ? nullptr : type.FindField(type.part_of);
    if (owner != nullptr) view.set_part_of(owner->name);
    for (const FieldType& field : type.fields) {
      v1::SchemaType::Field* shown = view.add_fields();
      shown->set_number(field.number);
      shown->set_name(field.name);
      shown->set_class_(ClassName(field.cls));
      shown->set_merge(MergeName(field.merge));
      shown->set_kind(field.merge == v1::COMMAND ? "state" : std::string(KindName(field.kind)));
      shown->set_required(field.required);
      shown->set_indexed(field.indexed);
      shown->set_searched(field.searched);
      shown->set_max_size(field.max_size != 0 ? field.max_size : field.size);
      shown->set_repeated(field.repeated);
      for (const Code& code : field.codes) shown->add_codes(code.name);
      const RecordType* target = desk_.catalog().Find(field.references);
      shown->set_references(field.references == kAnyRecord ? "any"
                            : target == nullptr            ? ""
                                                           : target->name);
    }
    return view;
  }

  const Desk& desk_;
  Readers& readers_;
  Viewer viewer_;
  int64_t now_ms_;
};

}  // namespace

absl::StatusOr<std::vector<v1::Answer>> AnswerQuery(const Desk& desk, Readers& readers,
                                                    const v1::Query& query, int64_t now_ms) {
  Answering answering(desk, readers, now_ms);
  int limit = LimitOf(query.limit());
  absl::StatusOr<Answers> answers = MakeStatus(Reason::kArg, "a query asks one thing");
  switch (query.kind_case()) {
    case v1::Query::kRecords:
      answers = answering.Records(query.records(), query.skip(), limit);
      break;
    case v1::Query::kHistory:
      answers = answering.History(query.history(), query.skip(), limit);
      break;
    case v1::Query::kFamilies:
      answers = answering.Families();
      break;
    case v1::Query::kStory:
      answers = answering.Story(query.story(), query.skip(), limit);
      break;
    case v1::Query::kPlan:
      answers = answering.Plan(query.plan());
      break;
    case v1::Query::kDrafts:
      answers = answering.Drafts();
      break;
    case v1::Query::kSchema:
      answers = answering.Schema(query.schema());
      break;
    case v1::Query::kScopes:
      answers = answering.Scopes();
      break;
    case v1::Query::kDevices:
      answers = answering.Devices();
      break;
    case v1::Query::kRoles:
      answers = answering.Roles();
      break;
    case v1::Query::kSubject:
      answers = answering.Subject(query.subject());
      break;
    case v1::Query::kPlanVersions:
      answers = answering.PlanVersions(query.plan_versions());
      break;
    case v1::Query::kPlanDifference:
      answers = answering.PlanDifference(query.plan_difference());
      break;
    case v1::Query::kChanged:
      answers = answering.Changed(query.changed());
      break;
    case v1::Query::kNotYetSafe:
      answers = answering.NotYetSafe();
      break;
    case v1::Query::kFamilyPage:
    case v1::Query::kWorklist:
    case v1::Query::kToday:
    case v1::Query::kPlanPage:
      answers = AnswerPractice(desk, readers, query, now_ms);
      break;
    case v1::Query::kLooked: {
      absl::StatusOr<Id> family = IdNamed(query.looked().scope());
      answers = family.ok() ? LookedHere(desk, *family, now_ms)
                            : absl::StatusOr<Answers>(family.status());
      break;
    }
    case v1::Query::kConcerns:
      answers = answering.Concerns();
      break;
    case v1::Query::kFiles:
      answers = answering.Files();
      break;
    case v1::Query::kProgrammes:
      answers = answering.Programmes();
      break;
    case v1::Query::kProgramme:
      answers = answering.Programme(query.programme());
      break;
    case v1::Query::KIND_NOT_SET:
      break;
  }
  const bool paged = query.has_records() || query.has_history() || query.has_story();
  if (answers.ok() && !paged) {
    size_t first = std::min<size_t>(query.skip(), answers->size());
    answers->erase(answers->begin(), answers->begin() + static_cast<ptrdiff_t>(first));
  }
  if (answers.ok() && answers->size() > static_cast<size_t>(limit)) {
    answers->resize(static_cast<size_t>(limit));
  }
  return answers;
}

absl::StatusOr<std::vector<v1::Answer>> AnswerSearch(const Desk& desk, Readers& readers,
                                                     const v1::SearchRequest& search,
                                                     int64_t now_ms) {
  return Answering(desk, readers, now_ms).Found(search);
}

absl::StatusOr<v1::RecordView> AnswerGet(const Desk& desk, Readers& readers, uint32_t type,
                                         const Id& id, int64_t now_ms) {
  return Answering(desk, readers, now_ms).One(type, id);
}

}  // namespace doorstep::client
