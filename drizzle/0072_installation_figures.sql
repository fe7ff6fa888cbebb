-- For the metrics: what waits, what fails and who is silent, over all organizations; ids and counts alone.
CREATE FUNCTION installation_figures() RETURNS TABLE(name text, labels jsonb, value double precision) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT 'mails_queued', '{}'::jsonb, count(*)::double precision FROM mails m WHERE m.status = 'queued'
  UNION ALL
  SELECT 'mails_oldest_seconds', '{}', coalesce(greatest(extract(epoch FROM now() - min(m.next_attempt_at)), 0), 0)
    FROM mails m WHERE m.status = 'queued'
  UNION ALL
  SELECT 'logouts_queued', '{}', count(*) FROM application_logouts l WHERE l.status = 'queued'
  UNION ALL
  SELECT 'alarms_unsent', '{}', count(*) FROM alarms a WHERE a.notified_at IS NULL
  UNION ALL
  SELECT 'jobs_failing', jsonb_build_object('kind', w.kind), count(*) FROM work_leases w WHERE w.failures > 0 GROUP BY w.kind
  UNION ALL
  SELECT 'mass_changes_open', '{}', count(*) FROM mass_changes c WHERE c.status = 'open'
  UNION ALL
  SELECT 'directory_silent_seconds', jsonb_build_object('directory', t.directory_id),
      greatest(extract(epoch FROM now() - max(t.last_used_at)), 0)
    FROM directory_tokens t JOIN directories d ON d.organization_id = t.organization_id AND d.id = t.directory_id AND d.status = 'active'
    WHERE t.last_used_at IS NOT NULL GROUP BY t.directory_id $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION installation_figures() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION installation_figures() TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION installation_figures() IS 'What the metrics say of the installation: what waits, what fails, who is silent; ids and counts alone.';
END $do$;
