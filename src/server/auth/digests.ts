import { createHash, createHmac } from 'node:crypto';

/** The first part of a Digest answer: MD5 of `user:realm:password`, all byte strings, in lower-case digits. */
export function ha1Of(user: string, realm: string, password: string): string {
  return createHash('md5').update(`${user}:${realm}:${password}`, 'latin1').digest('hex');
}

/** The digits that answer a CRAM-MD5 challenge (RFC 2195), all byte strings. */
export function cramMd5Digest(challenge: string, secret: string): string {
  return createHmac('md5', Buffer.from(secret, 'latin1')).update(challenge, 'latin1').digest('hex');
}

/** Whether `response` (the digits, without the user's name before them) answers the challenge for the secret. */
export function cramMd5(challenge: string, response: string, secret: string): boolean {
  return response.toLowerCase() === cramMd5Digest(challenge, secret);
}
