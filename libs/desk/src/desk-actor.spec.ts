import type { Caller } from '@app/platform';
import { deskActor } from './desk-actor';

const olga: Caller = { subject: 'olga', roles: new Set(['operator']), isAnonymous: false };
const developer: Caller = { subject: 'developer', roles: new Set(['admin']), isAnonymous: true };

it('is who the credentials name', () => {
  expect(deskActor(olga, undefined)).toBe('operator:olga');
});

it('is the name that is given where there are no credentials', () => {
  expect([deskActor(developer, 'ada'), deskActor(developer, undefined)]).toEqual(['ada', 'admin:developer']);
});

it('is never a name beside credentials', () => {
  expect(() => deskActor(olga, 'ada')).toThrow('The request is not valid');
});
