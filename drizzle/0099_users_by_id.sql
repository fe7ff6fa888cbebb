-- outside of a transaction: the index is built beside running writes
-- Ids of users are the same nowhere else, so that a key of the platform may ask about somebody by their id alone.
DROP INDEX CONCURRENTLY IF EXISTS users_id;--> statement-breakpoint
CREATE INDEX CONCURRENTLY users_id ON users (id);--> statement-breakpoint
CREATE OR REPLACE FUNCTION organizations_of_users(p_ids text[]) RETURNS TABLE(user_id text, organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.organization_id FROM users u WHERE u.id = ANY (p_ids) AND current_setting('rolecall.instance', true) = 'on' $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION organizations_of_users(text[]) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION organizations_of_users(text[]) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION organizations_of_users(text[]) IS 'In which organizations users are, for a transaction of the platform.';
END $do$;
