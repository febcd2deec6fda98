#include "model/record.h"

#include <algorithm>
#include <cassert>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "model/planted.h"

namespace doorstep {
namespace {

// A cursor over little-endian bytes; once it has run short it stays short.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool done() const { return ok_ && rest_.empty(); }
  bool ok() const { return ok_; }
  size_t left() const { return rest_.size(); }

  std::string_view Take(size_t n) {
    if (n > rest_.size()) ok_ = false;
    if (!ok_) return {};
    std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }
  uint64_t Integer(size_t width) {
    std::string_view bytes = Take(width);
    uint64_t value = 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
    return value;
  }
  uint32_t U32() { return static_cast<uint32_t>(Integer(4)); }
  uint64_t U64() { return Integer(8); }
  Id ReadId() { return Id::FromBytes(Take(16)).value_or(Id{}); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

void AppendOp(std::string& out, const Op& op) {
  out += op.uid.view();
  AppendU32(out, op.index);
}

uint64_t RankOf(const LiveWrite& write, const FieldType& field) { return field.Rank(write.value); }

}  // namespace

const Cell* Record::FindCell(uint32_t field) const {
  auto it = cells.find(field);
  return it == cells.end() ? nullptr : &it->second;
}

std::vector<const LiveWrite*> InForce(const Cell& cell, const FieldType& field) {
  std::vector<const LiveWrite*> in_force;
  if (cell.live.empty()) return in_force;
  switch (field.merge) {
    case v1::FIXED:
      return {&cell.live.front()};
    case v1::ASK:
      for (auto it = cell.live.rbegin(); it != cell.live.rend(); ++it) in_force.push_back(&*it);
      return in_force;
    case v1::UNION:
      for (const LiveWrite& write : cell.live) {
        bool seen = std::any_of(in_force.begin(), in_force.end(),
                                [&](const LiveWrite* w) { return w->value == write.value; });
        if (!seen) in_force.push_back(&write);
      }
      return in_force;
    case v1::PROTECTIVE: {
      if (Planted(Fault::kProtective)) return {&cell.live.back()};
      const LiveWrite* most = &cell.live.front();
      for (const LiveWrite& write : cell.live) {
        if (RankOf(write, field) >= RankOf(*most, field)) most = &write;
      }
      return {most};
    }
    default:  // LATEST, COMMAND, and a rule this build does not know
      return {&cell.live.back()};
  }
}

std::string_view ValueInForce(const Record& record, const FieldType& field) {
  assert(field.merge != v1::UNION);
  const Cell* cell = record.FindCell(field.number);
  if (cell == nullptr || cell->live.empty()) return {};
  return InForce(*cell, field).front()->value;
}

bool IsContested(const Cell& cell, const FieldType& field) {
  if (cell.live.size() < 2 || field.merge == v1::UNION || field.merge == v1::COMMAND) return false;
  if (field.merge == v1::ASK || field.cls == v1::RESTRICTED) return true;
  return std::any_of(cell.live.begin() + 1, cell.live.end(),
                     [&](const LiveWrite& w) { return w.value != cell.live.front().value; });
}

std::vector<Op> OpsToName(const Cell& cell, const FieldType& field, Naming naming) {
  std::vector<Op> ops;
  if (field.merge == v1::FIXED || field.merge == v1::UNION || cell.live.empty()) return ops;
  bool all = naming == Naming::kSettleAll || field.merge == v1::PROTECTIVE;
  if (!all) return {InForce(cell, field).front()->op};
  for (const LiveWrite& write : cell.live) ops.push_back(write.op);
  return ops;
}

bool ParseInForce(const Record& record, const RecordType& type,
                  google::protobuf::Message& message) {
  std::string bytes;
  for (const auto& [number, cell] : record.cells) {
    const FieldType* field = type.FindField(number);
    if (field == nullptr || field->cls == v1::RESTRICTED) continue;
    for (const LiveWrite* write : InForce(cell, *field)) {
      bytes += write->value;
      if (field->merge != v1::UNION) break;
    }
  }
  return message.ParseFromString(bytes);
}

std::string EncodeCells(const Record& record) {
  constexpr size_t kCellBytes = 12, kLiveBytes = 48, kAbsentBytes = 20;
  size_t size = 0;
  for (const auto& [field, cell] : record.cells) {
    size += kCellBytes + cell.absent.size() * kAbsentBytes;
    for (const LiveWrite& write : cell.live) size += kLiveBytes + write.value.size();
  }
  std::string out;
  out.reserve(size);
  for (const auto& [field, cell] : record.cells) {
    AppendU32(out, field);
    AppendU32(out, static_cast<uint32_t>(cell.live.size()));
    for (const LiveWrite& write : cell.live) {
      AppendOp(out, write.op);
      out += write.actor.view();
      AppendU64(out, write.seq);
      AppendLp(out, write.value);
    }
    AppendU32(out, static_cast<uint32_t>(cell.absent.size()));
    for (const Op& op : cell.absent) AppendOp(out, op);
  }
  assert(out.size() == size);
  return out;
}

absl::StatusOr<std::map<uint32_t, Cell>> DecodeCells(std::string_view bytes) {
  std::map<uint32_t, Cell> cells;
  Reader in(bytes);
  uint32_t before = 0;
  bool ascending = true;
  while (in.ok() && ascending && !in.done()) {
    uint32_t field = in.U32();
    ascending = field > before;
    before = field;
    Cell& cell = cells[field];
    for (uint32_t n = in.U32(); n > 0 && in.ok(); --n) {
      LiveWrite write;
      write.op.uid = in.ReadId();
      write.op.index = in.U32();
      write.actor = in.ReadId();
      write.seq = in.U64();
      write.value = in.Take(in.U32());
      cell.live.push_back(std::move(write));
    }
    for (uint32_t m = in.U32(); m > 0 && in.ok(); --m) {
      Op op;
      op.uid = in.ReadId();
      op.index = in.U32();
      cell.absent.push_back(op);
    }
  }
  if (!ascending || !in.done()) return MakeStatus(Reason::kIntegrity, "stored cells are damaged");
  return cells;
}

Hash32 RecordDigest(const Record& record) {
  St st("doorstep/record/v1");
  st.AddU32(record.type).Add(record.id.bytes).AddU64(record.made_seq).Add(record.made_actor.bytes);
  return H(st.Add(EncodeCells(record)).bytes());
}

}  // namespace doorstep
