// Enrol on the wire, for the port that asks for no certificate.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_ENROL_DOOR_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_ENROL_DOOR_H_

#include <memory>

#include "sync-server/service/calls.h"
#include "sync-server/service/enrol_service.h"
#include "sync-server/service/limits.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace doorstep::server {

struct EnrolDoorParts {
  EnrolService& service;
  CallParts calls;
  ServiceLimits limits;
};

// To be registered with a server that ends before the parts do.
std::unique_ptr<grpc::Service> MakeEnrolDoor(const EnrolDoorParts& parts);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_ENROL_DOOR_H_
