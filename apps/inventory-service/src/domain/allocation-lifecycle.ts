import type { ShortageReason, StockChange } from '@app/events';
import type { StateMachine, Transition } from '@app/lifecycle';
import { expectSameOrder } from './order-contradiction';
import {
  addUp,
  type AllocationStatus,
  type OrderLine,
  type StockAllocation,
  type StockEvent,
} from './stock-allocation';

/** What can be sold, by product id. A product that is missing here is unknown. */
export type StockLevels = ReadonlyMap<string, number>;

/** A change of one product's stock, and what is left of it afterwards. */
export interface LevelChange {
  readonly productId: string;
  readonly delta: number;
  readonly balance: number;
}

export interface Shortage {
  readonly productId: string;
  readonly requested: number;
  readonly available: number;
  readonly missing: number;
  readonly reason: ShortageReason;
}

/** What the others are told. */
export type StockAnnouncement =
  | {
      readonly type: 'inventory_updated';
      readonly userId: string;
      readonly change: StockChange;
      readonly items: readonly (OrderLine & { readonly remaining: number })[];
    }
  | { readonly type: 'inventory_insufficient'; readonly userId: string; readonly shortages: readonly Shortage[] };

export interface StockDecision {
  /** As it is afterwards. */
  readonly allocation: StockAllocation | undefined;
  /** At most one per product; empty when the stock stays as it is. */
  readonly changes: readonly LevelChange[];
  readonly announcements: readonly StockAnnouncement[];
  /** Why nothing was done, when nothing was done. */
  readonly ignored?: string;
}

/** An event that changes nothing. */
interface Ignore {
  readonly ignore: string;
}

interface LifecycleRow {
  /** `take`: all lines of the order become `taken`, or the order becomes `insufficient`. */
  readonly payment_successful: 'take' | Ignore;
  /** `refuse`: becomes `refused`. `give_back`: becomes `returned`. */
  readonly order_cancelled: 'refuse' | 'give_back' | Ignore;
}

const ignore = (why: string): Ignore => ({ ignore: why });

/**
 * What an event does to an order's claim on the stock. Kafka promises no order between the two topics, so a cancellation may
 * come before the payment it cancels: the order is then remembered as refused. Every end but `taken` is final, and an order
 * takes at most once, which is why duplicates change nothing.
 */
export const ALLOCATION_LIFECYCLE: Readonly<Record<AllocationStatus | 'unknown', LifecycleRow>> = {
  unknown: { payment_successful: 'take', order_cancelled: 'refuse' },
  taken: { payment_successful: ignore('the goods are taken already'), order_cancelled: 'give_back' },
  insufficient: {
    payment_successful: ignore('the order was reported short already'),
    order_cancelled: ignore('nothing was taken, so there is nothing to give back'),
  },
  returned: {
    payment_successful: ignore('the order is cancelled'),
    order_cancelled: ignore('the goods are back already'),
  },
  refused: {
    payment_successful: ignore('the order is cancelled'),
    order_cancelled: ignore('the order is known to be cancelled'),
  },
};

type AllocationState = AllocationStatus | 'unknown';

/** Claims on the stock rest in any of these forever; only goods that were taken can still come back. */
const FINAL_STATES: readonly AllocationState[] = ['taken', 'insufficient', 'returned', 'refused'];

/** The table as a graph, for its check at the start and for its diagram. */
export function allocationStateMachine(): StateMachine<AllocationState> {
  const states = Object.keys(ALLOCATION_LIFECYCLE) as AllocationState[];
  const transitions = states.flatMap((from) =>
    Object.entries(ALLOCATION_LIFECYCLE[from]).flatMap(([trigger, step]) => transitionsOf(from, trigger, step as Step)),
  );
  return {
    name: 'stock allocation',
    states,
    beginnings: { 'first event of the order': 'unknown' },
    finalStates: FINAL_STATES,
    terminalStates: ['insufficient', 'returned', 'refused'],
    transitions,
  };
}

type Step = LifecycleRow[keyof LifecycleRow];

function transitionsOf(from: AllocationState, trigger: string, step: Step): Transition<AllocationState>[] {
  switch (step) {
    case 'take':
      return [
        { from, to: 'taken', trigger, announces: 'inventory_updated' },
        { from, to: 'insufficient', trigger, announces: 'inventory_insufficient' },
      ];
    case 'refuse':
      return [{ from, to: 'refused', trigger }];
    case 'give_back':
      return [{ from, to: 'returned', trigger, announces: 'inventory_updated' }];
    default:
      return [];
  }
}

/** Decides about one order. Pure: neither its arguments nor anything else is changed. @throws OrderContradicted */
export function decideStock(
  allocation: StockAllocation | undefined,
  event: StockEvent,
  levels: StockLevels,
): StockDecision {
  if (allocation !== undefined) expectSameOrder(allocation, event);
  const step = ALLOCATION_LIFECYCLE[allocation?.status ?? 'unknown'][event.type];
  if (typeof step === 'object') return { allocation, changes: [], announcements: [], ignored: step.ignore };
  switch (step) {
    case 'take':
      return take(event, levels);
    case 'refuse':
      return { allocation: { status: 'refused', userId: event.userId }, changes: [], announcements: [] };
    case 'give_back':
      return giveBack(allocation, levels);
  }
}

/** The products whose stock the decision depends on; the decision is the same whatever the others have. */
export function productsConcerned(allocation: StockAllocation | undefined, event: StockEvent): string[] {
  const step = ALLOCATION_LIFECYCLE[allocation?.status ?? 'unknown'][event.type];
  if (step === 'take' && event.type === 'payment_successful') return event.items.map(({ productId }) => productId);
  if (step === 'give_back') return itemsTaken(allocation).map(({ productId }) => productId);
  return [];
}

function take(event: StockEvent, levels: StockLevels): StockDecision {
  if (event.type !== 'payment_successful') throw new TypeError('only a payment says what to take');
  const { userId } = event;
  const items = addUp(event.items);
  const shortages = items.flatMap((item) => shortageOf(item, levels));
  if (shortages.length > 0) {
    return {
      allocation: { status: 'insufficient', userId, items },
      changes: [],
      announcements: [{ type: 'inventory_insufficient', userId, shortages }],
    };
  }
  return move({ status: 'taken', userId, items }, 'taken', levels);
}

function giveBack(allocation: StockAllocation | undefined, levels: StockLevels): StockDecision {
  const items = itemsTaken(allocation);
  return move({ status: 'returned', userId: allocation?.userId ?? '', items }, 'returned', levels);
}

function move(
  allocation: Exclude<StockAllocation, { status: 'refused' }>,
  change: StockChange,
  levels: StockLevels,
): StockDecision {
  const { userId } = allocation;
  const moved = allocation.items.map(({ productId, quantity }) => {
    const level = levels.get(productId);
    if (level === undefined) throw new TypeError(`the stock of ${productId} is not known`);
    const delta = change === 'taken' ? -quantity : quantity;
    return { productId, quantity, delta, balance: level + delta };
  });
  const items = moved.map(({ productId, quantity, balance }) => ({ productId, quantity, remaining: balance }));
  return {
    allocation,
    changes: moved.map(({ productId, delta, balance }) => ({ productId, delta, balance })),
    announcements: [{ type: 'inventory_updated', userId, change, items }],
  };
}

function itemsTaken(allocation: StockAllocation | undefined): readonly OrderLine[] {
  if (allocation?.status !== 'taken') throw new TypeError('only what was taken can be given back');
  return allocation.items;
}

function shortageOf({ productId, quantity }: OrderLine, levels: StockLevels): Shortage[] {
  const level = levels.get(productId);
  const available = level ?? 0;
  if (available >= quantity) return [];
  const reason = level === undefined ? 'unknown_product' : 'insufficient_stock';
  return [{ productId, requested: quantity, available, missing: quantity - available, reason }];
}
