#include "shell/cli/practice_text.h"

#include <algorithm>

#include "shell/cli/json.h"
#include "shell/cli/show.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

constexpr size_t kGist = 72;

std::string Plain(std::string code) {
  std::replace(code.begin(), code.end(), '_', ' ');
  std::transform(code.begin(), code.end(), code.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return code;
}

template <typename Texts>
std::string Joined(const Texts& texts, const std::string& between = ", ") {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : between) + text;
  return out;
}

// A text that several people wrote is several: each is marked.
template <typename Texts>
std::string TextsBlock(const std::string& label, const Texts& texts, size_t indent) {
  std::string out;
  for (int i = 0; i < texts.size(); ++i) {
    out += std::string(indent, ' ') + label +
           (texts.size() > 1 ? " (" + std::to_string(i + 1) + " of " +
                                   std::to_string(texts.size()) + ", not settled)"
                             : "") +
           ":\n" + Block(texts[i], indent + 2);
  }
  return out;
}

std::string AlertText(const v1::AlertLine& alert) {
  std::string out = "! " + Plain(alert.kind());
  if (!alert.person_name().empty()) out += ": " + OneLine(alert.person_name(), 40);
  if (!alert.words().empty()) out += ". " + OneLine(alert.words(), 100);
  if (!alert.review_on().empty()) {
    out += (alert.review_overdue() ? "  (review was due " : "  (review ") + alert.review_on() + ")";
  }
  out += "\n";
  for (const std::string& text : alert.narrative()) out += Block(text, 4);
  if (alert.must_not_know_size() > 0) {
    out += "    must not know: " + OneLine(Joined(alert.must_not_know()), 100) + "\n";
  }
  return out;
}

std::string PersonText(const v1::PersonLine& person) {
  std::string out = "  " + OneLine(person.name(), 40) + "  " + Plain(Joined(person.role()));
  if (!person.born_on().empty()) {
    out += ", born " + person.born_on() +
           (person.born_precision().empty() ? "" : " (" + Plain(person.born_precision()) + ")");
    if (person.age_years() >= 0) out += ", " + std::to_string(person.age_years());
  }
  if (!person.due_on().empty()) out += ", due " + person.due_on();
  if (!person.left_on().empty()) out += ", left " + person.left_on();
  out += "  " + Hex(person.id()).substr(0, 12) + "\n";
  const auto line = [&out](const std::string& label, const std::string& text) {
    if (!text.empty()) out += "      " + label + (label.empty() ? "" : ": ") + text + "\n";
  };
  line("also", OneLine(Joined(person.also_known_as()), 80));
  line("", OneLine(Joined(person.relations(), "; "), 100));
  for (const std::string& where : person.where()) line("at", OneLine(where, 100));
  for (const std::string& where : person.safe_address()) {
    line("safe address", OneLine(where, 100));
  }
  for (const std::string& how : person.safe_contact()) line("safe contact", OneLine(how, 100));
  for (const std::string& reach : person.reach()) line("reach", OneLine(reach, 80));
  if (!person.contact_rule().empty() && person.contact_rule() != "ANY") {
    line("contact", Plain(person.contact_rule()));
  }
  line("school", OneLine(Joined(person.school()), 80));
  if (person.interpreter()) line("interpreter", OneLine(person.language(), 40));
  if (person.last_seen_ms() != 0) {
    line("last seen", LocalTime(person.last_seen_ms()) +
                          (person.last_seen_alone_ms() == 0
                               ? ", never alone"
                               : ", alone " + LocalTime(person.last_seen_alone_ms())));
  }
  return out;
}

std::string VisitText(const v1::VisitLine& visit, bool account) {
  std::string out = "  " + LocalTime(visit.at_ms()) + "  " + Plain(visit.state());
  for (const std::string* code : {&visit.outcome(), &visit.kind(), &visit.place()}) {
    if (!code->empty()) out += ", " + Plain(*code);
  }
  out += ", " + OneLine(visit.worker(), 30);
  if (!visit.family().empty()) out += ", " + OneLine(visit.family(), 40);
  out += "  " + Hex(visit.id()).substr(0, 12) + "\n";
  std::string children;
  for (const v1::ChildSeenLine& child : visit.children()) {
    children += (children.empty() ? "" : "; ") + OneLine(child.name(), 30) + " " +
                (child.seen() == "ALONE" ? "seen alone" : Plain(child.seen()));
  }
  if (!children.empty()) out += "      " + children + "\n";
  if (account && visit.account_size() > 0) {
    out += "      " + OneLine(visit.account(0), kGist) + "\n";
  }
  for (const v1::AlertLine& alert : visit.alerts()) out += "    " + AlertText(alert);
  return out;
}

std::string ActionText(const v1::ActionLine& action) {
  std::string out = "  " + action.due_on() + "  " +
                    OneLine(action.wording_size() == 0 ? "" : action.wording(0), kGist) + "  (" +
                    OneLine(action.owner_name(), 30) + ", " + Plain(action.progress()) + ")";
  if (action.days_over() > 0) out += "  " + std::to_string(action.days_over()) + " days over";
  if (!action.family().empty()) out += "  " + OneLine(action.family(), 30);
  return out + "\n";
}

std::string ItemText(const v1::WorkItem& item) {
  std::string out = "  " + item.words();
  if (!item.person_name().empty()) out += ": " + OneLine(item.person_name(), 40);
  if (!item.family().empty()) out += "; " + OneLine(item.family(), 40);
  if (!item.who_name().empty()) out += "; " + OneLine(item.who_name(), 30);
  if (!item.due_on().empty()) {
    out += "; due " + item.due_on();
    if (item.days() > 0) out += ", " + std::to_string(item.days()) + " days over";
  } else if (item.since_ms() != 0) {
    out += "; since " + LocalTime(item.since_ms());
  }
  std::string flags;
  for (const std::string& flag : item.flags()) flags += (flags.empty() ? "" : ", ") + Plain(flag);
  if (!flags.empty()) out += "  [" + flags + "]";
  const std::string id = item.uid().empty() ? item.record().id() : item.uid();
  if (!id.empty()) {
    out += "\n    " + item.record().type_name() + " " + Hex(id).substr(0, 12);
    if (!item.field().empty()) out += ", " + Plain(item.field());
  }
  return out + "\n    → " + item.next() + "\n";
}

std::string ListName(v1::WorkItem::List list) {
  switch (list) {
    case v1::WorkItem::CONCERNS:
      return "concerns";
    case v1::WorkItem::CHECK_OUTS:
      return "check-outs";
    case v1::WorkItem::ACCESS:
      return "access";
    case v1::WorkItem::HELD_AND_AT_ODDS:
      return "held, and at odds";
    case v1::WorkItem::PLANS:
      return "plans to decide";
    case v1::WorkItem::REFERRALS:
      return "referrals";
    case v1::WorkItem::CLOSING:
      return "closing";
    case v1::WorkItem::DUE:
      return "overdue, and soon due";
    case v1::WorkItem::RECORDS_LATE:
      return "records late";
    case v1::WorkItem::PEOPLE_AND_DEVICES:
      return "people and devices";
    default:
      return "made by a newer program";
  }
}

std::string Heading(const std::string& words) { return "\n" + words + "\n"; }

}  // namespace

std::string FamilyPageText(const v1::FamilyPage& page) {
  std::string out = OneLine(Joined(page.name(), " / "), 80);
  if (!page.local_reference().empty()) out += "  " + OneLine(page.local_reference(), 30);
  out +=
      page.lead_name().empty() ? "  no lead\n" : "  lead " + OneLine(page.lead_name(), 40) + "\n";
  for (const v1::AlertLine& alert : page.alerts()) out += AlertText(alert);
  out += TextsBlock("at the door", page.door_note(), 0);
  for (const v1::EpisodeLine& episode : page.episodes()) {
    out += "episode " + Plain(episode.state()) + ", " + Plain(episode.level()) + ", since " +
           episode.started_on();
    if (!episode.closed_on().empty()) out += ", closed " + episode.closed_on();
    if (!episode.ends_on().empty()) {
      out += ", ends " + episode.ends_on() + " (" + std::to_string(episode.days_left()) +
             " days left)";
    }
    out += "\n";
  }
  out += Heading("Who is who");
  for (const v1::PersonLine& person : page.people()) out += PersonText(person);
  if (page.risks_size() > 0) out += Heading("Concerns that are open");
  for (const v1::WorkItem& item : page.risks()) out += ItemText(item);
  if (page.needs_size() > 0) out += Heading("Needs");
  for (const v1::NeedLine& need : page.needs()) {
    out += "  " + std::to_string(need.code()) + ", " + Plain(Joined(need.state(), " / "));
    if (need.persons_size() > 0) out += ", " + OneLine(Joined(need.persons()), 60);
    if (need.linked_size() > 0) out += ", linked with " + std::to_string(need.linked_size());
    out += "\n";
    for (const std::string& detail : need.detail()) out += Block(detail, 6);
  }
  if (page.has_plan()) {
    const v1::PlanPage& plan = page.plan();
    out += Heading("Plan: " + Plain(plan.status()) + (plan.provisional() ? " (provisional)" : "") +
                   (plan.decisions_at_odds() ? " (decisions at odds)" : ""));
    out += TextsBlock("aim", plan.aim(), 2);
    for (const std::string& text : plan.safety_plan()) out += "  safety plan:\n" + Block(text, 4);
    for (const v1::GoalLine& goal : plan.goals()) {
      if (goal.dropped()) continue;
      out += "  goal: " + OneLine(goal.wording_size() == 0 ? "" : goal.wording(0), kGist) +
             (goal.reached() ? "  (reached)" : "") + "\n";
    }
    out += PlanAgreementText(plan);
  }
  if (page.open_actions_size() > 0) out += Heading("To be done");
  for (const v1::ActionLine& action : page.open_actions()) out += ActionText(action);
  out += Heading("Visits: " + std::to_string(page.visits_size()) + " of " +
                 std::to_string(page.visits_in_all()));
  for (const v1::VisitLine& visit : page.visits()) out += VisitText(visit, true);
  out += Heading("Involved");
  for (const v1::InvolvedLine& one : page.involved()) {
    out += "  " + OneLine(one.name(), 40) + ", " + Plain(one.as()) +
           (one.last_contact_ms() == 0 ? ", no contact recorded"
                                       : ", last contact " + LocalTime(one.last_contact_ms())) +
           "\n";
  }
  out += Heading("What happened: " + std::to_string(page.chronology_size()) + " of " +
                 std::to_string(page.events_in_all()));
  for (const v1::EventLine& event : page.chronology()) {
    out += "  " + LocalTime(event.at_ms()) + "  " + Plain(event.kind()) +
           (event.words().empty() ? "" : ": " + OneLine(event.words(), kGist)) + "\n";
  }
  if (page.folded_away() > 0) {
    out += "\n" + std::to_string(page.folded_away()) + " entered in error and left out above.\n";
  }
  return out;
}

std::string PlanAgreementText(const v1::PlanPage& page) {
  std::string out;
  for (const v1::AgreementLine& line : page.agreements()) {
    out += "  " + OneLine(line.person_name(), 40) + ": " + Plain(line.said());
    if (line.earlier_version()) out += " to an earlier version";
    if (!line.said_on().empty()) out += ", " + line.said_on();
    out += "\n";
    if (!line.comment().empty()) out += Block(line.comment(), 6);
  }
  if (!out.empty()) out = "  What the family says of it:\n" + out;
  for (const v1::GoalLine& goal : page.goals()) {
    if (goal.scores_size() == 0) continue;
    out += "  Scores of goal " + Hex(goal.id()).substr(0, 12) + ":";
    for (const v1::ScoreLine& score : goal.scores()) {
      out += " " + std::to_string(score.score()) + " (" + score.scored_on() + ")";
    }
    out += goal.reached() ? ", reached\n" : "\n";
  }
  for (const std::string& missing : page.missing()) out += "  Missing: " + missing + "\n";
  if (page.second_open_plan()) out += "  There is a second open plan in this episode.\n";
  return out;
}

std::string WorklistText(const v1::WorklistCounts& counts, const std::vector<v1::WorkItem>& items) {
  std::string out = std::to_string(counts.families()) + " families looked at";
  if (counts.families_left_out() > 0) {
    out += ", " + std::to_string(counts.families_left_out()) + " on this device left out";
  }
  out += "\n";
  for (const v1::WorklistCounts::Count& count : counts.lists()) {
    if (count.items() == 0) continue;
    out += Heading(
        std::to_string(count.list()) + " " + ListName(count.list()) + ": " +
        std::to_string(count.items()) +
        (count.late() == 0 ? "" : ", " + std::to_string(count.late()) + " late") +
        (count.left_out() == 0 ? "" : ", " + std::to_string(count.left_out()) + " not shown"));
    for (const v1::WorkItem& item : items) {
      if (item.list() == count.list()) out += ItemText(item);
    }
  }
  if (std::all_of(counts.lists().begin(), counts.lists().end(),
                  [](const v1::WorklistCounts::Count& count) { return count.items() == 0; })) {
    out += "Nothing waits.\n";
  }
  return out;
}

std::string TodayText(const v1::TodayPage& page) {
  std::string out = page.day() + "\n";
  if (page.visits_size() == 0) out += "No visits.\n";
  for (const v1::VisitLine& visit : page.visits()) out += VisitText(visit, false);
  if (page.concerns_size() > 0) out += Heading("Concerns of yours that are not in safe hands");
  for (const v1::WorkItem& item : page.concerns()) out += ItemText(item);
  if (page.actions_size() > 0) out += Heading("Yours to do");
  for (const v1::ActionLine& action : page.actions()) out += ActionText(action);
  if (page.due_size() > 0) out += Heading("Due in your families");
  for (const v1::WorkItem& item : page.due()) out += ItemText(item);
  out += "\n" + std::to_string(page.unsent()) + " unsent";
  if (page.oldest_unsent_ms() != 0) {
    out += ", the oldest saved " + LocalTime(page.oldest_unsent_ms());
  }
  out += "; " + std::to_string(page.conflicts()) + " with two answers; " +
         std::to_string(page.held()) + " of yours held; " + std::to_string(page.unsendable()) +
         " that cannot be sent; " + std::to_string(page.changed()) +
         " written by others since the last working day\n";
  return out;
}

std::string ChangedText(const std::vector<v1::ChangedLine>& lines) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::ChangedLine& line : lines) {
    std::string what = Plain(line.what());
    if (line.what() == "WRITTEN") what = Plain(Joined(line.fields()));
    rows.push_back({LocalTime(line.received_ms()), OneLine(line.family(), 24),
                    line.record().type_name(), Hex(line.record().id()).substr(0, 12),
                    OneLine(what, 40), OneLine(line.actor_name(), 24),
                    line.two_answers() ? "two answers" : ""});
  }
  return rows.empty() ? "Nobody else has written anything.\n"
                      : Table({"received", "family", "record", "id", "what", "by", ""}, rows);
}

namespace {

std::string Age(int64_t ms) {
  const int64_t minutes = ms / 60'000;
  if (minutes < 120) return std::to_string(minutes) + " min";
  if (minutes < 2 * 24 * 60) return std::to_string(minutes / 60) + " h";
  return std::to_string(minutes / (24 * 60)) + " days";
}

}  // namespace

std::string NotYetSafeText(const v1::SafetyCounts& counts,
                           const std::vector<v1::UnsafeLine>& lines) {
  std::string out = std::to_string(counts.unsent()) + " saved on this device only, " +
                    std::to_string(counts.received()) + " received by the office, " +
                    std::to_string(counts.archived()) + " archived";
  if (counts.unsendable() > 0)
    out += ", " + std::to_string(counts.unsendable()) + " cannot be sent";
  if (counts.held() > 0) out += ", " + std::to_string(counts.held()) + " of these held";
  out += ".\n";
  if (!counts.has_archive()) out += "The office keeps no archive: nothing is ever archived.\n";
  std::vector<std::vector<std::string>> rows;
  for (const v1::UnsafeLine& line : lines) {
    std::string state = line.unsendable() ? "cannot be sent" : SafetyWords(line.safety());
    if (line.held()) state += ", held";
    rows.push_back({Age(line.age_ms()), state, OneLine(line.family(), 24),
                    line.record().type_name(), Hex(line.record().id()).substr(0, 12),
                    OneLine(line.words(), 60)});
  }
  return rows.empty() ? out : out + Table({"age", "safe", "family", "record", "id", ""}, rows);
}

std::string DifferenceWordsText(const v1::PlanDifference& difference) {
  if (difference.changes_size() == 0) return "The two versions are the same.\n";
  std::string out = difference.before().empty()
                        ? "Nothing was approved yet; this is the whole plan:\n"
                        : "From version " + Hex(difference.before()).substr(0, 16) + " to " +
                              Hex(difference.after()).substr(0, 16) + ":\n";
  for (const v1::PlanDifference::Change& change : difference.changes()) {
    out += "  " + change.record().type_name() + " " + Hex(change.record().id()).substr(0, 12) +
           ", " + Plain(change.field());
    if (change.record_how() == v1::PlanDifference::ADDED) out += " (new)";
    if (change.record_how() == v1::PlanDifference::REMOVED) out += " (gone)";
    out += "\n";
    if (change.sealed()) {
      out += "    sealed words changed\n";
      continue;
    }
    const bool both = change.before_size() == 1 && change.after_size() == 1;
    if (both && change.words_size() > 0) {
      std::string text;
      for (const v1::PlanDifference::Words& words : change.words()) {
        text += words.how() == v1::PlanDifference::ADDED     ? "{+" + words.text() + "+}"
                : words.how() == v1::PlanDifference::REMOVED ? "[-" + words.text() + "-]"
                                                             : words.text();
      }
      out += Block(text, 6);
      continue;
    }
    for (const std::string& json : change.before()) {
      out += "    before:\n" + Block(TextOfValue(json), 6);
    }
    for (const std::string& json : change.after()) {
      out += "    after:\n" + Block(TextOfValue(json), 6);
    }
  }
  return out;
}

}  // namespace doorstep::shell
