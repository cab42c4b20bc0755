import { connect } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { loopback } from './ports.ts';

/** Asks a component whether it can do its work; rejects while it cannot. One question, the supervisor repeats it. */
export type Probe = () => Promise<void>;

const answerWithinMs = 3_000;

/** 200 from the given address. */
export function httpProbe(url: string): Probe {
  return async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs), redirect: 'manual' });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${url} answered ${String(response.status)} ${body.slice(0, 300)}`);
  };
}

/** `PING` is answered with `+PONG`. */
export function redisProbe(port: number): Probe {
  return async () => {
    const answer = await ask(port, 'PING\r\n', (text) => text.includes('\r\n'));
    if (!answer.startsWith('+PONG')) throw new Error(`Redis answered ${answer}`);
  };
}

/** The four-letter word `srvr` is answered with the mode it runs in. */
export function zookeeperProbe(port: number): Probe {
  return async () => {
    const answer = await ask(port, 'srvr');
    if (!answer.includes('Mode:')) throw new Error(`ZooKeeper answered ${answer}`);
  };
}

/** The server greets, as SMTP servers do. */
export function smtpProbe(port: number): Probe {
  return async () => {
    const answer = await ask(port, '', (text) => text.includes('\r\n'));
    if (!answer.startsWith('220')) throw new Error(`SMTP server answered ${answer}`);
  };
}

/** A query is answered. */
export function postgresProbe(url: string): Probe {
  return async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answerWithinMs });
    client.on('error', () => undefined); // the connection breaking is reported by the query
    try {
      await client.connect();
      await client.query('SELECT 1');
    } finally {
      await client.end();
    }
  };
}

/** A metadata request names the broker at this port and a controller. */
export function kafkaProbe(port: number): Probe {
  return async () => {
    const kafka = new Kafka({
      clientId: 'readiness',
      brokers: [`${loopback}:${String(port)}`],
      connectionTimeout: answerWithinMs,
      requestTimeout: answerWithinMs,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
    });
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { brokers, controller } = await admin.describeCluster();
      if (controller === null || !brokers.some((broker) => broker.port === port)) {
        throw new Error('Kafka has no controller yet');
      }
    } finally {
      await admin.disconnect();
    }
  };
}

/** Sends one line of text and returns what comes back, until it is `complete` or the other side has closed. */
export function ask(
  port: number,
  question: string,
  complete: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ port, host: loopback, timeout: answerWithinMs });
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(question));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (complete(text)) socket.end();
    });
    socket.on('end', () => {
      resolve(text);
    });
    socket.on('close', () => {
      resolve(text);
    });
    socket.on('timeout', () => socket.destroy(new Error(`no answer from port ${String(port)}`)));
    socket.on('error', reject);
  });
}
