import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Caller } from './caller';

/** Tells who sends a request. */
export abstract class Authentication {
  /**
   * `undefined` when the request has no credentials. Resolves at once, without a promise, for credentials seen a short while ago.
   * @throws InvalidCredentials; an unavailable DomainError when the keys of the issuer cannot be had.
   */
  abstract authenticate(headers: IncomingHttpHeaders): Caller | undefined | Promise<Caller | undefined>;
}

/** Credentials that prove nothing. The message is for a log: a caller is not told what exactly is wrong. */
export class InvalidCredentials extends Error {
  override readonly name = 'InvalidCredentials';
}

const callers = new WeakMap<IncomingMessage, Caller>();

/** Remembers who sends the request. */
export function setCaller(request: IncomingMessage, caller: Caller): void {
  callers.set(request, caller);
}

/** Who sends the request, once the guard has let it in. */
export function callerOf(request: IncomingMessage): Caller | undefined {
  return callers.get(request);
}

/** The credentials of `Authorization: Bearer …` (RFC 6750). @throws InvalidCredentials for another scheme. */
export function bearerOf({ authorization }: IncomingHttpHeaders): string | undefined {
  if (authorization === undefined) return undefined;
  const [, token] = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization) ?? [];
  if (token === undefined) throw new InvalidCredentials('the header Authorization is not a bearer token');
  return token;
}
