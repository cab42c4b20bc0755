import { askSupervisor, type Wish } from '../../stack/control.ts';
import { signalComponent } from '../../stack/signals.ts';
import { OpsError } from '../cli/exit-code.ts';
import type { LocalSystem } from './breakable.ts';

/** Reaches only the processes that the supervisor of this working copy has written down. */
export function nativeSystem(components: readonly string[]): LocalSystem {
  return {
    kind: 'native',
    components,
    mailServer: 'maildev',
    kill: (component) => signal(component, 'SIGKILL'),
    pause: (component) => signal(component, 'SIGSTOP'),
    resume: (component) => signal(component, 'SIGCONT'),
    turnMs: 200,
    stop: (component) => ask({ do: 'stop', component }),
    start: (component) => ask({ do: 'start', component }),
    restart: (service, env) => ask({ do: 'restart', service, env }),
    scale: async (service, processes) => {
      await ask({ do: 'scale', service, processes });
      return undefined;
    },
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- what it throws is to be a rejection
async function signal(component: string, what: NodeJS.Signals): Promise<void> {
  try {
    signalComponent(component, what);
  } catch (error) {
    throw new OpsError(messageOf(error));
  }
}

async function ask(wish: Wish): Promise<void> {
  try {
    await askSupervisor(wish);
  } catch (error) {
    throw new OpsError(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
