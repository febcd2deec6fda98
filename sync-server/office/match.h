// How likely two people are one: points and their reasons, nothing else. The same for a search, for
// known families and for rows of partner data. Pure: no store, no records, no clock.
//
//   compared                                   points
//   UPN (also former) or NHS number, both      equal +60 · different -60
//   NINO, both                                 equal +50 · different -60
//   LA child id, both                          equal +40 · different -40
//   birth date                                 equal +20 · day and month exchanged, or one of its
//                                              eight digits different, +10 · else -30 · missing 0
//   family name, joined                        equal +12 · near +7 · else -10
//   given name, first word                     equal +10 · near, or one begins the other (three
//                                              letters), or an initial, +5 · else -8 · missing 0
//   sex, both known                            different -8
//   UPRN, postcode, outward part: the best     equal +10 · +8 · +2; nothing for somebody whose
//                                              address is confidential
//
// Best over all names and all addresses, past ones too.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_MATCH_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_MATCH_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "doorstep/v1/office.pb.h"

namespace doorstep::server {

enum class Sex : uint8_t { kUnknown, kFemale, kMale };
enum class AddressMay : uint8_t { kCount, kNotCount };

// One side of a comparison. Texts are normal (names.h); an absent one is missing, never different.
struct Identity {
  struct Name {
    std::string given;   // first word
    std::string family;  // joined
  };
  std::vector<Name> names;
  std::optional<int32_t> birth_on;  // exact ones only
  Sex sex = Sex::kUnknown;
  std::set<std::string> upns;  // former ones too
  std::set<std::string> nhs_numbers;
  std::set<std::string> ninos;
  std::set<std::string> la_child_ids;
  std::set<std::string> uprns;
  std::set<std::string> postcodes;
  AddressMay address = AddressMay::kCount;
};

struct Match {
  int points = 0;
  bool identifier_equal = false;
  bool identifier_different = false;
  bool birth_equal = false;
  std::vector<v1::MatchGround> grounds;  // those that gave or took points
};
Match Compare(const Identity& asked, const Identity& known);
// A row that carries the reference it was asked by: nothing else counts.
Match KnownByReference();

struct Thresholds {
  int likely = 50;  // settings MATCH_LIKELY and MATCH_POSSIBLE
  int possible = 30;
};
// LIKELY: that many points with an identifier or the birth date equal and no identifier different.
// POSSIBLE: the lower number, or the higher without the rest. Unspecified: no match.
v1::FamilyHit::Band BandOf(const Match& match, const Thresholds& thresholds);

// Two people whom one row fits this closely are chosen between by hand.
inline constexpr int kAmbiguousPoints = 10;

// The birth dates, as YYYYMMDD, that are worth points against this one: itself, day and month
// exchanged, each of its digits changed. Some are no dates; nobody is found by those.
std::set<std::string> BirthDigitsNear(const std::string& digits);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_MATCH_H_
