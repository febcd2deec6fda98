/* Doorstep's client core, as C sees it: one encrypted folder on one device, its records, and the
 * contacts with the office. Everything a shell needs crosses here; a new kind of record, question
 * or online call is a message of proto/doorstep/v1/client.proto and adds no function.
 *
 * Conventions
 *  1. A handle is opaque. It is looked up at each call: null, closed or made up, it is answered
 *     with DS_INVALID_ARGUMENT and nothing is touched. An id is 16 bytes. Records, questions and
 *     answers are serialized messages of client.proto; each function names its own.
 *  2. A ds_bytes is borrowed until the call returns (in a callback: until the callback returns). A
 *     ds_buffer belongs to the caller once filled; ds_buffer_free overwrites and frees it. The
 *     core writes an output, it never reads one: a buffer that still holds something leaks.
 *  3. A ds_status is a google.rpc.Code, the same number in C, C++ and gRPC, or DS_DONE. Every
 *     ds_error* may be null. An error owns no memory and holds no content: a status, the finer
 *     reason (DS_REASON_…) and, where there is one, the id of what it is about.
 *  4. On any status but DS_OK the outputs are empty and nothing was stored, unless the function
 *     says otherwise. A null or impossible argument, bytes that are no such message, and unknown
 *     types, fields and numbers are answers, never a crash.
 *  5. Any thread may call. Calls on one client are served one at a time, each whole. None of them
 *     waits for a network: what needs one runs on the client's own thread and answers by callback.
 *  6. Done and answer callbacks come from that thread, each exactly once unless the start itself
 *     was refused (then never), and none after ds_client_close has returned. In a callback of a
 *     client every call into that client is answered DS_FAILED_PRECONDITION, and ds_client_close
 *     does nothing. An exception out of a callback is stopped at the border and counts as a
 *     return. Functions of ds_host may be called on any thread, during any call, and must not call
 *     back.
 *  7. A client opens locked. Locked, every call about records, drafts or the office is answered
 *     DS_UNAUTHENTICATED; before the device has joined an authority, DS_FAILED_PRECONDITION. A PIN
 *     is bytes, not a string: the core overwrites its copies, the shell its own.
 *  8. Words of a person are safe in three steps, on each record that is read and in the status:
 *     saved on this device, received by the office, archived. A shell shows the step it was given.
 *  9. Text out of a record is given exactly as it was written. Whoever shows it isolates it: it
 *     may hold anything, in any direction of writing.
 */
#ifndef DOORSTEP_DOORSTEP_H_
#define DOORSTEP_DOORSTEP_H_

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define DS_EXPORT __attribute__((visibility("default")))
#else
#define DS_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define DS_ABI_VERSION 1u

typedef int32_t ds_status;
enum {
  DS_OK = 0,
  DS_CANCELLED = 1,
  DS_UNKNOWN = 2,
  DS_INVALID_ARGUMENT = 3,
  DS_DEADLINE_EXCEEDED = 4,
  DS_NOT_FOUND = 5,
  DS_ALREADY_EXISTS = 6,
  DS_PERMISSION_DENIED = 7,
  DS_RESOURCE_EXHAUSTED = 8,
  DS_FAILED_PRECONDITION = 9,
  DS_ABORTED = 10,
  DS_OUT_OF_RANGE = 11,
  DS_UNIMPLEMENTED = 12,
  DS_INTERNAL = 13,
  DS_UNAVAILABLE = 14,
  DS_DATA_LOSS = 15,
  DS_UNAUTHENTICATED = 16,
  DS_DONE = 100 /* ds_query_next: every answer has been given */
};

/* ds_error.reason: finer than the status, the same numbers as on the wire, for ever. */
enum {
  DS_REASON_NONE = 0,
  DS_REASON_ARG = 1,         /* impossible argument */
  DS_REASON_FORMAT = 2,      /* not what it claims to be */
  DS_REASON_STATE = 3,       /* not now */
  DS_REASON_WIPED = 4,       /* the keys of this folder are destroyed */
  DS_REASON_KEY = 5,         /* the key is not here, or not this file's */
  DS_REASON_EXPIRED = 6,     /* a certificate has run out */
  DS_REASON_LOCKED = 7,      /* unlock first */
  DS_REASON_AUTH = 8,        /* wrong PIN, signature or certificate */
  DS_REASON_DENIED = 9,      /* no right */
  DS_REASON_TRUST = 10,      /* signed, but not by whom the directory entitles */
  DS_REASON_INVITATION = 11, /* enrolment refused */
  DS_REASON_NOT_FOUND = 12,  /* not there, or not for this person to see */
  DS_REASON_LIMIT = 13,      /* more than allowed */
  DS_REASON_NO_MEMORY = 14,
  DS_REASON_DISK = 15,      /* no space; nothing was stored */
  DS_REASON_KEY_STORE = 16, /* the key store answered, but not with a key */
  DS_REASON_IO = 17,        /* a read, write or sync failed */
  DS_REASON_BUSY = 18,      /* later: the office is not there, or somebody else holds the folder */
  DS_REASON_INTEGRITY = 19, /* bytes are damaged or forged */
  DS_REASON_CONFLICT = 20,  /* the same uid with other bytes */
  DS_REASON_VERSION = 21,   /* newer than this program */
  DS_REASON_UNSUPPORTED = 22,
  DS_REASON_CANCELLED = 23,
  DS_REASON_INTERNAL = 24 /* our mistake */
};

typedef struct {
  const uint8_t* data; /* may be null if size is 0 */
  size_t size;
} ds_bytes;

typedef struct {
  uint8_t* data; /* null if size is 0 */
  size_t size;
} ds_buffer;

typedef struct {
  ds_status status;
  int32_t reason;      /* DS_REASON_… */
  uint8_t subject[16]; /* the id it is about; zeros if there is none */
} ds_error;

typedef struct ds_client ds_client;
typedef struct ds_query ds_query;

typedef int32_t ds_key_store_status;
enum {
  DS_KEY_STORE_OK = 0,
  DS_KEY_STORE_NOT_FOUND = 1,      /* certainly absent: the one answer after which a key is made */
  DS_KEY_STORE_LOCKED = 2,         /* ask again when the person has unlocked the device */
  DS_KEY_STORE_AUTH_CANCELLED = 3, /* the person turned the prompt away */
  DS_KEY_STORE_INVALIDATED = 4,    /* destroyed by the platform: enrol again as a new device */
  DS_KEY_STORE_OTHER = 5           /* stop; keep everything; make nothing */
};

/* What a shell lends for the life of a client. Every function may be null, and `size` is that of
 * the struct as the shell was compiled: it may grow at its end, and what lies beyond it counts as
 * null. The three key store functions come together or not at all; without them the device's secret
 * lies in a file beside the vault, readable by its owner only, and a PIN must be a passphrase of 12
 * characters or more. The core keeps a copy of the struct, and `context` as it is. */
typedef struct {
  size_t size;
  void* context;
  /* Fills `into` (room for *n bytes) and sets *n. One that does not fit is DS_KEY_STORE_OTHER. */
  ds_key_store_status (*key_store_get)(void* context, const char* name, uint8_t* into, size_t* n);
  ds_key_store_status (*key_store_put)(void* context, const char* name, ds_bytes secret);
  ds_key_store_status (*key_store_delete)(void* context, const char* name);
  /* A line of codes and shortened ids, never of content. level: 0 to know, 1 warning, 2 error. */
  void (*log)(void* context, int32_t level, const char* line);
  /* Milliseconds since 1970-01-01 UTC, in place of the system clock. It is shown and recorded with
   * its doubt, and orders nothing: any answer is taken. */
  int64_t (*now_ms)(void* context);
  /* A SyncProgress, at each step of a contact: on the client's own thread, to be returned from at
   * once. Nothing is told of it after the contact has been told as done. */
  void (*sync_progress)(void* context, ds_bytes progress);
} ds_host;

/* Fills `into` with at most `capacity` bytes and returns how many; 0 ends, less than 0 stops. */
typedef int64_t (*ds_read_fn)(void* context, uint8_t* into, size_t capacity);
/* Takes a piece; anything but 0 stops. */
typedef int32_t (*ds_write_fn)(void* context, ds_bytes piece);

/* Ends ds_sync_start. `report` is a SyncReport, also of a contact that failed half way; `error` is
 * null exactly if `status` is DS_OK. */
typedef void (*ds_done_fn)(void* context, ds_status status, ds_bytes report, const ds_error* error);
/* Ends ds_enrol and ds_request: the whole answer, or nothing and an error. */
typedef void (*ds_answer_fn)(void* context, ds_status status, ds_bytes answer,
                             const ds_error* error);

/* ---- Library --------------------------------------------------------------------------------- */

/* DS_ABI_VERSION of the library that was loaded. A shell compares it with its own before anything.
 */
DS_EXPORT uint32_t ds_abi_version(void);

/* "DS_OK", "DS_NOT_FOUND" …; "DS_UNKNOWN" for a number that is none. Lives for ever. */
DS_EXPORT const char* ds_status_name(ds_status status);

/* Overwrites, frees and empties. Null, empty or already freed: nothing happens. */
DS_EXPORT void ds_buffer_free(ds_buffer* buffer);

/* ---- Client ---------------------------------------------------------------------------------- */

/* Opens the folder `dir` (absolute or relative, no "..") and holds it alone until it is closed. The
 * folder is made if it is missing, for its owner only; its parent must be there. Nothing is
 * decrypted and no key is made: a new folder is in life NEW until a first PIN is set. `options` is
 * a ClientOptions and may be empty; `host` may be null. Fails: INVALID_ARGUMENT (no folder, a
 * link); FAILED_PRECONDITION (open to others, another owner's, on a network); UNAVAILABLE with
 * reason BUSY (open elsewhere) or IO; UNIMPLEMENTED (written by a newer program: it is left as it
 * is); RESOURCE_EXHAUSTED (64 clients are open). */
DS_EXPORT ds_status ds_client_open(const char* dir, ds_bytes options, const ds_host* host,
                                   ds_client** client, ds_error* error);

/* Cancels what runs, waits for its end, overwrites the keys and lets the folder go. Queries of the
 * client are closed with it. What was committed is on disk already. */
DS_EXPORT void ds_client_close(ds_client* client);

/* Derives the key from the PIN: half a second on purpose, so not on the thread that draws. Unlocked
 * already: the PIN is not looked at and the answer is DS_OK. Fails: FAILED_PRECONDITION with reason
 * STATE (life NEW: set a PIN) or KEY; UNAUTHENTICATED with reason AUTH (wrong PIN; a wait grows
 * with each) ; UNAVAILABLE with reason KEY_STORE; DATA_LOSS. A failure creates and deletes nothing.
 */
DS_EXPORT ds_status ds_client_unlock(ds_client* client, ds_bytes pin, ds_error* error);

/* The keys are gone when it returns; a contact under way ends with DS_UNAUTHENTICATED, queries are
 * closed, drafts and everything committed stay. Locked already: DS_OK. */
DS_EXPORT ds_status ds_client_lock(ds_client* client, ds_error* error);

/* Replaces the PIN, atomically: after a failure the old one holds. In life NEW `old_pin` is empty
 * and the device's keys, its vault and its database are made, and the client is unlocked. A PIN has
 * 6 bytes or more, 12 where no key store is lent, at most 1,024. Slow, like ds_client_unlock. */
DS_EXPORT ds_status ds_client_set_pin(ds_client* client, ds_bytes old_pin, ds_bytes new_pin,
                                      ds_error* error);

/* A Status. Answered while locked too; then it tells life, lock and addresses, and no count. */
DS_EXPORT ds_status ds_client_status(ds_client* client, ds_buffer* status, ds_error* error);

/* ---- Joining --------------------------------------------------------------------------------- */

/* `way` is an Enrolment. A code asks the office by the invitation and, once an administrator has
 * confirmed it, takes what makes this device one of the authority's: called again with the same
 * code it goes on where it was. A request file makes nothing but public keys for the ceremony; a
 * genesis bundle is what the ceremony gives back. The answer is a FirstRequest for a request file,
 * a Status otherwise. Needs an unlocked client. Starts nothing, and calls nothing, unless it
 * returns DS_OK. */
DS_EXPORT ds_status ds_enrol(ds_client* client, ds_bytes way, ds_answer_fn answer, void* context,
                             ds_error* error);

/* ---- Records --------------------------------------------------------------------------------- */

/* A random id. Needed only where one edit must name what another makes; else leave ids empty. */
DS_EXPORT ds_status ds_record_new_id(ds_client* client, uint8_t id[16], ds_error* error);

/* What ds_commit would say of these Edits, as Findings. Stores nothing. */
DS_EXPORT ds_status ds_check(ds_client* client, ds_bytes edits, ds_buffer* findings,
                             ds_error* error);

/* Signs the Edits as one changeset and stores it in one transaction with what people now see; the
 * draft it names ends with it. On DS_OK it is on disk, and `committed` is a Committed, which may
 * expect that the office will hold it: that is kept all the same. Fails: INVALID_ARGUMENT (reason
 * ARG or FORMAT, `subject` the record), NOT_FOUND, RESOURCE_EXHAUSTED, FAILED_PRECONDITION (this
 * device does not count yet). On failure the draft is kept. */
DS_EXPORT ds_status ds_commit(ds_client* client, ds_bytes edits, ds_buffer* committed,
                              ds_error* error);

/* One record as a RecordView, with what this device has not sent yet. Fails: NOT_FOUND. */
DS_EXPORT ds_status ds_record_get(ds_client* client, uint32_t type, const uint8_t id[16],
                                  ds_buffer* record, ds_error* error);

/* ---- Files beside records ---------------------------------------------------------------------
 */

/* Takes a file of at most 20 MiB from `read`, cuts location out of pictures, encrypts it, and
 * commits the record of `what`, a NewFile, with it in one transaction. It leaves this device in
 * later contacts, piece by piece; records never wait for it. `committed` is a Committed. Fails as
 * ds_commit does; FAILED_PRECONDITION where the authority allows no pictures; INVALID_ARGUMENT with
 * reason FORMAT for a picture that cannot be read; RESOURCE_EXHAUSTED; CANCELLED if `read` stops.
 * `read` is called inside the call, on its thread. */
DS_EXPORT ds_status ds_attachment_put(ds_client* client, ds_bytes what, ds_read_fn read,
                                      void* context, ds_buffer* committed, ds_error* error);

/* Gives the file of a record to `write`, piece by piece, inside the call. What was written counts
 * only if it returns DS_OK. Fails: NOT_FOUND; FAILED_PRECONDITION (not all of it is here yet, or
 * its key is sealed and nobody has shared it); DATA_LOSS; CANCELLED if `write` stops. */
DS_EXPORT ds_status ds_attachment_get(ds_client* client, const uint8_t id[16], ds_write_fn write,
                                      void* context, ds_error* error);

/* ---- Drafts ---------------------------------------------------------------------------------- */

/* Keeps the bytes as they are, whatever they are, under the shell's own id, through lock, kill and
 * update. Empty bytes remove the draft. Fails: RESOURCE_EXHAUSTED; then the older draft is kept. */
DS_EXPORT ds_status ds_draft_put(ds_client* client, const uint8_t id[16], ds_bytes draft,
                                 ds_error* error);

/* The bytes. Fails: NOT_FOUND. */
DS_EXPORT ds_status ds_draft_get(ds_client* client, const uint8_t id[16], ds_buffer* draft,
                                 ds_error* error);

/* ---- Questions ------------------------------------------------------------------------------- */

/* Asks a Query. The answers are those of the moment it was asked, whatever is committed or pulled
 * meanwhile. The query is the caller's and ends with ds_query_close or with its client; a lock
 * takes its answers away for good. */
DS_EXPORT ds_status ds_query_open(ds_client* client, ds_bytes query, ds_query** opened,
                                  ds_error* error);

/* The same for a SearchRequest: full text, offline, best first. */
DS_EXPORT ds_status ds_search(ds_client* client, ds_bytes search, ds_query** opened,
                              ds_error* error);

/* The next Answer, or DS_DONE with an empty buffer, again and again. After a lock: UNAUTHENTICATED.
 */
DS_EXPORT ds_status ds_query_next(ds_query* query, ds_buffer* answer, ds_error* error);

DS_EXPORT void ds_query_close(ds_query* query);

/* ---- What waits for a person ----------------------------------------------------------------- */

/* An Attention: conflicts, held and unsendable work, what to approve, what broke. */
DS_EXPORT ds_status ds_attention_list(ds_client* client, ds_buffer* attention, ds_error* error);

/* Commits `edits` as the answer to an item of the last list (AttentionItem.id). Fails as ds_commit
 * does; NOT_FOUND if the item has been settled since, so that nobody answers what is no longer
 * asked. */
DS_EXPORT ds_status ds_attention_resolve(ds_client* client, const uint8_t item[16], ds_bytes edits,
                                         ds_buffer* committed, ds_error* error);

/* ---- The office ------------------------------------------------------------------------------ */

/* Begins one contact: pulls what is new, pushes what is unsent, heals a restored office. Returns at
 * once. Fails: FAILED_PRECONDITION (one is under way, or the device has not joined). A contact that
 * fails has kept every step it finished, and the next one goes on from there. */
DS_EXPORT ds_status ds_sync_start(ds_client* client, ds_done_fn done, void* context,
                                  ds_error* error);

/* Ends the contact, enrolment or request under way with DS_CANCELLED; does not wait for that. */
DS_EXPORT void ds_sync_cancel(ds_client* client);

/* An online call: a Request out, a Reply back. Fails: FAILED_PRECONDITION (another one, or a
 * contact, is under way). Nothing is queued: what could not be asked now was not asked. */
DS_EXPORT ds_status ds_request(ds_client* client, ds_bytes request, ds_answer_fn answer,
                               void* context, ds_error* error);

/* ---- Programmes ------------------------------------------------------------------------------ */

/* Tries rule-sets out: a ProgrammeTrial in, a ProgrammeTrialResult out. Reads and judges what it is
 * given and nothing else; needs no client, no folder and no PIN. Mistakes in the files are part of
 * the result, and DS_OK. */
DS_EXPORT ds_status ds_programme_try(ds_bytes trial, ds_buffer* result, ds_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* DOORSTEP_DOORSTEP_H_ */
