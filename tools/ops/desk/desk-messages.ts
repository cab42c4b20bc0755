/** The answers of `/failed-messages`, as far as the command line uses them. */
export interface MessageSummary {
  readonly failed_message_id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string | number;
  readonly event_id: string | null;
  readonly order_id: string | null;
  readonly error_class: string | null;
  readonly error_message: string | null;
  readonly attempts: number;
  readonly desk_retries: number;
  readonly blocks_order: boolean;
  readonly waiting_behind: number;
  readonly first_failure_at: string | null;
  readonly last_failure_at: string | null;
  readonly next_attempt_at: string | null;
  readonly resolved_at: string | null;
  readonly created_at: string;
}

export interface Attempt {
  readonly number: number;
  readonly at: string;
  readonly kind: string;
  readonly error_class: string | null;
  readonly error_message: string | null;
}

export interface DeskAction {
  readonly action: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: string;
  readonly job_id: string | null;
}

export interface MessageDetail extends MessageSummary {
  readonly key: string | null;
  readonly payload: unknown;
  readonly payload_base64: string | null;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly error_stack: string | null;
  readonly attempt_history: readonly Attempt[];
  readonly waiting: readonly MessageSummary[];
  readonly actions: readonly DeskAction[];
}

export interface MessageGroup {
  readonly topic: string;
  readonly reason: string | null;
  readonly error_class: string | null;
  readonly error_message: string | null;
  readonly status: string;
  readonly count: number;
  readonly first_failure_at: string | null;
  readonly last_failure_at: string | null;
  readonly example_id: string;
}

export interface DryRun {
  readonly dry_run: true;
  readonly matching: number;
  readonly would_retry?: number;
  readonly would_discard?: number;
  readonly skipped_quarantined?: number;
  readonly sample: readonly MessageSummary[];
}

export interface Job {
  readonly job_id: string;
  readonly kind: 'retry' | 'discard';
  readonly status: 'running' | 'done';
  readonly actor: string;
  readonly max: number | null;
  readonly total: number;
  readonly released: number;
  readonly resolved: number;
  readonly failed_again: number;
  readonly skipped: number;
  readonly created_at: string;
  readonly finished_at: string | null;
}

/** What narrows a list or a bulk action. */
export interface MessageFilter {
  readonly status?: string;
  readonly topic?: string;
  readonly reason?: string;
  readonly error?: string;
  readonly since?: string;
  readonly order_id?: string;
}
