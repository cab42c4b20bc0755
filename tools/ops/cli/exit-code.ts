/** What the process says of its end: 0 all is well, 1 something was found, 2 it could not be asked. */
export const EXIT = { fine: 0, found: 1, unusable: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something the person at the keyboard can do something about; its message is all they get to see. */
export class OpsError extends Error {
  override readonly name = 'OpsError';
}
