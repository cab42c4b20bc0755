import { Forbidden } from './auth-errors';

/**
 * What somebody may be. `customer` sees and changes what is theirs; `support` helps customers; `operator` keeps the system running;
 * `admin` decides what cannot be undone; `service` is a program that places orders for users.
 */
export const ROLES = ['customer', 'support', 'operator', 'admin', 'service'] as const;
export type Role = (typeof ROLES)[number];

/** Who sends a request. */
export interface Caller {
  /** `sub` of the token (RFC 7519), or the name of the API key. Opaque, unique among all callers. */
  readonly subject: string;
  readonly roles: ReadonlySet<Role>;
  /** Whether it is nobody in particular: the service runs without authentication. */
  readonly isAnonymous: boolean;
}

/** Who everybody is while a service runs without authentication: anyone may do anything, as on a developer's own machine. */
export const DEVELOPER: Caller = { subject: 'developer', roles: new Set(ROLES), isAnonymous: true };

/** The role in which somebody acts, when they have several: the one that may most. */
const BY_POWER: readonly Role[] = ['admin', 'operator', 'support', 'service', 'customer'];

/** Roles that see what belongs to anybody. */
const SEE_ALL: readonly Role[] = ['admin', 'operator', 'support', 'service'];

/** Whether the caller has one of the roles. */
export function hasRole({ roles }: Caller, wanted: readonly Role[]): boolean {
  return wanted.some((role) => roles.has(role));
}

/** Who did something, for whoever reads a trail later: `support:alice`. */
export function actorOf({ subject, roles }: Caller): string {
  return `${BY_POWER.find((role) => roles.has(role)) ?? 'nobody'}:${subject}`;
}

/**
 * Whose objects alone the caller may see: their own subject, or `undefined` for those who see all. Pass it into the query: an object
 * of somebody else is then not found, and whether it exists is not told.
 */
export function ownerFor(caller: Caller): string | undefined {
  return hasRole(caller, SEE_ALL) ? undefined : caller.subject;
}

/**
 * The user whose objects a list is to show: the caller's own for those who see no others, else whom they asked for, if anybody.
 * @throws Forbidden when somebody asks for another user's, whether there is such a user or not.
 */
export function userShownTo(caller: Caller, asked: string | undefined): string | undefined {
  const owner = ownerFor(caller);
  if (owner !== undefined && asked !== undefined && asked !== owner) {
    throw new Forbidden('The credentials allow to see what belongs to their own user only.');
  }
  return owner ?? asked;
}
