import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, type JWK } from 'jose';
import { DEVELOPMENT_AUDIENCE, DEVELOPMENT_ISSUER } from '../../stack/development-issuer.ts';
import { signed } from './token-command.ts';

let key: JWK;
let publicKey: JWK;
beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  key = { ...(await exportJWK(pair.privateKey)), kid: 'development' };
  publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'development', alg: 'ES256' };
});

const wish = { subject: 'alice', roles: ['customer', 'support'], lifetimeMs: 90_500 };

it('a token names its subject and roles, for services that trust the local key, and for as long as was said', async () => {
  const rules = { issuer: DEVELOPMENT_ISSUER, audience: DEVELOPMENT_AUDIENCE, typ: 'at+jwt' };
  const { payload } = await jwtVerify(await signed(wish, key), createLocalJWKSet({ keys: [publicKey] }), rules);
  expect(payload).toMatchObject({ sub: 'alice', roles: ['customer', 'support'] });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(91);
});

it.each([
  ['a role that there is not', { ...wish, roles: ['emperor'] }, 'there is no role emperor'],
  ['a subject with a space', { ...wish, subject: 'alice bob' }, 'no space'],
  ['no subject', { ...wish, subject: '' }, '1 to 128'],
])('%s is refused before anything is signed', async (_, bad, why) => {
  await expect(signed(bad, key)).rejects.toThrow(why);
});
