/* The ABI from C11, through the exported symbols of the shared library alone: a folder is made,
 * locked and unlocked, a draft is kept through it all, and every impossible call is an answer. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "client-core/include/doorstep/doorstep.h"

static int failures = 0;

static void expect(int holds, const char* what, int line) {
  if (holds) return;
  fprintf(stderr, "capi_test.c:%d: %s\n", line, what);
  ++failures;
}
#define EXPECT(condition) expect((condition) ? 1 : 0, #condition, __LINE__)

static ds_bytes text(const char* bytes) {
  ds_bytes view = {(const uint8_t*)bytes, strlen(bytes)};
  return view;
}

static const ds_bytes kNothing = {NULL, 0};

/* ClientOptions{argon_passes: 1, argon_memory_bytes: 64 MiB}: a PIN that is cheap to derive. */
static const uint8_t kCheap[] = {0x08, 0x01, 0x10, 0x80, 0x80, 0x80, 0x20};

/* Enrolment{request_file{kind: "COMPUTER"}} */
static const uint8_t kRequest[] = {0x12, 0x0a, 0x0a, 0x08, 'C', 'O', 'M', 'P', 'U', 'T', 'E', 'R'};

typedef struct {
  mtx_t mutex;
  cnd_t ended;
  int times;
  ds_status status;
  uint8_t answer[65536];
  size_t size;
} ending;

static ending told;

static void tell(void* context, ds_status status, ds_bytes answer, const ds_error* error) {
  ending* e = context;
  mtx_lock(&e->mutex);
  ++e->times;
  e->status = status;
  e->size = answer.size <= sizeof e->answer ? answer.size : 0;
  if (e->size > 0) memcpy(e->answer, answer.data, e->size);
  EXPECT((error == NULL) == (status == DS_OK));
  cnd_signal(&e->ended);
  mtx_unlock(&e->mutex);
}

static ds_status told_status(void) {
  mtx_lock(&told.mutex);
  while (told.times == 0) cnd_wait(&told.ended, &told.mutex);
  told.times = 0;
  mtx_unlock(&told.mutex);
  return told.status;
}

/* The device's request goes to a ceremony, and what that gives back makes the device a member. */
static void join(ds_client* client, const char* dir, const char* make_genesis) {
  static uint8_t way[65536];
  char path[600], command[2000];
  size_t size;
  ds_bytes request = {kRequest, sizeof kRequest};
  EXPECT(ds_enrol(client, request, tell, &told, NULL) == DS_OK);
  EXPECT(told_status() == DS_OK && told.size > 0);
  snprintf(path, sizeof path, "%s.request", dir);
  FILE* file = fopen(path, "wb");
  assert(file != NULL);
  EXPECT(fwrite(told.answer, 1, told.size, file) == told.size);
  fclose(file);
  snprintf(command, sizeof command, "'%s' '%s.request' '%s.genesis'", make_genesis, dir, dir);
  EXPECT(system(command) == 0);
  snprintf(path, sizeof path, "%s.genesis", dir);
  file = fopen(path, "rb");
  assert(file != NULL);
  size = fread(way + 8, 1, sizeof way - 8, file);
  fclose(file);
  /* Enrolment{genesis{genesis: …}} with lengths of three bytes */
  way[0] = 0x1a, way[4] = 0x0a;
  for (int i = 0; i < 2; ++i) {
    const size_t length = i == 0 ? size + 4 : size;
    uint8_t* at = way + (i == 0 ? 1 : 5);
    at[0] = (uint8_t)((length & 127) | 128);
    at[1] = (uint8_t)((length >> 7 & 127) | 128);
    at[2] = (uint8_t)(length >> 14);
  }
  ds_bytes genesis = {way, size + 8};
  EXPECT(ds_enrol(client, genesis, tell, &told, NULL) == DS_OK);
  EXPECT(told_status() == DS_OK);
  EXPECT(ds_enrol(client, genesis, tell, &told, NULL) == DS_OK);
  EXPECT(told_status() == DS_FAILED_PRECONDITION); /* it has joined already */
}

static void answer_never(void* context, ds_status status, ds_bytes answer, const ds_error* error) {
  (void)status, (void)answer, (void)error;
  ++*(int*)context;
}

static void impossible_calls(void) {
  ds_client* none = NULL;
  ds_client* invented = (ds_client*)(uintptr_t)0x1234567;
  ds_buffer buffer = {NULL, 0};
  ds_error error;
  uint8_t id[16] = {1};
  int calls = 0;
  for (int i = 0; i < 2; ++i) {
    ds_client* client = i == 0 ? none : invented;
    EXPECT(ds_client_unlock(client, text("123456"), &error) == DS_INVALID_ARGUMENT);
    EXPECT(error.status == DS_INVALID_ARGUMENT && error.reason == DS_REASON_ARG);
    EXPECT(ds_client_lock(client, NULL) == DS_INVALID_ARGUMENT);
    EXPECT(ds_client_status(client, &buffer, NULL) == DS_INVALID_ARGUMENT);
    EXPECT(ds_commit(client, kNothing, &buffer, NULL) == DS_INVALID_ARGUMENT);
    EXPECT(ds_record_get(client, 27, id, &buffer, NULL) == DS_INVALID_ARGUMENT);
    EXPECT(ds_sync_start(client, answer_never, &calls, NULL) == DS_INVALID_ARGUMENT);
    EXPECT(ds_request(client, kNothing, answer_never, &calls, NULL) == DS_INVALID_ARGUMENT);
    EXPECT(ds_enrol(client, kNothing, answer_never, &calls, NULL) == DS_INVALID_ARGUMENT);
    ds_sync_cancel(client);
    ds_client_close(client);
  }
  EXPECT(calls == 0);
  EXPECT(buffer.data == NULL && buffer.size == 0);
  EXPECT(ds_query_next((ds_query*)(uintptr_t)77, &buffer, NULL) == DS_INVALID_ARGUMENT);
  ds_query_close(NULL);
  ds_query_close((ds_query*)(uintptr_t)77);
  ds_buffer_free(NULL);
  ds_buffer_free(&buffer);
  ds_buffer_free(&buffer);
  EXPECT(ds_client_open(NULL, kNothing, NULL, &none, NULL) == DS_INVALID_ARGUMENT);
  EXPECT(ds_client_open("x", kNothing, NULL, NULL, NULL) == DS_INVALID_ARGUMENT);
  EXPECT(strcmp(ds_status_name(DS_NOT_FOUND), "DS_NOT_FOUND") == 0);
  EXPECT(strcmp(ds_status_name(DS_DONE), "DS_DONE") == 0);
  EXPECT(strcmp(ds_status_name(-3), "DS_UNKNOWN") == 0);
  EXPECT(strcmp(ds_status_name(17), "DS_UNKNOWN") == 0);
}

static void life_of_a_folder(const char* dir, const char* make_genesis) {
  ds_client* client = NULL;
  ds_client* second = NULL;
  ds_buffer buffer = {NULL, 0};
  ds_error error;
  uint8_t id[16] = {0};
  const uint8_t no_id[16] = {0};
  const ds_bytes options = {kCheap, sizeof kCheap};
  const ds_bytes pin = {(const uint8_t*)"a long passphrase", 17};
  const ds_bytes other = {(const uint8_t*)"another passphrase", 18};
  const ds_bytes huge = {(const uint8_t*)"x", SIZE_MAX};
  const ds_bytes null_bytes = {NULL, 5};

  EXPECT(ds_client_open(dir, options, NULL, &client, &error) == DS_OK);
  EXPECT(ds_client_open(dir, options, NULL, &second, &error) == DS_UNAVAILABLE);
  EXPECT(error.reason == DS_REASON_BUSY && second == NULL);
  EXPECT(ds_client_status(client, &buffer, NULL) == DS_OK && buffer.size > 0);
  ds_buffer_free(&buffer);

  /* Before there is a PIN nothing can be done, and nothing is made. */
  EXPECT(ds_client_unlock(client, pin, &error) == DS_FAILED_PRECONDITION);
  EXPECT(ds_record_new_id(client, id, &error) != DS_OK);
  EXPECT(ds_client_set_pin(client, kNothing, text("short"), &error) == DS_INVALID_ARGUMENT);
  EXPECT(ds_client_set_pin(client, kNothing, huge, &error) == DS_RESOURCE_EXHAUSTED);
  EXPECT(ds_client_set_pin(client, kNothing, null_bytes, &error) == DS_INVALID_ARGUMENT);
  EXPECT(ds_client_set_pin(client, kNothing, pin, &error) == DS_OK);
  EXPECT(ds_attention_list(client, &buffer, &error) == DS_FAILED_PRECONDITION);
  join(client, dir, make_genesis);

  EXPECT(ds_record_new_id(client, id, &error) == DS_OK && memcmp(id, no_id, 16) != 0);
  EXPECT(ds_draft_put(client, id, text("half a visit"), &error) == DS_OK);
  EXPECT(ds_draft_put(client, no_id, text("x"), &error) == DS_INVALID_ARGUMENT);
  EXPECT(ds_draft_put(client, id, huge, &error) == DS_RESOURCE_EXHAUSTED);
  EXPECT(ds_draft_get(client, id, NULL, &error) == DS_INVALID_ARGUMENT);

  EXPECT(ds_client_lock(client, &error) == DS_OK);
  EXPECT(ds_client_lock(client, &error) == DS_OK);
  EXPECT(ds_draft_get(client, id, &buffer, &error) == DS_UNAUTHENTICATED);
  EXPECT(error.reason == DS_REASON_LOCKED && buffer.data == NULL);
  EXPECT(ds_attention_list(client, &buffer, &error) == DS_UNAUTHENTICATED);
  EXPECT(ds_commit(client, kNothing, &buffer, &error) == DS_UNAUTHENTICATED);
  EXPECT(ds_client_unlock(client, other, &error) == DS_UNAUTHENTICATED);
  EXPECT(error.reason == DS_REASON_AUTH);
  ds_client_close(client);
  ds_client_close(client);

  /* The draft is there after everything was closed, byte for byte; the PIN can be changed. */
  EXPECT(ds_client_open(dir, options, NULL, &client, &error) == DS_OK);
  EXPECT(ds_client_unlock(client, pin, &error) == DS_OK);
  EXPECT(ds_client_unlock(client, other, &error) == DS_OK); /* unlocked: not looked at */
  EXPECT(ds_draft_get(client, id, &buffer, &error) == DS_OK);
  EXPECT(buffer.size == 12 && memcmp(buffer.data, "half a visit", 12) == 0);
  ds_buffer_free(&buffer);
  EXPECT(buffer.data == NULL && buffer.size == 0);
  EXPECT(ds_client_set_pin(client, other, pin, &error) == DS_UNAUTHENTICATED);
  EXPECT(ds_client_set_pin(client, pin, other, &error) == DS_OK);
  EXPECT(ds_client_lock(client, &error) == DS_OK);
  EXPECT(ds_client_unlock(client, other, &error) == DS_OK);
  EXPECT(ds_draft_put(client, id, kNothing, &error) == DS_OK);
  EXPECT(ds_draft_get(client, id, &buffer, &error) == DS_NOT_FOUND);
  ds_client_close(client);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (mtx_init(&told.mutex, mtx_plain) != thrd_success || cnd_init(&told.ended) != thrd_success) {
    return 2;
  }
  char clear[512];
  snprintf(clear, sizeof clear, "rm -rf '%s'", argv[1]);
  if (system(clear) != 0) return 2;
  EXPECT(ds_abi_version() == DS_ABI_VERSION);
  impossible_calls();
  life_of_a_folder(argv[1], argv[2]);
  return failures == 0 ? 0 : 1;
}
