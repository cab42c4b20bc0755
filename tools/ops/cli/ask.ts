/**
 * `fetch` with the operator's credentials, the token in `OPS_TOKEN` (see `./ops token`); without one, as anybody, which is enough for
 * services that run without authentication.
 */
export function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const token = operatorToken();
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return fetch(url, { ...init, headers });
}

/** What to do about an answer that asks for (other) credentials; empty for any other answer. */
export function credentialsHint(status: number): string {
  if (status === 401) return '; set OPS_TOKEN to an access token (./ops token makes one for the local system)';
  return status === 403 ? '; use a token with another role' : '';
}

/** The operator's token; its subject is whom services record, so nobody may be named beside it. */
export function operatorToken(): string | undefined {
  const token = process.env['OPS_TOKEN']?.trim();
  return token === '' ? undefined : token;
}
