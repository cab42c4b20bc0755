import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: boolean;
}

/** Sends requests on kept connections; never rejects: no answer is status 0. */
export class Client {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 500 });

  send(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve) => {
      const lost = (): void => resolve({ status: 0, body: '', retryAfter: false });
      const all = text === undefined ? headers : { 'content-type': 'application/json', ...headers };
      const outgoing = request(url, { method, agent: this.agent, headers: all, timeout: 15_000 }, (response) => {
        let received = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (received += chunk));
        response.on('error', lost);
        response.on('end', () => {
          const retryAfter = response.headers['retry-after'] !== undefined;
          resolve({ status: response.statusCode ?? 0, body: received, retryAfter });
        });
      });
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', lost);
      outgoing.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
