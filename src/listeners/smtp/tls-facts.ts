import type { PeerCertificate, TLSSocket } from 'node:tls';
import { byteString } from '../../server/bytes';
import type { TlsFacts } from '../../server/reception/session';

/** Key lengths by what a cipher's name has in it; Node does not tell them. */
const BITS: readonly (readonly [pattern: RegExp, algorithm: number, used: number])[] = [
  [/AES_?256|CHACHA20|CAMELLIA_?256|ARIA_?256/i, 256, 256],
  [/3DES|DES-CBC3/i, 168, 168],
  [/AES_?128|CAMELLIA_?128|ARIA_?128|SEED|IDEA|RC4/i, 128, 128],
];

/** `tls_cipher_algbits` and `tls_cipher_usebits` of a cipher; 0 for one that is not known. */
export function cipherBits(cipher: string): Pick<TlsFacts, 'algorithmBits' | 'usedBits'> {
  const [, algorithmBits, usedBits] = BITS.find(([pattern]) => pattern.test(cipher)) ?? [undefined, 0, 0];
  return { algorithmBits, usedBits };
}

/** What a handshake agreed on, and what the client's certificate says; byte strings. */
export function tlsFacts(stream: TLSSocket): TlsFacts {
  const cipher = stream.getCipher().name;
  const certificate: Partial<PeerCertificate> = stream.getPeerCertificate();
  const { subject, issuer } = certificate;
  return {
    cipher,
    ...cipherBits(cipher),
    protocol: stream.getProtocol() ?? '',
    ...(certificate.raw && {
      subject: nameText(subject),
      subjectCommonName: nameText({ CN: subject?.CN }, false),
      issuer: nameText(issuer),
      issuerCommonName: nameText({ CN: issuer?.CN }, false),
      verified: stream.authorized,
    }),
  };
}

type Name = Readonly<Partial<Record<string, string | string[]>>>;

/** `/C=US/CN=client`, OpenSSL's one line; or the first common name alone. */
function nameText(name: object = {}, isOneLine = true): string {
  const parts = Object.entries(name as Name).flatMap(([key, value = []]) =>
    [value].flat().map((text) => (isOneLine ? `/${key}=${text}` : text)),
  );
  return byteString(isOneLine ? parts.join('') : (parts[0] ?? ''));
}
