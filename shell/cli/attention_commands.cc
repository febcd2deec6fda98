// What waits for a person, and what they answer: two accounts settled, held work decided.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "shell/cli/change.h"
#include "shell/cli/command.h"
#include "shell/cli/failure.h"
#include "shell/cli/json.h"
#include "shell/cli/show.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

v1::AttentionItem FindItem(Core& core, const std::string& text, v1::AttentionItem::Kind kind,
                           const std::string& what) {
  std::vector<v1::AttentionItem> found;
  const v1::Attention attention = core.Attention();
  for (const v1::AttentionItem& item : attention.items()) {
    const bool named = Hex(item.id()).starts_with(text) ||
                       Hex(item.record().id()).starts_with(text) ||
                       Hex(item.uid()).starts_with(text);
    if (item.kind() == kind && !text.empty() && named) found.push_back(item);
  }
  if (found.size() == 1) return found[0];
  Fail(found.empty() ? Exit::kNotFound : Exit::kUsage,
       (found.empty() ? "no " + what + " answers to that; it may have been settled already."
                      : "more than one " + what + " answers to that: give more of the id.") +
           " `doorstep attention` lists what waits.");
}

// The accounts numbered in "1,2" one after the other, each a paragraph: what a person asked for,
// and what nobody does unasked.
std::string Combined(const v1::FieldView& field, const std::string& numbers) {
  std::string text;
  for (size_t at = 0; at <= numbers.size();) {
    const size_t end = std::min(numbers.find(',', at), numbers.size());
    const std::string number = numbers.substr(at, end - at);
    const bool digit = number.size() == 1 && number[0] >= '1' && number[0] <= '9';
    const int index = digit ? number[0] - '1' : field.values_size();
    if (index >= field.values_size()) {
      Fail(Exit::kUsage, "--combine takes the numbers shown beside the accounts: --combine 2,1.");
    }
    const v1::ValueView& value = field.values(index);
    const Json said = ParseJson(value.json());
    if (value.sealed() || !said.is_string()) {
      Fail(Exit::kUsage, "only texts that this device can read are combined.");
    }
    text += (text.empty() ? "" : "\n\n") + said.get<std::string>();
    at = end + 1;
  }
  return text;
}

void Settle(Core& core, const Arguments& arguments) {
  const v1::AttentionItem item =
      FindItem(core, arguments.Text("ITEM"), v1::AttentionItem::CONTESTED, "pair of accounts");
  const uint32_t keep = arguments.Number("--keep", 0);
  const int ways = arguments.Has("--keep") + arguments.Has("--combine") + arguments.Has("--text") +
                   arguments.Has("--value");
  if (ways != 1) {
    Fail(Exit::kUsage, "say how: --keep N, --combine N,N, --text TEXT or --value VALUE.");
  }
  v1::Edits edits;
  edits.set_scope(item.scope());
  v1::RecordEdit& record = *edits.add_records();
  record.set_type(item.record().type());
  record.set_id(item.record().id());
  v1::FieldEdit& field = *record.add_fields();
  field.set_field(item.field().field());
  field.set_how(v1::FieldEdit::SETTLE);
  for (const v1::ValueView& value : item.field().values()) *field.add_shown() = value.op();
  if (arguments.Has("--keep")) {
    if (keep < 1 || keep > static_cast<uint32_t>(item.field().values_size())) {
      Fail(Exit::kUsage, "--keep takes the number shown beside one of the accounts.");
    }
    const v1::ValueView& kept = item.field().values(static_cast<int>(keep) - 1);
    if (kept.sealed())
      Fail(Exit::kNotNow, "that account is sealed: this device cannot keep it yet.");
    field.set_value(kept.value());
    if (kept.value().empty()) field.set_json(kept.json());
  } else if (arguments.Has("--combine")) {
    field.set_json(Json(Combined(item.field(), arguments.Text("--combine"))).dump());
  } else {
    const v1::SchemaType& type = core.TypeOf(item.record().type());
    const std::string name = item.field().name();
    field.set_json(arguments.Has("--text")
                       ? Json(TextGiven(arguments.Text("--text"))).dump()
                       : ValueGiven(core.Field(type, name), arguments.Text("--value")).dump());
  }
  Report(core, core.Resolve(item.id(), edits));
}

void Decide(Core& core, const Arguments& arguments, const std::string& decision,
            const std::string& reason) {
  const v1::AttentionItem item =
      FindItem(core, arguments.Text("ITEM"), v1::AttentionItem::HELD_TO_DECIDE, "held work");
  Change change(core, item.scope());
  change.Record("Decision")
      .SetId("held", item.uid())
      .Set("decision", decision)
      .Set("reason", arguments.Has("--reason") ? arguments.Text("--reason") : reason)
      .Set("note", TextGiven(arguments.Text("--note")));
  Report(core, core.Resolve(item.id(), change.edits()));
}

}  // namespace

void AddAttentionCommands(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "attention", "What waits for you: two accounts, work kept aside, approvals",
          "  doorstep attention")
      .Runs([](Core& core, const Arguments&) {
        const v1::Attention attention = core.Attention();
        if (core.settings().json)
          std::cout << ToJson(attention).dump(2) << "\n";
        else
          std::cout << AttentionText(core, attention);
      });
  Command(app, chosen, "settle", "Settle two accounts: keep one, or write what both agree on",
          "  doorstep settle 5e10 --keep 2\n  doorstep settle 5e10 --text @together.txt")
      .Takes("ITEM", "Its id in `doorstep attention`, or the record's")
      .Option("--keep", "The number shown beside one of them")
      .Option("--combine", "N,N: these texts, one below the other")
      .Option("--text", "TEXT in place of both; both stay in the history")
      .Option("--value", "VALUE in place of both: a code, a date, a number")
      .Runs(Settle);
  Command(app, chosen, "release", "Let held work take effect (supervisor)",
          "  doorstep release 77d2 --note \"Written before the handover.\"")
      .Takes("ITEM", "Its id in `doorstep attention`")
      .Option("--reason", "STILL_TRUE unless given")
      .Option("--note", "TEXT")
      .Runs(
          [](Core& core, const Arguments& given) { Decide(core, given, "RELEASE", "STILL_TRUE"); });
  Command(app, chosen, "decline", "Held work stays without effect, and readable (supervisor)",
          "  doorstep decline 77d2 --reason ENTERED_TWICE")
      .Takes("ITEM", "Its id in `doorstep attention`")
      .Option("--reason",
              "OVERTAKEN unless given; ENTERED_TWICE, CARRIED_OVER, NOT_ENTITLED, OTHER")
      .Option("--note", "TEXT")
      .Runs(
          [](Core& core, const Arguments& given) { Decide(core, given, "DECLINE", "OVERTAKEN"); });
}

}  // namespace doorstep::shell
