import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpatchedFiles } from '../../rspack.config.js';

const repository = join(import.meta.dirname, '../..');
/** Changed by both patches, and added by one. */
const RECORD = 'node_modules/kafkajs/src/protocol/recordBatch/record/v0/index.js';
const UNREADABLE = 'node_modules/kafkajs/src/protocol/recordBatch/unreadable.js';

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'patches-'));
  cpSync(join(repository, 'patches'), join(copy, 'patches'), { recursive: true });
  cpSync(join(repository, 'node_modules/kafkajs/src'), join(copy, 'node_modules/kafkajs/src'), { recursive: true });
});
afterEach(() => rmSync(copy, { recursive: true }));

function change(file: string, to: (text: string) => string): void {
  writeFileSync(join(copy, file), to(readFileSync(join(copy, file), 'utf8')));
}

describe('packages that are to be bundled', () => {
  it('are as the patches leave them', () => {
    expect(unpatchedFiles(repository)).toEqual([]);
    expect(unpatchedFiles(copy)).toEqual([]);
  });

  it('are refused when a patched file is another one, or not there', () => {
    change(RECORD, (text) => `${text}\n`);
    rmSync(join(copy, UNREADABLE));
    expect(unpatchedFiles(copy).sort()).toEqual([RECORD, UNREADABLE]);
  });

  it('are refused when they are patched by another version of a patch', () => {
    change('patches/kafkajs+2.2.4+002+speed.patch', (text) => text.replace('a0ea55c..d37204e', 'a0ea55c..0123456'));
    expect(unpatchedFiles(copy)).toEqual([RECORD]);
  });
});
