/**
 * Conformance: one test for each documented fact about the product, and one for each choice of docs/fidelity.json.
 * The facts are the data of `rows/`, one file for each subject.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Row {
  /** `http-2-3`: subject, section, number. */
  readonly id: string;
  /** What the product does, in one sentence. */
  readonly fact: string;
  /** Pages of the product's documentation. */
  readonly doc: string;
}

interface Choice {
  readonly id: string;
  readonly question: string;
}

type Body = () => void | Promise<void>;

const json = (file: string): unknown => JSON.parse(readFileSync(path.resolve(__dirname, file), 'utf8'));

/** Tests by the ids of one subject's rows; `end` fails for rows without a test and tests without a row. */
export function conformance(subject: string) {
  return tests(
    (json(`rows/${subject}.json`) as Row[]).map(({ id, fact }): [string, string] => [id, fact]),
    `rows of ${subject}`,
  );
}

/** The same for the choices whose ids have a prefix. */
export function choices(prefix: string) {
  const { sections } = json('../../docs/fidelity.json') as { sections: { choices?: Choice[] }[] };
  const all = sections.flatMap((section) => section.choices ?? []);
  const own = all.filter(({ id }) => id.replace(/\d+$/, '') === prefix);
  return tests(
    own.map(({ id, question }): [string, string] => [id, question]),
    `choices ${prefix}`,
  );
}

function tests(entries: readonly [id: string, title: string][], what: string) {
  const titles = new Map(entries);
  const seen = new Set<string>();
  function row(id: string, body: Body): void {
    seen.add(id);
    test(`${id}: ${titles.get(id) ?? 'is not in the data'}`, async () => {
      await body();
    });
  }
  /** To be called once, after the last row. */
  function end(): void {
    test(`all ${what} have a test, and all tests a row`, () => {
      expect([...seen].sort()).toEqual([...titles.keys()].sort());
    });
  }
  return { row, end };
}
