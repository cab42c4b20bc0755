import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKeys } from './api-keys';
import { Authentication, bearerOf, InvalidCredentials } from './authentication';
import type { Caller } from './caller';
import type { TokenVerifier } from './token-verifier';

/** Bearer credentials: an API key of a program, or a token of the issuer. */
export class BearerAuthentication extends Authentication {
  constructor(
    private readonly keys: ApiKeys,
    /** `undefined` when no issuer is trusted. */
    private readonly tokens: TokenVerifier | undefined,
  ) {
    super();
  }

  authenticate(headers: IncomingHttpHeaders): Caller | undefined | Promise<Caller> {
    const credentials = bearerOf(headers);
    if (credentials === undefined) return undefined;
    // The three parts of a JWS; no API key has a dot.
    if (!credentials.includes('.')) return this.keys.verify(credentials);
    if (this.tokens === undefined) throw new InvalidCredentials('no issuer of tokens is trusted');
    return this.tokens.verify(credentials);
  }
}
