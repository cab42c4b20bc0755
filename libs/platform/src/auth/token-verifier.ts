import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Clock } from '../clock';
import { DomainError } from '../errors/domain.error';
import { InvalidCredentials } from './authentication';
import { type Caller, ROLES } from './caller';

/** Signatures that are accepted; those with a shared secret, and none, are not among them. */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Which tokens are accepted. */
export interface TokenRules {
  /** `iss`, exactly. */
  readonly issuer: string;
  /** One of `aud`. */
  readonly audience: string;
  /** How far the clock of the issuer may be from ours, in seconds. */
  readonly clockToleranceSeconds: number;
}

/** How long a verified token is believed without another look, in milliseconds; a key that is withdrawn lives on for so long. */
const BELIEVED_MS = 60_000;
const MOST_REMEMBERED = 10_000;
/** A token of this size is not ours; verifying a longer one would be work for whoever sends it. */
const MAX_LENGTH = 8_192;
/** As far as a subject is kept in tables and records. */
const SUBJECT = /^[\x21-\x7e]{1,128}$/;

interface Believed {
  readonly caller: Caller;
  readonly until: number;
}

/**
 * Verifies access tokens that are JSON Web Tokens (RFC 7519, RFC 9068): signature, issuer, audience, time. Roles are the claim
 * `roles`; those that we do not know are left out.
 */
export class TokenVerifier {
  /** By the whole token, oldest first. */
  private readonly believed = new Map<string, Believed>();

  constructor(
    private readonly keys: JWTVerifyGetKey,
    private readonly rules: TokenRules,
    private readonly clock: Clock,
  ) {}

  /** Returns at once for a token verified within the last minute. @throws InvalidCredentials, or unavailable without the issuer's keys. */
  verify(token: string): Caller | Promise<Caller> {
    if (token.length > MAX_LENGTH) throw new InvalidCredentials(`the token has ${token.length} characters`);
    const now = this.clock.now().getTime();
    const known = this.believed.get(token);
    if (known !== undefined && now < known.until) return known.caller;
    this.believed.delete(token);
    return this.verifyAnew(token, now);
  }

  private async verifyAnew(token: string, now: number): Promise<Caller> {
    const { issuer, audience, clockToleranceSeconds: clockTolerance } = this.rules;
    const options = { issuer, audience, clockTolerance, algorithms: ALGORITHMS, requiredClaims: ['sub', 'exp'] };
    const { payload } = await jwtVerify(token, this.keys, { ...options, currentDate: new Date(now) }).catch(refuse);
    const caller = callerFrom(payload);
    this.remember(token, caller, Math.min(now + BELIEVED_MS, (payload.exp ?? 0) * 1_000 + clockTolerance * 1_000));
    return caller;
  }

  private remember(token: string, caller: Caller, until: number): void {
    this.believed.set(token, { caller, until });
    const [oldest] = this.believed.keys();
    if (this.believed.size > MOST_REMEMBERED && oldest !== undefined) this.believed.delete(oldest);
  }
}

function callerFrom({ sub, roles }: JWTPayload): Caller {
  if (sub === undefined || !SUBJECT.test(sub)) throw new InvalidCredentials('the subject is not usable as an id');
  const given: readonly unknown[] = Array.isArray(roles) ? roles : [];
  return { subject: sub, roles: new Set(ROLES.filter((role) => given.includes(role))), isAnonymous: false };
}

/** The issuer's keys could not be had, or the token is not good. */
function refuse(error: unknown): never {
  const isOurs = error instanceof errors.JOSEError && !UNAVAILABLE.has(error.code);
  if (isOurs) throw new InvalidCredentials(error.message, { cause: error });
  throw new DomainError({
    code: 'AUTHENTICATION.UNAVAILABLE',
    kind: 'unavailable',
    message: 'The keys of the token issuer could not be read. Please try again.',
    cause: error,
  });
}

/** Codes of jose for a key set that does not come, or is none. */
const UNAVAILABLE = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);
