import fc from 'fast-check';
import { METHODS, hostileHeader } from './hostile-headers.ts';
import { hostileJson, hostileMember, hostileUrlPart } from './hostile-values.ts';

/** What a service documents of one of its endpoints. */
export interface Endpoint {
  readonly method: string;
  /** With `{order_id}` and the like. */
  readonly path: string;
  readonly query: readonly string[];
}

/** One request, as bytes. */
export interface Attack {
  readonly label: string;
  readonly head: boolean;
  readonly bytes: Buffer;
}

/** Good bodies to spoil. Where none is listed, an empty object is. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /orders': {
    user_id: 'fuzz',
    payment_method: 'credit_card',
    currency: 'USD',
    items: [{ product_id: 'FUZZ001', product_name: 'Fuzz', quantity: 1, price: 9.99 }],
  },
  'POST /inventory': { product_id: 'FUZZ002', product_name: 'Fuzz', quantity: 1, price: 1.5, currency: 'USD' },
  'POST /inventory/{product_id}/adjustments': { quantity_delta: 1, reason: 'delivery', note: 'fuzz' },
  'PUT /contacts/{user_id}': { email: 'fuzz@example.org', phone: '+491701234567', channels: ['email', 'sms'] },
  'POST /failed-messages/{id}/discard': { reason: 'fuzz', actor: 'fuzz' },
  'POST /failed-messages/{id}/retry': { force: false, actor: 'fuzz' },
};

const PATH_VALUES: Readonly<Record<string, string>> = { product_id: 'LAPTOP001', user_id: 'user_123' };
const AN_ID = '019aab12-4c00-7a01-8f00-5d2f6f1c0a01';

/** The endpoints of an OpenAPI document. */
export function endpointsOf(document: OpenApiDocument): Endpoint[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [] }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
    })),
  );
}

export interface OpenApiDocument {
  readonly paths: Record<string, Record<string, { parameters?: readonly { in: string; name: string }[] }>>;
}

/** Requests against one of the endpoints, each wrong (or merely odd) in one or two ways. */
export function attacksOn(endpoints: readonly Endpoint[]): fc.Arbitrary<Attack> {
  const endpoint = fc.constantFrom(...endpoints);
  return fc.oneof(
    { weight: 5, arbitrary: endpoint.chain(spoiltBody) },
    { weight: 2, arbitrary: endpoint.chain(spoiltPath) },
    { weight: 3, arbitrary: endpoint.chain(spoiltQuery) },
    { weight: 3, arbitrary: endpoint.chain(spoiltHeaders) },
    { weight: 1, arbitrary: endpoint.chain(spoiltMethod) },
    { weight: 1, arbitrary: endpoint.chain(spoiltBytes) },
  );
}

interface Request {
  readonly label: string;
  readonly method: string;
  readonly target: string;
  readonly headers?: string;
  readonly body?: string | Buffer | undefined;
}

function asAttack({ label, method, target, headers = '', body }: Request): Attack {
  const content = body === undefined ? Buffer.alloc(0) : Buffer.from(body);
  const names = headers.toLowerCase();
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(names.includes('host:') ? [] : ['Host: localhost']),
    ...(names.includes('connection:') ? [] : ['Connection: close']),
    ...(body === undefined || names.includes('content-type:') ? [] : ['Content-Type: application/json']),
    ...(body === undefined || /content-length:|transfer-encoding:/.test(names)
      ? []
      : [`Content-Length: ${content.length}`]),
    ...(headers === '' ? [] : [headers]),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return { label, head: method === 'HEAD', bytes: Buffer.concat([head, content]) };
}

function pathOf({ path }: Endpoint, value?: string): string {
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => value ?? PATH_VALUES[name] ?? AN_ID);
}

function goodBody({ method, path }: Endpoint): unknown {
  return method === 'GET' ? undefined : (BODIES[`${method} ${path}`] ?? {});
}

function goodText(endpoint: Endpoint): string | undefined {
  const body = goodBody(endpoint);
  return body === undefined ? undefined : JSON.stringify(body);
}

/** Every place of the body where something else can stand, as the text before and after it. */
function placesOf(value: unknown, before = '', after = ''): [string, string][] {
  const here: [string, string] = [before, after];
  if (typeof value !== 'object' || value === null) return [here];
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const members = Object.entries(value as Record<string, unknown>);
  const text = (entries: typeof members): string =>
    entries.map(([key, one]) => (Array.isArray(value) ? '' : `"${key}":`) + JSON.stringify(one)).join(',');
  const inner = members.flatMap(([key, one], index) => {
    const [left, right] = [text(members.slice(0, index)), text(members.slice(index + 1))];
    const name = Array.isArray(value) ? '' : `"${key}":`;
    return placesOf(one, `${before}${open}${left}${left && ','}${name}`, `${right && ','}${right}${close}${after}`);
  });
  return [here, ...inner];
}

function spoiltBody(endpoint: Endpoint): fc.Arbitrary<Attack> {
  const good = goodBody(endpoint) ?? {};
  const text = JSON.stringify(good);
  const replaced = fc
    .tuple(fc.constantFrom(...placesOf(good)), hostileJson)
    .map(([[before, after], value]) => `${before}${value}${after}`);
  const added = hostileMember.map((member) => `{${member}${text === '{}' ? '}' : `,${text.slice(1)}`}`);
  const doubled = fc.constant(text.replace(/^\{(.*)\}$/, '{$1,$1}').replace('{,}', '{}'));
  const cut = fc.nat(text.length).map((end) => text.slice(0, end));
  return fc
    .oneof({ weight: 6, arbitrary: replaced }, { weight: 2, arbitrary: added }, doubled, cut)
    .map((body) => asAttack({ label: 'body', method: endpoint.method, target: pathOf(endpoint), body }));
}

function spoiltPath(endpoint: Endpoint): fc.Arbitrary<Attack> {
  const whole = fc.constantFrom(
    '//',
    '/.',
    '/..;/',
    '/%2e/',
    '*',
    'http://evil/',
    '/\u00ff',
    '?',
    '/orders/',
    '/ORDERS',
    '',
  );
  const target = fc.oneof(
    { weight: 4, arbitrary: hostileUrlPart.map((part) => pathOf(endpoint, part)) },
    { weight: 2, arbitrary: hostileUrlPart.map((part) => `${pathOf(endpoint)}/${part}`) },
    { weight: 1, arbitrary: whole },
  );
  const body = goodText(endpoint);
  return target.map((path) => asAttack({ label: 'path', method: endpoint.method, target: path, body }));
}

function spoiltQuery(endpoint: Endpoint): fc.Arbitrary<Attack> {
  const names = [
    ...endpoint.query,
    'dry_run',
    'x',
    '__proto__',
    'constructor',
    'limit',
    'cursor',
    'toString',
    'a[b]',
    'a[]',
    '',
  ];
  const field = fc.tuple(fc.constantFrom(...names), hostileUrlPart).map(([name, value]) => `${name}=${value}`);
  const query = fc.oneof(
    fc.array(field, { minLength: 1, maxLength: 4 }).map((fields) => fields.join('&')),
    field.map((one) => `${one}&${one}`),
    fc.constantFrom(
      '&&&',
      '=',
      '?',
      'a=b=c',
      `x=${'y'.repeat(9_000)}`,
      Array.from({ length: 1_500 }, (_, n) => `k${n}=1`).join('&'),
    ),
  );
  const body = goodText(endpoint);
  return query.map((text) =>
    asAttack({ label: 'query', method: endpoint.method, target: `${pathOf(endpoint)}?${text}`, body }),
  );
}

function spoiltHeaders(endpoint: Endpoint): fc.Arbitrary<Attack> {
  const body = goodText(endpoint);
  return fc.array(hostileHeader, { minLength: 1, maxLength: 2 }).map((headers) =>
    asAttack({
      label: 'headers',
      method: endpoint.method,
      target: pathOf(endpoint),
      headers: headers.filter(Boolean).join('\r\n'),
      body,
    }),
  );
}

function spoiltMethod(endpoint: Endpoint): fc.Arbitrary<Attack> {
  return fc
    .tuple(fc.constantFrom(...METHODS), fc.boolean())
    .map(([method, withBody]) =>
      asAttack({ label: 'method', method, target: pathOf(endpoint), body: withBody ? '{}' : undefined }),
    );
}

/** The body as bytes nobody means, or the request itself with a few bytes changed. */
function spoiltBytes(endpoint: Endpoint): fc.Arbitrary<Attack> {
  const good = asAttack({
    label: 'bytes',
    method: endpoint.method,
    target: pathOf(endpoint),
    body: goodText(endpoint),
  });
  const changed = fc
    .array(fc.tuple(fc.nat(good.bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => {
      const bytes = Buffer.from(good.bytes);
      for (const [at, byte] of changes) bytes[at] = byte;
      return { ...good, bytes };
    });
  const body = fc
    .oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(
        Buffer.from('\ufeff{}'),
        Buffer.from('{}', 'utf16le'),
        Buffer.alloc(103_000, 0x20),
        Buffer.from([0x1f, 0x8b]),
      ),
    )
    .map((bytes) => asAttack({ label: 'bytes', method: 'POST', target: pathOf(endpoint), body: bytes }));
  return fc.oneof(changed, body);
}
