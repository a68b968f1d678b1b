import { spawnSync } from 'node:child_process';
import type { LuaTable, LuaValue } from '../../../src/lua';
import { counterpart } from '../../helpers/counterparts';
import { lua } from '../support';

// No slash: it ends a pattern for pcre2test. No backslash in a subject: pcre2test would read an escape.
const PATTERNS = [
  '^(\\S+)@([\\w.-]+)$',
  '(a+)(b+)?(c)?',
  '(?i)(foo|bar)+',
  '(\\d{1,3})(?:\\.(\\d{1,3})){3}',
  '(?<!x)(ab)(?!c)',
  '(?=(a+))a*b\\1',
  '(?>(a+))b',
  '\\b(\\w)(\\w)?\\2?\\1\\b',
  '^(?:(\\()|[^()])+(?(1)\\))$',
  '(?P<q>[ab])(?&q)(?P=q)?',
  '(?|x(a)|y(b)(c))',
  '^((a|b)*?)(b)(.*)$',
  '(?s)^(.)(?-s)(.*)$',
  '[^[:space:]]+?(?:=|:)\\s*("[^"]*"|[^;]*)',
  '(a(*PRUNE)b|ac)',
  '(?:(?=(\\w+))\\1:){2}',
  '\\p{Lu}(\\p{Ll}*)',
  '(\\X)\\X?',
  'x*',
  '(?:a|(b))*(c)?',
];
const SUBJECTS = [
  'user@mail.example.com',
  'aabbc aac abcd',
  'FooBARfoo',
  '192.0.2.17 and 10.0.0.256',
  'xab abc ab',
  'aaab aaabaaa',
  'abba noon toot',
  '(balanced) not)',
  'ya ybc xa',
  'name="a b"; other:c;d',
  'ab:ab:',
  '\u00c9t\u00e9 \u00d6l',
  '',
];

/** What pcre2test finds: the groups up to the last that is set, one list for each subject; undefined for no match. */
function oracle(pattern: string): (string[] | undefined)[] {
  const input = `/${pattern}/utf\n${SUBJECTS.map((subject) => `    ${subject === '' ? '\\' : subject}`).join('\n')}\n\n`;
  const { stdout } = spawnSync('pcre2test', ['-q'], { input, encoding: 'utf8' });
  const results: (string[] | undefined)[] = [];
  for (const line of stdout.split('\n').slice(1)) {
    const [, group, text = ''] = /^ *(\d+): (.*)$/.exec(line) ?? [];
    if (line.startsWith('No match')) results.push(undefined);
    else if (group === '0') results.push([decode(text)]);
    else if (group !== undefined) results.at(-1)!.push(text === '<unset>' ? '' : decode(text));
  }
  return results;
}

/** pcre2test writes characters beyond ASCII as \x{hex}. */
const decode = (text: string) =>
  text.replace(/\\x\{([\da-f]+)\}/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));

const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const text = (value: LuaValue) => Buffer.from(value as string, 'latin1').toString('utf8');

function ours(pattern: string): (string[] | undefined)[] {
  const { run } = lua();
  run('require "pcre"');
  return SUBJECTS.map((subject) => {
    const [found] = run('return pcre.match(...)', bytes(subject), bytes(pattern));
    if (found === undefined) return undefined;
    const groups: string[] = [];
    for (let i = 0, group; (group = (found as LuaTable).get(i)) !== undefined; i++) groups.push(text(group));
    return groups;
  });
}

const compare = counterpart('pcre2test');
for (const pattern of PATTERNS) {
  compare(`${pattern} matches as pcre2test says`, () => {
    const expected = oracle(pattern);
    expect(expected).toHaveLength(SUBJECTS.length);
    expect(ours(pattern)).toEqual(expected);
  });
}
