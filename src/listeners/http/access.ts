import type { Authentication, RequestHead } from './authentication';
import type { HttpSettings } from './settings';

export type AccessVerdict =
  | { readonly status: 'granted'; readonly username: string | undefined }
  | { readonly status: 401; readonly challenges: readonly string[] }
  | { readonly status: 403 | 500 };

/**
 * Decides whether a request may reach its handler: access control by address first, then authentication.
 *
 * Source: `3/3-rest/rest-http-listener`, `3/3-reference/conf-aaa`, `4/config/tls-verified-peer-is-authorized`.
 */
export async function checkAccess(
  request: RequestHead,
  settings: HttpSettings,
  authentication: Authentication | undefined,
): Promise<AccessVerdict> {
  if (settings.alwaysDeny) return { status: 403 };
  if (request.tls?.verified && settings.tls?.peerIsAuthorized)
    return { status: 'granted', username: request.subjectCn };
  if (settings.alwaysAllow || !settings.enableAuthentication)
    return { status: 'granted', username: undefined };
  return authentication ? authentication.check(request, settings) : { status: 403 };
}
