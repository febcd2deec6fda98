// Every road by which somebody could learn a safe address that is hidden from them, walked twice:
// two councils that differ in nothing but the hidden words must give the same answers, byte for
// byte, to everybody who has no key. A question, an online call or an RPC that is new and not
// walked here fails the first test.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "catch2/catch_test_macros.hpp"
#include "doorstep/v1/client.pb.h"
#include "doorstep/v1/enrol.pb.h"
#include "doorstep/v1/office.pb.h"
#include "doorstep/v1/sync.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "model/catalog.h"
#include "tests/scenarios/acts.h"
#include "tests/scenarios/stage.h"

namespace doorstep::roads {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using scenarios::Stage;

// ---- The list of roads ----------------------------------------------------------------------

// A road that tells nothing of any family says why; the others say what is asked of them.
struct Road {
  std::string why;
  std::function<std::vector<v1::Query>(const Stage&)> ask;
};

v1::Query OfFamily(const Stage& stage, void (*fill)(v1::Query&, const std::string&)) {
  v1::Query query;
  fill(query, stage.Find("Jones")->id.str());
  return query;
}

std::vector<v1::Query> OfEveryType(const Stage& stage, bool history) {
  std::vector<v1::Query> queries;
  for (const RecordType& type : Catalog::Get().types()) {
    if (!history) {
      v1::Query all;
      all.mutable_records()->set_type(type.number);
      queries.push_back(all);
      // Sorted by each field that can be sorted by: an order tells, too.
      for (const FieldType& field : type.fields) {
        if (!field.indexed) continue;
        all.mutable_records()->set_order_by(field.name);
        queries.push_back(all);
      }
      continue;
    }
    for (const char* word : {"Jones", "Tom", "Mia", "Max", "safe", "note", "visit", "plan"}) {
      v1::Query one;
      one.mutable_history()->set_type(type.number);
      one.mutable_history()->set_id(stage.Find(word)->id.str());
      queries.push_back(one);
    }
  }
  return queries;
}

const std::map<std::string, Road>& Questions() {
  static const auto* const roads = new std::map<std::string, Road>{
      {"records", {"", [](const Stage& s) { return OfEveryType(s, false); }}},
      {"history", {"", [](const Stage& s) { return OfEveryType(s, true); }}},
      {"families",
       {"",
        [](const Stage&) {
          v1::Query query;
          query.mutable_families();
          return std::vector<v1::Query>{query};
        }}},
      {"story",
       {"",
        [](const Stage& s) {
          return std::vector<v1::Query>{OfFamily(
              s, [](v1::Query& q, const std::string& id) { q.mutable_story()->set_scope(id); })};
        }}},
      {"plan",
       {"",
        [](const Stage& s) {
          v1::Query query;
          query.mutable_plan()->set_id(s.Find("plan")->id.str());
          return std::vector<v1::Query>{query};
        }}},
      {"scopes",
       {"",
        [](const Stage&) {
          v1::Query query;
          query.mutable_scopes();
          return std::vector<v1::Query>{query};
        }}},
      {"subject",
       {"",
        [](const Stage& s) {
          v1::Query query;
          query.mutable_subject()->set_type_name("Plan");
          query.mutable_subject()->set_id(s.Find("plan")->id.str());
          return std::vector<v1::Query>{query};
        }}},
      {"family_page",
       {"",
        [](const Stage& s) {
          return std::vector<v1::Query>{OfFamily(s, [](v1::Query& q, const std::string& id) {
            q.mutable_family_page()->set_scope(id);
          })};
        }}},
      {"worklist",
       {"",
        [](const Stage&) {
          v1::Query query;
          query.mutable_worklist();
          return std::vector<v1::Query>{query};
        }}},
      {"today",
       {"",
        [](const Stage&) {
          v1::Query query;
          query.mutable_today();
          return std::vector<v1::Query>{query};
        }}},
      {"changed",
       {"",
        [](const Stage&) {
          v1::Query query;
          query.mutable_changed()->set_since_ms(1);
          return std::vector<v1::Query>{query};
        }}},
      {"not_yet_safe",
       {"",
        [](const Stage&) {
          v1::Query query;
          query.mutable_not_yet_safe();
          return std::vector<v1::Query>{query};
        }}},
      {"plan_page",
       {"",
        [](const Stage& s) {
          v1::Query query;
          query.mutable_plan_page()->set_id(s.Find("plan")->id.str());
          return std::vector<v1::Query>{query};
        }}},
      {"plan_versions",
       {"",
        [](const Stage& s) {
          v1::Query query;
          query.mutable_plan_versions()->set_id(s.Find("plan")->id.str());
          return std::vector<v1::Query>{query};
        }}},
      {"plan_difference",
       {"",
        [](const Stage& s) {
          v1::Query query;
          query.mutable_plan_difference()->set_id(s.Find("plan")->id.str());
          return std::vector<v1::Query>{query};
        }}},
      {"looked",
       {"",
        [](const Stage& s) {
          v1::Query query;
          query.mutable_looked()->set_scope(s.Find("Jones")->id.str());
          return std::vector<v1::Query>{query};
        }}},
      {"concerns",
       {"",
        [](const Stage&) {
          v1::Query query;
          query.mutable_concerns();
          return std::vector<v1::Query>{query};
        }}},
      {"files",
       {"",
        [](const Stage&) {
          v1::Query query;
          query.mutable_files();
          return std::vector<v1::Query>{query};
        }}},
      {"programme",
       {"",
        [](const Stage& s) {
          v1::Query query;
          query.mutable_programme()->set_scope(s.Find("Jones")->id.str());
          return std::vector<v1::Query>{query};
        }}},
      {"drafts", {"what this device's own person is writing", nullptr}},
      {"schema", {"the same for everybody", nullptr}},
      {"devices", {"the directory, which holds no family", nullptr}},
      {"roles", {"the directory, which holds no family", nullptr}},
      {"programmes", {"rule-sets, the same for everybody", nullptr}},
  };
  return *roads;
}

// Online calls, and RPCs of every service: where the test of each stands, or why it tells nothing.
const std::map<std::string, std::string>& Calls() {
  static const auto* const calls = new std::map<std::string, std::string>{
      {"Request.invite", "the directory, which holds no family"},
      {"Request.confirm", "the directory, which holds no family"},
      {"Request.find",
       "walked in tests/sync-server/office: revealing fields of a protected person are left out"},
      {"Request.team",
       "walked in tests/sync-server/office: revealing fields of a protected person are left out"},
      {"Request.office_family",
       "walked in tests/sync-server/office: revealing fields of a protected person are left out"},
      {"Request.known",
       "walked in tests/sync-server/office: revealing fields of a protected person are left out"},
      {"Request.duty",
       "a place of one's own, which everybody concerned sees; never a reader of RESTRICTED"},
      {"Request.who_looked", "ids, times and acts; no field of a family"},
      {"Request.journal", "ids, times and acts; no field of a family"},
      {"Request.heads", "ids, times and acts; no field of a family"},
      {"Sync.Pull", "walked below: what every device holds is what it was sent"},
      {"Sync.Push", "answers about uids that the caller names"},
      {"Sync.Adopt", "answers whether history was taken"},
      {"Sync.Watch", "scopes that the caller may read, and that they moved"},
      {"Sync.PutChunk", "whether a piece was taken"},
      {"Sync.GetChunk", "bytes that only a file's key opens, to who may read the family"},
      {"Office.Ask", "the requests above"},
      {"Enrol.Ask", "no family"},
      {"Enrol.Poll", "no family"},
      {"Enrol.Certify", "no family"},
      {"Enrol.Deliver", "only ever received and archived"},
      {"Invitations.Open", "no family"},
      {"Invitations.Waiting", "no family"},
      {"Invitations.Answer", "no family"},
  };
  return *calls;
}

void AddOneOf(const google::protobuf::Descriptor* message, const std::string& prefix,
              std::set<std::string>& names) {
  const google::protobuf::OneofDescriptor* oneof = message->oneof_decl(0);
  for (int i = 0; i < oneof->field_count(); ++i) names.insert(prefix + oneof->field(i)->name());
}

void AddServices(const google::protobuf::FileDescriptor* file, std::set<std::string>& names) {
  for (int i = 0; i < file->service_count(); ++i) {
    const google::protobuf::ServiceDescriptor* service = file->service(i);
    for (int m = 0; m < service->method_count(); ++m) {
      names.insert(service->name() + "." + service->method(m)->name());
    }
  }
}

TEST_CASE("every road is on the list, and the list names no road that is gone") {
  std::set<std::string> questions, walked;
  AddOneOf(v1::Query::descriptor(), "", questions);
  for (const auto& [name, road] : Questions()) walked.insert(name);
  CHECK(questions == walked);

  std::set<std::string> calls, listed;
  AddOneOf(v1::Request::descriptor(), "Request.", calls);
  AddServices(v1::PullRequest::descriptor()->file(), calls);
  AddServices(v1::EnrolRequest::descriptor()->file(), calls);
  AddServices(v1::OfficeRequest::descriptor()->file(), calls);
  for (const auto& [name, why] : Calls()) listed.insert(name);
  CHECK(calls == listed);
}

// ---- Two councils ---------------------------------------------------------------------------

struct Hidden {
  std::string lines, postcode, reason, note;
};

void Must(const absl::Status& status) {
  INFO(status.message());
  REQUIRE(status.ok());
}

// Mia is hidden from Max. Ana, the lead, and Sue, the supervisor, hold the keys; Ben, a co-worker,
// carries the family without them; Dee, of another team, does not carry it.
std::unique_ptr<Stage> MakeCouncil(const Hidden& hidden) {
  auto made = std::make_unique<Stage>(std::set<std::string>{"Ana", "Sue", "Ben", "Dee"});
  Stage& stage = *made;
  auto sync = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) Must(stage.Sync(name));
  };
  const scenarios::Expected fine;
  Must(BeginFamily(stage, "Ana", "Jones", "North",
                   "the child Tom, the adult Mia, the other parent Max", {}, fine));
  sync({"Ana", "Sue"});
  Must(ChangePlaces(stage, "Sue", "Jones", "", "Ben", "CO_WORKER", fine));
  sync({"Sue", "Ben", "Ana"});
  Must(Write(stage, "Ana",
             {"changes Mia: address_confidential is yes",
              "makes SafeAddress safe: person is Mia, lines is \"" + hidden.lines +
                  "\", postcode is \"" + hidden.postcode + "\", excluded is [Max], reason is \"" +
                  hidden.reason + "\", state is ACTIVE, review_on is today+90"},
             fine));
  Must(Write(stage, "Ana",
             {"makes RestrictedNote note: kind is DISCLOSURE, text is \"" + hidden.note + "\""},
             fine));
  Must(Write(stage, "Ana",
             {"makes Visit visit: episode is Jones, worker is Ana, state is PLANNED, planned_at is "
              "now+2h"},
             fine));
  Must(Write(stage, "Ana",
             {"makes Plan plan: episode is Jones, state is OPEN, aim is \"A safe home.\""}, fine));
  sync({"Ana", "Sue", "Ben", "Dee", "Ana", "Sue", "Ben"});
  return made;
}

// Digests cover sealed bytes and differ as they must; everything else is compared.
void Blur(Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (absl::StrContains(field->name(), "digest") || field->name() == "entry_hash") {
      reflection.ClearField(&message, field);
      continue;
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Blur(*reflection.MutableMessage(&message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      Blur(*reflection.MutableRepeatedMessage(&message, field, i));
    }
  }
}

std::string Shown(Message& message) {
  Blur(message);
  return message.ShortDebugString() + "\n";
}

// All that a person's device answers, by the road it came on.
std::map<std::string, std::string> Answers(Stage& stage, const std::string& who,
                                           const std::vector<std::string>& searches) {
  client::Client& client = stage.DeviceOf(who).client();
  std::map<std::string, std::string> answers;
  for (const auto& [name, road] : Questions()) {
    if (!road.ask) continue;
    for (const v1::Query& query : road.ask(stage)) {
      absl::StatusOr<std::vector<v1::Answer>> found = client.Ask(query);
      std::string& text = answers[name];
      if (!found.ok()) {
        text += std::string(found.status().message()) + "\n";
        continue;
      }
      for (v1::Answer& answer : *found) text += Shown(answer);
    }
  }
  for (const std::string& words : searches) {
    v1::SearchRequest search;
    search.set_words(words);
    absl::StatusOr<std::vector<v1::Answer>> found = client.Search(search);
    REQUIRE(found.ok());
    for (v1::Answer& answer : *found) answers["search"] += Shown(answer);
  }
  absl::StatusOr<v1::Attention> attention = client.ListAttention();
  REQUIRE(attention.ok());
  answers["attention"] = Shown(*attention);
  v1::Status status = client.GetStatus();
  answers["status"] = Shown(status);
  return answers;
}

// How long each entry of the family's log is, as the office and everybody who carries it see it.
std::vector<size_t> EntrySizes(Stage& stage) {
  std::vector<size_t> sizes;
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = stage.office().store().Read();
  REQUIRE(view.ok());
  Must((*view)->ReadLog(stage.Find("Jones")->id, 0, [&](const server::LogRow& row) {
    sizes.push_back(row.changeset.size());
    return server::ReadView::Visit::kGoOn;
  }));
  return sizes;
}

const Hidden kOne = {"12 Lavender Court", "ZZ99 1AA", "Max rang twice.", "He waits at the gate."};
const Hidden kOther = {"Flat 3, The Old Quarry House, Upper Heron Lane, Little Wexmoor", "ZZ99 9ZZ",
                       "Seen outside the refuge on Sunday with a knife; police know.",
                       "Tom says that nobody must tell, that he has a list, and that it is long."};
const std::vector<std::string> kSearches = {"Lavender", "Court", "Heron", "Quarry", "ZZ99",
                                            "knife",    "gate",  "Max",   "safe",   "Jones"};

TEST_CASE("who holds no key is told the same, whatever the hidden words are") {
  const std::unique_ptr<Stage> one = MakeCouncil(kOne);
  const std::unique_ptr<Stage> other = MakeCouncil(kOther);
  for (const char* who : {"Ben", "Dee"}) {
    INFO("device of " << who);
    const std::map<std::string, std::string> first = Answers(*one, who, kSearches);
    const std::map<std::string, std::string> second = Answers(*other, who, kSearches);
    for (const auto& [road, text] : first) {
      INFO("road: " << road);
      CHECK(text == second.at(road));
    }
  }
  CHECK(EntrySizes(*one) == EntrySizes(*other));
}

TEST_CASE("the hidden words lie on no disk but the readers'") {
  const std::unique_ptr<Stage> stage = MakeCouncil(kOne);
  const std::string office = stage->office().Copy().image;
  const std::string carrier = stage->DeviceOf("Ben").Image();
  const std::string stranger = stage->DeviceOf("Dee").Image();
  for (const std::string& words : {kOne.lines, kOne.postcode, kOne.reason, kOne.note}) {
    INFO(words);
    CHECK_FALSE(absl::StrContains(office, words));
    CHECK_FALSE(absl::StrContains(carrier, words));
    CHECK_FALSE(absl::StrContains(stranger, words));
  }
  // The test can see: who holds the key is shown them.
  const std::map<std::string, std::string> reader = Answers(*stage, "Sue", {});
  CHECK(absl::StrContains(reader.at("story"), kOne.lines));
  CHECK(absl::StrContains(reader.at("family_page"), kOne.lines));
  CHECK(absl::StrContains(reader.at("family_page"), "must_not_know: \"Max"));
  CHECK(absl::StrContains(reader.at("history"), kOne.note));
}

TEST_CASE("who carries nothing of the family is told nothing of it") {
  const std::unique_ptr<Stage> stage = MakeCouncil(kOne);
  for (const auto& [road, text] : Answers(*stage, "Dee", {"Tom", "Mia", "Max", "Jones"})) {
    INFO("road: " << road);
    for (const char* name : {"\"Tom\"", "\"Mia\"", "\"Max\"", "Jones"}) {
      INFO(name);
      CHECK_FALSE(absl::StrContains(text, name));
    }
  }
}

}  // namespace
}  // namespace doorstep::roads
