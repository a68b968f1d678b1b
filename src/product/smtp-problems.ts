import { keywordOf, offeredMechanisms } from '../listeners/smtp/capabilities';
import { AUTH_MECHANISMS, type SmtpSettings } from '../listeners/smtp/settings';

/** What a listener offers, and what it cannot keep: clients would see it fail, and nobody would be told why. */
export function smtpProblems({
  staticBanner,
  extensions,
  tls,
  useSsl,
  auth,
  ...rest
}: SmtpSettings): string[] {
  const problems: string[] = [];
  if (staticBanner !== undefined && !/^220[ -]/.test(staticBanner))
    problems.push(
      `Static_Banner = "${staticBanner}" does not begin with 220: clients take it for no greeting`,
    );
  if (extensions.some((line) => keywordOf(line) === 'STARTTLS') && !tls)
    problems.push('SMTP_Extensions has STARTTLS, and there is no TLS_Certificate: it is not offered');
  if (useSsl && !tls) problems.push('Use_SSL is on, and there is no TLS_Certificate: no client can connect');
  if (rest.alwaysAllow || rest.alwaysDeny) return problems;
  for (const name of offeredMechanisms(extensions)) {
    const mechanism = AUTH_MECHANISMS.find((known) => known === name);
    if (!mechanism) problems.push(`SMTP_Extensions has AUTH ${name}, which is no mechanism of the product`);
    else if (!auth[mechanism])
      problems.push(
        `SMTP_Extensions has AUTH ${name}, and there are no Auth…Parameters for it: it cannot be checked`,
      );
  }
  return problems;
}
