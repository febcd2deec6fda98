// Verdicts as sentences for people: what was compared, what is missing, whom to ask. One sentence
// for each person a verdict rests on.
#ifndef DOORSTEP_MODEL_PROGRAMME_WORDS_H_
#define DOORSTEP_MODEL_PROGRAMME_WORDS_H_

#include <string>
#include <vector>

#include "model/programme.h"

namespace doorstep {

// "1 June 2012".
std::string LongDate(Day day);
// "autumn term 2013".
std::string TermWords(const TermId& term);

// The findings that decided, each a sentence.
std::vector<std::string> SentencesOf(const RuleSet& rules, const Rule& rule,
                                     const RuleResult& result, const Facts& facts);
// What a gate rests on: "unknown, because CRIME is unknown, EDU met, WORK met."
std::string GateSentence(const RuleSet& rules, int gate, const Evaluation& evaluation);

// Rules that are unknown and of which one answer, met or not met, would decide an unknown gate by
// itself: whose missing facts are worth asking for first. Indexes, ascending; empty for a gate that
// is not unknown.
std::vector<int> RulesThatWouldDecide(const RuleSet& rules, int gate, const Facts& facts, Day as_of,
                                      const Evaluation& evaluation);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_WORDS_H_
