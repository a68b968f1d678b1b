/** The SMTP dialogue of an attempt, as far as the simulation knows it. */
import { shownText } from '../bytes';
import type { EndedAttempt } from './attempts';
import { argumentsText } from './smtp-arguments';

export interface DialogueLine {
  /** `>`: sent to the far side. `<`: its reply. `=`: what became of the connection. */
  readonly direction: '>' | '<' | '=';
  readonly text: string;
}

/** One thing that is said, and what a far side replies that goes on to the next. */
interface Step {
  /** At which a refusal belongs to this step (4/4-log-formats-connection-stages). */
  readonly stages: readonly number[];
  readonly says: readonly string[];
  readonly reply?: string;
}

/** What a new connection begins with. */
const opening = ({ remote }: EndedAttempt, hostname: string): Step[] => [
  { stages: [12], says: [], reply: `220 ${remote} ESMTP` },
  { stages: [10, 11], says: [`EHLO ${hostname}`], reply: `250 ${remote}` },
];

function transaction({ message, additions }: EndedAttempt): Step[] {
  const { mailArguments, rcptArguments, raw } = additions;
  const size = raw?.length ?? message.size;
  const mail = `MAIL FROM:<${message.from}>${argumentsText(mailArguments)}`;
  const rcpt = `RCPT TO:<${message.to}>${argumentsText(rcptArguments)}`;
  return [
    { stages: [2, 3], says: [shownText(mail)], reply: '250 2.1.0 OK' },
    { stages: [4, 5], says: [shownText(rcpt)], reply: '250 2.1.5 OK' },
    { stages: [6, 7], says: ['DATA'], reply: '354 go ahead' },
    { stages: [8, 9], says: [size === undefined ? '(message)' : `(message of ${size} bytes)`, '.'] },
  ];
}

const FAILURES = { refuse: 'connection refused', timeout: 'connection timed out' } as const;

/** `hostname`: what the server calls itself. */
export function dialogueOf(attempt: EndedAttempt, hostname: string): readonly DialogueLine[] {
  if (attempt.dialogue) return attempt.dialogue;
  const { behaviour, isFirst } = attempt;
  if (behaviour.kind !== 'reply') return [{ direction: '=', text: FAILURES[behaviour.kind] }];
  const steps = [...(isFirst ? opening(attempt, hostname) : []), ...transaction(attempt)];
  const isAccepted = behaviour.code < 300;
  const last = isAccepted
    ? steps.length - 1
    : steps.findIndex(({ stages }) => stages.includes(behaviour.stage));
  if (last === -1) return [{ direction: '<', text: behaviour.text }];
  return steps
    .slice(0, last + 1)
    .flatMap(({ says, reply }, index) => [
      ...says.map((text): DialogueLine => ({ direction: '>', text })),
      { direction: '<', text: index < last && reply !== undefined ? reply : behaviour.text },
    ]);
}
