/** DIGEST-MD5 (RFC 2831; 4/inbound-smtp). */
import { createHash } from 'node:crypto';
import { encodeSasl } from '../../server/auth/sasl';
import { ask, conclude, type Exchange } from './auth-exchange';
import { AUTH_REPLIES, type Answer } from './replies';

const FIELD = /\s*([A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)/gy;

/** `name=value, name="value"`; undefined when it is anything else. */
function readFields(text: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  let end = 0;
  for (const match of text.matchAll(FIELD)) {
    const [whole, name = '', quoted, plain] = match;
    fields.set(name.toLowerCase(), quoted?.replace(/\\(.)/gs, '$1') ?? plain ?? '');
    end = match.index + whole.length;
  }
  return end === text.length ? fields : undefined;
}

const md5 = (bytes: Buffer | string) =>
  createHash('md5').update(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
const hex = (bytes: Buffer | string) => md5(bytes).digest('hex');

/** What the client, or with an empty `method` the server, proves to know. */
function proof(ha1: string, fields: ReadonlyMap<string, string>, method: string): string {
  const of = (name: string) => fields.get(name) ?? '';
  const tail = Buffer.from(`:${of('nonce')}:${of('cnonce')}`, 'latin1');
  const session = hex(Buffer.concat([Buffer.from(ha1, 'hex'), tail]));
  const request = hex(`${method}:${of('digest-uri')}`);
  return hex([session, of('nonce'), of('nc'), of('cnonce'), 'auth', request].join(':'));
}

export function authDigest(exchange: Exchange): Answer {
  const { conversation, parameters, initial } = exchange;
  if (initial !== undefined) return AUTH_REPLIES.malformed;
  const { service, settings } = conversation;
  const realm = parameters.realm ?? settings.hostname;
  const nonce = hex(`${service.random.uint32()}:${service.random.uint32()}:${service.clock.seconds()}`);
  const challenge = `realm="${realm}",nonce="${nonce}",qop="auth",algorithm=md5-sess,charset=utf-8`;
  return ask(conversation, encodeSasl(challenge), (response) => answered(exchange, response, realm, nonce));
}

async function answered(exchange: Exchange, response: string, realm: string, nonce: string): Promise<Answer> {
  const fields = readFields(response);
  const user = fields?.get('username');
  const isForUs = fields?.get('nonce') === nonce && (fields.get('realm') ?? '') === realm;
  if (!fields || user === undefined || !isForUs || (fields.get('qop') ?? 'auth') !== 'auth')
    return AUTH_REPLIES.malformed;
  const { authenticator } = exchange.conversation.service;
  const { status, ha1 } = await authenticator.ha1(user, realm, exchange.parameters);
  if (status === 'error') return conclude(exchange, user, 'error');
  if (ha1 === undefined || fields.get('response') !== proof(ha1, fields, 'AUTHENTICATE'))
    return conclude(exchange, user, 'fail');
  // The client is shown that the server knows the password too, and acknowledges it with an empty line.
  const ours = encodeSasl(`rspauth=${proof(ha1, fields, '')}`);
  return ask(exchange.conversation, ours, () => conclude(exchange, user, 'ok'));
}
