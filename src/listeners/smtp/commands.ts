import type { Conversation } from './conversation';
import { auth } from './auth';
import { xclient, xdumpcontext, xremoteip, xsetcontext } from './extensions';
import { ehlo, helo } from './greeting';
import { REPLIES, type Answer } from './replies';
import { expn, help, noop, quit, rset, vrfy } from './simple-commands';
import { starttls } from './starttls';
import { data, mail, rcpt } from './transaction';

/** `argument`: without blanks around it; `line`: the whole line with CRLF. Byte strings. */
type Command = (conversation: Conversation, argument: string, line: string) => Answer | Promise<Answer>;

const COMMANDS: Readonly<Record<string, Command>> = {
  HELO: helo,
  EHLO: ehlo,
  MAIL: mail,
  RCPT: rcpt,
  DATA: data,
  RSET: rset,
  NOOP: noop,
  VRFY: vrfy,
  EXPN: expn,
  HELP: help,
  QUIT: quit,
};

/** Commands that there are when `SMTP_Extensions` has the extension of that name. */
const EXTENSION_COMMANDS: Readonly<Record<string, Command>> = {
  STARTTLS: starttls,
  AUTH: auth,
  XDUMPCONTEXT: xdumpcontext,
  XSETCONTEXT: xsetcontext,
  XREMOTEIP: xremoteip,
  XCLIENT: xclient,
};

/** What `Require_EHLO` lets through before a client has said hello. */
const BEFORE_HELLO = ['HELO', 'EHLO', 'QUIT'];

/** Runs a command line; `text` is without its line end. */
export function runCommand(conversation: Conversation, text: string): Answer | Promise<Answer> {
  const [, word = '', rest = ''] = /^(\S*)(.*)$/s.exec(text) ?? [];
  const verb = word.toUpperCase();
  if (conversation.settings.requireEhlo && !conversation.greeting && !BEFORE_HELLO.includes(verb))
    return conversation.refuse(REPLIES.ehloNeeded);
  const command = commandOf(conversation, verb);
  // A NUL is in no command.
  if (!command || text.includes('\0')) return REPLIES.unrecognized;
  return command(conversation, rest.trim(), `${text}\r\n`);
}

function commandOf(conversation: Conversation, verb: string): Command | undefined {
  if (Object.hasOwn(COMMANDS, verb)) return COMMANDS[verb];
  if (Object.hasOwn(EXTENSION_COMMANDS, verb) && conversation.offers(verb)) return EXTENSION_COMMANDS[verb];
  return undefined;
}
