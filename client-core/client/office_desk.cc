#include "client-core/client/office_desk.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client-core/client/authority_view.h"
#include "client-core/client/limits.h"
#include "client-core/client/view.h"
#include "crypto/reason.h"
#include "model/access_event.h"
#include "model/limits.h"
#include "model/record.h"
#include "model/value.h"
#include "model/value_json.h"

namespace doorstep::client {
namespace {

using Ground = v1::MatchGround;

absl::StatusOr<int32_t> DateGiven(const std::string& text) {
  FieldType date;
  date.number = 1;
  date.name = "born";
  date.kind = Kind::kDate;
  date.cls = v1::FACT;
  date.merge = v1::LATEST;
  const absl::StatusOr<std::string> value = ValueFromJson(date, absl::StrCat("\"", text, "\""));
  if (!value.ok()) return MakeStatus(Reason::kFormat, "a date is written as 2019-03-14");
  return DecodeDate(1, *value).value_or(0);
}

absl::StatusOr<std::string> IdGiven(const std::string& bytes) {
  const std::optional<Id> id = Id::FromBytes(bytes);
  if (!id || id->is_zero()) return MakeStatus(Reason::kArg, "an id is 16 bytes, not all zero");
  return bytes;
}

// "equal birth date", "another UPN" …
std::string WordsOf(Ground::Kind kind) {
  switch (kind) {
    case Ground::ASK_REF_KNOWN:
      return "the reference that was asked by";
    case Ground::UPN_EQUAL:
      return "same UPN";
    case Ground::UPN_DIFFERENT:
      return "another UPN";
    case Ground::NHS_NUMBER_EQUAL:
      return "same NHS number";
    case Ground::NHS_NUMBER_DIFFERENT:
      return "another NHS number";
    case Ground::NINO_EQUAL:
      return "same National Insurance number";
    case Ground::NINO_DIFFERENT:
      return "another National Insurance number";
    case Ground::LA_CHILD_ID_EQUAL:
      return "same child number";
    case Ground::LA_CHILD_ID_DIFFERENT:
      return "another child number";
    case Ground::BIRTH_DATE_EQUAL:
      return "same birth date";
    case Ground::BIRTH_DATE_NEAR:
      return "birth date one slip apart";
    case Ground::BIRTH_DATE_DIFFERENT:
      return "another birth date";
    case Ground::FAMILY_NAME_EQUAL:
      return "same family name";
    case Ground::FAMILY_NAME_NEAR:
      return "family name spelt nearly so";
    case Ground::FAMILY_NAME_DIFFERENT:
      return "another family name";
    case Ground::GIVEN_NAME_EQUAL:
      return "same given name";
    case Ground::GIVEN_NAME_NEAR:
      return "given name nearly so";
    case Ground::GIVEN_NAME_DIFFERENT:
      return "another given name";
    case Ground::SEX_DIFFERENT:
      return "another sex";
    case Ground::UPRN_EQUAL:
      return "same property";
    case Ground::POSTCODE_EQUAL:
      return "same postcode";
    case Ground::OUTWARD_POSTCODE_EQUAL:
      return "same postal district";
    default:
      return "a reason this program does not know";
  }
}

class Answering {
 public:
  explicit Answering(const Desk& desk) : desk_(desk), names_(desk) {}

  v1::OfficeHit Hit(const v1::FamilyHit& hit) {
    v1::OfficeHit out;
    out.set_family(hit.family());
    out.set_name(hit.name());
    out.set_team(hit.team());
    out.set_team_name(names_.Team(IdOr(hit.team())));
    out.set_lead(hit.lead());
    out.set_lead_name(names_.Person(IdOr(hit.lead())));
    if (hit.band() != v1::FamilyHit::BAND_UNSPECIFIED) {
      out.set_band(v1::FamilyHit::Band_Name(hit.band()));
    }
    out.set_points(hit.points());
    for (const Ground& ground : hit.grounds()) {
      v1::OfficeHit::Ground& told = *out.add_grounds();
      told.set_kind(Ground::Kind_Name(ground.kind()));
      told.set_points(ground.points());
      told.set_words(WordsOf(ground.kind()));
    }
    out.set_person(hit.person());
    out.set_for_person(hit.for_person());
    const ScopeRow* row = desk_.store.log().Find(IdOr(hit.family()));
    out.set_here(row != nullptr && row->seq > 0 && !row->Has(kHidden) && !row->Has(kPurged));
    return out;
  }

  v1::OfficeFamilyLine Line(const v1::TeamFamily& family) {
    v1::OfficeFamilyLine line;
    line.set_family(family.family());
    line.set_name(family.name());
    line.set_team_name(names_.Team(IdOr(family.team())));
    line.set_lead_name(names_.Person(IdOr(family.lead())));
    for (const std::string& user : family.supervisors()) {
      line.add_supervisor_names(names_.Person(IdOr(user)));
    }
    line.set_restricted(family.restricted());
    line.set_mine(family.mine());
    return line;
  }

  v1::LookedLine Looked(const v1::LookedRow& row, const std::string& family) {
    v1::LookedLine line;
    line.set_family(family);
    line.set_device(row.device());
    line.set_user(row.user());
    line.set_user_name(names_.Person(IdOr(row.user())));
    line.set_opened_ms(row.opened_ms());
    line.set_closed_ms(row.closed_ms());
    if (row.told().empty()) {
      line.set_purpose(PurposeName(row.purpose()));
    }
    for (const uint32_t act : row.acts()) {
      line.add_acts(ActName(act));
    }
    line.set_records(row.records());
    line.set_restricted_opened(row.restricted_opened());
    line.set_offline(row.offline());
    line.set_recipient(row.recipient());
    line.set_told(row.told());
    return line;
  }

  // A record of a family that is not here, as a screen shows any other.
  v1::RecordView Record(const v1::OfficeRecord& record, const std::string& scope) {
    v1::RecordView view;
    view.set_type(record.type());
    view.set_id(record.id());
    view.set_scope(scope);
    view.set_made_seq(record.made_seq());
    view.set_made_by(record.made_actor());
    view.set_made_by_name(names_.Person(IdOr(record.made_actor())));
    view.set_safety(v1::RECEIVED_BY_THE_OFFICE);
    const RecordType* type = desk_.catalog().Find(record.type());
    view.set_unknown_type(type == nullptr);
    if (type != nullptr) view.set_type_name(type->name);
    std::vector<std::string> members;
    for (const v1::OfficeRecord::Field& field : record.fields()) {
      const FieldType* rule = type == nullptr ? nullptr : type->FindField(field.field());
      v1::FieldView& out = *view.add_fields();
      Field(field, rule, out);
      if (rule == nullptr) continue;
      if (std::string json = InForceJson(out, *rule); !json.empty()) {
        members.push_back(absl::StrCat("\"", rule->name, "\":", json));
      }
    }
    view.set_json(absl::StrCat("{", absl::StrJoin(members, ","), "}"));
    return view;
  }

 private:
  static Id IdOr(const std::string& bytes) { return Id::FromBytes(bytes).value_or(Id{}); }

  static Cell CellOf(const v1::OfficeRecord::Field& field) {
    Cell cell;
    for (const v1::OfficeRecord::Write& write : field.live()) {
      cell.live.push_back({{IdOr(write.op().uid()), write.op().index()},
                           IdOr(write.actor()),
                           write.seq(),
                           write.value()});
    }
    return cell;
  }

  void Field(const v1::OfficeRecord::Field& field, const FieldType* rule, v1::FieldView& out) {
    out.set_field(field.field());
    const Cell cell = CellOf(field);
    std::vector<const LiveWrite*> order;
    size_t in_force = 0;
    if (rule != nullptr) {
      out.set_name(rule->name);
      out.set_class_(ClassName(rule->cls));
      out.set_merge(MergeName(rule->merge));
      out.set_contested(IsContested(cell, *rule));
      order = InForce(cell, *rule);
      in_force = order.size();
    }
    for (const LiveWrite& write : cell.live) {
      if (std::find(order.begin(), order.end(), &write) == order.end()) order.push_back(&write);
    }
    for (size_t i = 0; i < order.size(); ++i) {
      const LiveWrite& write = *order[i];
      v1::ValueView& value = *out.add_values();
      value.set_value(write.value);
      value.mutable_op()->set_uid(write.op.uid.str());
      value.mutable_op()->set_index(write.op.index);
      value.set_actor(write.actor.str());
      value.set_actor_name(names_.Person(write.actor));
      value.set_seq(write.seq);
      value.set_live(true);
      value.set_in_force(i < in_force);
      if (rule == nullptr || write.value.empty()) continue;
      absl::StatusOr<std::string> json = ValueToJson(*rule, write.value);
      if (json.ok()) value.set_json(*std::move(json));
    }
  }

  static std::string InForceJson(const v1::FieldView& view, const FieldType& rule) {
    std::vector<std::string> values;
    for (const v1::ValueView& value : view.values()) {
      if (value.in_force() && !value.json().empty()) values.push_back(value.json());
    }
    if (rule.merge == v1::UNION) return absl::StrCat("[", absl::StrJoin(values, ","), "]");
    return values.empty() ? "" : values.front();
  }

  const Desk& desk_;
  Names names_;
};

}  // namespace

bool IsForTheOffice(const v1::Request& request) {
  return request.request_case() != v1::Request::REQUEST_NOT_SET && !request.has_invite() &&
         !request.has_confirm();
}

absl::StatusOr<v1::OfficeRequest> QuestionOf(const v1::Request& request) {
  v1::OfficeRequest question;
  question.set_protocol(kProtocol);
  absl::StatusOr<std::string> id = std::string();
  switch (request.request_case()) {
    case v1::Request::kFind: {
      const v1::Request::Find& find = request.find();
      v1::OfficeRequest::Find& asked = *question.mutable_find();
      asked.set_given_name(find.given_name());
      asked.set_family_name(find.family_name());
      asked.set_postcode(find.postcode());
      asked.set_upn(find.upn());
      asked.set_nhs_number(find.nhs_number());
      asked.set_nino(find.nino());
      asked.set_la_child_id(find.la_child_id());
      if (!find.born().empty()) {
        const absl::StatusOr<int32_t> born = DateGiven(find.born());
        if (!born.ok()) return born.status();
        asked.set_birth_on(*born);
      }
      break;
    }
    case v1::Request::kDuty:
      id = IdGiven(request.duty().family());
      if (id.ok()) question.mutable_find()->set_family(*id);
      break;
    case v1::Request::kTeam:
      question.mutable_team();
      break;
    case v1::Request::kOfficeFamily:
      id = IdGiven(request.office_family().family());
      if (id.ok()) question.mutable_family()->set_family(*id);
      break;
    case v1::Request::kKnown:
      id = IdGiven(request.known().family());
      if (id.ok()) question.mutable_known()->set_family(*id);
      break;
    case v1::Request::kWhoLooked:
      id = IdGiven(request.who_looked().family());
      if (id.ok()) question.mutable_looked()->set_family(*id);
      break;
    case v1::Request::kJournal:
      id = IdGiven(request.journal().device());
      if (id.ok()) question.mutable_journal()->set_device(*id);
      break;
    case v1::Request::kHeads:
      question.mutable_heads();
      break;
    default:
      return MakeStatus(Reason::kArg, "a request asks one thing");
  }
  if (!id.ok()) return id.status();
  return question;
}

absl::StatusOr<v1::OfficeAnswer> AskEveryPage(Transport& transport, v1::OfficeRequest request) {
  v1::OfficeAnswer whole;
  for (int page = 0; page < kOfficePagesMax; ++page) {
    absl::StatusOr<v1::OfficeAnswer> answer = transport.AskOffice(request);
    if (!answer.ok()) return answer.status();
    const bool more = answer->more() && !answer->next().empty();
    request.set_after(answer->next());
    answer->clear_next();
    whole.MergeFrom(*answer);  // lists grow; single fields are the last answer's
    if (!more) {
      whole.set_more(answer->more());
      return whole;
    }
  }
  return MakeStatus(Reason::kLimit, "the office's answer does not end");
}

v1::Reply ReplyOf(const Desk& desk, const v1::Request& request, const v1::OfficeAnswer& answer) {
  Answering answering(desk);
  v1::Reply reply;
  switch (request.request_case()) {
    case v1::Request::kFind:
    case v1::Request::kKnown:
      for (const v1::FamilyHit& hit : answer.hits()) {
        *reply.mutable_found()->add_hits() = answering.Hit(hit);
      }
      reply.mutable_found()->set_more(answer.more());
      reply.mutable_found()->set_ask_your_supervisor(answer.ask_your_supervisor());
      break;
    case v1::Request::kTeam:
      reply.mutable_team_families();
      for (const v1::TeamFamily& family : answer.families()) {
        *reply.mutable_team_families()->add_families() = answering.Line(family);
      }
      break;
    case v1::Request::kOfficeFamily:
    case v1::Request::kJournal: {
      const std::string& scope =
          request.has_journal() ? request.journal().device() : request.office_family().family();
      reply.mutable_office_records();
      for (const v1::OfficeRecord& record : answer.records()) {
        *reply.mutable_office_records()->add_records() = answering.Record(record, scope);
      }
      break;
    }
    case v1::Request::kWhoLooked:
      reply.mutable_looked_at();
      for (const v1::LookedRow& row : answer.looked()) {
        *reply.mutable_looked_at()->add_lines() =
            answering.Looked(row, request.who_looked().family());
      }
      break;
    case v1::Request::kHeads:
      reply.mutable_log_heads();
      for (const v1::HeadRow& row : answer.heads()) {
        v1::LogHead& head = *reply.mutable_log_heads()->add_heads();
        head.set_scope(row.scope());
        head.set_kind(v1::HeadRow::Kind_Name(row.kind()));
        head.set_seq(row.seq());
        head.set_entry_hash(row.entry_hash());
        head.set_state_digest(row.state_digest());
        head.set_archived_seq(row.archived_seq());
      }
      break;
    default:
      break;
  }
  return reply;
}

}  // namespace doorstep::client
