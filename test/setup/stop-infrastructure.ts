/** Jest's global tear-down of the integration tier. */
export default async function stopInfrastructure(): Promise<void> {
  await Promise.all((globalThis.testInfrastructure ?? []).map((stack) => stack.stop()));
}
