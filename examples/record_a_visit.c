/* The C ABI in one sitting: a supervisor's first device joins, begins a family and records a visit.
 *
 *   record_a_visit FOLDER request FILE     makes the device's keys, and a request for the ceremony
 *   record_a_visit FOLDER visit GENESIS    takes what the ceremony gave back, and records the visit
 *
 * What crosses is protobuf (client.proto); three small functions are enough to write and read it. A
 * real shell uses a generated class, and asks for the passphrase instead of carrying one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "client-core/include/doorstep/doorstep.h"

typedef struct {
  uint8_t bytes[32768];
  size_t size;
} message;

static void varint(message* m, size_t value) {
  for (; value >= 128; value >>= 7) m->bytes[m->size++] = (uint8_t)(value | 128);
  m->bytes[m->size++] = (uint8_t)value;
}

static void put(message* m, unsigned field, const void* bytes, size_t size) {
  if (m->size + size + 16 > sizeof m->bytes) exit(1);
  varint(m, field << 3 | 2);
  varint(m, size);
  memcpy(m->bytes + m->size, bytes, size);
  m->size += size;
}

/* The first field of that number which holds bytes; none: data is null. */
static ds_bytes get(ds_bytes m, unsigned field) {
  for (size_t at = 0; at < m.size;) {
    size_t part[2] = {0, 0}; /* tag, then value or length */
    for (int i = 0; i < 2; ++i) {
      for (int shift = 0; at < m.size; shift += 7) {
        part[i] |= (size_t)(m.data[at] & 127) << shift;
        if (m.data[at++] < 128) break;
      }
    }
    if (part[0] == (field << 3 | 2)) return (ds_bytes){m.data + at, part[1]};
    if ((part[0] & 7) == 2) at += part[1];
  }
  return (ds_bytes){NULL, 0};
}

static ds_bytes view(const message* m) { return (ds_bytes){m->bytes, m->size}; }
static ds_bytes text(const char* t) { return (ds_bytes){(const uint8_t*)t, strlen(t)}; }

static void must(ds_status status, const ds_error* error, const char* doing) {
  if (status == DS_OK) return;
  fprintf(stderr, "could not %s: %s, reason %d\n", doing, ds_status_name(status), error->reason);
  exit(1);
}

/* FieldEdit{name, json} into a RecordEdit. */
static void set(message* record, const char* name, const char* json) {
  message field = {.size = 0};
  put(&field, 2, name, strlen(name));
  put(&field, 4, json, strlen(json));
  put(record, 4, field.bytes, field.size);
}

static void set_id(message* record, const char* name, const uint8_t* id) {
  char json[40] = "\"";
  for (int i = 0; i < 16; ++i) sprintf(json + 1 + 2 * i, "%02x", id[i]);
  set(record, name, strcat(json, "\""));
}

static message new_record(const char* type, const uint8_t* id) {
  message record = {.size = 0};
  put(&record, 2, type, strlen(type));
  if (id != NULL) put(&record, 3, id, 16);
  return record;
}

/* What runs on the client's own thread ends here. */
typedef struct {
  mtx_t mutex;
  cnd_t ended;
  int done;
  ds_status status;
  ds_error error;
  FILE* file; /* where the answer goes; may be null */
} waiting;

static void end(void* context, ds_status status, ds_bytes answer, const ds_error* error) {
  waiting* w = context;
  mtx_lock(&w->mutex);
  if (w->file != NULL) fwrite(answer.data, 1, answer.size, w->file);
  w->status = status;
  if (error != NULL) w->error = *error;
  w->done = 1;
  cnd_signal(&w->ended);
  mtx_unlock(&w->mutex);
}

static void wait_for(waiting* w, const char* doing) {
  mtx_lock(&w->mutex);
  while (!w->done) cnd_wait(&w->ended, &w->mutex);
  mtx_unlock(&w->mutex);
  must(w->status, &w->error, doing);
  w->done = 0;
}

static message enrolment(const char* step, const char* path, waiting* w) {
  message way = {.size = 0}, inner = {.size = 0};
  if (strcmp(step, "request") == 0) {
    put(&inner, 1, "COMPUTER", 8);
    put(&way, 2, inner.bytes, inner.size);
    w->file = fopen(path, "wb");
  } else {
    uint8_t bundle[32000];
    FILE* file = fopen(path, "rb");
    const size_t size = file == NULL ? 0 : fread(bundle, 1, sizeof bundle, file);
    if (file != NULL) fclose(file);
    put(&inner, 1, bundle, size);
    put(&way, 3, inner.bytes, inner.size);
  }
  return way;
}

/* Query{records{type_name "Team"}}, and the id of the first. */
static void find_team(ds_client* client, uint8_t id[16]) {
  message records = {.size = 0}, query = {.size = 0};
  ds_query* opened;
  ds_buffer answer;
  ds_error error;
  put(&records, 2, "Team", 4);
  put(&query, 1, records.bytes, records.size);
  must(ds_query_open(client, view(&query), &opened, &error), &error, "ask for the team");
  must(ds_query_next(opened, &answer, &error), &error, "find a team");
  memcpy(id, get(get((ds_bytes){answer.data, answer.size}, 1), 3).data, 16);
  ds_buffer_free(&answer);
  ds_query_close(opened);
}

/* One changeset: the family, a child, her name and the first visit. */
static void record(ds_client* client) {
  uint8_t team[16], child[16], episode[16];
  ds_error error;
  ds_buffer committed, status;
  find_team(client, team);
  must(ds_client_status(client, &status, &error), &error, "read the status");
  must(ds_record_new_id(client, child, &error), &error, "make an id");
  must(ds_record_new_id(client, episode, &error), &error, "make an id");
  message records[4] = {new_record("Family", NULL), new_record("Person", child),
                        new_record("PersonName", NULL), new_record("Visit", NULL)};
  set(&records[0], "name", "\"Example\"");
  set_id(&records[0], "team", team);
  set(&records[1], "role", "\"CHILD\"");
  set(&records[1], "joined_on", "\"2026-11-25\"");
  set_id(&records[2], "person", child);
  set(&records[2], "family", "\"Example\"");
  set_id(&records[3], "episode", episode); /* a supervisor's to begin: "not here yet" until then */
  set_id(&records[3], "worker", get((ds_bytes){status.data, status.size}, 5).data);
  set(&records[3], "state", "\"UNDER_WAY\"");
  set(&records[3], "started_at", "\"2026-11-25T14:05:00.000Z\"");
  set(&records[3], "account", "\"Ada and her mother were at home. They would like help.\"");
  ds_buffer_free(&status);
  message edits = {.bytes = {0x10, 1}, .size = 2}; /* begin_family */
  for (int i = 0; i < 4; ++i) put(&edits, 3, records[i].bytes, records[i].size);
  must(ds_commit(client, view(&edits), &committed, &error), &error, "record the visit");
  printf("saved on this device, family ");
  const ds_bytes scope = get((ds_bytes){committed.data, committed.size}, 2);
  for (size_t i = 0; i < scope.size; ++i) printf("%02x", scope.data[i]);
  printf("\n");
  ds_buffer_free(&committed);
}

int main(int argc, char** argv) {
  if (argc != 4 || ds_abi_version() != DS_ABI_VERSION) return 2;
  const int first = strcmp(argv[2], "request") == 0;
  ds_client* client;
  ds_error error;
  waiting w = {.done = 0, .file = NULL};
  if (mtx_init(&w.mutex, mtx_plain) != thrd_success || cnd_init(&w.ended) != thrd_success) return 1;
  must(ds_client_open(argv[1], (ds_bytes){NULL, 0}, NULL, &client, &error), &error, "open");
  const ds_bytes pin = text("only an example"), none = {NULL, 0};
  must(first ? ds_client_set_pin(client, none, pin, &error) : ds_client_unlock(client, pin, &error),
       &error, "unlock");
  const message way = enrolment(argv[2], argv[3], &w);
  must(ds_enrol(client, view(&way), end, &w, &error), &error, "enrol");
  wait_for(&w, "enrol");
  if (first) {
    fclose(w.file);
  } else {
    must(ds_sync_start(client, end, &w, &error), &error, "reach the office");
    wait_for(&w, "reach the office");
    record(client);
  }
  ds_client_close(client);
  return 0;
}
