// Every word that may be read here, found on this device. What was looked for is in no address.
import { useEffect, useRef, useState } from "preact/hooks";
import type { SearchHit } from "../../../gen/doorstep/v1/client_pb";
import type { Id } from "../../core/bytes";
import { hex } from "../../core/bytes";
import { search } from "../../core/core";
import { familyNames } from "../../core/families";
import { Line } from "../../parts/fields";
import { Page } from "../../parts/page";
import { to } from "../../routes";
import { explain } from "../../words/explain";
import { code, count, say } from "../../words/words";

const PAUSE_MS = 150;

interface Found {
  hits: SearchHit[];
  names: Map<Id, string>;
}

export function Search() {
  const [words, setWords] = useState("");
  const [found, setFound] = useState<Found>();
  const [error, setError] = useState<unknown>();
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    if (words.trim().length < 2) {
      setFound(undefined);
      return undefined;
    }
    const timer = setTimeout(() => {
      Promise.all([search(words.trim()), familyNames()]).then(
        ([hits, names]) => mine === turn.current && setFound({ hits, names }),
        (failed: unknown) => mine === turn.current && setError(failed),
      );
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <Page title={say("search.title")}>
      <Line
        id="words"
        label={say("search.words")}
        hint={say("search.hint")}
        type="search"
        value={words}
        onValue={setWords}
      />
      {error !== undefined && <p class="govuk-error-message">{explain(error)}</p>}
      <p class="govuk-body" role="status">
        {found !== undefined && count("search.found", found.hits.length)}
      </p>
      {found !== undefined && (
        <ol class="ds-cards">
          {found.hits.map((hit) => (
            <Hit hit={hit} names={found.names} key={`${hex(hit.record?.id ?? hit.scope)}${hit.field}`} />
          ))}
        </ol>
      )}
    </Page>
  );
}

// The words found stand between U+2068 and U+2069.
function Snippet(props: { text: string }) {
  return (
    <>
      {props.text.split("\u2068").map((part, index) => {
        const [marked, rest] = index === 0 ? ["", part] : part.split("\u2069", 2);
        return (
          <span key={index}>
            {marked !== "" && <mark class="ds-only">{marked}</mark>}
            {rest}
          </span>
        );
      })}
    </>
  );
}

function Hit(props: { hit: SearchHit; names: Map<Id, string> }) {
  const { hit } = props;
  const scope = hex(hit.scope);
  const type = hit.record?.typeName ?? "";
  return (
    <li class="ds-card">
      <p class="ds-card__title">
        <a class="govuk-link" href={to.record(scope, hex(hit.record?.id ?? hit.scope))}>
          {props.names.get(scope)} · {code("type", type)}
        </a>
      </p>
      <p class="ds-card__line">
        <span class="ds-quiet">{code("field", hit.field.toUpperCase())}:</span> <Snippet text={hit.snippet} />
      </p>
    </li>
  );
}
