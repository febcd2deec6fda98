// Takes out of a picture what tells where, when and with what it was made, before it is encrypted:
// after that nobody could. The image itself is not touched: no pixel is decoded and encoded again.
//
// JPEG: libjpeg-turbo writes the same coefficients anew without any marker that was there (EXIF,
// XMP, IPTC, comments, thumbnails inside them, whatever a maker has added, bytes behind the end).
// Which way up it is to be shown is read by libexif and put back, alone. PNG: only chunks that draw
// the image are kept.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_PICTURE_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_PICTURE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace doorstep::client {

enum class PictureKind : uint8_t { kNone, kJpeg, kPng };
// By its first bytes, whatever it is called.
PictureKind PictureKindOf(std::string_view bytes);

// The picture without its story; anything else as it is. INVALID_ARGUMENT (E_FORMAT): it begins
// like a picture and is none that can be read, so nothing can be said about what is in it.
absl::StatusOr<std::string> StripPicture(std::string_view bytes);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_PICTURE_H_
