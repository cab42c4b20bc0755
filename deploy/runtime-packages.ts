/** What `package-lock.json` says of one installed package. */
export interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  /** It may be missing, because of another operating system or processor for one. */
  readonly optional?: boolean;
}

export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/** Reports to its maker who installs it, and nothing asks for it at run time. */
const NOT_NEEDED: readonly string[] = ['@scarf/scarf'];

/**
 * The folders, as `package-lock.json` names them (`node_modules/pino/node_modules/split2`), of these packages and of all they need, each
 * once and sorted. A package is looked for as Node.js does it: beside its user first, then further up. Optional packages that the
 * lockfile has for other machines are among them.
 *
 * @throws Error when the lockfile does not have a package
 */
export function runtimePackages(locked: LockedPackages, names: readonly string[]): string[] {
  const found = new Set<string>();
  const open: (readonly [name: string, user: string])[] = names.map((name) => [name, '']);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [name, user] = next;
    if (NOT_NEEDED.includes(name)) continue;
    const folder = folderOf(locked, name, user);
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies, optionalDependencies } = locked[folder] ?? {};
    open.push(...Object.keys({ ...dependencies, ...optionalDependencies }).map((needed) => [needed, folder] as const));
  }
  return [...found].sort();
}

function folderOf(locked: LockedPackages, name: string, user: string): string {
  for (let place = user; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    const folder = `${place === '' ? '' : `${place}/`}node_modules/${name}`;
    if (locked[folder] !== undefined) return folder;
    if (place === '') throw new Error(`package-lock.json has no ${name}${user === '' ? '' : `, which ${user} needs`}`);
  }
}
