// The office on the wire, on the port that asks for a device's certificate.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_OFFICE_DOOR_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_OFFICE_DOOR_H_

#include <memory>

#include "sync-server/service/calls.h"
#include "sync-server/service/limits.h"
#include "sync-server/service/office_service.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace doorstep::server {

struct OfficeDoorParts {
  OfficeService& service;
  CallParts calls;
  ServiceLimits limits;
};

// To be registered with a server that ends before the parts do.
std::unique_ptr<grpc::Service> MakeOfficeDoor(const OfficeDoorParts& parts);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_OFFICE_DOOR_H_
