import { DomainError } from '../errors/domain.error';

/** The request has no valid credentials, and needs them. */
export class Unauthenticated extends DomainError {
  constructor() {
    super({
      code: 'REQUEST.UNAUTHENTICATED',
      kind: 'unauthenticated',
      message: 'The request has no valid credentials. Send a token as Authorization: Bearer.',
    });
  }
}

/** The caller is known, and may not do this. */
export class Forbidden extends DomainError {
  constructor(message = 'The credentials do not allow this.') {
    super({ code: 'REQUEST.FORBIDDEN', kind: 'forbidden', message });
  }
}
