import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from './paths.ts';

/** `iss` of the tokens that `./ops token` makes, and the `aud` they are made for. */
export const DEVELOPMENT_ISSUER = 'urn:order-processing:development';
export const DEVELOPMENT_AUDIENCE = 'order-processing';
export const DEVELOPMENT_ALGORITHM = 'ES256';

const folder = join(paths.local, 'auth');

/** The private key, as a JSON Web Key that nobody else can read; whoever has it may do anything in the local system. */
export const signingKeyFile = join(folder, 'signing-key.json');
const keySetFile = join(folder, 'jwks.json');

/** Makes the key with which tokens for the local system are signed, unless there is one. */
function ensureSigningKey(): void {
  if (existsSync(signingKeyFile) && existsSync(keySetFile)) return;
  mkdirSync(folder, { recursive: true });
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const named = { kid: 'development', alg: DEVELOPMENT_ALGORITHM, use: 'sig' };
  writeFileSync(signingKeyFile, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...named }), { mode: 0o600 });
  writeFileSync(keySetFile, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), ...named }] }));
}

/**
 * What makes the services of the local system believe those tokens. They need none unless `AUTHENTICATION=required` says so; an issuer
 * that is given takes the place of this one.
 */
export function developmentAuthentication(environment = process.env): Record<string, string> {
  const authentication = { AUTHENTICATION: environment['AUTHENTICATION'] ?? 'open' };
  if (environment['AUTH_ISSUER'] !== undefined) return authentication;
  ensureSigningKey();
  return {
    ...authentication,
    AUTH_ISSUER: DEVELOPMENT_ISSUER,
    AUTH_AUDIENCE: DEVELOPMENT_AUDIENCE,
    AUTH_JWKS_FILE: keySetFile,
  };
}
