import type { IncomingHttpHeaders } from 'node:http';
import { Authentication, bearerOf } from './authentication';
import { DEVELOPER, type Caller } from './caller';

/** Without credentials everybody is the developer; credentials that are shown are verified all the same. */
export class OpenAuthentication extends Authentication {
  constructor(private readonly verified: Authentication) {
    super();
  }

  authenticate(headers: IncomingHttpHeaders): Caller | undefined | Promise<Caller | undefined> {
    return bearerOf(headers) === undefined ? DEVELOPER : this.verified.authenticate(headers);
  }
}
