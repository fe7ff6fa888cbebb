-- Addresses that are told of events as they happen: an organization's own, and under the name platform those that are told of all.
CREATE TABLE webhooks (
  organization_id text NOT NULL,
  id text NOT NULL,
  url text NOT NULL,
  description text NOT NULL,
  types jsonb,
  reach text NOT NULL,
  organization_ids jsonb NOT NULL,
  status text NOT NULL,
  pause_reason text,
  secret_sealed text NOT NULL,
  public_key text NOT NULL,
  previous_until timestamp(3) with time zone,
  "position" bigint NOT NULL,
  attempts integer NOT NULL,
  failing_since timestamp(3) with time zone,
  failing_event_id text,
  next_attempt_at timestamp(3) with time zone,
  delivered_at timestamp(3) with time zone,
  lease_holder text,
  lease_until timestamp with time zone,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT webhooks_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT webhooks_status CHECK (status IN ('active', 'paused')),
  CONSTRAINT webhooks_reach CHECK (reach IN ('all', 'only', 'except'))
);
--> statement-breakpoint
CREATE INDEX webhooks_pending ON webhooks (next_attempt_at) WHERE next_attempt_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX webhooks_leased ON webhooks (lease_until) WHERE lease_until IS NOT NULL;--> statement-breakpoint
CREATE TABLE webhook_attempts (
  organization_id text NOT NULL,
  id text NOT NULL,
  webhook_id text NOT NULL,
  kind text NOT NULL,
  event_id text NOT NULL,
  event_type text NOT NULL,
  event_organization_id text NOT NULL,
  subject_id text,
  attempt integer NOT NULL,
  sent_at timestamp(3) with time zone NOT NULL,
  duration_millis integer NOT NULL,
  is_delivered boolean NOT NULL,
  status integer,
  error text,
  request_headers jsonb NOT NULL,
  request_body text NOT NULL,
  answer text,
  next_attempt_at timestamp(3) with time zone,
  CONSTRAINT webhook_attempts_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT webhook_attempts_kind CHECK (kind IN ('event', 'replay', 'test')),
  CONSTRAINT webhook_attempts_organization_id_webhook_id_webhooks_organization_id_id_fk FOREIGN KEY (organization_id, webhook_id)
    REFERENCES webhooks (organization_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX webhook_attempts_webhook ON webhook_attempts (organization_id, webhook_id, id);--> statement-breakpoint
CREATE INDEX webhook_attempts_event ON webhook_attempts (organization_id, event_id);--> statement-breakpoint
CREATE TABLE webhook_replays (
  organization_id text NOT NULL,
  id text NOT NULL,
  webhook_id text NOT NULL,
  "position" bigint NOT NULL,
  last_position bigint NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  finished_at timestamp(3) with time zone,
  CONSTRAINT webhook_replays_organization_id_id_pk PRIMARY KEY (organization_id, id),
  CONSTRAINT webhook_replays_organization_id_webhook_id_webhooks_organization_id_id_fk FOREIGN KEY (organization_id, webhook_id)
    REFERENCES webhooks (organization_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX webhook_replays_open ON webhook_replays (organization_id, webhook_id, id) WHERE finished_at IS NULL;--> statement-breakpoint
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE webhook_attempts ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE webhook_replays ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY own_organization ON webhooks FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
CREATE POLICY own_organization ON webhook_attempts FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
CREATE POLICY own_organization ON webhook_replays FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks, webhook_attempts, webhook_replays TO rolecall_server;--> statement-breakpoint
-- Whom there may be something for that nobody works on: where something happened, where an attempt or a replay is due, and what a node
-- has left that died. With a settled position, also whoever is behind it, whatever was noted of it.
CREATE FUNCTION webhooks_to_deliver(p_organization_ids text[], p_settled bigint)
  RETURNS TABLE(organization_id text, id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT w.organization_id, w.id FROM webhooks w
  WHERE w.status = 'active' AND (w.lease_until IS NULL OR w.lease_until < now())
    AND (w.next_attempt_at IS NULL OR w.next_attempt_at <= now())
    AND (w.organization_id, w.id) IN (
      SELECT x.organization_id, x.id FROM webhooks x WHERE x.organization_id = ANY (p_organization_ids)
      UNION ALL SELECT x.organization_id, x.id FROM webhooks x
        WHERE x.organization_id = 'platform' AND cardinality(p_organization_ids) > 0
      UNION ALL SELECT x.organization_id, x.id FROM webhooks x WHERE x.next_attempt_at IS NOT NULL AND x.next_attempt_at <= now()
      UNION ALL SELECT x.organization_id, x.id FROM webhooks x WHERE x.lease_until IS NOT NULL AND x.lease_until < now()
      UNION ALL SELECT x.organization_id, x.id FROM webhooks x WHERE p_settled IS NOT NULL AND x.position < p_settled) $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION webhooks_to_deliver(text[], bigint) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION webhooks_to_deliver(text[], bigint) TO rolecall_server;--> statement-breakpoint
CREATE OR REPLACE FUNCTION public.seals_by_key()
 RETURNS TABLE(key_id text, organization_id text, secrets bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT split_part(s.sealed, '.', 2), s.organization_id, count(*) FROM (
    SELECT c.organization_id, c.secret_sealed FROM connections c
    UNION ALL SELECT a.organization_id, a.secret_sealed FROM applications a
    UNION ALL SELECT w.organization_id, w.secret_sealed FROM webhooks w
    UNION ALL SELECT f.organization_id, f.secret_sealed FROM totp_factors f
    UNION ALL SELECT m.organization_id, m.password_sealed FROM mail_servers m
    UNION ALL SELECT m.organization_id, m.body_sealed FROM mails m
    UNION ALL SELECT n.organization_id, n.id_token_sealed FROM sessions n
    UNION ALL SELECT r.organization_id, r.secret_sealed FROM sign_in_requests r WHERE r.expires_at > now()
    UNION ALL SELECT NULL, i.value_sealed FROM instance_keys i) AS s (organization_id, sealed)
  WHERE s.sealed <> '' GROUP BY 1, 2 $function$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION public.organizations_with_upkeep()
 RETURNS TABLE(organization_id text, kind text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
      OR (SELECT d.occurred_at FROM derived_events d WHERE d.organization_id = o.id ORDER BY d.id LIMIT 1) < now() - interval '31 days'
      OR (SELECT w.sent_at FROM webhook_attempts w WHERE w.organization_id = o.id ORDER BY w.id LIMIT 1) < now() - interval '31 days'
      OR EXISTS (SELECT FROM user_changes c WHERE c.organization_id = o.id AND c.finished_at < now() - interval '31 days')
      OR o.erase_deleted AND EXISTS (SELECT FROM users u WHERE u.organization_id = o.id AND u.status = 'inactive'
        AND u.deleted_at <= now() - make_interval(days => o.erase_after_days)
        AND u.status_changed_at <= now() - make_interval(days => o.erase_after_days))
  UNION ALL
  SELECT DISTINCT c.organization_id, 'certificate' FROM certificates_ending c
  UNION ALL
  SELECT DISTINCT e.organization_id, 'emergency_drill' FROM emergency_accounts_to_prove e
  UNION ALL
  SELECT DISTINCT d.organization_id, 'brake' FROM directories d
    WHERE d.brake_learned_at IS NULL OR d.brake_learned_at < now() - interval '1 day'
  UNION ALL
  SELECT DISTINCT s.organization_id, 'report' FROM report_schedules s WHERE s.status = 'on' AND s.next_at <= now() $function$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE webhooks IS 'Addresses that are told of events in their order, by leases; under the name platform those that are told of those of all organizations. position: up to which they were told.';
  COMMENT ON TABLE webhook_attempts IS 'What was sent to webhooks and what they answered; kept for 30 days.';
  COMMENT ON TABLE webhook_replays IS 'Events that are sent to a webhook once more, from one position to another.';
  COMMENT ON FUNCTION webhooks_to_deliver(text[], bigint) IS 'Webhooks for which there may be something that nobody works on.';
END $do$;
