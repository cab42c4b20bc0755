/** A step from one state to another, or to itself when only something is announced. */
export interface Transition<State extends string> {
  readonly from: State;
  readonly to: State;
  /** What happened: an event, an answer, a request, a deadline. */
  readonly trigger: string;
  /** The event that tells others about the step. */
  readonly announces?: string;
}

/** The graph of a lifecycle (a finite state machine), whatever its table looks like. */
export interface StateMachine<State extends string> {
  /** What lives: `order`, `payment`. */
  readonly name: string;
  readonly states: readonly State[];
  /** The first state, by what creates it. */
  readonly beginnings: Readonly<Record<string, State>>;
  /** States in which it may rest forever. They can be left, unless they are terminal. */
  readonly finalStates: readonly State[];
  /** Final states that nothing leaves. */
  readonly terminalStates?: readonly State[];
  readonly transitions: readonly Transition<State>[];
}
