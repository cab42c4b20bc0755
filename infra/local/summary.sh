# Sourced by start-system.sh.

# print_summary ORDER PAYMENT INVENTORY NOTIFICATION MAIL [KAFKA_UI]: where everything is, and what to try first.
print_summary() {
  cat <<END

The system is running.

  Order service         $1   (API: $1/docs)
  Payment service       $2   (API: $2/docs)
  Inventory service     $3   (API: $3/docs)
  Notification service  $4   (API: $4/docs)
  Mails                 $5
END
  if [ -n "${6:-}" ]; then echo "  Kafka UI              $6"; fi
  cat <<END

Place an order:

  curl -X POST $1/orders \\
    -H "Content-Type: application/json" \\
    -d '{
      "user_id": "user_123",
      "items": [
        {
          "product_id": "LAPTOP001",
          "product_name": "Gaming Laptop",
          "quantity": 1,
          "price": 1299.99
        }
      ]
    }'

and see what it did:

  curl $3/inventory
  curl "$4/notifications?user_id=user_123"

Stop with ./stop-system.sh
END
}
