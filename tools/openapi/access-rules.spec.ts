import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Operation = { readonly 'x-roles'?: readonly string[]; readonly security?: readonly object[] };
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const ROLES = ['customer', 'support', 'operator', 'admin', 'service'];

/** A letter for each role that may: C, S, O, A, P (a program, role `service`); `*` is anybody. */
const SHARED = {
  'GET /': '*',
  'GET /health': '*',
  'GET /health/live': '*',
  'GET /health/ready': '*',
  'GET /problems': '*',
  'GET /problems/{code}': '*',
  'GET /failed-messages': '.SOA.',
  'GET /failed-messages/groups': '.SOA.',
  'GET /failed-messages/summary': '.SOA.',
  'GET /failed-messages/export': '..OA.',
  'GET /failed-messages/{failed_message_id}': '..OA.',
  'POST /failed-messages/{failed_message_id}/retry': '..OA.',
  'POST /failed-messages/{failed_message_id}/discard': '..OA.',
  'POST /failed-messages/retry': '..OA.',
  'POST /failed-messages/discard': '...A.',
  'GET /failed-messages/jobs': '..OA.',
  'GET /failed-messages/jobs/{job_id}': '..OA.',
};

/** Who may what, decided here and nowhere else: a route that is missing, or says something else, fails. */
const RULES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'order-service': {
    ...SHARED,
    'POST /orders': 'CS..P',
    'GET /orders': 'CSOAP',
    'GET /orders/{order_id}': 'CSOAP',
    'GET /orders/{order_id}/events': 'CSOAP',
    'POST /orders/{order_id}/cancel': 'CS.A.',
  },
  'payment-service': {
    ...SHARED,
    'GET /payments': 'CSOAP',
    'GET /payments/{payment_id}': 'CSOAP',
    'POST /simulator/refunds': '..OA.',
  },
  'inventory-service': {
    ...SHARED,
    'GET /inventory': '*',
    'GET /inventory/{product_id}': '*',
    'POST /inventory': '..OA.',
    'POST /inventory/{product_id}/adjustments': '..OA.',
    'GET /inventory/{product_id}/movements': '.SOA.',
    'GET /allocations/{order_id}': 'CSOAP',
  },
  'notification-service': {
    ...SHARED,
    'GET /notifications': 'CSOAP',
    'POST /notifications/{notification_id}/resend': '.SOA.',
    'GET /contacts/{user_id}': 'CS.A.',
    'PUT /contacts/{user_id}': 'C....',
  },
};

function rulesOf(service: string): Record<string, string> {
  const file = join(import.meta.dirname, '../../openapi', `${service}.json`);
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as Document;
  const rules = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, letters(operation)]),
  );
  return Object.fromEntries(rules) as Record<string, string>;
}

function letters({ 'x-roles': roles, security }: Operation): string {
  // Whoever reads the document must see the same that the guard does.
  expect(security).toEqual(roles === undefined ? undefined : [{ bearer: [] }]);
  return roles === undefined
    ? '*'
    : ROLES.map((role, at) => (roles.includes(role) ? 'CSOAP'.charAt(at) : '.')).join('');
}

describe('who may call what', () => {
  it.each(Object.keys(RULES))('of the %s', (service) => {
    expect(rulesOf(service)).toEqual(RULES[service]);
  });
});
