/** What travels between the roles, keyed by the order. */
export interface Item {
  readonly product_id: string;
  readonly product_name: string;
  readonly quantity: number;
  readonly price: number;
}

export interface OrderCreated {
  readonly order_id: string;
  readonly user_id: string;
  readonly payment_method: string;
  readonly currency: string;
  readonly total_amount: number;
  readonly items: readonly Item[];
}

export interface PaymentSuccessful {
  readonly order_id: string;
  readonly payment_id: string;
  readonly user_id: string;
  readonly currency: string;
  readonly amount: number;
  readonly items: readonly Pick<Item, 'product_id' | 'quantity'>[];
}

export interface PaymentFailed {
  readonly order_id: string;
}

export interface InventoryUpdated {
  readonly order_id: string;
  readonly user_id: string;
  readonly items: readonly Pick<Item, 'product_id' | 'quantity'>[];
}

export interface OrderConfirmed {
  readonly order_id: string;
  readonly user_id: string;
  readonly currency: string;
  readonly total_amount: number;
}

export interface NotificationSent {
  readonly order_id: string;
  readonly notification_id: string;
  readonly user_id: string;
  readonly type: string;
}
