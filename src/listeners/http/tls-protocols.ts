import { UsageError } from '../../support/errors';

/** Tokens that are accepted and enable nothing: today's OpenSSL builds and their policies do not negotiate them. */
const OBSOLETE = ['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1'];
const NEGOTIABLE = ['TLSv1.2', 'TLSv1.3'] as const;
type TlsVersion = (typeof NEGOTIABLE)[number];

/**
 * Reads `TLS_Protocols`, `+ALL:-TLSv1.2`: the oldest and the newest version that may be negotiated. Throws UsageError
 * for a token that is none, and when nothing is left.
 *
 * Source: `4/config/tls-protocols`.
 */
export function readTlsProtocols(text: string): { minVersion: TlsVersion; maxVersion: TlsVersion } {
  const enabled = new Set<string>();
  for (const token of text.split(':').map((part) => part.trim())) {
    const [, sign, name] = /^([+-]?)(.*)$/.exec(token)!;
    const meant =
      name === 'ALL' ? NEGOTIABLE : [...OBSOLETE, ...NEGOTIABLE].filter((known) => known === name);
    if (meant.length === 0) {
      const known = ['ALL', ...OBSOLETE, ...NEGOTIABLE].join(', ');
      throw new UsageError(
        `TLS_Protocols: '${token}' in "${text}" is none of ${known}, with + or - before it`,
      );
    }
    for (const version of meant) enabled[sign === '-' ? 'delete' : 'add'](version);
  }
  const versions = NEGOTIABLE.filter((version) => enabled.has(version));
  const [minVersion, maxVersion] = [versions[0], versions.at(-1)];
  if (!minVersion || !maxVersion)
    throw new UsageError(`TLS_Protocols: "${text}" enables neither ${NEGOTIABLE.join(' nor ')}`);
  return { minVersion, maxVersion };
}
