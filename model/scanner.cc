#include "model/scanner.h"

#include <cstdint>

#include "crypto/reason.h"
#include "google/protobuf/descriptor.h"

namespace doorstep {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class Scanner {
 public:
  explicit Scanner(ScanLimits limits) : limits_(limits) {}

  absl::Status Walk(std::string_view bytes, const Descriptor& type, int depth) {
    if (depth > limits_.depth) return MakeStatus(Reason::kLimit, "message nests too deeply");
    while (!bytes.empty()) {
      uint64_t tag = 0;
      if (!TakeVarint(bytes, tag) || tag >> 3 == 0 || tag > UINT32_MAX) return Broken();
      const FieldDescriptor* field = type.FindFieldByNumber(static_cast<int>(tag >> 3));
      std::string_view content;
      if (!TakeContent(bytes, static_cast<int>(tag & 7), content)) return Broken();
      bool message = field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE;
      if (field == nullptr || field->is_repeated() || message) {
        if (++elements_ > limits_.elements) {
          return MakeStatus(Reason::kLimit, "message has too many elements");
        }
      }
      if (message && (tag & 7) == 2) {
        absl::Status inner = Walk(content, *field->message_type(), depth + 1);
        if (!inner.ok()) return inner;
      }
    }
    return absl::OkStatus();
  }

 private:
  static absl::Status Broken() { return MakeStatus(Reason::kFormat, "message is malformed"); }

  static bool TakeVarint(std::string_view& bytes, uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 70 && !bytes.empty(); shift += 7) {
      uint8_t byte = static_cast<uint8_t>(bytes.front());
      bytes.remove_prefix(1);
      if (shift == 63 && byte > 1) return false;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  // Groups (3, 4) are refused: proto3 has none, and they nest without a length.
  static bool TakeContent(std::string_view& bytes, int wire_type, std::string_view& content) {
    uint64_t size = 0;
    switch (wire_type) {
      case 0:
        return TakeVarint(bytes, size);
      case 1:
        size = 8;
        break;
      case 2:
        if (!TakeVarint(bytes, size)) return false;
        break;
      case 5:
        size = 4;
        break;
      default:
        return false;
    }
    if (size > bytes.size()) return false;
    content = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return true;
  }

  ScanLimits limits_;
  int elements_ = 0;
};

}  // namespace

absl::Status ScanMessage(std::string_view bytes, const Descriptor& type, ScanLimits limits) {
  return Scanner(limits).Walk(bytes, type, 1);
}

absl::Status ParseMessage(std::string_view bytes, google::protobuf::Message& message,
                          ScanLimits limits) {
  absl::Status scanned = ScanMessage(bytes, *message.GetDescriptor(), limits);
  if (!scanned.ok()) return scanned;
  if (bytes.size() > INT32_MAX ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return MakeStatus(Reason::kFormat, "message is malformed");
  }
  return absl::OkStatus();
}

}  // namespace doorstep
