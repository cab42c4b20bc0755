import { readFileSync } from 'node:fs';
import { importJWK, type JWK, SignJWT } from 'jose';
import {
  DEVELOPMENT_ALGORITHM,
  DEVELOPMENT_AUDIENCE,
  DEVELOPMENT_ISSUER,
  signingKeyFile,
} from '../../stack/development-issuer.ts';
import type { Console } from '../cli/console.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';

/** Whom a token is to name. */
export interface TokenWish {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly lifetimeMs: number;
}

const ROLES = ['customer', 'support', 'operator', 'admin', 'service'];

/** Prints a token that the local system believes. @throws OpsError */
export async function printToken(console: Console, wish: TokenWish): Promise<ExitCode> {
  console.print(await signed(wish, signingKey()));
  return EXIT.fine;
}

/** An access token in the manner of RFC 9068. @throws OpsError for a role or a subject that services would not know. */
export async function signed({ subject, roles, lifetimeMs }: TokenWish, key: JWK): Promise<string> {
  const unknown = roles.find((role) => !ROLES.includes(role));
  if (unknown !== undefined) throw new OpsError(`there is no role ${unknown}: ${ROLES.join(', ')}`);
  if (!/^[\x21-\x7e]{1,128}$/.test(subject)) {
    throw new OpsError('a subject has 1 to 128 visible ASCII characters and no space');
  }
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ roles: [...roles] })
    .setProtectedHeader({ alg: DEVELOPMENT_ALGORITHM, kid: key.kid ?? 'development', typ: 'at+jwt' })
    .setIssuer(DEVELOPMENT_ISSUER)
    .setAudience(DEVELOPMENT_AUDIENCE)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + Math.ceil(lifetimeMs / 1_000))
    .sign(await importJWK(key, DEVELOPMENT_ALGORITHM));
}

function signingKey(): JWK {
  try {
    return JSON.parse(readFileSync(signingKeyFile, 'utf8')) as JWK;
  } catch {
    throw new OpsError('there is no key to sign with: ./start-system.sh --native makes one');
  }
}
