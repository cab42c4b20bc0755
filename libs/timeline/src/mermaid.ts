import type { Timeline } from './timeline';

const PARTICIPANTS = [
  'customer',
  'clock',
  'order-service',
  'payment-service',
  'inventory-service',
  'notification-service',
];

/** The timeline as a `sequenceDiagram` of Mermaid: who told the order service what, and when (UTC). It ends without a line break. */
export function mermaidOf({ entries }: Pick<Timeline, 'entries'>): string {
  const others = [...new Set(entries.map(({ by }) => by))].filter((by) => !PARTICIPANTS.includes(by));
  const named = [...PARTICIPANTS, ...others].filter(
    (name) => name === 'order-service' || entries.some(({ by }) => by === name),
  );
  return [
    'sequenceDiagram',
    ...named.map((name) => `  participant ${idOf(name)} as ${plain(name.replace('-service', ''))}`),
    ...entries.map(({ at, by, text }) => {
      const to = by === 'notification-service' && named.includes('customer') ? 'customer' : 'order-service';
      return `  ${idOf(by)}->>${idOf(to)}: ${at.slice(11, 23)} ${plain(text)}`;
    }),
  ].join('\n');
}

function idOf(name: string): string {
  return name.replaceAll(/\W/g, '_');
}

/** Mermaid ends a text at a semicolon, and takes # for an entity. */
function plain(text: string): string {
  return text.replaceAll(/[#;\r\n]+/g, ',');
}
