#include "tests/scenarios/looks.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client-core/store/store.h"
#include "model/catalog.h"

namespace doorstep::scenarios {
namespace {

absl::Status Otherwise(const std::string& what) { return absl::FailedPreconditionError(what); }

absl::StatusOr<std::vector<v1::Answer>> Ask(Stage& stage, const std::string& who,
                                            const v1::Query& query) {
  return stage.DeviceOf(who).client().Ask(query);
}

// Everything that this device shows, as text: records of every carried scope with their history,
// what waits, families.
absl::StatusOr<std::string> AllThatShows(Stage& stage, const std::string& who) {
  std::string all;
  v1::Query families;
  families.mutable_families();
  const absl::StatusOr<std::vector<v1::Answer>> lines = Ask(stage, who, families);
  if (!lines.ok()) return lines.status();
  for (const v1::Answer& line : *lines) {
    absl::StrAppend(&all, line.family().ShortDebugString(), "\n");
    v1::Query story;
    story.mutable_story()->set_scope(line.family().scope());
    const absl::StatusOr<std::vector<v1::Answer>> records = Ask(stage, who, story);
    if (!records.ok()) return records.status();
    for (const v1::Answer& answer : *records) {
      absl::StrAppend(&all, answer.record().ShortDebugString(), "\n");
      v1::Query history;
      history.mutable_history()->set_type(answer.record().type());
      history.mutable_history()->set_id(answer.record().id());
      const absl::StatusOr<std::vector<v1::Answer>> values = Ask(stage, who, history);
      if (!values.ok()) return values.status();
      for (const v1::Answer& value : *values) {
        absl::StrAppend(&all, value.ShortDebugString(), "\n");
      }
    }
  }
  const absl::StatusOr<v1::Attention> attention = stage.DeviceOf(who).client().ListAttention();
  if (!attention.ok()) return attention.status();
  absl::StrAppend(&all, attention->ShortDebugString());
  return all;
}

}  // namespace

absl::Status Sees(Stage& stage, const std::string& who, const std::string& what,
                  const std::string& fields) {
  const absl::StatusOr<Named> named = stage.Need(what);
  if (!named.ok()) return named.status();
  const absl::StatusOr<v1::RecordView> view =
      stage.DeviceOf(who).client().Get(named->type, named->id);
  if (!view.ok()) return view.status();
  const absl::StatusOr<std::vector<FieldText>> read = ReadFields(fields);
  if (!read.ok()) return read.status();
  const RecordType* type = Catalog::Get().Find(named->type);
  for (const FieldText& text : *read) {
    const FieldType* field = type->FindField(text.name);
    if (field == nullptr) return absl::NotFoundError(absl::StrCat("no field ", text.name));
    std::vector<std::string> found;
    for (const v1::FieldView& shown : view->fields()) {
      if (shown.field() != field->number) continue;
      for (const v1::ValueView& value : shown.values()) {
        if (!value.in_force() || (value.json().empty() && !value.sealed())) continue;
        found.push_back(value.sealed() ? "sealed" : value.json());
      }
    }
    std::vector<std::string> wanted;
    if (text.list || text.quoted[0] || text.values[0] != "nothing") {
      for (size_t i = 0; i < text.values.size(); ++i) {
        const bool sealed = !text.quoted[i] && text.values[i] == "sealed";
        wanted.push_back(sealed ? "sealed" : stage.JsonOf(*field, text.values[i], text.quoted[i]));
      }
    }
    std::sort(found.begin(), found.end());
    std::sort(wanted.begin(), wanted.end());
    if (found != wanted) {
      return Otherwise(absl::StrCat(text.name, " is ", absl::StrJoin(found, " and "),
                                    found.empty() ? "nothing" : "", ", not ",
                                    absl::StrJoin(wanted, " and ")));
    }
  }
  return absl::OkStatus();
}

absl::Status DoesNotSee(Stage& stage, const std::string& who, const std::string& what) {
  const absl::StatusOr<Named> named = stage.Need(what);
  if (!named.ok()) return named.status();
  const absl::StatusOr<v1::RecordView> view =
      stage.DeviceOf(who).client().Get(named->type, named->id);
  if (absl::IsNotFound(view.status())) return absl::OkStatus();
  return view.ok() ? Otherwise("it is there") : view.status();
}

absl::Status Carries(Stage& stage, const std::string& who, const std::string& family,
                     bool carries) {
  const absl::StatusOr<Named> named = stage.Need(family);
  if (!named.ok()) return named.status();
  v1::Query query;
  query.mutable_families();
  const absl::StatusOr<std::vector<v1::Answer>> lines = Ask(stage, who, query);
  if (!lines.ok()) return lines.status();
  const bool there = std::any_of(lines->begin(), lines->end(), [&](const v1::Answer& line) {
    return line.family().scope() == named->id.view();
  });
  if (there == carries) return absl::OkStatus();
  return Otherwise(there ? "it is on the device" : "it is not on the device");
}

absl::Status FindsPlan(Stage& stage, const std::string& who, const std::string& plan,
                       const std::string& status, bool provisional) {
  const absl::StatusOr<Named> named = stage.Need(plan);
  if (!named.ok()) return named.status();
  v1::Query query;
  query.mutable_plan()->set_id(named->id.str());
  const absl::StatusOr<std::vector<v1::Answer>> answers = Ask(stage, who, query);
  if (!answers.ok()) return answers.status();
  if (answers->empty()) return Otherwise("it is not there");
  const v1::PlanAnswer& found = answers->front().plan();
  const bool at_odds = status == "AT_ODDS";
  if (at_odds ? !found.decisions_at_odds() : found.status() != status) {
    return Otherwise(absl::StrCat("it is ", found.status(),
                                  found.decisions_at_odds() ? ", decisions at odds" : ""));
  }
  if (found.provisional() == provisional) return absl::OkStatus();
  return Otherwise(provisional ? "the office has received it" : "it is provisional");
}

absl::Status IsAsked(Stage& stage, const std::string& who, const std::string& what,
                     const std::string& kind, const std::string& reason) {
  const absl::StatusOr<Named> named = stage.Need(what);
  if (!named.ok()) return named.status();
  const absl::StatusOr<v1::Attention> attention = stage.DeviceOf(who).client().ListAttention();
  if (!attention.ok()) return attention.status();
  std::vector<std::string> others;
  for (const v1::AttentionItem& item : attention->items()) {
    const bool about = item.uid() == named->uid.view() || item.record().id() == named->id.view();
    const std::string& name = v1::AttentionItem::Kind_Name(item.kind());
    others.push_back(absl::StrCat(name, " ", absl::AsciiStrToLower(item.reason_name())));
    if (!about || name != kind) continue;
    if (!reason.empty() && absl::AsciiStrToLower(item.reason_name()) != reason) continue;
    return absl::OkStatus();
  }
  return Otherwise(absl::StrCat("what waits is: ", absl::StrJoin(others, ", ")));
}

absl::Status IsAskedNothing(Stage& stage, const std::string& who) {
  const absl::StatusOr<v1::Attention> attention = stage.DeviceOf(who).client().ListAttention();
  if (!attention.ok()) return attention.status();
  if (attention->items().empty()) return absl::OkStatus();
  return Otherwise(
      absl::StrCat("waiting: ", v1::AttentionItem::Kind_Name(attention->items(0).kind()), ", ",
                   attention->items(0).reason_name()));
}

absl::Status AtTheOffice(Stage& stage, const std::string& what, bool applied,
                         const std::string& reason) {
  const absl::StatusOr<Named> named = stage.Need(what);
  if (!named.ok()) return named.status();
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = stage.office().store().Read();
  if (!view.ok()) return view.status();
  const absl::StatusOr<std::optional<server::UidRow>> row = (*view)->FindUid(named->uid);
  if (!row.ok()) return row.status();
  if (!*row) return Otherwise("the office does not have it");
  absl::Status answer = Otherwise("its entry is missing");
  const absl::Status read =
      (*view)->ReadLog((*row)->scope, (*row)->seq - 1, [&](const server::LogRow& log_row) {
        const absl::StatusOr<Entry> decoded = server::ToEntry(log_row);
        if (!decoded.ok()) return server::ReadView::Visit::kStop;
        const Entry& entry = *decoded;
        const std::string why =
            absl::AsciiStrToLower(v1::HeldReason_Name(entry.meta.reason()).substr(12));
        if (entry.applied() != applied) {
          answer = Otherwise(entry.applied() ? "it took effect" : absl::StrCat("held: ", why));
        } else if (!applied && !reason.empty() && why != reason) {
          answer = Otherwise(absl::StrCat("held: ", why));
        } else {
          answer = absl::OkStatus();
        }
        return server::ReadView::Visit::kStop;
      });
  return read.ok() ? answer : read;
}

absl::Status HasUnsent(Stage& stage, const std::string& who, uint32_t n) {
  const uint32_t unsent = stage.DeviceOf(who).client().GetStatus().unsent();
  if (unsent == n) return absl::OkStatus();
  return Otherwise(absl::StrCat(unsent, " unsent"));
}

absl::Status CanRead(Stage& stage, const std::string& who, const std::string& words, bool can) {
  const absl::StatusOr<std::string> all = AllThatShows(stage, who);
  if (!all.ok()) return all.status();
  const bool found = absl::StrContains(*all, words);
  v1::SearchRequest search;
  search.set_words(words);
  const absl::StatusOr<std::vector<v1::Answer>> hits = stage.DeviceOf(who).client().Search(search);
  if (!hits.ok()) return hits.status();
  if (!can && !hits->empty()) return Otherwise("a search finds them");
  if (found == can) return absl::OkStatus();
  return Otherwise(found ? "they are shown" : "they are shown nowhere");
}

absl::Status DiskDoesNotHold(Stage& stage, const std::string& who, const std::string& words) {
  if (!absl::StrContains(stage.DeviceOf(who).Image(), words)) return absl::OkStatus();
  return Otherwise("they lie there");
}

absl::Status OfficeCanRead(Stage& stage, const std::string& words, bool can) {
  const bool found = absl::StrContains(stage.office().Copy().image, words);
  if (found == can) return absl::OkStatus();
  return Otherwise(found ? "they lie in the office's store" : "they do not lie in its store");
}

absl::Status Finds(Stage& stage, const std::string& who, size_t n, const std::string& words) {
  v1::SearchRequest search;
  search.set_words(words);
  const absl::StatusOr<std::vector<v1::Answer>> hits = stage.DeviceOf(who).client().Search(search);
  if (!hits.ok()) return hits.status();
  if (hits->size() == n) return absl::OkStatus();
  return Otherwise(absl::StrCat(hits->size(), " found"));
}

absl::Status OnWorklist(Stage& stage, const std::string& who, const std::string& kind,
                        const std::string& what, const std::string& flag) {
  const absl::StatusOr<Named> named = stage.Need(what);
  if (!named.ok()) return named.status();
  v1::Query query;
  query.mutable_worklist();
  const absl::StatusOr<std::vector<v1::Answer>> answers = Ask(stage, who, query);
  if (!answers.ok()) return answers.status();
  std::vector<std::string> others;
  for (const v1::Answer& answer : *answers) {
    const v1::WorkItem& item = answer.work();
    const bool about = item.record().id() == named->id.str() || item.scope() == named->id.str();
    const auto& flags = item.flags();
    const bool flagged = flag.empty() || std::find(flags.begin(), flags.end(), flag) != flags.end();
    if (item.kind() == kind && about && flagged) return absl::OkStatus();
    if (answer.has_work())
      others.push_back(absl::StrCat(item.kind(), " ", absl::StrJoin(flags, " ")));
  }
  return Otherwise(absl::StrCat("it holds: ", absl::StrJoin(others, ", ")));
}

absl::Status NotOnWorklist(Stage& stage, const std::string& who, const std::string& kind) {
  v1::Query query;
  query.mutable_worklist();
  const absl::StatusOr<std::vector<v1::Answer>> answers = Ask(stage, who, query);
  if (!answers.ok()) return answers.status();
  for (const v1::Answer& answer : *answers) {
    if (answer.work().kind() == kind) return Otherwise("it holds one");
  }
  return absl::OkStatus();
}

absl::Status PageSays(Stage& stage, const std::string& who, const std::string& family,
                      const std::string& words, bool says) {
  const absl::StatusOr<Named> named = stage.Need(family);
  if (!named.ok()) return named.status();
  v1::Query query;
  query.mutable_family_page()->set_scope(named->id.str());
  const absl::StatusOr<std::vector<v1::Answer>> answers = Ask(stage, who, query);
  if (!answers.ok()) return answers.status();
  const std::string page = answers->front().family_page().ShortDebugString();
  if (absl::StrContains(page, words) == says) return absl::OkStatus();
  return Otherwise(says ? "it does not say so" : "it says so");
}

absl::Status Agreed(Stage& stage, const std::string& who, const std::string& person,
                    const std::string& plan, const std::string& said, bool earlier) {
  const absl::StatusOr<Named> named = stage.Need(plan), asked = stage.Need(person);
  if (!named.ok()) return named.status();
  if (!asked.ok()) return asked.status();
  v1::Query query;
  query.mutable_plan_page()->set_id(named->id.str());
  const absl::StatusOr<std::vector<v1::Answer>> answers = Ask(stage, who, query);
  if (!answers.ok()) return answers.status();
  for (const v1::AgreementLine& line : answers->front().plan_page().agreements()) {
    if (line.person() != asked->id.str()) continue;
    if (line.said() == said && line.earlier_version() == earlier) return absl::OkStatus();
    return Otherwise(line.said() + (line.earlier_version() ? " to an earlier version" : ""));
  }
  return Otherwise("nobody asks them");
}

absl::Status AllAgree(Stage& stage) {
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = stage.office().store().Read();
  if (!view.ok()) return view.status();
  for (const std::string& name : stage.Everybody()) {
    v1::Query query;
    query.mutable_scopes();
    const absl::StatusOr<std::vector<v1::Answer>> lines = Ask(stage, name, query);
    if (!lines.ok()) return lines.status();
    for (const v1::Answer& line : *lines) {
      const absl::StatusOr<server::ScopeRow> row =
          (*view)->FindScope(Id::FromBytes(line.scope().scope()).value_or(Id{}));
      if (!row.ok()) return row.status();
      if (line.scope().seq() == 0) continue;           // lost, and purged
      if (line.scope().kind() == "JOURNAL") continue;  // carried by nobody
      if (line.scope().seq() != row->seq) {
        return Otherwise(absl::StrCat(name, " has ", line.scope().seq(), " of ", row->seq,
                                      " entries of a ", line.scope().kind()));
      }
      if (line.scope().state_digest() != View(row->state_digest)) {
        return Otherwise(absl::StrCat(name, " has another state of a ", line.scope().kind()));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace doorstep::scenarios
