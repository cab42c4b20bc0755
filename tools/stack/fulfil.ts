import { untilConsuming } from './consuming.ts';
import type { Wish } from './control.ts';
import { freePorts } from './ports.ts';
import type { ServiceName } from './service-names.ts';
import type { Stack } from './stack.ts';

/** What the supervisor does when it is asked. @throws Error, for the person who asked */
export async function fulfil(stack: Stack, wish: Wish): Promise<void> {
  switch (wish.do) {
    case 'restart':
      return restart(stack, wish.service, wish.env);
    case 'stop':
      return stack.supervisor.stop(wish.component);
    case 'start':
      return stack.supervisor.start(wish.component);
    case 'scale':
      return scale(stack, wish.service, wish.processes);
  }
}

/** The instances of the service, the first of them first: `payment-service`, `payment-service-2`, … */
function instancesOf(stack: Stack, service: ServiceName): string[] {
  const names = stack.supervisor.names.filter((name) => name === service || name.startsWith(`${service}-`));
  if (names.length === 0) throw new Error(`${service} was left out of this system`);
  return names;
}

async function restart(stack: Stack, service: ServiceName, env: Readonly<Record<string, string>>): Promise<void> {
  for (const name of instancesOf(stack, service)) {
    const [port] = stack.supervisor.status(name).ports;
    if (port === undefined) throw new Error(`${name} has no port`);
    await stack.removeService(name);
    stack.addService({ service, name, port, env });
    await stack.supervisor.start(name);
  }
  await consuming(stack, service);
}

async function scale(stack: Stack, service: ServiceName, processes: number): Promise<void> {
  const present = instancesOf(stack, service);
  for (const surplus of present.slice(processes).reverse()) await stack.removeService(surplus);
  for (const port of await freePorts(Math.max(0, processes - present.length))) {
    const name = stack.addService({ service, port });
    await stack.supervisor.start(name).catch(async (error: unknown) => {
      await stack.removeService(name);
      throw error;
    });
  }
  await consuming(stack, service);
}

function consuming(stack: Stack, service: ServiceName): Promise<void> {
  return untilConsuming(instancesOf(stack, service).map((name) => stack.services[name] ?? ''));
}
