import { stepsOf, type OrderTimes } from './steps';

/** An order placed at `placed`, each step of which takes a millisecond longer than the one before, from 1 to 9. */
function anOrder(placed: number): OrderTimes {
  return {
    placed,
    events: {
      order_created: { occurred: placed + 1, sent: placed + 3, received: placed + 6 },
      payment_successful: { occurred: placed + 10, sent: placed + 15, received: placed + 21 },
      inventory_updated: { occurred: placed + 25, sent: placed + 28, received: placed + 36 },
    },
    confirmed: placed + 45,
  };
}

describe('the steps of an order', () => {
  it('are from POST to confirmed without a gap', () => {
    const steps = stepsOf([anOrder(1_000), anOrder(5_000)]);
    expect(steps.map(({ ms }) => ms.p50)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(steps.every(({ ms }) => ms.count === 2)).toBe(true);
  });

  it('have the spread of all orders', () => {
    const late = { ...anOrder(0), confirmed: 99 };
    expect(stepsOf([anOrder(0), late]).at(-1)?.ms).toMatchObject({ p50: 9, max: 63 });
  });
});
