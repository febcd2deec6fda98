#include "client-core/store/schema.h"

#include "client-core/store/limits.h"

namespace doorstep::client {
namespace {

// A commit writes to as few pages as it can: each is encrypted and goes to the disk before the
// person is told. So the outbox has one index, and texts are found through `seen`.
//
// A place is a scope's key and a number in its log in one integer, key * 2^40 + seq, so that a log
// is one stretch of one b-tree and needs no index beside it.
//
//   meta         name, value
//   scope        where each scope stands; key is this file's own small number for it
//   log          every entry pulled, as received
//   head         the signed heads of page ends
//   outbox       what no pulled log has shown yet. position < 0: carried, with the old meta
//   record       the fold of the log: cells as model/record encodes them
//   held         changesets that wait for a decision, or were decided. entry: their place
//   seen         of what a person sees: every record; text_row of search_text, or 0; the values in
//                force of its indexed fields, and the cells that wait for a person (field_index.h).
//                A family's records lie together, since they are written together
//   search_text  of what a person sees: the searched texts of a record, each after U+001E, and in
//                `fields` their field numbers as u32
//   search       the words of search_text, up to the row that meta names
//   draft        what is being written
//   file         what travels beside records (attachments.h). own: made here. hashes: of its
//   chunks,
//                empty while nobody has told them. asked_ms: when the office last said what it has
//   chunk        chunks that are here. sent: the office has said that it has this one
Schema Make() {
  static_assert(kPlaceSeqBits == 40);
  Schema schema;
  schema.version = kStoreVersion;
  schema.tables = {
      "CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID",
      "CREATE TABLE scope(key INTEGER PRIMARY KEY, scope BLOB NOT NULL UNIQUE, "
      "seq INTEGER NOT NULL, hash BLOB NOT NULL, state_digest BLOB NOT NULL, "
      "archived_seq INTEGER NOT NULL, flags INTEGER NOT NULL) STRICT",
      "CREATE TABLE log(place INTEGER PRIMARY KEY, uid BLOB NOT NULL, hash BLOB NOT NULL, "
      "signature BLOB NOT NULL, meta BLOB NOT NULL, changeset BLOB NOT NULL) STRICT",
      // Of a scope: a page of entries then goes to one page of the index, or two.
      "CREATE INDEX log_uid ON log(place >> 40, uid)",
      "CREATE TABLE head(place INTEGER PRIMARY KEY, head BLOB NOT NULL, signature BLOB NOT NULL) "
      "STRICT",
      "CREATE TABLE outbox(position INTEGER PRIMARY KEY, scope BLOB NOT NULL, uid BLOB NOT NULL, "
      "bytes INTEGER NOT NULL, saved_ms INTEGER NOT NULL, answer INTEGER NOT NULL, "
      "reason INTEGER NOT NULL, verdict INTEGER NOT NULL, seq INTEGER NOT NULL, "
      "marks INTEGER NOT NULL, asked_ms INTEGER NOT NULL, retry_at_ms INTEGER NOT NULL, "
      "old_meta BLOB NOT NULL, signature BLOB NOT NULL, changeset BLOB NOT NULL) STRICT",
      "CREATE INDEX outbox_key ON outbox(scope, uid, answer, bytes)",
      "CREATE INDEX outbox_urgent ON outbox(position) WHERE marks & 16",
      "CREATE TABLE record(row INTEGER PRIMARY KEY, scope INTEGER NOT NULL, type INTEGER NOT NULL, "
      "id BLOB NOT NULL, made_seq INTEGER NOT NULL, made_actor BLOB NOT NULL, "
      "cells BLOB NOT NULL) STRICT",
      "CREATE UNIQUE INDEX record_key ON record(scope, type, id, made_seq)",
      "CREATE TABLE held(entry INTEGER PRIMARY KEY, uid BLOB NOT NULL, reason INTEGER NOT NULL, "
      "outcome INTEGER NOT NULL, decided_seq INTEGER NOT NULL) STRICT",
      "CREATE INDEX held_uid ON held(uid)",
      "CREATE TABLE seen(scope INTEGER NOT NULL, type INTEGER NOT NULL, id BLOB NOT NULL, "
      "made_seq INTEGER NOT NULL, text_row INTEGER NOT NULL, fields BLOB NOT NULL, "
      "contested BLOB NOT NULL, PRIMARY KEY(scope, type, id)) STRICT, WITHOUT ROWID",
      "CREATE INDEX seen_contested ON seen(scope, type, id, contested) WHERE contested != x''",
      "CREATE TABLE search_text(row INTEGER PRIMARY KEY, scope INTEGER NOT NULL, "
      "type INTEGER NOT NULL, id BLOB NOT NULL, fields BLOB NOT NULL, text TEXT NOT NULL) STRICT",
      "CREATE VIRTUAL TABLE search USING fts5(text, content='search_text', content_rowid='row', "
      "columnsize=0, detail=none, tokenize='unicode61 remove_diacritics 2')",
      "CREATE TABLE draft(id BLOB PRIMARY KEY, scope BLOB NOT NULL, saved_ms INTEGER NOT NULL, "
      "bytes BLOB NOT NULL) STRICT",
      "CREATE TABLE file(scope BLOB NOT NULL, content BLOB NOT NULL, uid BLOB NOT NULL, "
      "length INTEGER NOT NULL, hashes BLOB NOT NULL, own INTEGER NOT NULL, chunks INTEGER NOT "
      "NULL, here INTEGER NOT NULL, at_office INTEGER NOT NULL, asked_ms INTEGER NOT NULL, "
      "PRIMARY KEY(scope, content)) STRICT, WITHOUT ROWID",
      "CREATE TABLE chunk(scope BLOB NOT NULL, content BLOB NOT NULL, number INTEGER NOT NULL, "
      "sent INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(scope, content, number)) STRICT",
  };
  schema.shadows = {
      "CREATE TABLE 'search_data'(id INTEGER PRIMARY KEY, block BLOB)",
      "CREATE TABLE 'search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID",
      "CREATE TABLE 'search_config'(k PRIMARY KEY, v) WITHOUT ROWID",
  };
  schema.first_rows = {
      // What is taken out of the index is overwritten, not merely marked.
      "INSERT INTO search(search, rank) VALUES('secure-delete', 1)",
      // Leaves that fit into one page of the file, which SQLCipher makes smaller by 80 bytes.
      "INSERT INTO search(search, rank) VALUES('pgsz', 3900)",
  };
  return schema;
}

}  // namespace

const Schema& StoreSchema() {
  static const Schema& schema = *new Schema(Make());
  return schema;
}

}  // namespace doorstep::client
