# Sourced by start-system.sh.

# print_summary ORDER PAYMENT INVENTORY NOTIFICATION MAIL [KAFKA_UI]: where everything is, and what to try first.
print_summary() {
  local -a urls=()
  local url
  for url in "${@:1:4}"; do urls+=("${url:+$url   (API: $url/docs)}"); done
  cat <<END

The system is running.

  Order service         ${urls[0]:-not started}
  Payment service       ${urls[1]:-not started}
  Inventory service     ${urls[2]:-not started}
  Notification service  ${urls[3]:-not started}
  Mails                 $5
END
  if [ -n "${6:-}" ]; then echo "  Kafka UI              $6"; fi
  cat <<END

Place an order:

  curl -X POST ${1:-http://localhost:8001}/orders \\
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

  curl ${3:-http://localhost:8003}/inventory
  curl "${4:-http://localhost:8004}/notifications?user_id=user_123"

Stop with ./stop-system.sh
END
}
