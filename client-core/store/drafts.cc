#include "client-core/store/drafts.h"

#include "client-core/store/limits.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

constexpr size_t kDraftIdBytesMax = 64;

Draft ReadDraft(Statement& row) {
  Draft draft;
  draft.id = row.Blob(0);
  draft.scope = row.ReadId(1);
  draft.saved_ms = row.Int(2);
  draft.bytes = row.Blob(3);
  return draft;
}

}  // namespace

absl::Status Drafts::Put(const Draft& draft) {
  if (draft.id.empty() || draft.id.size() > kDraftIdBytesMax) {
    return MakeStatus(Reason::kArg, "a draft's id has 1 to 64 bytes");
  }
  if (draft.bytes.size() > kDraftBytesMax)
    return MakeStatus(Reason::kLimit, "the draft is too long");
  Statement others = database_.Prepare("SELECT count(*) FROM draft WHERE id != ?1");
  bool full = others.Bind(1, draft.id).Step() && others.Int(0) >= kDraftsMax;
  if (!others.status().ok()) return others.status();
  if (full) return MakeStatus(Reason::kLimit, "too many drafts");
  Statement put = database_.Prepare(
      "INSERT OR REPLACE INTO draft(id, scope, saved_ms, bytes) VALUES(?1, ?2, ?3, ?4)");
  return put.Bind(1, draft.id)
      .Bind(2, draft.scope)
      .Bind(3, draft.saved_ms)
      .Bind(4, draft.bytes)
      .Run();
}

absl::StatusOr<std::optional<Draft>> Drafts::Get(std::string_view id) const {
  Statement get = database_.Prepare("SELECT id, scope, saved_ms, bytes FROM draft WHERE id = ?1");
  std::optional<Draft> draft;
  if (get.Bind(1, id).Step()) draft = ReadDraft(get);
  if (!get.status().ok()) return get.status();
  return draft;
}

absl::StatusOr<std::vector<Draft>> Drafts::List() const {
  Statement list =
      database_.Prepare("SELECT id, scope, saved_ms, bytes FROM draft ORDER BY saved_ms DESC, id");
  std::vector<Draft> drafts;
  while (list.Step()) drafts.push_back(ReadDraft(list));
  if (!list.status().ok()) return list.status();
  return drafts;
}

absl::Status Drafts::Remove(std::string_view id) {
  return database_.Prepare("DELETE FROM draft WHERE id = ?1").Bind(1, id).Run();
}

absl::Status Drafts::RemoveOf(const Id& scope) {
  return database_.Prepare("DELETE FROM draft WHERE scope = ?1").Bind(1, scope).Run();
}

}  // namespace doorstep::client
