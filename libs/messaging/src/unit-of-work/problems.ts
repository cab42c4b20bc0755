import type { ProblemCatalogue } from '@app/platform';

/** What the codes mean that a unit of work may end with, beside those of every service. */
export const MESSAGING_PROBLEMS: ProblemCatalogue = {
  'SERVICE.LOCKED': {
    title: 'The resource is being changed',
    status: 503,
    meaning: 'Another transaction has locked what the request needs. Nothing was changed.',
    remedy: 'Send the request again after as many seconds as Retry-After says.',
  },
};
