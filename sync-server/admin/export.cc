#include "sync-server/admin/export.h"

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "model/log.h"

namespace doorstep::server {
namespace {

using Write = absl::FunctionRef<absl::Status(std::string_view)>;

absl::Status WriteLog(const ReadView& view, const Secret& log_seed, const Id& scope, Write write) {
  const absl::StatusOr<ScopeRow> row = view.FindScope(scope);
  if (!row.ok()) return row.status();
  if (row->seq == 0) {
    return MakeStatus(Reason::kNotFound, "no log of scope " + scope.short_hex() + " is here");
  }
  std::string begin;
  AppendLp(begin, scope.view());
  AppendU64(begin, row->seq);
  absl::Status status = write(begin);
  const absl::Status read = view.ReadLog(scope, 0, [&](LogRow entry) {
    v1::LogEntry wire;
    wire.mutable_signed_()->set_changeset(entry.changeset);
    wire.mutable_signed_()->set_signature(std::string(View(entry.signature)));
    wire.set_meta(entry.meta);
    std::string item;
    AppendLp(item, wire.SerializeAsString());
    item += View(entry.hash);
    if (status.ok()) status = write(item);
    return status.ok() ? ReadView::Visit::kGoOn : ReadView::Visit::kStop;
  });
  if (!read.ok()) return read;
  if (!status.ok()) return status;
  v1::Head head;
  head.set_scope(scope.str());
  head.set_seq(row->seq);
  head.set_entry_hash(std::string(View(row->hash)));
  head.set_state_digest(std::string(View(row->state_digest)));
  head.set_archived_seq(row->archived_seq);
  head.set_key(std::string(View(H16(View(SignPublicKey(log_seed))))));
  std::string end;
  AppendLp(end, SignHead(view.tenant(), head, log_seed).Wire().SerializeAsString());
  return write(end);
}

}  // namespace

absl::Status WriteExport(const ReadView& view, const PublicKey& genesis_root,
                         const Secret& log_seed, std::span<const Id> scopes, Write write) {
  std::string begin(kExportMagic);
  AppendLp(begin, view.tenant().view());
  AppendLp(begin, View(genesis_root));
  if (absl::Status status = write(begin); !status.ok()) return status;
  absl::Status status = WriteLog(view, log_seed, view.tenant(), write);
  for (const Id& scope : scopes) {
    if (!status.ok()) return status;
    status = WriteLog(view, log_seed, scope, write);
  }
  return status;
}

std::optional<std::string_view> ExportReader::TakeLp() {
  if (rest_.size() < 4) return std::nullopt;
  uint32_t size = 0;
  for (size_t i = 4; i-- > 0;) size = size << 8 | static_cast<uint8_t>(rest_[i]);
  if (size > kExportPartBytesMax || rest_.size() - 4 < size) return std::nullopt;
  const std::string_view part = rest_.substr(4, size);
  rest_.remove_prefix(4 + size);
  return part;
}

std::optional<ExportReader::Beginning> ExportReader::ReadBeginning() {
  if (!rest_.starts_with(kExportMagic)) return std::nullopt;
  rest_.remove_prefix(kExportMagic.size());
  const auto tenant = TakeLp();
  const auto root = TakeLp();
  Beginning beginning;
  if (!root || !CopyExactly(*tenant, beginning.tenant.bytes) ||
      !CopyExactly(*root, beginning.genesis_root)) {
    return std::nullopt;
  }
  return beginning;
}

std::optional<ExportReader::Log> ExportReader::ReadLog() {
  const auto scope = TakeLp();
  Log log;
  if (!scope || !CopyExactly(*scope, log.scope.bytes) || rest_.size() < 8) return std::nullopt;
  for (size_t i = 8; i-- > 0;) log.entries = log.entries << 8 | static_cast<uint8_t>(rest_[i]);
  rest_.remove_prefix(8);
  return log;
}

std::optional<ExportReader::Item> ExportReader::ReadItem() {
  const auto entry = TakeLp();
  Item item;
  if (!entry || rest_.size() < item.hash.size()) return std::nullopt;
  if (!CopyExactly(rest_.substr(0, item.hash.size()), item.hash)) return std::nullopt;
  rest_.remove_prefix(item.hash.size());
  item.entry = *entry;
  return item;
}

std::optional<v1::SignedHead> ExportReader::ReadHead() {
  const auto bytes = TakeLp();
  v1::SignedHead head;
  if (!bytes || !head.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) {
    return std::nullopt;
  }
  return head;
}

}  // namespace doorstep::server
