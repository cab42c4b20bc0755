import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { Clock } from '../clock';
import { DomainError } from '../errors/domain.error';
import { InvalidCredentials } from './authentication';
import type { Caller } from './caller';
import { TokenVerifier } from './token-verifier';

class SetClock extends Clock {
  constructor(public at: Date) {
    super();
  }
  now(): Date {
    return this.at;
  }
}

const RULES = { issuer: 'https://issuer.example.test/', audience: 'order-processing', clockToleranceSeconds: 5 };
const START = new Date('2026-03-01T12:00:00Z');
const SECONDS = START.getTime() / 1_000;

interface Made {
  readonly issuer?: string;
  readonly audience?: string | string[];
  readonly subject?: string | null;
  readonly roles?: unknown;
  readonly notBefore?: number;
  readonly expires?: number | null;
  readonly kid?: string;
}

let keys: { publicKey: CryptoKey; privateKey: CryptoKey };
let others: typeof keys;
let publicJwk: Record<string, unknown>;
beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  others = await generateKeyPair('RS256', { extractable: true });
  publicJwk = { ...(await exportJWK(keys.publicKey)), kid: 'first', alg: 'RS256' };
});

function claims({ issuer = RULES.issuer, audience = RULES.audience, subject = 'alice', ...made }: Made): SignJWT {
  const token = new SignJWT({ roles: made.roles === undefined ? ['customer'] : made.roles });
  token.setIssuer(issuer).setAudience(audience);
  if (subject !== null) token.setSubject(subject);
  if (made.expires !== null) token.setExpirationTime(SECONDS + (made.expires ?? 300));
  if (made.notBefore !== undefined) token.setNotBefore(SECONDS + made.notBefore);
  return token;
}

const sign = (made: Made = {}, key = keys.privateKey) =>
  claims(made)
    .setProtectedHeader({ alg: 'RS256', kid: made.kid ?? 'first' })
    .sign(key);

function verifierAt(clock = new SetClock(START)): TokenVerifier {
  return new TokenVerifier(createLocalJWKSet({ keys: [publicJwk] }), RULES, clock);
}

const failureOf = async (work: () => Caller | Promise<Caller>): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return error;
  }
};

describe('a token of the issuer', () => {
  it('tells who the caller is, and which of our roles they have', async () => {
    const caller = await verifierAt().verify(await sign({ roles: ['support', 'admin', 'emperor', 7] }));
    expect({ ...caller, roles: [...caller.roles] }).toEqual({
      subject: 'alice',
      roles: ['support', 'admin'],
      isAnonymous: false,
    });
    expect((await verifierAt().verify(await sign({ roles: 'admin' }))).roles.size).toBe(0);
    expect((await verifierAt().verify(await sign({ audience: ['other', 'order-processing'] }))).subject).toBe('alice');
  });

  it('is believed for a minute without another look, and never beyond its end', async () => {
    const clock = new SetClock(START);
    const verifier = verifierAt(clock);
    const [long, short] = [await sign(), await sign({ expires: 20 })];
    await Promise.all([verifier.verify(long), verifier.verify(short)]);
    expect(verifier.verify(long)).not.toBeInstanceOf(Promise);
    clock.at = new Date(START.getTime() + 24_900);
    expect(verifier.verify(short)).not.toBeInstanceOf(Promise);
    clock.at = new Date(START.getTime() + 25_100);
    expect(await failureOf(() => verifier.verify(short))).toBeInstanceOf(InvalidCredentials);
    clock.at = new Date(START.getTime() + 60_001);
    expect(verifier.verify(long)).toBeInstanceOf(Promise);
  });
});

describe('a token that proves nothing', () => {
  const parts = async (change: (parts: [string, string, string]) => string[]) =>
    change((await sign()).split('.') as [string, string, string]).join('.');
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each<[string, () => string | Promise<string>]>([
    ['another issuer', () => sign({ issuer: 'https://evil.example.test/' })],
    ['another audience', () => sign({ audience: 'somebody-else' })],
    ['a past end', () => sign({ expires: -6 })],
    ['no end', () => sign({ expires: null })],
    ['a future beginning', () => sign({ notBefore: 6 })],
    ['no subject', () => sign({ subject: null })],
    ['a subject with a space', () => sign({ subject: 'alice bob' })],
    ['an endless subject', () => sign({ subject: 'a'.repeat(129) })],
    ["somebody else's signature", () => sign({}, others.privateKey)],
    ['an unknown key', () => sign({ kid: 'second' })],
    ['no signature', () => new UnsecuredJWT({ roles: ['admin'] }).setSubject('eve').setExpirationTime('1h').encode()],
    [
      'the public key as a shared secret',
      async () =>
        claims({})
          .setProtectedHeader({ alg: 'HS256', kid: 'first' })
          .sign(Buffer.from(JSON.stringify(await exportJWK(keys.publicKey)))),
    ],
    [
      'changed claims',
      () => parts(([head, , signature]) => [head, encoded({ sub: 'eve', roles: ['admin'] }), signature]),
    ],
    ['a cut signature', () => parts(([head, body, signature]) => [head, body, signature.slice(0, -8)])],
    ['five parts', () => parts((all) => [...all, 'a', 'b'])],
    ['nothing but dots', () => '..'],
    ['nine thousand characters', () => `${'a'.repeat(9_000)}.b.c`],
  ])('is refused: %s', async (_, make) => {
    const token = await make();
    const verifier = verifierAt();
    await verifier.verify(await sign());
    expect(await failureOf(() => verifier.verify(token))).toBeInstanceOf(InvalidCredentials);
    // And the refusal does not wear off.
    expect(await failureOf(() => verifier.verify(token))).toBeInstanceOf(InvalidCredentials);
  });
});

describe('an issuer that serves its keys', () => {
  let server: Server;
  let served: Record<string, unknown>[];
  let answer: 'keys' | 'nothing' | 'rubbish';
  let asked: number;
  beforeEach(async () => {
    [served, answer, asked] = [[publicJwk], 'keys', 0];
    server = createServer((_, response) => {
      asked += 1;
      if (answer === 'keys') response.end(JSON.stringify({ keys: served }));
      if (answer === 'rubbish') response.end('<html>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const remote = () => {
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
    return new TokenVerifier(
      createRemoteJWKSet(url, { timeoutDuration: 1_000, cooldownDuration: 0 }),
      RULES,
      new SetClock(START),
    );
  };

  it('is asked once, and again for a key it has taken up since', async () => {
    const verifier = remote();
    await verifier.verify(await sign());
    await verifier.verify(await sign({ subject: 'bob' }));
    expect(asked).toBe(1);
    served.push({ ...(await exportJWK(others.publicKey)), kid: 'second', alg: 'RS256' });
    expect((await verifier.verify(await sign({ kid: 'second' }, others.privateKey))).subject).toBe('alice');
    expect(asked).toBe(2);
  });

  it.each(['nothing', 'rubbish'] as const)('and sends %s leaves the question open: 503, and not 401', async (what) => {
    answer = what;
    const error = await failureOf(async () => remote().verify(await sign()));
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ code: 'AUTHENTICATION.UNAVAILABLE', kind: 'unavailable' });
  });

  it('and is not there leaves it open too', async () => {
    const verifier = remote();
    await new Promise((resolve) => server.close(resolve));
    const error = await failureOf(async () => verifier.verify(await sign()));
    expect(error).toMatchObject({ code: 'AUTHENTICATION.UNAVAILABLE' });
    server.listen(0, '127.0.0.1');
  });
});
