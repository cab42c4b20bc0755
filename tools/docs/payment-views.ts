import { START } from '@app/lifecycle';
import type { PaymentStage } from '../../apps/payment-service/src/domain/payment-stage';
import type { LifecycleView } from './saga';

type Stages = readonly PaymentStage[];

const BEFORE_THE_HOLD: Stages = ['expected', 'authorizing', 'authorizing_confirmed'];
const UNWANTED_HOLD: Stages = ['authorizing_unwanted', 'cancelled'];
const REFUSED_CAPTURE: Stages = ['releasing', 'releasing_unwanted', 'released'];
const AT_THE_GATEWAY: Stages = ['inspecting', 'reversed', 'checking_refund', 'repeating_refund'];
const COLLECTED: Stages = [...BEFORE_THE_HOLD, 'authorized', 'capturing'];

/** A diagram has the steps that are left to it by those before it. */
const VIEWS: readonly LifecycleView[] = [
  {
    title: 'When somebody gives money back at the gateway',
    shows: ({ from, to }) => among(AT_THE_GATEWAY, from) || among(AT_THE_GATEWAY, to),
  },
  { title: 'When a capture is refused', shows: ({ from }) => among(REFUSED_CAPTURE, from) },
  {
    title: 'From the order to the money',
    shows: ({ from, trigger }) => (from === START || among(COLLECTED, from)) && !isCancellation(trigger),
  },
  {
    title: 'When the order is cancelled before the hold is certain',
    shows: ({ from }) => from === START || among([...BEFORE_THE_HOLD, ...UNWANTED_HOLD], from),
  },
  { title: 'When the order is cancelled after that', shows: () => true },
];

/** The lifecycle of a payment in several diagrams: one of all of it is too wide to be read. Each step is in one of them. */
export const PAYMENT_VIEWS: readonly LifecycleView[] = [2, 3, 4, 1, 0].flatMap((index) => viewAt(index) ?? []);

function viewAt(index: number): LifecycleView | undefined {
  const view = VIEWS[index];
  const before = VIEWS.slice(0, index);
  return view && { ...view, shows: (step) => view.shows(step) && !before.some((other) => other.shows(step)) };
}

function among(stages: Stages, stage: string): boolean {
  return stages.some((each) => each === stage);
}

/** Also when the trigger says that nothing was sent yet. */
function isCancellation(trigger: string): boolean {
  return trigger.startsWith('order_cancelled');
}
