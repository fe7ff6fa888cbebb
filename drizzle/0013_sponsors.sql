ALTER TABLE "assignments" ADD COLUMN "sponsor_left_at" timestamp(3) with time zone;--> statement-breakpoint
CREATE INDEX "assignments_sponsored" ON "assignments" USING btree ("organization_id") WHERE sponsor is not null and sponsor_left_at is null;
--> statement-breakpoint
-- Assignments that somebody vouches for who has gone: everybody whom the text can mean is inactive.
CREATE VIEW assignments_without_sponsor WITH (security_invoker = true) AS
SELECT a.organization_id, a.id AS assignment_id FROM assignments a
JOIN organizations o ON o.id = a.organization_id AND o.status = 'active'
JOIN users h ON h.organization_id = a.organization_id AND h.id = a.user_id AND h.status <> 'inactive' AND h.deleted_at IS NULL
CROSS JOIN LATERAL (SELECT bool_and(m.status = 'inactive' OR m.deleted_at IS NOT NULL) AS is_gone FROM (
    SELECT u.status, u.deleted_at FROM users u WHERE u.organization_id = a.organization_id AND u.id = a.sponsor
    UNION ALL
    SELECT u.status, u.deleted_at FROM users u
      WHERE u.organization_id = a.organization_id AND u.user_name_key = fold(btrim(a.sponsor))
    UNION ALL
    SELECT u.status, u.deleted_at FROM user_emails e
      JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id
      WHERE e.organization_id = a.organization_id AND e.value_key = fold(btrim(a.sponsor))) m) s
WHERE a.sponsor IS NOT NULL AND a.sponsor_left_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > now()) AND s.is_gone;
--> statement-breakpoint
GRANT SELECT ON assignments_without_sponsor TO rolecall_server;
--> statement-breakpoint
-- As before, and assignments whose sponsor has gone.
CREATE OR REPLACE FUNCTION organizations_with_upkeep() RETURNS TABLE (organization_id text, kind text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT r.organization_id, 'reminder' FROM assignments_to_remind r
  UNION ALL
  SELECT DISTINCT e.organization_id, 'end_date' FROM (
    SELECT p.organization_id FROM people_past_their_end p
    UNION ALL SELECT s.organization_id FROM assignments_without_sponsor s
    UNION ALL SELECT u.organization_id FROM users u WHERE u.returns_at <= now()) e
  UNION ALL
  SELECT o.id, 'retention' FROM organizations o
    WHERE (SELECT p.occurred_at FROM provisioning_events p WHERE p.organization_id = o.id ORDER BY p.id LIMIT 1)
        < now() - make_interval(days => o.provisioning_log_days + 1)
      OR (SELECT s.occurred_at FROM sign_in_attempts s WHERE s.organization_id = o.id ORDER BY s.id LIMIT 1)
        < now() - make_interval(days => o.sign_in_trace_days + 1)
      OR (SELECT m.created_at FROM mails m WHERE m.organization_id = o.id AND m.status <> 'queued' ORDER BY m.id LIMIT 1)
        < now() - make_interval(days => o.mail_days + 1)
      OR EXISTS (SELECT FROM user_changes c WHERE c.organization_id = o.id AND c.finished_at < now() - interval '31 days')
  UNION ALL
  SELECT DISTINCT c.organization_id, 'certificate' FROM certificates_ending c
  UNION ALL
  SELECT DISTINCT e.organization_id, 'emergency_drill' FROM emergency_accounts_to_prove e $$;
