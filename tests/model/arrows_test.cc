// Every step of every machine, tried by everybody: those that the schema draws, and all that it
// does not. What must happen is read from the options themselves, not from the catalog that the
// judge asks.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <set>

#include "google/protobuf/descriptor.h"
#include "model/judge.h"
#include "tests/model/casework.h"

namespace doorstep {
namespace {

using Who = v1::RecordRule;
using google::protobuf::Descriptor;

struct Player {
  const char* name;
  const Hand* hand;
  std::set<int> letters;
};

// One case: from where to where (0: it is made), with which other values standing.
struct Try {
  uint32_t from = 0;
  uint32_t to = 0;
  std::map<uint32_t, uint64_t> where;  // numbers that the steps of this machine ask about
  std::optional<uint32_t> named_in;    // the field that names the player
};

class Arrows {
 public:
  Arrows(Casework& work, ScopeState& scope, const Descriptor& message)
      : work_(work),
        scope_(scope),
        type_(*Catalog::Get().Find(message.options().GetExtension(v1::record).number())),
        state_(*type_.FindState()),
        machine_(message.FindFieldByNumber(static_cast<int>(state_.number))
                     ->enum_type()
                     ->options()
                     .GetExtension(v1::machine)) {
    for (int letter : message.options().GetExtension(v1::record).writers()) {
      writers_.insert(letter);
    }
  }

  void WalkAll(const std::vector<Player>& players) {
    std::vector<uint32_t> froms{0};
    for (const Code& code : state_.codes) froms.push_back(code.number);
    for (const Player& player : players) {
      for (uint32_t from : froms) {
        for (const Code& to : state_.codes) {
          for (const auto& where : Wheres()) {
            Walk(player, {from, to.number, where, std::nullopt});
            for (uint32_t field : NamedIn()) Walk(player, {from, to.number, where, field});
          }
        }
      }
    }
  }

  int applied = 0;
  int refused = 0;

 private:
  std::string NameOf(uint32_t state) const {
    const Code* code = state_.FindCode(uint64_t{state});
    return code == nullptr ? "" : code->name;
  }

  bool Leads(const v1::Machine::Step& step, const Try& t) const {
    auto holds = [](const auto& names, const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    bool from = t.from == 0 ? step.from().empty() : holds(step.from(), NameOf(t.from));
    if (!from || !holds(step.to(), NameOf(t.to))) return false;
    return std::all_of(step.where().begin(), step.where().end(), [&](const auto& where) {
      auto it = t.where.find(where.field());
      return (it == t.where.end() ? 0 : it->second) == where.value();
    });
  }

  bool Admits(const v1::Machine::Step& step, const Player& player, const Try& t) const {
    if (t.from != 0 && t.named_in &&
        std::count(step.named_in().begin(), step.named_in().end(), *t.named_in) > 0) {
      return true;
    }
    if (step.writers().empty() && step.named_in().empty()) return Any(writers_, player);
    return Any(std::set<int>(step.writers().begin(), step.writers().end()), player);
  }

  static bool Any(const std::set<int>& letters, const Player& player) {
    return std::any_of(letters.begin(), letters.end(),
                       [&](int letter) { return player.letters.contains(letter); });
  }

  // Whether the player may make the record with the fields that this case gives it.
  bool MayMake(const Player& player, const Try& t) {
    if (!Any(writers_, player)) return false;
    for (const Put& put : Held(player, t)) {
      std::set<int> own;
      for (int letter = 0; letter < 32; ++letter) {
        if ((type_.FindField(put.field)->writers >> letter & 1) != 0) own.insert(letter);
      }
      if (!own.empty() && !Any(own, player)) return false;
    }
    return true;
  }

  // Every setting of the fields that some step asks about, each absent once.
  std::vector<std::map<uint32_t, uint64_t>> Wheres() const {
    std::map<uint32_t, std::set<uint64_t>> asked;
    for (const v1::Machine::Step& step : machine_.step()) {
      for (const auto& where : step.where()) asked[where.field()].insert(where.value());
    }
    std::vector<std::map<uint32_t, uint64_t>> all{{}};
    for (const auto& [field, values] : asked) {
      const FieldType& type = *type_.FindField(field);
      std::set<uint64_t> settings = values;
      for (const Code& code : type.codes) settings.insert(code.number);
      if (!type.required) settings.insert(0);
      std::vector<std::map<uint32_t, uint64_t>> more;
      for (const auto& one : all) {
        for (uint64_t value : settings) {
          more.push_back(one);
          more.back()[field] = value;
        }
      }
      all = more;
    }
    return all;
  }

  std::set<uint32_t> NamedIn() const {
    std::set<uint32_t> fields;
    for (const v1::Machine::Step& step : machine_.step()) {
      fields.insert(step.named_in().begin(), step.named_in().end());
    }
    return fields;
  }

  std::string ValueFor(const FieldType& field, const Player& player, const Try& t) {
    auto where = t.where.find(field.number);
    if (where != t.where.end()) {
      if (where->second == 0) return "";
      return field.kind == Kind::kBool ? EncodeBool(field.number, where->second != 0)
                                       : EncodeNumber(field.number, where->second);
    }
    if (t.named_in == field.number) return EncodeId(field.number, player.hand->user);
    if (field.cls == v1::RESTRICTED) return std::string(kSealOverhead + 256, '\1');
    switch (field.kind) {
      case Kind::kBool:
        return EncodeBool(field.number, true);
      case Kind::kU32:
        return EncodeNumber(field.number, 1);
      case Kind::kI64:
      case Kind::kInstant:
        return EncodeI64(field.number, work_.town.now_ms);
      case Kind::kDate:
        return EncodeDate(field.number, work_.town.today);
      case Kind::kEnum:
        return EncodeNumber(field.number, field.codes.front().number);
      case Kind::kId:
        return EncodeId(field.number, work_.town.NewId());
      case Kind::kBytes:
        return EncodeBytes(field.number, std::string(std::max<uint32_t>(field.size, 1), 'b'));
      case Kind::kText:
        return EncodeBytes(field.number, "words");
    }
    return "";
  }

  // The fields that the record holds before the step: what it must have, what steps ask and need.
  std::vector<Put> Held(const Player& player, const Try& t) {
    std::set<uint32_t> needed;
    for (const v1::Machine::Step& step : machine_.step()) {
      needed.insert(step.needs().begin(), step.needs().end());
    }
    std::vector<Put> puts;
    for (const FieldType& field : type_.fields) {
      bool wanted = field.required || t.where.contains(field.number) ||
                    t.named_in == field.number || (t.from != 0 && needed.contains(field.number));
      if (!wanted || field.number == state_.number) continue;
      std::string value = ValueFor(field, player, t);
      if (!value.empty()) puts.push_back({field.number, std::move(value)});
    }
    return puts;
  }

  v1::HeldReason Ask(const Player& player, const Try& t) {
    StateView view(scope_);
    ScopeState trial(scope_.scope(), &view);
    const Id id = work_.town.NewId();
    std::vector<Put> puts = Held(player, t);
    std::vector<Put> step{{state_.number, EncodeNumber(state_.number, t.to)}};
    if (t.from == 0) {
      step.insert(step.end(), puts.begin(), puts.end());
    } else {
      const Id nobody = work_.town.NewId();
      const Id uid = work_.town.NewId();
      puts.push_back({state_.number, EncodeNumber(state_.number, t.from)});
      Record& record = trial.Mutable(type_.number, id, 1, nobody);
      uint32_t index = 0;
      for (const Put& put : puts) {
        if (put.field == state_.number) step[0].names.push_back({uid, index});
        record.cells[put.field].live.push_back({{uid, index++}, nobody, 1, put.value});
      }
    }
    Changeset changeset =
        work_.town.Write(*player.hand, scope_.scope(), {Change(type_.number, id, std::move(step))});
    return Judge(work_.log.bench(), trial, changeset).reason;
  }

  void Walk(const Player& player, const Try& t) {
    bool exists = false, admits = false, bare = false;
    for (const v1::Machine::Step& step : machine_.step()) {
      if (!Leads(step, t)) continue;
      exists = true;
      if (!Admits(step, player, t)) continue;
      if (!admits) bare = step.guards().empty() && (t.from != 0 || step.needs().empty());
      admits = true;
    }
    const v1::HeldReason reason = Ask(player, t);
    INFO(type_.name << " " << NameOf(t.from) << ">" << NameOf(t.to) << " by " << player.name
                    << (t.named_in ? ", named" : "") << ": " << v1::HeldReason_Name(reason));
    if (t.from == 0 && !MayMake(player, t)) {
      CHECK(reason == v1::HELD_REASON_NOT_ALLOWED);
    } else if (t.from == t.to) {
      CHECK(reason == v1::HELD_REASON_ALREADY_SO);
    } else if (!exists) {
      CHECK(reason == v1::HELD_REASON_NO_SUCH_STEP);
    } else if (!admits) {
      CHECK(reason == v1::HELD_REASON_NOT_ALLOWED);
    } else if (bare) {
      CHECK(reason == v1::HELD_REASON_UNSPECIFIED);
    } else {
      const std::set<v1::HeldReason> arrow{v1::HELD_REASON_NOT_ALLOWED,
                                           v1::HELD_REASON_NO_SUCH_STEP, v1::HELD_REASON_NO_ROLE,
                                           v1::HELD_REASON_STATE_MOVED, v1::HELD_REASON_SHAPE};
      CHECK_FALSE(arrow.contains(reason));
    }
    ++(admits ? applied : refused);
  }

  Casework& work_;
  ScopeState& scope_;
  const RecordType& type_;
  const FieldType& state_;
  const v1::Machine& machine_;
  std::set<int> writers_;
};

}  // namespace

TEST_CASE("every arrow of every machine, and every arrow that is none, for everybody") {
  Casework work;
  Hand co = work.town.Hire(v1::ROLE_KEY_WORKER);
  Hand duty = work.town.Hire(v1::ROLE_DUTY);
  REQUIRE(
      work.Push(work.town.supervisor, {work.Place(co, v1::Assignment::RELATION_CO_WORKER),
                                       work.Place(duty, v1::Assignment::RELATION_BREAK_GLASS)}) ==
      v1::HELD_REASON_UNSPECIFIED);
  const std::vector<Player> family{{"lead", &work.ana, {Who::K, Who::ANY}},
                                   {"co-worker", &co, {Who::C, Who::ANY}},
                                   {"duty worker", &duty, {Who::C, Who::ANY}},
                                   {"supervisor", &work.town.supervisor, {Who::S, Who::ANY}},
                                   {"programme", &work.officer, {Who::P, Who::ANY}},
                                   {"auditor", &work.auditor, {Who::U, Who::ANY}},
                                   {"records", &work.keeper, {Who::R, Who::ANY}}};
  const std::vector<Player> directory{{"root", &work.town.root, {Who::ROOT, Who::ANY}},
                                      {"administrator", &work.town.admin, {Who::A, Who::ANY}},
                                      {"supervisor", &work.town.supervisor, {Who::S, Who::ANY}},
                                      {"worker", &work.ana, {Who::K, Who::ANY}},
                                      {"programme", &work.officer, {Who::P, Who::ANY}},
                                      {"auditor", &work.auditor, {Who::U, Who::ANY}},
                                      {"records", &work.keeper, {Who::R, Who::ANY}}};
  const google::protobuf::FileDescriptor& file = *v1::Visit::descriptor()->file();
  int machines = 0;
  for (int i = 0; i < file.message_type_count(); ++i) {
    const Descriptor& message = *file.message_type(i);
    if (!message.options().HasExtension(v1::record)) continue;
    const RecordType& type =
        *Catalog::Get().Find(message.options().GetExtension(v1::record).number());
    if (type.FindState() == nullptr) continue;
    ++machines;
    const bool here = type.scope == Who::FAMILY;
    Arrows arrows(work, here ? work.log.state() : work.town.log.state(), message);
    // Whom a new place may be for is another question (model/authority), asked in its own test.
    if (type.name == "Assignment") continue;
    arrows.WalkAll(here ? family : directory);
    INFO(type.name);
    CHECK(arrows.applied > 0);
    CHECK(arrows.refused > arrows.applied);
  }
  CHECK(machines == 15);
}

}  // namespace doorstep
