#include "client-core/store/search.h"

#include <algorithm>
#include <vector>

#include "client-core/store/limits.h"
#include "crypto/bytes.h"
#include "crypto/reason.h"
#include "model/value.h"

namespace doorstep::client {
namespace {

// Stands before each text of a row. No text holds it: values have no such control characters.
constexpr char kBefore = '\x1e';
constexpr std::string_view kOpen = "\xe2\x81\xa8";   // U+2068
constexpr std::string_view kClose = "\xe2\x81\xa9";  // U+2069
constexpr size_t kSnippetBefore = 60, kSnippetAfter = 160;  // bytes about the first word found

bool IsWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<uint8_t>(c) >= 0x80;
}

// "words" AND "as" AND "typed"*: each in quotes, so that none of them is an operator.
absl::StatusOr<std::string> MatchExpression(std::string_view words) {
  if (words.size() > kSearchBytesMax) return MakeStatus(Reason::kLimit, "search: too long");
  std::vector<std::string> found(1);
  for (char c : words) {
    if (IsWordByte(c)) {
      found.back() += c;
    } else if (!found.back().empty()) {
      found.emplace_back();
    }
  }
  if (found.back().empty()) found.pop_back();
  if (found.size() > kSearchWordsMax) return MakeStatus(Reason::kLimit, "search: too many words");
  std::string expression;
  for (const std::string& word : found) {
    if (!expression.empty()) expression += " AND ";
    expression += '"' + word + '"';
  }
  if (!expression.empty()) expression += '*';
  return expression;
}

struct Texts {
  std::string fields;  // u32 each
  std::string text;    // kBefore and a text, in the same order
};

Texts TextsOf(const RecordType* type, const Record& record) {
  Texts texts;
  for (const auto& [number, cell] : record.cells) {
    const FieldType* field = type == nullptr ? nullptr : type->FindField(number);
    if (field == nullptr || !field->searched || field->cls != v1::CASE) continue;
    for (const LiveWrite* write : InForce(cell, *field)) {
      std::optional<std::vector<Element>> elements = DecodeElements(number, write->value);
      if (!elements) continue;
      for (const Element& element : *elements) {
        if (!element.is_bytes || element.bytes.find(kBefore) != std::string_view::npos) continue;
        AppendU32(texts.fields, number);
        texts.text += kBefore;
        texts.text += element.bytes;
      }
    }
  }
  return texts;
}

size_t CountMarks(std::string_view text) {
  size_t marks = 0;
  for (size_t at = text.find(kOpen); at != text.npos; at = text.find(kOpen, at + kOpen.size())) {
    ++marks;
  }
  return marks;
}

// Moves a cut to where a character begins.
size_t Boundary(std::string_view text, size_t at) {
  while (at < text.size() && (static_cast<uint8_t>(text[at]) & 0xc0) == 0x80) ++at;
  return std::min(at, text.size());
}

std::string CutSnippet(std::string_view marked) {
  size_t first = marked.find(kOpen);
  if (first == marked.npos) first = 0;
  size_t begin = first > kSnippetBefore ? Boundary(marked, first - kSnippetBefore) : 0;
  size_t end = Boundary(marked, std::min(marked.size(), first + kSnippetAfter));
  std::string snippet(marked.substr(begin, end - begin));
  if (snippet.rfind(kOpen) != snippet.npos &&
      (snippet.rfind(kClose) == snippet.npos || snippet.rfind(kClose) < snippet.rfind(kOpen))) {
    snippet += kClose;
  }
  if (begin > 0) snippet.insert(0, "…");
  if (end < marked.size()) snippet += "…";
  return snippet;
}

// The text in which most of the words were found, of a row with its words marked.
void ChooseText(std::string_view marked, std::string_view fields, SearchHit& hit) {
  size_t most = 0, at = 0;
  std::string_view best;
  for (size_t i = 0; i + 4 <= fields.size() && at < marked.size(); i += 4) {
    size_t next = marked.find(kBefore, at + 1);
    std::string_view text = marked.substr(at + 1, next == marked.npos ? next : next - at - 1);
    size_t marks = CountMarks(text);
    if (i == 0 || marks > most) {
      most = marks;
      best = text;
      hit.field = 0;
      for (size_t b = 4; b-- > 0;) hit.field = hit.field << 8 | static_cast<uint8_t>(fields[i + b]);
    }
    if (next == marked.npos) break;
    at = next;
  }
  hit.snippet = CutSnippet(best);
}

}  // namespace

absl::StatusOr<std::vector<SearchHit>> Search::Find(std::string_view words, std::optional<Id> scope,
                                                    int limit) const {
  std::vector<SearchHit> hits;
  absl::StatusOr<std::string> expression = MatchExpression(words);
  if (!expression.ok()) return expression.status();
  const ScopeRow* wanted = scope ? log_.Find(*scope) : nullptr;
  if (expression->empty() || (scope && wanted == nullptr)) return hits;
  const size_t most = limit <= 0 ? kSearchHitsMax : std::min(limit, kSearchHitsMax);

  Statement find = database_.Prepare(
      "SELECT t.scope, t.type, t.id, t.fields, highlight(search, 0, ?2, ?3) "
      "FROM search JOIN search_text t ON t.row = search.rowid "
      "WHERE search MATCH ?1 AND (?4 = 0 OR t.scope = ?4) ORDER BY search.rowid DESC");
  find.BindText(1, *expression).BindText(2, kOpen).BindText(3, kClose);
  find.Bind(4, wanted == nullptr ? int64_t{0} : wanted->key);
  while (hits.size() < most && find.Step()) {
    const ScopeRow* row = log_.FindByKey(find.Int(0));
    if (row == nullptr || row->Has(kHidden)) continue;
    SearchHit hit;
    hit.record.scope = row->scope;
    hit.record.type = static_cast<uint32_t>(find.Int(1));
    hit.record.id = find.ReadId(2);
    ChooseText(find.Blob(4), find.Blob(3), hit);
    hits.push_back(std::move(hit));
  }
  if (!find.status().ok()) return find.status();
  return hits;
}

absl::Status Search::Put(int64_t scope_key, const Record& record) {
  const Texts texts = TextsOf(catalog_.Find(record.type), record);
  if (texts.text.empty()) return Drop(scope_key, record.type, record.id);
  {
    Statement there = database_.Prepare(
        "SELECT text, fields FROM search_text WHERE scope = ?1 AND type = ?2 AND id = ?3");
    there.Bind(1, scope_key).Bind(2, record.type).Bind(3, record.id);
    bool same = there.Step() && there.Blob(0) == texts.text && there.Blob(1) == texts.fields;
    if (!there.status().ok()) return there.status();
    if (same) return absl::OkStatus();
  }
  absl::Status status = Drop(scope_key, record.type, record.id);
  if (!status.ok()) return status;
  int64_t row = 0;
  {
    Statement put = database_.Prepare(
        "INSERT INTO search_text(scope, type, id, fields, text) VALUES(?1, ?2, ?3, ?4, ?5) "
        "RETURNING row");
    put.Bind(1, scope_key).Bind(2, record.type).Bind(3, record.id).Bind(4, texts.fields);
    if (put.BindText(5, texts.text).Step()) row = put.Int(0);
    while (put.Step()) {
    }
    if (!put.status().ok()) return put.status();
  }
  Statement index = database_.Prepare("INSERT INTO search(rowid, text) VALUES(?1, ?2)");
  return index.Bind(1, row).BindText(2, texts.text).Run();
}

absl::Status Search::Remove(Statement& rows) {
  // FTS5 is told what it had indexed, so the text goes out of it before it goes out of its table.
  std::vector<int64_t> gone;
  while (rows.Step()) {
    Statement unindex =
        database_.Prepare("INSERT INTO search(search, rowid, text) VALUES('delete', ?1, ?2)");
    absl::Status status = unindex.Bind(1, rows.Int(0)).BindText(2, rows.Blob(1)).Run();
    if (!status.ok()) return status;
    gone.push_back(rows.Int(0));
  }
  if (!rows.status().ok()) return rows.status();
  for (int64_t row : gone) {
    absl::Status status =
        database_.Prepare("DELETE FROM search_text WHERE row = ?1").Bind(1, row).Run();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Search::Drop(int64_t scope_key, uint32_t type, const Id& id) {
  Statement rows = database_.Prepare(
      "SELECT row, text FROM search_text WHERE scope = ?1 AND type = ?2 AND id = ?3");
  return Remove(rows.Bind(1, scope_key).Bind(2, type).Bind(3, id));
}

absl::Status Search::DropScope(int64_t scope_key) {
  Statement rows = database_.Prepare("SELECT row, text FROM search_text WHERE scope = ?1");
  return Remove(rows.Bind(1, scope_key));
}

}  // namespace doorstep::client
