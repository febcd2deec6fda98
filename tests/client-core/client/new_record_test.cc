// A kind of record that no code has heard of: one message in a schema, and storage, sync, judging,
// merge, questions, history, search and JSON work on it. The schema that ships touches nothing
// else.
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

constexpr uint32_t kLoan = 9043;

// A thing lent to a family, until it comes back.
constexpr char kSchema[] = R"(
  name: 'loan.proto' package: 'lent' syntax: 'proto2'
  message_type {
    name: 'Loan'
    options { [doorstep.v1.record] { number: 9043 scope: FAMILY writers: [K, S] } }
    field { name: 'person' number: 1 label: LABEL_OPTIONAL type: TYPE_BYTES options {
      [doorstep.v1.rule] { class: FACT merge: FIXED required: true references: 'Person'
                           indexed: true } } }
    field { name: 'what' number: 2 label: LABEL_OPTIONAL type: TYPE_STRING options {
      [doorstep.v1.rule] { class: CASE merge: ASK required: true max_size: 200 searched: true } } }
    field { name: 'due_on' number: 3 label: LABEL_OPTIONAL type: TYPE_INT32 options {
      [doorstep.v1.rule] { class: FACT merge: LATEST indexed: true } } }
    field { name: 'care' number: 4 label: LABEL_OPTIONAL type: TYPE_ENUM
            type_name: '.lent.Loan.Care' options {
      [doorstep.v1.rule] { class: FACT merge: PROTECTIVE lower_writers: S } } }
    field { name: 'state' number: 5 label: LABEL_OPTIONAL type: TYPE_ENUM
            type_name: '.lent.Loan.State' options {
      [doorstep.v1.rule] { class: FACT merge: COMMAND required: true indexed: true } } }
    enum_type { name: 'Care'
      value { name: 'CARE_UNSPECIFIED' number: 0 }
      value { name: 'CARE_PLAIN' number: 1 options { [doorstep.v1.rank]: 1 } }
      value { name: 'CARE_DANGEROUS' number: 2 options { [doorstep.v1.rank]: 2 } } }
    enum_type { name: 'State'
      options { [doorstep.v1.machine] {
        step { to: 'LENT' }
        step { from: 'LENT' to: 'BACK' writers: S needs: 3 } } }
      value { name: 'STATE_UNSPECIFIED' number: 0 }
      value { name: 'STATE_LENT' number: 1 }
      value { name: 'STATE_BACK' number: 2 } }
  })";

// The schema that ships, and one message.
struct WiderSchema {
  WiderSchema() : pool(google::protobuf::DescriptorPool::generated_pool()) {
    google::protobuf::FileDescriptorProto file;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(kSchema, &file));
    const google::protobuf::FileDescriptor* lent = pool.BuildFile(file);
    REQUIRE(lent != nullptr);
    const google::protobuf::FileDescriptor& shipped = *v1::Role_descriptor()->file();
    std::vector<const google::protobuf::Descriptor*> messages;
    for (int i = 0; i < shipped.message_type_count(); ++i) {
      messages.push_back(shipped.message_type(i));
    }
    messages.push_back(lent->message_type(0));
    absl::StatusOr<Catalog> built = Catalog::Build(messages);
    INFO(built.status().ToString());
    REQUIRE(built.ok());
    catalog = std::make_unique<Catalog>(*std::move(built));
  }
  google::protobuf::DescriptorPool pool;
  std::unique_ptr<Catalog> catalog;
};

struct WiderOffice : Office {
  WiderOffice(Town& in_town, const Catalog& with) : Office(in_town) { catalog = &with; }
};

struct Case {
  Case()
      : office(town, *schema.catalog),
        desk(office, v1::ROLE_SUPERVISOR),
        phone(office, v1::ROLE_KEY_WORKER),
        loan(town.NewId()) {
    const v1::Committed family = phone.BeginFamily("Sample family");
    scope = *Id::FromBytes(family.scope());
    person = *Id::FromBytes(family.records(1).id());
    Meet();
  }
  void Meet() {
    for (Handset* set : {&phone, &desk, &phone}) set->Contact();
  }
  v1::Committed Write(Handset& set,
                      std::initializer_list<std::pair<const char*, std::string>> fields) {
    return set.Commit(scope, Handset::Edit("Loan", loan, fields));
  }
  void Lend() {
    CHECK(Write(phone, {{"person", '"' + person.hex() + '"'},
                        {"what", "\"A cot with a mattress\""},
                        {"due_on", "\"2026-12-24\""},
                        {"care", "\"PLAIN\""},
                        {"state", "\"LENT\""}})
              .expected() == v1::APPLIED);
  }

  WiderSchema schema;
  Town town;
  WiderOffice office;
  Handset desk;
  Handset phone;
  Id scope;
  Id person;
  Id loan;
};

using Values = std::vector<std::string>;

}  // namespace

TEST_CASE("a record of one descriptor is stored, sent, pulled and shown") {
  Case c;
  c.Lend();
  CHECK(c.phone.Values("Loan", c.loan, "what") == Values{"\"A cot with a mattress\""});
  c.Meet();
  CHECK(c.phone.client->GetStatus().unsent() == 0);
  CHECK(c.desk.Values("Loan", c.loan, "due_on") == Values{"\"2026-12-24\""});
  CHECK(c.desk.Values("Loan", c.loan, "state") == Values{"\"LENT\""});
  const v1::RecordView view = c.desk.Get("Loan", c.loan);
  CHECK(view.type_name() == "Loan");
}

TEST_CASE("it is judged: role, shape, steps, what they need, protection") {
  Case c;
  c.Lend();
  c.Meet();
  CHECK(c.Write(c.phone, {{"state", "\"BACK\""}}).reason_name() == "NOT_ALLOWED");
  CHECK(c.Write(c.desk, {{"care", "\"DANGEROUS\""}}).expected() == v1::APPLIED);
  CHECK(c.Write(c.desk, {{"state", "\"BACK\""}}).expected() == v1::APPLIED);
  c.Meet();
  CHECK(c.Write(c.phone, {{"care", "\"PLAIN\""}}).reason_name() == "NOT_ALLOWED");
  const v1::Committed lacking =
      c.phone.Commit(c.scope, Handset::Edit("Loan", c.town.NewId(), {{"what", "\"A kettle\""}}));
  CHECK(lacking.reason_name() == "SHAPE");
  v1::Edits nonsense;
  nonsense.set_scope(c.scope.str());
  *nonsense.add_records() = Handset::Edit("Loan", c.loan, {{"colour", "\"red\""}});
  CHECK_FALSE(c.phone.client->Commit(nonsense).ok());
}

TEST_CASE("two accounts of it wait for a person, and the greater danger is in force") {
  Case c;
  c.Lend();
  c.Meet();
  c.Write(c.phone, {{"what", "\"A cot\""}});
  c.Write(c.desk, {{"what", "\"A bed\""}});
  c.Write(c.phone, {{"care", "\"DANGEROUS\""}});
  c.Write(c.desk, {{"care", "\"PLAIN\""}});
  c.Meet();
  CHECK(c.phone.Values("Loan", c.loan, "what").size() == 2);
  CHECK(c.phone.Values("Loan", c.loan, "care").front() == "\"DANGEROUS\"");
  int contested = 0;
  const absl::StatusOr<v1::Attention> list = c.desk.client->ListAttention();
  REQUIRE(list.ok());
  for (const v1::AttentionItem& item : list->items()) {
    contested += item.kind() == v1::AttentionItem::CONTESTED ? 1 : 0;
  }
  CHECK(contested == 2);
}

TEST_CASE("it is found by its indexed fields and its words, and keeps its history") {
  Case c;
  c.Lend();
  c.Meet();
  c.Write(c.desk, {{"what", "\"A cot, borrowed until spring\""}});
  c.Meet();
  v1::Query by_person;
  by_person.mutable_records()->set_type_name("Loan");
  v1::Condition& of = *by_person.mutable_records()->add_where();
  of.set_name("person");
  of.set_json('"' + c.person.hex() + '"');
  CHECK(c.phone.client->Ask(by_person)->size() == 1);
  of.set_json('"' + c.town.NewId().hex() + '"');
  CHECK(c.phone.client->Ask(by_person)->empty());

  v1::SearchRequest search;
  search.set_words("spring");
  CHECK(c.phone.client->Search(search)->size() == 1);
  search.set_words("mattress");
  CHECK(c.phone.client->Search(search)->empty());

  v1::Query history;
  history.mutable_history()->set_type_name("Loan");
  history.mutable_history()->set_id(c.loan.str());
  history.mutable_history()->set_name("what");
  CHECK(c.phone.client->Ask(history)->size() == 2);

  v1::Query schema;
  schema.mutable_schema()->set_type_name("Loan");
  CHECK(c.phone.client->Ask(schema)->size() == 1);
}

TEST_CASE("a build that does not know it keeps it byte for byte") {
  Case c;
  c.Lend();
  c.Meet();
  c.office.catalog = &Catalog::Get();
  Handset older(c.office, v1::ROLE_KEY_WORKER);
  c.desk.Contact();
  c.desk.Commit(c.scope, Handset::Edit("Assignment", c.town.NewId(),
                                       {{"user", '"' + older.client->user().hex() + '"'},
                                        {"relation", "\"CO_WORKER\""},
                                        {"reason", "\"ALLOCATED\""},
                                        {"from_on", "\"2026-11-25\""},
                                        {"state", "\"OPEN\""}}));
  for (Handset* set : {&c.desk, &older, &c.desk}) set->Contact();
  auto digest = [&](Handset& set) {
    v1::Query scopes;
    scopes.mutable_scopes();
    const absl::StatusOr<std::vector<v1::Answer>> lines = set.client->Ask(scopes);
    REQUIRE(lines.ok());
    for (const v1::Answer& answer : *lines) {
      if (answer.scope().scope() == c.scope.view()) return answer.scope().state_digest();
    }
    return std::string();
  };
  CHECK(digest(older).size() == 32);
  CHECK(digest(older) == digest(c.desk));
  const std::unique_ptr<ScopeState> kept = older.client->store().state().Of(c.scope);
  const Record* loan = kept->Find(kLoan, c.loan);
  REQUIRE(loan != nullptr);
  CHECK(EncodeCells(*loan) ==
        EncodeCells(*c.desk.client->store().state().Of(c.scope)->Find(kLoan, c.loan)));
}

}  // namespace doorstep::client
