import { checkStateMachine } from './check-state-machine';
import { stateDiagram } from './state-diagram';
import type { StateMachine } from './state-machine';

type State = 'open' | 'paid' | 'shipped' | 'void';

const machine: StateMachine<State> = {
  name: 'parcel',
  states: ['open', 'paid', 'shipped', 'void'],
  beginnings: { placed: 'open', imported: 'open', found: 'paid' },
  finalStates: ['shipped', 'void'],
  terminalStates: ['void'],
  transitions: [
    { from: 'open', to: 'paid', trigger: 'money' },
    { from: 'open', to: 'open', trigger: 'reminder', announces: 'reminded' },
    { from: 'open', to: 'void', trigger: 'cancel' },
    { from: 'paid', to: 'shipped', trigger: 'pick', announces: 'parcel_shipped' },
    { from: 'open', to: 'void', trigger: 'deadline', announces: 'parcel_void' },
    { from: 'shipped', to: 'void', trigger: 'returned' },
  ],
};

function problemsOf(change: Partial<StateMachine<string>>): string {
  try {
    checkStateMachine<string>({ ...machine, ...change });
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a lifecycle', () => {
  it('is accepted when every state can be reached and comes to an end', () => {
    expect(problemsOf({})).toBe('none');
  });

  it.each<[string, Partial<StateMachine<string>>, string]>([
    [
      'leads nowhere',
      { transitions: [...machine.transitions, { from: 'paid', to: 'lost', trigger: 'x' }] },
      'lost is not a state',
    ],
    ['begins nowhere', { beginnings: { placed: 'open', found: 'new' } }, 'new is not a state'],
    [
      'has an island',
      { states: [...machine.states, 'island'], finalStates: [...machine.finalStates, 'island'] },
      'island cannot be reached',
    ],
    [
      'never ends',
      { transitions: machine.transitions.filter(({ trigger }) => trigger !== 'pick') },
      'shipped cannot be reached; paid is a dead end',
    ],
    [
      'leaves its end',
      { transitions: [...machine.transitions, { from: 'void', to: 'open', trigger: 'x' }] },
      'void can be left',
    ],
  ])('that %s is refused', (_what, change, problem) => {
    expect(problemsOf(change)).toBe(`the parcel lifecycle is wrong: ${problem}`);
  });

  it('may announce something without leaving a terminal state', () => {
    const noted = { from: 'void', to: 'void', trigger: 'late', announces: 'noted' } as const;
    expect(problemsOf({ transitions: [...machine.transitions, noted] })).toBe('none');
  });

  it('is drawn with one arrow between two states, and with what each step announces', () => {
    expect(stateDiagram(machine).split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> open: placed<br/>imported',
      '  [*] --> paid: found',
      '  open --> paid: money',
      '  open --> void: deadline<br/>/ parcel_void<br/>cancel',
      '  paid --> shipped: pick<br/>/ parcel_shipped',
      '  shipped --> void: returned',
      '  classDef final stroke-width:3px',
      '  class shipped,void final',
    ]);
  });

  it('can be drawn in part, with the states of that part', () => {
    expect(stateDiagram(machine, ({ to }) => to === 'shipped').split('\n')).toEqual([
      'stateDiagram-v2',
      '  paid --> shipped: pick<br/>/ parcel_shipped',
      '  classDef final stroke-width:3px',
      '  class shipped final',
    ]);
  });
});
