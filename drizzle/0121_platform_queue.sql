-- What waits to be sent, in all organizations, for those who run the installation: counts, times and what was answered last, nobody's
-- address and nothing that is sent.
CREATE FUNCTION platform_queue() RETURNS TABLE(kind text, organization_id text, name text, waiting bigint, failing bigint,
    oldest timestamptz, next_attempt_at timestamptz, last_error text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH queued AS (
    SELECT 'mail' AS kind, m.organization_id, m.created_at, m.next_attempt_at, m.last_error FROM mails m WHERE m.status = 'queued'
    UNION ALL
    SELECT 'sign_out', l.organization_id, l.created_at, l.next_attempt_at, l.last_error FROM application_logouts l
      WHERE l.status = 'queued')
  SELECT q.kind, q.organization_id, o.name, count(*), count(q.last_error), min(q.created_at), min(q.next_attempt_at),
      (array_agg(q.last_error ORDER BY q.next_attempt_at) FILTER (WHERE q.last_error IS NOT NULL))[1]
    FROM queued q JOIN organizations o ON o.id = q.organization_id
    WHERE current_setting('rolecall.instance', true) = 'on'
    GROUP BY q.kind, q.organization_id, o.name ORDER BY count(q.last_error) DESC, min(q.created_at) LIMIT 200 $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION platform_queue() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION platform_queue() TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION platform_queue() IS 'What waits to be sent, by organization, for those who run the installation.';
END $do$;
