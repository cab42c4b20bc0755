#!/usr/bin/env bash
# The documented calls, with curl, against the running system. The last line is "N passed, N failed".
set -uo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 1
. tools/stack/running.sh
. tools/stack/docker.sh

# address_of SERVICE: its variable (ORDER_SERVICE_URL), or the system of this working copy, native or in Docker, the port written
# down for a service that is run from source, or the documented one.
address_of() {
  local variable url
  variable=$(printf '%s' "$1" | tr a-z- A-Z_)_URL
  url=${!variable:-}
  if [ -z "$url" ] && native_runs; then url=$(native_url_of "$1"); fi
  if [ -z "$url" ] && [ -n "${in_docker:-}" ]; then url=$(docker_url_of "$1"); fi
  printf '%s' "${url:-$(planned_url "$1")}"
}

if ! native_runs && docker_answers && find_compose; then in_docker=yes; fi
order_service=$(address_of order-service)
payment_service=$(address_of payment-service)
inventory_service=$(address_of inventory-service)
notification_service=$(address_of notification-service)

passed=0
failed=0

# expect NAME PATTERN ACTUAL: PATTERN is an extended regular expression that ACTUAL must contain.
expect() {
  if grep -Eq -- "$2" <<<"$3"; then
    passed=$((passed + 1))
    echo "✓ $1"
  else
    failed=$((failed + 1))
    echo "✕ $1"
    echo "    expected: $2"
    echo "    got:      ${3:0:500}"
  fi
}

call() { curl --silent --show-error --max-time 40 "$@" 2>&1; }

# Asks again for up to 20 seconds, because mails follow the order a moment later.
call_until() {
  local pattern=$1 answer=
  shift
  for _ in $(seq 40); do
    answer=$(call "$@")
    if grep -Eq -- "$pattern" <<<"$answer"; then break; fi
    sleep 0.5
  done
  printf '%s' "$answer"
}

for url in "$order_service" "$payment_service" "$inventory_service" "$notification_service"; do
  expect "$url is up" '"status": ?"up"' "$(call_until '"status": ?"up"' "$url/health")"
  expect "$url has a documentation page" 'swagger|Swagger' "$(call "$url/docs")"
done

order=$(call -X POST "$order_service/orders" \
  -H "Content-Type: application/json" \
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
  }')
expect 'an order is accepted' '"total_amount": ?1299\.99' "$order"
order_id=$(sed -n 's/.*"order_id": *"\([^"]*\)".*/\1/p' <<<"$order")

settled=$(call "$order_service/orders/$order_id?wait=30s")
expect 'it is confirmed' '"status": ?"(confirmed|cancelled)"' "$settled"
if grep -q out_of_stock <<<"$settled"; then echo "  (the laptops are sold out, so the order was cancelled as expected)"; fi
expect 'it has an audit trail' '"order_created"' "$(call "$order_service/orders/$order_id/events")"
expect 'it has a payment' "\"order_id\": ?\"$order_id\"" "$(call "$payment_service/payments?order_id=$order_id")"
expect 'the stock can be read' '"product_id": ?"LAPTOP001"' "$(call "$inventory_service/inventory")"
expect 'its customer was notified' "$order_id.*\"sent\"" \
  "$(call_until "$order_id.*\"sent\"" "$notification_service/notifications?user_id=user_123")"
expect 'an invalid order is rejected with a pointer to the error' '"pointer": ?"/items/0/quantity"' \
  "$(call -X POST "$order_service/orders" -H 'Content-Type: application/json' \
    -d '{"user_id":"user_123","items":[{"product_id":"LAPTOP001","product_name":"Gaming Laptop","quantity":0,"price":1}]}')"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
