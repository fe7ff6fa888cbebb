-- When the last backup was written, for whoever asks how old it is.
ALTER TABLE instance_places ADD COLUMN backed_up_at timestamp(3) with time zone;--> statement-breakpoint
-- What stands in the way of people or of the operator, over all organizations: ids and counts alone.
CREATE FUNCTION installation_health() RETURNS TABLE(fault text, organization text, subject text, at timestamptz, count bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT 'certificate_ending', o.slug, c.id, max((x.value ->> 'notAfter')::timestamptz), 1::bigint
    FROM connections c JOIN organizations o ON o.id = c.organization_id AND o.status = 'active'
    CROSS JOIN LATERAL jsonb_array_elements(c.settings -> 'certificates') x(value)
    WHERE c.type = 'saml' AND c.status IN ('optional', 'enforced') AND x.value ->> 'status' = 'trusted'
    GROUP BY o.slug, c.id HAVING max((x.value ->> 'notAfter')::timestamptz) <= now() + interval '14 days'
  UNION ALL
  SELECT 'connection_failing', o.slug, c.id, max(a.occurred_at), sum(coalesce(a.count, 1))
    FROM connections c JOIN organizations o ON o.id = c.organization_id AND o.status = 'active'
    JOIN sign_in_attempts a ON a.organization_id = c.organization_id AND a.connection_id = c.id
      AND a.occurred_at > now() - interval '1 day'
    WHERE c.status IN ('optional', 'enforced')
    GROUP BY o.slug, c.id HAVING count(*) FILTER (WHERE a.outcome = 'signed_in') = 0 AND sum(coalesce(a.count, 1)) >= 5
  UNION ALL
  SELECT 'mail_failing', o.slug, max(m.id), max(m.created_at), count(*) FROM mails m JOIN organizations o ON o.id = m.organization_id
    WHERE m.last_error IS NOT NULL AND (m.status = 'queued' OR m.status = 'failed' AND m.created_at > now() - interval '1 day')
    GROUP BY o.slug
  UNION ALL
  SELECT 'mass_change_waiting', o.slug, c.directory_id, max(c.tripped_at), count(*) FROM mass_changes c
    JOIN organizations o ON o.id = c.organization_id WHERE c.status = 'open' GROUP BY o.slug, c.directory_id
  UNION ALL
  SELECT 'backup', NULL, NULL, i.backed_up_at, 1 FROM instance_places i $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION installation_health() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION installation_health() TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION installation_health() IS 'What stands in the way over all organizations, for rolecall doctor; ids and counts alone.';
END $do$;
