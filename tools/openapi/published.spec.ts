import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareWithPublished } from './published.ts';

const OPERATION = { operationId: 'listOrders', responses: { 200: {} } };
const DOCUMENT = { paths: { '/orders': { get: OPERATION, post: { ...OPERATION, operationId: 'placeOrder' } } } };
const BROKEN = { paths: { '/orders': { get: OPERATION } } };
const BREAK = 'openapi/order-service.json: POST /orders is gone';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'published-'));
  mkdirSync(join(root, 'openapi'));
  git('init', '--quiet');
  commit({ 'README.md': 'Nothing yet.' });
});
afterEach(() => rmSync(root, { recursive: true }));

function git(...options: string[]): void {
  const nobody = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...nobody, ...options], { cwd: root, stdio: 'pipe' });
}

function write(document: unknown): void {
  writeFileSync(join(root, 'openapi/order-service.json'), JSON.stringify(document));
}

function commit(files: Readonly<Record<string, string>> = {}): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  git('add', '.');
  git('commit', '--quiet', '--message', 'change');
}

async function breaks(accepted: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  return (await compareWithPublished(root, accepted)).breaks;
}

describe('a document that breaks clients', () => {
  it('is compared with the oldest one while nothing is tagged, however many commits ago it broke', async () => {
    write(DOCUMENT);
    commit();
    write(BROKEN);
    expect(await breaks()).toEqual([BREAK]);
    commit();
    commit({ 'README.md': 'More.' });
    expect(await breaks()).toEqual([BREAK]);
  });

  it('is compared with the last tag', async () => {
    write(DOCUMENT);
    commit();
    git('tag', 'v1.0.0');
    write(BROKEN);
    commit();
    expect(await breaks()).toEqual([BREAK]);
    git('tag', 'v2.0.0');
    expect(await breaks()).toEqual([]);
  });

  it('is found as well when the document is gone altogether', async () => {
    write(DOCUMENT);
    commit();
    git('rm', '--quiet', 'openapi/order-service.json');
    expect(await breaks()).toHaveLength(2);
  });

  it('is let through when the break is accepted, until it is not there any more', async () => {
    const accepted = { [BREAK]: 'Orders are placed elsewhere.' };
    write(DOCUMENT);
    commit();
    write(BROKEN);
    expect(await compareWithPublished(root, accepted)).toMatchObject({ breaks: [], outdated: [] });
    write(DOCUMENT);
    expect(await compareWithPublished(root, accepted)).toMatchObject({ breaks: [], outdated: [BREAK] });
  });

  it('breaks nobody before anything is published', async () => {
    write(BROKEN);
    expect(await compareWithPublished(root, {})).toEqual({ revision: undefined, breaks: [], outdated: [] });
  });
});
