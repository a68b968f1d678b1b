import {
  cramMd5Challenge,
  decodeSasl,
  encodeSasl,
  LOGIN_PROMPTS,
  readCramMd5,
  readPlain,
} from '../../server/auth/sasl';
import type { SmtpLogin } from './authenticator';
import { offeredMechanisms } from './capabilities';
import type { Conversation } from './conversation';
import { authDigest } from './auth-digest';
import { ask, conclude, concludeAs, type Exchange } from './auth-exchange';
import { AUTH_REPLIES, REPLIES, type Answer } from './replies';
import { AUTH_MECHANISMS, type AuthMechanism } from './settings';

type Mechanism = (exchange: Exchange) => Answer | Promise<Answer>;

const MECHANISMS: Readonly<Record<AuthMechanism, Mechanism>> = {
  LOGIN: authLogin,
  PLAIN: authPlain,
  'CRAM-MD5': authCramMd5,
  'DIGEST-MD5': authDigest,
};

/** `AUTH mechanism [initial response]` (RFC 4954; 4/inbound-smtp). */
export async function auth(conversation: Conversation, argument: string): Promise<Answer> {
  if (conversation.user !== undefined || conversation.hasSender) return REPLIES.badSequence;
  const [name = '', response, ...more] = argument.split(/\s+/);
  if (name === '' || more.length > 0) return AUTH_REPLIES.malformed;
  const { extensions, auth: configured, alwaysAllow, alwaysDeny } = conversation.settings;
  const mechanism = AUTH_MECHANISMS.find((one) => one === name.toUpperCase());
  if (!mechanism || !offeredMechanisms(extensions).includes(mechanism)) return AUTH_REPLIES.mechanism;
  const initial = response === undefined ? undefined : decodeSasl(response);
  if (response !== undefined && initial === undefined) return AUTH_REPLIES.malformed;
  if (alwaysDeny) return concludeAs(conversation, mechanism, '', 'fail');
  const early = await conversation.session.preAuthenticate();
  if (early) return concludeAs(conversation, mechanism, '', early);
  if (alwaysAllow) return concludeAs(conversation, mechanism, ANONYMOUS, 'pass');
  const parameters = configured[mechanism];
  if (!parameters) return concludeAs(conversation, mechanism, '', 'error');
  return MECHANISMS[mechanism]({ conversation, mechanism, parameters, initial });
}

/** Who is logged in when `Always_Allow` lets everybody in (4/esmtp-listener-extensions). */
const ANONYMOUS = 'anonymous';

function authLogin(exchange: Exchange): Answer {
  const { conversation, initial } = exchange;
  const [askUser, askPassword] = LOGIN_PROMPTS;
  const withUser = (user: string) =>
    ask(conversation, askPassword, (password) => check(exchange, { user, password }));
  return initial === undefined ? ask(conversation, askUser, withUser) : withUser(initial);
}

function authPlain(exchange: Exchange): Answer | Promise<Answer> {
  const answered = (response: string) => {
    const given = readPlain(response);
    return given ? check(exchange, given) : AUTH_REPLIES.malformed;
  };
  const { initial, conversation } = exchange;
  return initial === undefined ? ask(conversation, '', answered) : answered(initial);
}

function authCramMd5(exchange: Exchange): Answer {
  const { conversation, initial } = exchange;
  if (initial !== undefined) return AUTH_REPLIES.malformed;
  const { service, settings } = conversation;
  const nonce = cramMd5Challenge(service.random.uint32(), service.clock.seconds(), settings.hostname);
  return ask(conversation, encodeSasl(nonce), (response) => {
    const given = readCramMd5(response);
    return given ? check(exchange, { ...given, crypt: 'hmac_md5', nonce }) : AUTH_REPLIES.malformed;
  });
}

async function check(
  exchange: Exchange,
  credentials: Pick<SmtpLogin, 'user' | 'password' | 'crypt' | 'nonce'>,
): Promise<Answer> {
  const { conversation, parameters } = exchange;
  const { accept } = conversation.session;
  const login = { ...credentials, parameters, accept };
  const { status, response } = await conversation.service.authenticator.login(login);
  return conclude(exchange, credentials.user, status, response);
}

/** `Always_Allow`: the client counts as logged in from the start. */
export async function allowEverybody(conversation: Conversation): Promise<void> {
  const { alwaysAllow, alwaysDeny } = conversation.settings;
  if (!alwaysAllow || alwaysDeny) return;
  await concludeAs(conversation, 'ALWAYS-ALLOW', ANONYMOUS, 'pass');
}
