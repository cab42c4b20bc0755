import { finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import { ScenarioCustomers } from '../scenario-customers.ts';
import type { World } from '../world.ts';

const REFUSED = 'refused_customer';
/** The mails of the whole outage go out over five connections, and those of an order one after the other. */
const REST_SECONDS = 90;
const MAILBOX = 'moved.away@example.test';

/** The outage may be felt by nobody but whoever waits for a mail. */
async function checkOrders(world: World, from: number, to: number): Promise<void> {
  const placed = world.load.journal
    .of('create')
    .filter(({ status, at, ms }) => status === 201 && at >= from && at + ms <= to - 10_000)
    .map(({ orderId }) => orderId);
  const open = await world.database.query<{ id: string }>(
    `SELECT order_id AS id FROM orders WHERE order_id = ANY ($1::uuid[]) AND status IN ('pending', 'paid')`,
    [placed],
  );
  const unsettled = open.map(({ id }) => id);
  if (placed.length < 100)
    world.findings.push(...finding('I12', `only ${placed.length} orders met the outage`, ['S9']));
  world.findings.push(...finding('I12', 'orders waited for the mail server', unsettled));
}

/** The refused one is told to nobody else's cost: given up after one attempt, with its event, everybody else is served. */
async function checkMails(world: World): Promise<void> {
  const rows = await world.database.query<{ id: string; refused: boolean; given_up: boolean }>(
    `SELECT notification_id || ' ' || notification_type || ' is ' || status || ' after ' || attempts || ' attempts' AS id,
       user_id = $1 AS refused, status = 'failed' AND attempts = 1 AS given_up
     FROM notifications WHERE channel = 'email' AND (user_id = $1 OR status NOT IN ('sent', 'superseded'))`,
    [REFUSED],
  );
  const ids = (of: typeof rows): string[] => of.map(({ id }) => id);
  const refused = rows.filter((row) => row.refused);
  const given = refused.filter((row) => row.given_up);
  world.findings.push(
    ...finding(
      'I12',
      'a mail was given up although its recipient was not refused',
      ids(rows.filter((r) => !r.refused)),
    ),
    ...finding('I12', 'a refused mail was not given up at once', ids(refused.filter((row) => !row.given_up))),
    ...(given.length === 0 ? finding('I12', 'nobody was refused', [REFUSED]) : []),
    ...(world.sink.mails.some(({ recipient }) => recipient === MAILBOX)
      ? finding('I12', 'the sink took what it had to refuse', [REFUSED])
      : []),
  );
}

export const mailServer: Scenario = {
  id: 'S9',
  title: 'no mail server for minutes, and one recipient who is refused for good',
  decisive: ['I12', 'I17'],
  alerts: { fire: ['MessagesNotDelivered'] },
  // Nothing of it is felt where orders are taken.
  api: { acceptedShare: 1, p99Ms: 5_000, statuses: [] },
  rate: 12,
  restSeconds: REST_SECONDS,
  async run(world) {
    const { cluster, sink, load } = world;
    const customers = new ScenarioCustomers(world);
    sink.refused.add(MAILBOX);
    await cluster.system.notifications.put(`/contacts/${REFUSED}`, { email: MAILBOX, channels: ['email'] });
    const order = () => customers.order(REFUSED, [{ product_id: world.products[0] ?? '', quantity: 1 }]);
    await order();
    await world.calm(4);
    const from = load.now;
    await world.fault('no mail server', async () => {
      await sink.close();
      await order();
      await world.calm(Math.max(75, world.minutes * 60));
      await checkOrders(world, from, load.now);
      await sink.open();
    });
    await order();
    await world.calm(4);
    customers.close();
    await load.stop();
    await world.atRest(REST_SECONDS);
    await checkMails(world);
  },
};
