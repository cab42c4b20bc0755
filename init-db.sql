-- Roles, schemas and rights. Tables are the business of each service's migrations.
-- Run once, as a superuser, inside the database microservices_db; running it again changes nothing.
--
-- One login role and one schema of the same name per service: a service sees what it owns and nothing else, so the
-- services can only meet on Kafka. The passwords equal the role names and are for development: CHANGE THEM IN
-- PRODUCTION (ALTER ROLE order_service PASSWORD '…') and give each service its own DATABASE_URL.

DO $$
DECLARE
  service text;
BEGIN
  FOREACH service IN ARRAY ARRAY['order_service', 'payment_service', 'inventory_service', 'notification_service'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
      EXECUTE format(
        'CREATE ROLE %I LOGIN PASSWORD %L NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS',
        service, service);
    END IF;
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', service, service);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', service);
    EXECUTE format('GRANT CONNECT ON DATABASE microservices_db TO %I', service);

    EXECUTE format('ALTER ROLE %I SET search_path = %I', service, service);
    EXECUTE format('ALTER ROLE %I SET timezone = %L', service, 'UTC');
    -- A statement, a wait for a lock or a forgotten transaction ends before it can hold up a service for long.
    -- A migration that needs longer says so itself: SET LOCAL statement_timeout = 0.
    EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', service, '10s');
    EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', service, '5s');
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', service, '15s');
    -- Tables grow from nothing to millions of rows while a prepared statement lives: plan with today's statistics.
    EXECUTE format('ALTER ROLE %I SET plan_cache_mode = %L', service, 'force_custom_plan');
  END LOOP;
END
$$;

REVOKE ALL ON DATABASE microservices_db FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- People look at the data as admin: SELECT * FROM orders; needs no schema name.
ALTER ROLE admin IN DATABASE microservices_db
  SET search_path = order_service, payment_service, inventory_service, notification_service, public;
