#include "shell/cli/show.h"

#include <algorithm>
#include <set>

#include "shell/cli/find.h"
#include "shell/cli/json.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

constexpr size_t kLineMax = 76;  // a longer value, or one of several lines, becomes a block
constexpr char kSealed[] = "restricted: waiting for a colleague's device";

std::string Label(const std::string& name) {
  std::string label = name;
  std::replace(label.begin(), label.end(), '_', ' ');
  return label;
}

std::string LineOrBlock(const std::string& text, size_t indent) {
  if (text.find('\n') == std::string::npos && text.size() <= kLineMax) return Isolated(text) + "\n";
  return "\n" + Block(text, indent);
}

std::string FieldText(const v1::FieldView& field) {
  std::string out = "  " + Label(field.name()) + ": ";
  if (!field.contested()) {
    std::string joined;
    bool sealed = false;
    for (const v1::ValueView& value : field.values()) {
      if (!value.in_force() && !value.held()) continue;
      sealed = sealed || value.sealed();
      joined += (joined.empty() ? "" : ", ") + TextOfValue(value.json());
    }
    return out + (sealed ? std::string(kSealed) + "\n" : LineOrBlock(joined, 4));
  }
  out += "written more than once; nobody has settled it yet\n";
  int number = 0;
  for (const v1::ValueView& value : field.values()) {
    out += "    " + std::to_string(++number) + (value.in_force() ? " (in force) " : " ") +
           ByWhom(value) + ":\n" + Block(value.sealed() ? kSealed : TextOfValue(value.json()), 6);
  }
  return out;
}

}  // namespace

std::string SafetyWords(v1::Safety safety) {
  switch (safety) {
    case v1::SAVED_ON_THIS_DEVICE:
      return "saved on this device";
    case v1::RECEIVED_BY_THE_OFFICE:
      return "received by the office";
    case v1::ARCHIVED:
      return "archived";
    default:
      return "-";
  }
}

std::string ValueText(const v1::ValueView& value) {
  if (value.sealed()) return kSealed;
  return value.json().empty() ? "(cleared)" : TextOfValue(value.json());
}

std::string ByWhom(const v1::ValueView& value) {
  const std::string who =
      value.actor_name().empty() ? Short(value.actor()) : OneLine(value.actor_name(), 60);
  return who + ", written " + LocalTime(value.written_ms()) +
         (value.received_ms() == 0 ? ", not yet received"
                                   : ", received " + LocalTime(value.received_ms()));
}

std::string RecordText(const v1::RecordView& record) {
  std::string out = record.type_name() + " " + Hex(record.id()) + "\n";
  if (record.unknown_type()) {
    return out + "  made by a newer program: update to read and edit it\n";
  }
  out += "  made by " +
         (record.made_by_name().empty() ? Short(record.made_by())
                                        : OneLine(record.made_by_name(), 60)) +
         "; " + SafetyWords(record.safety()) + "\n";
  for (const v1::FieldView& field : record.fields()) {
    if (field.values_size() > 0) out += FieldText(field);
  }
  return out;
}

std::string Gist(const v1::RecordView& record, size_t columns) {
  const v1::FieldView* best = nullptr;
  for (const v1::FieldView& field : record.fields()) {
    if (field.values_size() == 0 || field.class_() != "CASE") continue;
    const bool longer =
        best == nullptr || field.values(0).json().size() > best->values(0).json().size();
    if (longer) best = &field;
  }
  if (best != nullptr) return OneLine(TextOfValue(best->values(0).json()), columns);
  std::string facts;
  for (const v1::FieldView& field : record.fields()) {
    if (field.values_size() == 0) continue;
    const bool sealed = field.values(0).sealed();
    const std::string text = sealed ? "sealed" : TextOfValue(field.values(0).json());
    if (text.size() == 32 && FromHex(text).size() == 16)
      continue;  // an id says nothing to a person
    facts += (facts.empty() ? "" : ", ") + Label(field.name()) + " " + text;
  }
  return OneLine(facts, columns);
}

// ---- Plans
// ---------------------------------------------------------------------------------------

v1::PlanAnswer AskPlan(Core& core, const std::string& plan) {
  v1::Query query;
  query.mutable_plan()->set_id(plan);
  const std::vector<v1::Answer> answers = core.Ask(query);
  return answers.empty() ? v1::PlanAnswer() : answers[0].plan();
}

std::string PlanStatusWords(const v1::PlanAnswer& plan) {
  std::string words = Label(plan.status());
  std::transform(words.begin(), words.end(), words.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (plan.provisional()) words += " (provisional: the office has not received it yet)";
  if (plan.decisions_at_odds()) words += " (decisions at odds)";
  if (plan.unknown_content()) words += " (holds something of a newer program: update to approve)";
  return words;
}

namespace {

std::string FieldsText(const v1::RecordView& record, const std::vector<std::string>& names,
                       size_t indent) {
  std::string out;
  for (const v1::FieldView& field : record.fields()) {
    if (std::find(names.begin(), names.end(), field.name()) == names.end()) continue;
    if (field.values_size() == 0) continue;
    std::string text = FieldText(field);
    // FieldText indents by two; a tree goes deeper.
    std::string deeper;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      deeper += std::string(indent - 2, ' ') + text.substr(begin, end - begin) + "\n";
      begin = end + 1;
    }
    out += deeper;
  }
  return out;
}

std::string ActionsText(const std::vector<v1::RecordView>& actions,
                        const std::vector<v1::RecordView>& progress, const std::string& goal) {
  std::string out;
  for (const v1::RecordView& action : actions) {
    const Json values = Values(action);
    if (TextOf(values, "goal") != Hex(goal)) continue;
    std::string state = "NOT_STARTED";
    for (const v1::RecordView& step : progress) {
      const Json at = Values(step);
      if (TextOf(at, "action") == Hex(action.id())) state = TextOf(at, "state");
    }
    out += "      Action " + Hex(action.id()).substr(0, 12) + "  " + TextOf(values, "owner") +
           ", due " + TextOf(values, "due_on") + ", " + Label(state) +
           (TextOf(values, "state") == "DROPPED" ? ", dropped" : "") + "\n" +
           FieldsText(action, {"wording"}, 8);
  }
  return out;
}

std::string GoalText(const v1::RecordView& goal, const std::string& actions) {
  const Json values = Values(goal);
  const std::string due = TextOf(values, "due_on");
  std::string out = "    Goal " + Hex(goal.id()).substr(0, 12) +
                    (due.empty() ? "" : "  due " + due) +
                    (TextOf(values, "state") == "DROPPED" ? "  dropped" : "") + "\n";
  return out + FieldsText(goal, {"wording", "target", "baseline"}, 6) + actions;
}

std::string DecisionsText(Core& core, const v1::RecordView& plan, const v1::PlanAnswer& answer) {
  std::string out;
  for (const v1::RecordView& approval : RecordsOf(core, "Approval", plan.scope())) {
    const Json values = Values(approval);
    if (TextOf(values, "subject") != Hex(plan.id())) continue;
    const bool present = TextOf(values, "digest") == Hex(answer.digest());
    const std::string comment = TextOf(values, "comment");
    out += "  " + TextOf(values, "decided_on") + "  " + Label(TextOf(values, "decision")) + " by " +
           OneLine(approval.made_by_name(), 40) +
           (present ? ", of what the plan says now" : ", of an earlier version") + "\n" +
           (comment.empty() ? "" : Block(comment, 4));
  }
  return out.empty() ? out : "Decisions:\n" + out;
}

}  // namespace

std::string PlanText(Core& core, const v1::RecordView& plan) {
  const v1::PlanAnswer answer = AskPlan(core, plan.id());
  std::string out =
      "Plan " + Hex(plan.id()).substr(0, 12) + " of " +
      OneLine(FamilyName(core, plan.scope()), 60) + ": " + PlanStatusWords(answer) + "\nversion " +
      Hex(answer.digest()).substr(0, 16) + "\n" +
      FieldsText(
          plan,
          {"aim", "if_things_get_worse", "safety_plan", "words_of_children", "words_of_adults"}, 2);
  const std::vector<v1::RecordView> actions = RecordsOf(core, "Action", plan.scope());
  const std::vector<v1::RecordView> progress = RecordsOf(core, "ActionProgress", plan.scope());
  std::vector<v1::RecordView> goals;
  for (v1::RecordView& goal : RecordsOf(core, "Goal", plan.scope())) {
    if (TextOf(Values(goal), "plan") == Hex(plan.id())) goals.push_back(std::move(goal));
  }
  std::set<std::string> shown;
  for (const v1::RecordView& need : RecordsOf(core, "Need", plan.scope())) {
    const Json values = Values(need);
    out += "  Need " + Hex(need.id()).substr(0, 12) + "  code " + TextOf(values, "code") + ", " +
           Label(TextOf(values, "state")) + "\n" + FieldsText(need, {"detail"}, 4);
    for (const v1::RecordView& goal : goals) {
      const Json named = Values(goal).value("needs", Json::array());
      if (!named.is_array() ||
          std::find(named.begin(), named.end(), Hex(need.id())) == named.end()) {
        continue;
      }
      const bool again = !shown.insert(goal.id()).second;
      out += again ? "    Goal " + Hex(goal.id()).substr(0, 12) + "  (above)\n"
                   : GoalText(goal, ActionsText(actions, progress, goal.id()));
    }
  }
  for (const v1::RecordView& goal : goals) {
    if (shown.count(goal.id()) != 0) continue;
    out += GoalText(goal, ActionsText(actions, progress, goal.id()));
  }
  return out + DecisionsText(core, plan, answer);
}

// ---- What waits
// ----------------------------------------------------------------------------------

namespace {

std::string KindWords(v1::AttentionItem::Kind kind) {
  switch (kind) {
    case v1::AttentionItem::CONTESTED:
      return "two accounts";
    case v1::AttentionItem::HELD_MINE:
      return "yours, kept aside until a supervisor decides";
    case v1::AttentionItem::HELD_TO_DECIDE:
      return "kept aside: you decide";
    case v1::AttentionItem::ALREADY_DONE:
      return "already done by somebody else";
    case v1::AttentionItem::UNSENDABLE:
      return "cannot be sent; kept on this device";
    case v1::AttentionItem::SUSPECT:
      return "this device and the office differ";
    case v1::AttentionItem::STOPPED:
      return "trust was broken: nothing more is taken here";
    case v1::AttentionItem::DEVICE_TO_APPROVE:
      return "a device waits for a second person";
    case v1::AttentionItem::ROLE_TO_APPROVE:
      return "a role waits for a second person";
    case v1::AttentionItem::PASSED_ON:
      return "passed on";
    default:
      return "made by a newer program";
  }
}

std::string NextStep(const v1::AttentionItem& item) {
  const std::string id = Hex(item.id()).substr(0, 12);
  switch (item.kind()) {
    case v1::AttentionItem::CONTESTED:
      return "doorstep settle " + id + " --keep N   (or --text TEXT)";
    case v1::AttentionItem::HELD_TO_DECIDE:
      return "doorstep release " + id + "   (or: doorstep decline " + id + " --reason OVERTAKEN)";
    case v1::AttentionItem::DEVICE_TO_APPROVE:
      return "doorstep approve-device " + Hex(item.record().id()).substr(0, 12) +
             " --number NUMBER";
    case v1::AttentionItem::ROLE_TO_APPROVE:
      return "doorstep approve-role " + Hex(item.record().id()).substr(0, 12);
    default:
      return "";
  }
}

}  // namespace

std::string AttentionText(Core& core, const v1::Attention& attention) {
  if (attention.items_size() == 0) return "Nothing waits for you.\n";
  std::string out;
  int passed_on = 0;
  for (const v1::AttentionItem& item : attention.items()) {
    if (item.kind() == v1::AttentionItem::PASSED_ON) {
      ++passed_on;
      continue;
    }
    out += Hex(item.id()).substr(0, 12) + "  " + KindWords(item.kind());
    if (!item.family().empty()) out += ", " + OneLine(item.family(), 40);
    out += "\n";
    if (!item.record().type_name().empty()) {
      out += "  " + core.Type(item.record().type_name()).name() + " " +
             Hex(item.record().id()).substr(0, 12) + "\n";
    }
    if (item.has_field()) out += FieldText(item.field());
    if (!item.actor_name().empty()) out += "  by " + OneLine(item.actor_name(), 60) + "\n";
    if (!item.words().empty()) out += Block(item.words(), 2);
    for (const v1::RecordView& held : item.held()) {
      out += "  " + held.type_name() + " " + Hex(held.id()).substr(0, 12) + "\n";
      for (const v1::FieldView& field : held.fields()) out += "  " + FieldText(field);
    }
    const std::string next = NextStep(item);
    if (!next.empty()) out += "  → " + next + "\n";
    out += "\n";
  }
  if (passed_on > 0) {
    out +=
        std::to_string(passed_on) +
        " changes of families that are no longer yours are kept, sealed to the office, until they "
        "cannot be lost; a supervisor of the family reads and decides.\n";
  }
  return out;
}

// ---- The client itself
// -----------------------------------------------------------------------------

std::string StatusText(const v1::Status& status) {
  std::string life;
  switch (status.life()) {
    case v1::Status::NEW:
      life = "new: no keys yet";
      break;
    case v1::Status::ENROLLING:
      life = "joining: waits for an administrator, or for the second person";
      break;
    case v1::Status::ENROLLED:
      life = "one of the authority's devices";
      break;
    case v1::Status::ENDED:
      life = "ended by an administrator";
      break;
    case v1::Status::WIPED:
      life = "wiped";
      break;
    default:
      life = "unknown";
  }
  std::vector<std::vector<std::string>> rows = {{"device", life}};
  const auto row = [&rows](const std::string& name, const std::string& text) {
    if (!text.empty()) rows.push_back({name, text});
  };
  row("person", OneLine(status.user_name(), 60));
  std::string roles;
  for (const std::string& role : status.roles()) roles += (roles.empty() ? "" : ", ") + role;
  row("roles", roles);
  row("device id", Hex(status.device()));
  row("number", status.device_number());
  row("office", Isolated(status.server_address()));
  row("last contact",
      status.last_contact_ms() == 0 ? "none yet" : LocalTime(status.last_contact_ms()));
  if (!status.locked()) {
    row("not yet received", std::to_string(status.unsent()));
    if (status.unsendable() > 0) row("cannot be sent", std::to_string(status.unsendable()));
    if (status.concerns_unreceived() > 0) {
      row("CONCERNS", std::to_string(status.concerns_unreceived()) + " not received. " +
                          Isolated(status.safeguarding().words()));
    }
    if (status.chunks_to_send() > 0) {
      row("files", std::to_string(status.chunks_to_send()) + " pieces have to go out");
    }
    if (status.chunks_to_fetch() > 0) {
      row("files to come", std::to_string(status.chunks_to_fetch()) + " pieces are not here yet");
    }
    row("kept aside", std::to_string(status.held()));
    row("two accounts", std::to_string(status.contested()));
    row("archive",
        status.has_archive() ? "the office keeps one" : "none: received work is in one place only");
  }
  if (status.key_store_is_file()) {
    row("key store", "a file beside the records: the passphrase is all that protects them");
  }
  std::string out = Table({}, rows);
  if (!status.locked() && status.all_synced()) out += "All synced.\n";
  if (!status.words().empty()) out += Isolated(status.words()) + "\n";
  return out;
}

std::string SyncText(const v1::SyncReport& report, const v1::Status& status) {
  std::string out = "Sent " + std::to_string(report.pushed()) + ", received " +
                    std::to_string(report.received()) + " (" + std::to_string(report.applied()) +
                    " in effect, " + std::to_string(report.held()) + " kept aside); " +
                    std::to_string(report.round_trips()) + " round trips, " +
                    std::to_string(report.bytes_up()) + " bytes up, " +
                    std::to_string(report.bytes_down()) + " down.\n";
  if (report.adopted() > 0) {
    out +=
        "Gave the office back " + std::to_string(report.adopted()) + " entries that it had lost.\n";
  }
  if (report.carried() > 0) {
    out += "Carries " + std::to_string(report.carried()) + " entries to hand in again.\n";
  }
  if (report.purged() > 0) {
    out += "Removed " + std::to_string(report.purged()) +
           " families that are no longer yours, and signed a receipt for it.\n";
  }
  if (report.refused_pages() > 0) {
    out += "Refused " + std::to_string(report.refused_pages()) +
           " pages that did not prove themselves; the next contact tries again.\n";
  }
  if (report.gated()) {
    out += "The office was put back from a backup and waits for an administrator's device.\n";
  }
  for (const std::string& alarm : report.alarms()) {
    out += "ALARM, tell an administrator: " + Isolated(alarm) + "\n";
  }
  if (report.chunks_up() > 0 || report.chunks_down() > 0) {
    out += "Files: " + std::to_string(report.chunks_up()) + " pieces sent, " +
           std::to_string(report.chunks_down()) + " fetched.\n";
  }
  if (status.chunks_to_send() > 0 || status.chunks_to_fetch() > 0) {
    out += std::to_string(status.chunks_to_send()) + " pieces of files have still to go out, " +
           std::to_string(status.chunks_to_fetch()) + " to come: sync again.\n";
  }
  out += status.all_synced()
             ? "All synced.\n"
             : std::to_string(status.unsent()) + " not yet received by the office.\n";
  return out;
}

}  // namespace doorstep::shell
