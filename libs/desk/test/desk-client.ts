import type { Replica } from '../../messaging/test/messaging-app';

/** Talks to the desk of a replica as its HTTP clients do. */
export class DeskClient {
  constructor(private readonly replica: Pick<Replica, 'app'>) {}

  async get<Body = never>(path: string): Promise<{ status: number; body: Body; text: string }> {
    return this.send<Body>('GET', path);
  }

  async post<Body = never>(path: string, payload: object): Promise<{ status: number; body: Body; text: string }> {
    return this.send<Body>('POST', path, payload);
  }

  private async send<Body>(method: 'GET' | 'POST', path: string, payload?: object) {
    const url = `/failed-messages${path}`;
    const answer = await this.replica.app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
    const json = String(answer.headers['content-type']).includes('json') && !answer.body.includes('\n');
    return { status: answer.statusCode, text: answer.body, body: (json ? JSON.parse(answer.body) : null) as Body };
  }
}
