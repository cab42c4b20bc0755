# Sourced by start-system.sh.

# print_summary URL_OF MAIL [KAFKA_UI [TRACES]]: where everything is, and what to try first. `URL_OF SERVICE` prints where a service is, or
# nothing when it was left out.
print_summary() {
  local url service credentials=''
  # The line of a call that has them, where the services ask for them.
  if [ "${AUTHENTICATION:-}" = required ]; then
    credentials=$'    -H "Authorization: Bearer $(./ops token user_123 --role customer)" \\\n'
  fi
  printf '\nThe system is running.\n\n'
  for service in $(service_names); do
    url=$("$1" "$service")
    if [ -n "$url" ]; then url="$url   (API: $url/docs)"; fi
    printf '  %-22s%s\n' "$service" "${url:-not started}"
  done
  printf '  %-22s%s\n' mails "$2"
  if [ -n "${3:-}" ]; then printf '  %-22s%s\n' 'Kafka UI' "$3"; fi
  if [ -n "${4:-}" ]; then printf '  %-22s%s\n' traces "$4"; fi
  echo
  for service in ${START_WITHOUT:-}; do
    cat <<END
Run $service from source, in this system:

  npm run start:dev $service

END
  done
  cat <<END
Place an order:

  curl -X POST $(summary_url "$1" order-service)/orders \\
    -H "Content-Type: application/json" \\
${credentials}    -d '{
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

  curl $(summary_url "$1" inventory-service)/inventory
  curl "$(summary_url "$1" notification-service)/notifications?user_id=user_123"

Stop with ./stop-system.sh
END
}

# summary_url URL_OF SERVICE: where the service is, or will be once it is run from source.
summary_url() {
  local url
  url=$("$1" "$2")
  printf '%s' "${url:-$(planned_url "$2")}"
}
