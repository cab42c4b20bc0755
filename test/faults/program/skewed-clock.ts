import { instructions } from './control';

const RealDate = Date;

function skewed(): number {
  return RealDate.now() + (instructions().clockSkewMs ?? 0);
}

/**
 * The clock of this process is wrong by what it was told, from one moment to the next: as after a correction by NTP, or on a machine
 * that nobody corrects. Timers go on as they were; PostgreSQL and Kafka have clocks of their own.
 */
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [skewed()] : args, newTarget) as Date,
  apply: () => new RealDate(skewed()).toString(),
  get: (target, property, receiver) =>
    property === 'now' ? skewed : (Reflect.get(target, property, receiver) as unknown),
});
