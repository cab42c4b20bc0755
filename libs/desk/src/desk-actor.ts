import { actorOf, type Caller, invalidRequest } from '@app/platform';

/**
 * Who decides about a failed message, as it is recorded: by the credentials, and only where there are none by the name they give.
 * @throws DomainError `REQUEST.INVALID` when somebody who is known gives a name.
 */
export function deskActor(caller: Caller, given: string | undefined): string {
  if (caller.isAnonymous) return given ?? actorOf(caller);
  if (given === undefined) return actorOf(caller);
  throw invalidRequest([{ pointer: '/actor', detail: 'actor must be left out: the credentials tell who you are' }]);
}
