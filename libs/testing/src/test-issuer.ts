import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@app/platform';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';

const ISSUER = 'https://issuer.example.test/';
const AUDIENCE = 'order-processing';

/** An issuer of access tokens whose public key is in a file, for services of a test that ask for credentials. */
export class TestIssuer {
  private constructor(
    private readonly folder: string,
    private readonly key: CryptoKey,
    private readonly kid: string,
  ) {}

  static async create(kid = 'test'): Promise<TestIssuer> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const folder = await mkdtemp(join(tmpdir(), 'issuer-'));
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
    await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
    return new TestIssuer(folder, privateKey, kid);
  }

  /** Variables of a service that trusts this issuer. */
  get env(): Record<string, string> {
    return { AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE, AUTH_JWKS_FILE: join(this.folder, 'jwks.json') };
  }

  /** A token for five minutes. */
  token(subject: string, ...roles: readonly Role[]): Promise<string> {
    return new SignJWT({ roles: [...roles] })
      .setProtectedHeader({ alg: 'ES256', kid: this.kid, typ: 'at+jwt' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(this.key);
  }

  /** Headers of a request by somebody. */
  async as(subject: string, ...roles: readonly Role[]): Promise<{ authorization: string }> {
    return { authorization: `Bearer ${await this.token(subject, ...roles)}` };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
