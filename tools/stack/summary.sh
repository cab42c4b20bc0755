# Sourced by start-system.sh.

# print_summary ORDER PAYMENT INVENTORY NOTIFICATION MAIL [KAFKA_UI]: where everything is, and what to try first.
print_summary() {
  local -a urls=()
  local url service
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

END
  for service in ${START_WITHOUT:-}; do
    cat <<END
Run $service from source, in this system:

  npx nest start $service --watch --env-file .local/run/$service.env

END
  done
  cat <<END
Place an order:

  curl -X POST ${1:-$(planned_url order-service 8001)}/orders \\
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

  curl ${3:-$(planned_url inventory-service 8003)}/inventory
  curl "${4:-$(planned_url notification-service 8004)}/notifications?user_id=user_123"

Stop with ./stop-system.sh
END
}
