// Sync and Invitations on the wire, for the port that asks for a device's certificate. Every call
// first finds out which device calls; then the service answers.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_SYNC_DOOR_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_SYNC_DOOR_H_

#include <memory>

#include "sync-server/service/calls.h"
#include "sync-server/service/limits.h"
#include "sync-server/service/sync_service.h"
#include "sync-server/service/watch_hub.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace doorstep::server {

struct SyncDoorParts {
  SyncService& service;
  WatchHub& hub;
  CallParts calls;
  ServiceLimits limits;
};

// To be registered with a server that ends before the parts do.
std::unique_ptr<grpc::Service> MakeSyncDoor(const SyncDoorParts& parts);
std::unique_ptr<grpc::Service> MakeInvitationsDoor(const SyncDoorParts& parts);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_SYNC_DOOR_H_
