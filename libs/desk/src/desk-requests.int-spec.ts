import { anOrderId } from '@app/testing';
import { DeskClient } from '../test/desk-client';
import { MessagingBed } from '../../messaging/test/messaging-app';

let bed: MessagingBed;
let desk: DeskClient;

beforeAll(async () => {
  bed = await MessagingBed.create();
  desk = new DeskClient(await bed.start());
});
afterAll(() => bed.destroy());

describe('a request to the desk', () => {
  it.each([
    ['?status=lost', undefined],
    ['?colour=red', undefined],
    ['?since=yesterday', undefined],
    ['?order_id=7', undefined],
    ['?limit=0', undefined],
    ['/groups?limit=3', undefined],
    ['/7', undefined],
    ['/retry', { actor: 'ada' }],
    ['/retry', { actor: 'ada', filter: {} }],
    ['/retry', { actor: 'ada', all: false }],
    ['/retry', { actor: 'ada', filter: { colour: 'red' } }],
    ['/retry', { actor: 'ada', filter: 'all' }],
    ['/retry', { actor: ' ', filter: { topic: 'order_created' } }],
    ['/retry', { actor: 'ada', all: true, max: 0 }],
    ['/retry', { actor: 'ada', all: true, reason: 'none is asked for' }],
    ['/discard', { actor: 'ada', all: true }],
    ['/discard', { actor: 'ada', all: true, reason: ' ' }],
  ])('is refused: %s %j', async (path, payload) => {
    const answer = payload === undefined ? await desk.get(path) : await desk.post(path, payload);
    expect(answer).toMatchObject({ status: 400, body: { code: expect.stringMatching(/^REQUEST\./) } });
  });

  it('is told when there is no such message or job', async () => {
    const unknown = anOrderId();
    expect(await desk.get(`/${unknown}`)).toMatchObject({ status: 404, body: { code: 'FAILED_MESSAGE.NOT_FOUND' } });
    expect(await desk.post(`/${unknown}/retry`, { actor: 'ada' })).toMatchObject({ status: 404 });
    expect(await desk.post(`/${unknown}/discard`, { actor: 'ada', reason: 'x' })).toMatchObject({ status: 404 });
    expect(await desk.get(`/jobs/${unknown}`)).toMatchObject({
      status: 404,
      body: { code: 'FAILED_MESSAGE_JOB.NOT_FOUND' },
    });
  });
});
