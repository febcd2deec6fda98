// Names, identifiers and postcodes as they are compared: so that O'Brien is OBRIEN and Siân SIAN,
// whoever typed them. Pure. The only file that asks ICU.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_NAMES_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace doorstep::server {

// Letters that do not come apart are folded (ß SS, Ø O, Ł L, Æ AE, Œ OE, Đ D, Þ TH), the rest comes
// apart by NFKD and loses its marks; upper case; what is not A-Z, space or hyphen is taken out, a
// hyphen is a space, spaces are single, a leading MR, MRS, MISS, MS or DR goes. "" for a name in
// another script: it compares with nothing.
std::string NormalName(std::string_view name);
// The same without its spaces: how family names compare.
std::string JoinedName(std::string_view name);
// The first word of it: how given names compare.
std::string FirstWord(std::string_view name);

// Upper case without spaces: identifiers and postcodes.
std::string NormalCode(std::string_view code);
// A national insurance number without its last letter, which is often left out.
std::string NormalNino(std::string_view nino);
// The part of a normal postcode before its last three; "" when there is none.
std::string OutwardOf(std::string_view normal_postcode);

// YYYYMMDD of a date in days since 1970-01-01; years 1 to 9999.
std::string DigitsOf(int32_t days);

// Optimal string alignment distance of two ASCII texts: how many letters are put in, left out,
// changed or exchanged with the next.
int Distance(std::string_view a, std::string_view b);
// Written almost alike: one such slip in four letters or more, two in eight or more (of the
// shorter).
bool IsNear(std::string_view a, std::string_view b);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_NAMES_H_
