#include "client-core/client/attachment.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "client-core/client/authority_view.h"
#include "client-core/client/edits.h"
#include "client-core/client/picture.h"
#include "client-core/client/questions.h"
#include "crypto/reason.h"
#include "model/safeguarding.h"
#include "model/value.h"

namespace doorstep::client {
namespace {

// Whether the shell says that the file is restricted; and that it writes nothing it must not.
absl::StatusOr<bool> ReadEdit(const RecordType& type, const v1::RecordEdit& edit) {
  bool restricted = false, texts = false;
  for (const v1::FieldEdit& field_edit : edit.fields()) {
    absl::StatusOr<const FieldType*> field =
        FieldNamed(type, field_edit.field(), field_edit.name());
    if (!field.ok()) return field.status();
    const uint32_t number = (*field)->number;
    const FileFields& own = type.file;
    if (number == own.content || number == own.length || number == own.plain_length ||
        number == own.key || number == own.restricted_key) {
      return MakeStatus(Reason::kArg, "the core writes what tells of a file's bytes");
    }
    absl::StatusOr<std::string> value = ValueNamed(**field, field_edit.value(), field_edit.json());
    if (!value.ok()) return value.status();
    if (number == own.restricted) restricted = DecodeBool(number, *value).value_or(false);
    texts = texts || ((*field)->kind == Kind::kText && !value->empty());
  }
  if (restricted && texts) {
    return MakeStatus(Reason::kArg, "a restricted file has no name and no caption");
  }
  return restricted;
}

absl::StatusOr<std::string> Cleaned(const Desk& desk, std::string_view bytes, int64_t now_ms) {
  if (bytes.size() > kPlainFileBytesMax) {
    return MakeStatus(Reason::kLimit, "a file has 20 MiB at most");
  }
  if (PictureKindOf(bytes) != PictureKind::kNone) {
    absl::StatusOr<OverlayScope*> directory = desk.store.overlay().Of(desk.tenant(), now_ms);
    if (!directory.ok()) return directory.status();
    if (!SafeguardingOn(*(*directory)->state, DayOf(now_ms)).photographs_allowed) {
      return MakeStatus(Reason::kState, "your authority does not allow pictures");
    }
  }
  return StripPicture(bytes);
}

void Write(v1::RecordEdit& edit, uint32_t field, std::string value) {
  v1::FieldEdit* added = edit.add_fields();
  added->set_field(field);
  added->set_value(std::move(value));
}

// The value of a field as the viewer shows it: opened, where it is sealed and a key is here.
std::optional<std::string> ShownValue(const v1::RecordView& record, uint32_t number) {
  for (const v1::FieldView& field : record.fields()) {
    if (field.field() != number || field.values().empty()) continue;
    const v1::ValueView& value = field.values(0);
    if (value.sealed()) return std::nullopt;
    return value.value();
  }
  return std::nullopt;
}

struct Named {
  const RecordType* type = nullptr;
  v1::RecordView record;
};
absl::StatusOr<Named> FindFileRecord(const Desk& desk, Readers& readers, const Id& id,
                                     int64_t now_ms) {
  for (const RecordType& type : desk.catalog().types()) {
    if (!type.HasFile()) continue;
    absl::StatusOr<v1::RecordView> record = AnswerGet(desk, readers, type.number, id, now_ms);
    if (record.ok()) return Named{&type, *std::move(record)};
    if (record.status().code() != absl::StatusCode::kNotFound) return record.status();
  }
  return MakeStatus(Reason::kNotFound, "no such file here");
}

// The key, whichever of both fields has it.
absl::StatusOr<Secret> KeyOf(const Named& named) {
  for (uint32_t field : {named.type->file.key, named.type->file.restricted_key}) {
    std::optional<std::string> value = ShownValue(named.record, field);
    std::optional<std::string_view> key;
    if (value) key = DecodeBytes(field, *value);
    if (key && key->size() == kStreamKeyBytes) return Secret::FromBytes(*key);
  }
  return MakeStatus(Reason::kState, "this file is restricted and waits for a colleague's device");
}

}  // namespace

absl::StatusOr<PreparedFile> PrepareFile(const Desk& desk, Readers& readers,
                                         const v1::NewFile& what, std::string_view bytes,
                                         int64_t now_ms) {
  std::optional<Id> scope = Id::FromBytes(what.scope());
  if (!scope || !desk.IsFamily(*scope)) {
    return MakeStatus(Reason::kArg, "a file belongs to a family");
  }
  v1::RecordEdit edit = what.record();
  absl::StatusOr<const RecordType*> type = TypeNamed(desk.catalog(), edit.type(), edit.type_name());
  if (!type.ok()) return type.status();
  if (!(*type)->HasFile()) return MakeStatus(Reason::kArg, "a record of this type has no file");
  absl::StatusOr<bool> restricted = ReadEdit(**type, edit);
  if (!restricted.ok()) return restricted.status();
  absl::StatusOr<std::string> plain = Cleaned(desk, bytes, now_ms);
  if (!plain.ok()) return plain.status();
  if (edit.id().empty()) edit.set_id(std::string(View(desk.random.Make<16>())));
  std::optional<Id> id = Id::FromBytes(edit.id());
  if (!id) return MakeStatus(Reason::kArg, "an id is 16 bytes");

  PreparedFile prepared;
  absl::StatusOr<SealedFile> file =
      SealFile({desk.tenant().bytes, scope->bytes, id->bytes}, *plain, desk.random);
  if (!file.ok()) return file.status();
  prepared.file = *std::move(file);
  const FileFields& own = (*type)->file;
  Write(edit, own.content, EncodeBytes(own.content, View(prepared.file.content)));
  Write(edit, own.length, EncodeI64(own.length, static_cast<int64_t>(prepared.file.length)));
  Write(edit, own.plain_length, EncodeI64(own.plain_length, static_cast<int64_t>(plain->size())));
  const uint32_t key = *restricted ? own.restricted_key : own.key;
  Write(edit, key, EncodeBytes(key, prepared.file.key.view()));
  v1::Edits edits;
  edits.set_scope(scope->str());
  *edits.add_records() = std::move(edit);
  absl::StatusOr<Prepared> record = PrepareEdits(desk, readers, edits, now_ms);
  if (!record.ok()) return record.status();
  prepared.record = *std::move(record);
  return prepared;
}

absl::Status KeepFile(const Desk& desk, const PreparedFile& prepared, int64_t now_ms) {
  const Changeset& changeset = prepared.record.changeset;
  return desk.store.InTransaction([&] {
    absl::Status kept =
        desk.store.attachments().PutOwn(changeset.scope, changeset.uid, prepared.file);
    return kept.ok() ? Keep(desk, prepared.record, "", now_ms) : kept;
  });
}

absl::Status ReadFile(const Desk& desk, Readers& readers, const Id& record,
                      absl::FunctionRef<absl::Status(std::string_view)> write, int64_t now_ms) {
  absl::StatusOr<Named> named = FindFileRecord(desk, readers, record, now_ms);
  if (!named.ok()) return named.status();
  const uint32_t content = named->type->file.content;
  std::optional<std::string> value = ShownValue(named->record, content);
  std::optional<std::string_view> name;
  if (value) name = DecodeBytes(content, *value);
  if (!name) return MakeStatus(Reason::kNotFound, "no such file here");
  const Id scope = Id::FromBytes(named->record.scope()).value_or(Id{});
  absl::StatusOr<std::optional<FileRow>> file = desk.store.attachments().Find(scope, *name);
  if (!file.ok()) return file.status();
  if (!*file || !(*file)->WholeHere()) {
    return MakeStatus(Reason::kState, "this file is not here yet: sync");
  }
  absl::StatusOr<Secret> key = KeyOf(*named);
  if (!key.ok()) return key.status();
  FileOpener opener(*key, {desk.tenant().bytes, scope.bytes, record.bytes}, (*file)->length);
  for (uint32_t number = 0; number < (*file)->chunks; ++number) {
    absl::StatusOr<std::string> chunk = desk.store.attachments().Chunk(**file, number);
    if (!chunk.ok()) return chunk.status();
    absl::StatusOr<std::string> plain = opener.Next(*chunk);
    if (!plain.ok()) return plain.status();
    absl::Status written = write(*plain);
    if (!written.ok()) return written;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::FileLine>> FileLines(const Desk& desk, int64_t now_ms) {
  absl::StatusOr<std::vector<FileRow>> files = desk.store.attachments().List();
  if (!files.ok()) return files.status();
  std::stable_partition(files->begin(), files->end(),
                        [](const FileRow& file) { return file.HasToGo() || file.HasToCome(); });
  std::vector<v1::FileLine> lines;
  std::map<std::pair<Id, std::string>, v1::RecordRef> records;
  for (const RecordType& type : desk.catalog().types()) {
    if (!type.HasFile()) continue;
    for (const FileRow& file : *files) {
      absl::StatusOr<OverlayScope*> seen = desk.store.overlay().Of(file.scope, now_ms);
      if (!seen.ok()) return seen.status();
      (*seen)->state->ForEach(type.number, [&](const Record& record) {
        const FieldType& content = *type.FindField(type.file.content);
        std::optional<std::string_view> name =
            DecodeBytes(content.number, ValueInForce(record, content));
        if (!name || *name != file.content) return;
        v1::RecordRef& ref = records[{file.scope, file.content}];
        ref.set_type(type.number);
        ref.set_type_name(type.name);
        ref.set_id(record.id.str());
      });
    }
  }
  for (const FileRow& file : *files) {
    v1::FileLine& line = lines.emplace_back();
    auto record = records.find({file.scope, file.content});
    if (record != records.end()) *line.mutable_record() = record->second;
    line.set_scope(file.scope.str());
    absl::StatusOr<OverlayScope*> seen = desk.store.overlay().Of(file.scope, now_ms);
    if (!seen.ok()) return seen.status();
    line.set_family(FamilyName(desk.catalog(), *(*seen)->state));
    line.set_bytes(file.length);
    line.set_chunks(file.chunks);
    line.set_here(file.here);
    line.set_at_office(file.at_office);
    line.set_to_send(file.HasToGo());
    line.set_to_fetch(file.HasToCome());
  }
  return lines;
}

}  // namespace doorstep::client
