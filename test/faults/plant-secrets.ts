import type { Cluster } from './cluster.ts';
import { PLANTED } from './secrets.ts';

/** Gives the system things to leak: a customer with a contact of their own, and a card number where none belongs. */
export async function plantSecrets(cluster: Cluster): Promise<void> {
  const { system } = cluster;
  const contact = { email: PLANTED.email, phone: PLANTED.phone, channels: ['email', 'sms'] };
  const saved = await system.notifications.put('/contacts/planted_customer', contact);
  if (saved.status >= 300) throw new Error(`PUT /contacts: ${saved.status} ${JSON.stringify(saved.body)}`);
  const refused = await system.orders.post('/orders', {
    user_id: 'planted_customer',
    card_number: PLANTED.card,
    items: [{ product_id: 'X', product_name: 'X', quantity: 1, price: 1 }],
  });
  if (refused.status !== 400) throw new Error(`an order with a card number was answered ${refused.status}`);
  await system.place({ user_id: 'planted_customer' });
}
