// Two texts as one, word by word: what went is struck through and said so, what came is marked.
import { diffWordsWithSpace } from "diff";
import { say } from "../words/words";

export function Difference(props: { before: string; after: string }) {
  return (
    <>
      {diffWordsWithSpace(props.before, props.after).map((part, index) => {
        if (part.removed) {
          return (
            <del class="ds-gone" key={index}>
              <span class="govuk-visually-hidden">{say("difference.gone")} </span>
              {part.value}
            </del>
          );
        }
        if (part.added) {
          return (
            <ins class="ds-new" key={index}>
              <span class="govuk-visually-hidden">{say("difference.new")} </span>
              {part.value}
            </ins>
          );
        }
        return <span key={index}>{part.value}</span>;
      })}
    </>
  );
}

// One of two texts, with what the other does not have marked.
export function Against(props: { text: string; other: string }) {
  return (
    <>
      {diffWordsWithSpace(props.other, props.text)
        .filter((part) => !part.removed)
        .map((part, index) =>
          part.added ? (
            <mark class="ds-only" key={index}>
              {part.value}
            </mark>
          ) : (
            <span key={index}>{part.value}</span>
          ),
        )}
    </>
  );
}
