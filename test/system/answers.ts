/** What the services answer, as their documentation says. */
export interface OrderAnswer {
  readonly order_id: string;
  readonly order_number: string;
  readonly user_id: string;
  readonly status: 'pending' | 'paid' | 'confirmed' | 'cancelled';
  readonly cancellation_reason: string | null;
  readonly total_amount: number;
  readonly currency: string;
  readonly items: readonly { product_id: string; product_name: string; quantity: number; price: number }[];
  readonly created_at: string;
  readonly updated_at: string;
}

export interface PaymentAnswer {
  readonly payment_id: string;
  readonly order_id: string;
  readonly status: string;
  readonly amount: number;
  readonly captured_amount: number;
  readonly refunded_amount: number;
  readonly failure_reason: string | null;
}

export interface ProductAnswer {
  readonly product_id: string;
  readonly quantity: number;
  readonly price: number;
}

export interface NotificationAnswer {
  readonly notification_id: string;
  readonly order_id: string;
  readonly notification_type: string;
  readonly channel: string;
  readonly subject: string;
  readonly message: string;
  readonly status: string;
}

export interface ProblemAnswer {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
}
