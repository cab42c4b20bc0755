/** The call was not made: its breaker is open, or too many are in progress. Nothing was done; try again later. */
export class CallNotMade extends Error {
  override readonly name = 'CallNotMade';
}

/** The call was made and given up: whether it did anything is not known. */
export class CallNotAnswered extends Error {
  override readonly name = 'CallNotAnswered';
}
