/** A function, as V8 names it. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** A place in the tree of calls, with what was spent there itself: samples' microseconds, or bytes. */
export interface CallNode {
  readonly frame: CallFrame;
  readonly self: number;
  readonly children: readonly CallNode[];
}

/** A V8 CPU profile: the file DevTools and speedscope open. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A V8 sampling heap profile. */
export interface HeapProfile {
  readonly head: HeapNode;
}

interface HeapNode {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

/** One line of a summary; shares are of everything, from 0 to 1. */
export interface Share {
  readonly name: string;
  readonly share: number;
}

export interface Summary {
  /** Without what V8 counts as idle; microseconds or bytes. */
  readonly total: number;
  readonly packages: readonly Share[];
  readonly self: readonly Share[];
  /** With everything called from there; a function that calls itself counts once. */
  readonly inclusive: readonly Share[];
}

export function treeOfCpu({ nodes, samples, timeDeltas }: CpuProfile): CallNode {
  const spent = new Map<number, number>();
  samples.forEach((id, index) => spent.set(id, (spent.get(id) ?? 0) + (timeDeltas[index + 1] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const build = (id: number): CallNode => {
    const node = byId.get(id);
    if (node === undefined) throw new Error(`the profile names a node ${id} and has none`);
    return { frame: node.callFrame, self: spent.get(id) ?? 0, children: (node.children ?? []).map(build) };
  };
  return build(nodes[0]?.id ?? 0);
}

export function treeOfHeap({ head }: HeapProfile): CallNode {
  const build = (node: HeapNode): CallNode => ({
    frame: node.callFrame,
    self: node.selfSize,
    children: node.children.map(build),
  });
  return build(head);
}

const IDLE = '(idle)';

export function summarize(root: CallNode): Summary {
  const packages = new Map<string, number>();
  const self = new Map<string, number>();
  const inclusive = new Map<string, number>();
  const add = (sums: Map<string, number>, name: string, value: number) => sums.set(name, (sums.get(name) ?? 0) + value);
  let total = 0;
  const visit = (node: CallNode, callers: ReadonlySet<string>): void => {
    if (node.frame.functionName === IDLE) return;
    const name = nameOf(node.frame);
    const path = callers.has(name) ? callers : new Set([...callers, name]);
    if (node.self > 0) {
      total += node.self;
      add(packages, packageOf(node.frame), node.self);
      add(self, name, node.self);
      for (const caller of path) add(inclusive, caller, node.self);
    }
    for (const child of node.children) visit(child, path);
  };
  visit(root, new Set());
  const shares = (sums: ReadonlyMap<string, number>): Share[] =>
    [...sums].map(([name, value]) => ({ name, share: value / total })).sort((a, b) => b.share - a.share);
  return { total, packages: shares(packages), self: shares(self), inclusive: shares(inclusive) };
}

/** The npm package, `node:…`, or `our code`; what has no source (the garbage collector) goes by its own name. */
function packageOf({ url, functionName }: CallFrame): string {
  if (url === '') return functionName === '' ? '(native)' : functionName;
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? 'our code';
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  const file = url.replace(/^.*node_modules\//, '').replace(/^file:.*\//, '');
  return `${name} ${file}:${lineNumber + 1}`;
}
