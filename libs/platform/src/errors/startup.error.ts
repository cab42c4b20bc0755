/** A service cannot start for a reason its operator can remove; the message says it all, so no stack is printed. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
