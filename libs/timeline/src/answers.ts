/* What a timeline reads of the answers of the services. They are those of openapi/*.json; other fields do not matter here. */

export interface OrderAnswer {
  readonly order_id: string;
  readonly order_number: string;
  readonly user_id: string;
  readonly status: string;
  readonly cancellation_reason: string | null;
  readonly decline_reason?: string;
  readonly shortages?: readonly ShortageAnswer[];
  readonly customer_reason?: string;
  readonly total_amount: number;
  readonly currency: string;
  readonly payment_method: string;
  readonly items: readonly {
    readonly product_id: string;
    readonly product_name: string;
    readonly quantity: number;
    readonly price: number;
  }[];
  readonly created_at: string;
  readonly updated_at: string;
}

export interface ShortageAnswer {
  readonly product_id: string;
  readonly requested: number;
  readonly available: number;
  readonly reason: string;
}

export interface OrderEventAnswer {
  readonly number: number;
  readonly event: string;
  readonly from: string | null;
  readonly to: string;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly cause: string | null;
  readonly actor: string;
  readonly time: string;
}

export interface PaymentAnswer {
  readonly payment_id: string;
  readonly status: string;
  readonly amount: number;
  readonly captured_amount: number;
  readonly refunded_amount: number;
  readonly currency: string;
  readonly failure_reason: string | null;
  readonly dispute: string | null;
  readonly pending: {
    readonly operation: string;
    readonly attempts: number;
    readonly outcome_unknown: boolean;
    readonly next_attempt_at: string;
  } | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface AllocationAnswer {
  readonly status: string;
  readonly items: readonly { readonly product_id: string; readonly quantity: number }[];
  readonly created_at: string;
  readonly updated_at: string;
}

export interface NotificationAnswer {
  readonly notification_id: string;
  readonly notification_type: string;
  readonly channel: string;
  readonly subject: string;
  readonly message: string;
  readonly status: string;
  readonly attempts: number;
  readonly resend_number: number;
  readonly next_attempt_at: string | null;
  readonly last_error: string | null;
  readonly sent_at: string | null;
  readonly created_at: string;
}

export interface FailedMessageAnswer {
  readonly failed_message_id: string;
  readonly status: string;
  readonly topic: string;
  readonly event_id: string | null;
  readonly error_message: string | null;
  readonly attempts: number;
  readonly waiting_behind: number;
  readonly first_failure_at: string | null;
  readonly next_attempt_at: string | null;
  readonly created_at: string;
}

/** An event of the order as it is in Kafka. Whoever reads it words it, with `stepOf`. */
export interface OrderRecord {
  readonly event_id: string;
  readonly type: string;
  /** The service that published it. */
  readonly service: string;
  /** When it was published. RFC 3339, UTC. */
  readonly at: string;
  /** A sentence without a full stop. */
  readonly text: string;
  /** The event that caused it; null if a person or the clock did. */
  readonly cause: string | null;
  /** The trace of W3C that it belongs to, 32 hexadecimal digits. */
  readonly trace_id: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Who could not be asked. */
export interface Unanswered {
  /** `payment-service`; `kafka` when the records could not be read. */
  readonly service: string;
  /** `no answer in 3 s`, `HTTP 503`, or what the network said. */
  readonly why: string;
}

/** A list of which a service has more than is shown. */
export interface Truncated {
  readonly service: string;
  /** `failed messages` or `notifications`. */
  readonly what: string;
  readonly shown: number;
}

/** What the four services say about one order. A service that has nothing is null or empty, one that did not answer in `unanswered`. */
export interface Answers {
  readonly order: OrderAnswer | null;
  readonly trail: readonly OrderEventAnswer[];
  /** The trace in which it was placed. */
  readonly traceId: string | null;
  readonly payment: PaymentAnswer | null;
  readonly allocation: AllocationAnswer | null;
  readonly notifications: readonly NotificationAnswer[];
  /** By service; those that are neither handled nor discarded. */
  readonly failed: Readonly<Record<string, readonly FailedMessageAnswer[]>>;
  readonly truncated: readonly Truncated[];
  /** In part or at all; each service once. */
  readonly unanswered: readonly Unanswered[];
}
