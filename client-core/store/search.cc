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
constexpr std::string_view kOpen = "\xe2\x81\xa8";          // U+2068
constexpr std::string_view kClose = "\xe2\x81\xa9";         // U+2069
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

absl::Status Search::Load() {
  absl::StatusOr<std::optional<int64_t>> row = meta_.GetInt(meta::kIndexedRow);
  if (!row.ok()) return row.status();
  indexed_row_ = row->value_or(0);
  Statement last = database_.Prepare("SELECT max(row) FROM search_text");
  last_row_ = std::max(indexed_row_, last.Step() ? last.Int(0) : 0);
  return last.status();
}

absl::StatusOr<std::vector<SearchHit>> Search::Find(std::string_view words, std::optional<Id> scope,
                                                    int limit) {
  absl::StatusOr<std::string> expression = MatchExpression(words);
  if (!expression.ok()) return expression.status();
  const ScopeRow* wanted = scope ? log_.Find(*scope) : nullptr;
  if (expression->empty() || (scope && wanted == nullptr)) return std::vector<SearchHit>();
  const int64_t key = wanted == nullptr ? 0 : wanted->key;
  const size_t most =
      static_cast<size_t>(limit <= 0 ? kSearchHitsMax : std::min(limit, kSearchHitsMax));

  Transaction transaction(database_);
  if (!transaction.status().ok()) return Match(*expression, key, most);
  absl::Status status = IndexTexts();
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<SearchHit>> hits = Match(*expression, key, most);
  // Where the index could not be kept the hits are right all the same.
  if (!transaction.Commit().ok()) Load().IgnoreError();
  return hits;
}

absl::StatusOr<std::vector<SearchHit>> Search::Match(const std::string& expression,
                                                     int64_t scope_key, size_t most) const {
  std::vector<SearchHit> hits;
  Statement find = database_.Prepare(
      "SELECT t.scope, t.type, t.id, t.fields, highlight(search, 0, ?2, ?3) "
      "FROM search JOIN search_text t ON t.row = search.rowid "
      "WHERE search MATCH ?1 AND (?4 = 0 OR t.scope = ?4) ORDER BY search.rowid DESC");
  find.BindText(1, expression).BindText(2, kOpen).BindText(3, kClose).Bind(4, scope_key);
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

absl::StatusOr<int64_t> Search::Put(int64_t scope_key, const Record& record, int64_t row) {
  const Texts texts = TextsOf(catalog_.Find(record.type), record);
  if (row != 0) {
    Statement there = database_.Prepare("SELECT text, fields FROM search_text WHERE row = ?1");
    const bool same =
        there.Bind(1, row).Step() && there.Blob(0) == texts.text && there.Blob(1) == texts.fields;
    if (!there.status().ok()) return there.status();
    if (same) return row;
  }
  absl::Status status = Drop(row);
  if (!status.ok()) return status;
  if (texts.text.empty()) return 0;
  Statement put = database_.Prepare(
      "INSERT INTO search_text(row, scope, type, id, fields, text) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  put.Bind(1, ++last_row_).Bind(2, scope_key).Bind(3, record.type).Bind(4, record.id);
  status = put.Bind(5, texts.fields).BindText(6, texts.text).Run();
  if (status.ok() && last_row_ - indexed_row_ >= kUnindexedTextsMax) status = IndexTexts();
  if (!status.ok()) return status;
  return last_row_;
}

absl::Status Search::IndexTexts() {
  Statement rows =
      database_.Prepare("SELECT row, text FROM search_text WHERE row > ?1 ORDER BY row");
  int64_t last = indexed_row_;
  rows.Bind(1, indexed_row_);
  while (rows.Step()) {
    last = rows.Int(0);
    Statement index = database_.Prepare("INSERT INTO search(rowid, text) VALUES(?1, ?2)");
    absl::Status status = index.Bind(1, last).BindText(2, rows.Blob(1)).Run();
    if (!status.ok()) return status;
  }
  if (!rows.status().ok() || last == indexed_row_) return rows.status();
  absl::Status noted = meta_.SetInt(meta::kIndexedRow, last);
  if (noted.ok()) indexed_row_ = last;
  return noted;
}

absl::Status Search::Drop(int64_t row) {
  if (row == 0) return absl::OkStatus();
  if (row <= indexed_row_) {
    // FTS5 is told what it had indexed, and takes exactly that out.
    Statement text = database_.Prepare("SELECT text FROM search_text WHERE row = ?1");
    bool there = text.Bind(1, row).Step();
    if (!text.status().ok()) return text.status();
    if (!there) return MakeStatus(Reason::kIntegrity, "search: a text is missing");
    Statement unindex =
        database_.Prepare("INSERT INTO search(search, rowid, text) VALUES('delete', ?1, ?2)");
    absl::Status status = unindex.Bind(1, row).BindText(2, text.Blob(0)).Run();
    if (!status.ok()) return status;
  }
  return database_.Prepare("DELETE FROM search_text WHERE row = ?1").Bind(1, row).Run();
}

absl::Status Search::DropScope(int64_t scope_key) {
  Statement rows = database_.Prepare("SELECT text_row FROM seen WHERE scope = ?1");
  rows.Bind(1, scope_key);
  while (rows.Step()) {
    absl::Status status = Drop(rows.Int(0));
    if (!status.ok()) return status;
  }
  return rows.status();
}

}  // namespace doorstep::client
