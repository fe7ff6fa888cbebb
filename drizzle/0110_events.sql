-- What the worker works out of changes, beside the audit trail, whose rows are events themselves; and how far it has come. Both have
-- their places in one order.
CREATE TABLE derived_events (
  organization_id text NOT NULL CONSTRAINT derived_events_organization_id_organizations_id_fk
    REFERENCES organizations(id) ON DELETE CASCADE,
  id text NOT NULL,
  occurred_at timestamp(3) with time zone NOT NULL,
  action text NOT NULL,
  detail jsonb NOT NULL,
  "position" bigint NOT NULL,
  CONSTRAINT derived_events_organization_id_id_pk PRIMARY KEY (organization_id, id)
);
--> statement-breakpoint
CREATE UNIQUE INDEX derived_events_position ON derived_events (organization_id, "position");--> statement-breakpoint
CREATE INDEX derived_events_in_order ON derived_events ("position");--> statement-breakpoint
ALTER TABLE derived_events ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY own_organization ON derived_events FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
GRANT SELECT, DELETE ON derived_events TO rolecall_server;--> statement-breakpoint
CREATE TRIGGER place_derived_event BEFORE INSERT ON derived_events FOR EACH ROW EXECUTE FUNCTION place_audit_event();
--> statement-breakpoint
CREATE TABLE event_progress (
  organization_id text NOT NULL CONSTRAINT event_progress_organization_id_organizations_id_fk
    REFERENCES organizations(id) ON DELETE CASCADE,
  worked_out_to bigint NOT NULL,
  CONSTRAINT event_progress_organization_id_pk PRIMARY KEY (organization_id)
);
--> statement-breakpoint
ALTER TABLE event_progress ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY own_organization ON event_progress FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
GRANT SELECT ON event_progress TO rolecall_server;--> statement-breakpoint
-- What was before is not told anew.
INSERT INTO event_progress (organization_id, worked_out_to)
  SELECT o.id, p.last_value FROM organizations o, audit_positions p;
--> statement-breakpoint
-- A position is given out before its transaction commits, so that a row with a lower one may come to be seen later. Up to the settled
-- one nothing more comes: every transaction that has such a position has a number below `below`, and all of those are over.
CREATE FUNCTION event_tail(p_settled bigint, p_last bigint, p_below text)
  RETURNS TABLE(settled bigint, "last" bigint, below text, organization_ids text[])
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_now bigint;
BEGIN
  SELECT CASE WHEN p.is_called THEN p.last_value ELSE p.last_value - 1 END INTO v_now FROM audit_positions p;
  settled := least(coalesce(p_settled, 0), v_now);
  "last" := p_last;
  below := p_below;
  IF "last" IS NULL AND (v_now > settled OR p_settled IS NULL) THEN
    "last" := v_now;
    below := pg_current_xact_id()::text;
  END IF;
  IF "last" IS NOT NULL AND pg_snapshot_xmin(pg_current_snapshot()) >= below::xid8 THEN
    settled := "last";
    "last" := NULL;
    below := NULL;
  END IF;
  organization_ids := '{}';
  IF p_settled IS NOT NULL AND settled > p_settled THEN
    organization_ids := ARRAY(SELECT DISTINCT a.organization_id FROM audit_events a
        WHERE a.position > p_settled AND a.position <= event_tail.settled
      UNION SELECT d.organization_id FROM derived_events d WHERE d.position > p_settled AND d.position <= event_tail.settled);
  END IF;
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Published events of the organizations that a caller of the platform reaches, in their order.
CREATE FUNCTION platform_events(p_after bigint, p_upto bigint, p_since timestamptz, p_reach text, p_organization_ids text[],
    p_actions text[], p_limit integer)
  RETURNS TABLE("position" bigint, organization_id text, id text, occurred_at timestamptz, actor_type text, actor_id text,
    action text, target_id text, detail jsonb)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  IF current_setting('rolecall.instance', true) IS DISTINCT FROM 'on' THEN RETURN; END IF;
  RETURN QUERY SELECT e.* FROM (
    (SELECT a.position, a.organization_id, a.id, a.occurred_at::timestamptz, a.actor_type, a.actor_id, a.action, a.target_id, a.detail
      FROM audit_events a
      WHERE a.position > p_after AND a.position <= p_upto AND a.occurred_at >= p_since AND a.action = ANY (p_actions)
        AND (p_reach = 'all' OR (a.organization_id = ANY (p_organization_ids)) = (p_reach = 'only')
          AND a.organization_id <> 'platform')
      ORDER BY a.position LIMIT p_limit)
    UNION ALL
    (SELECT d.position, d.organization_id, d.id, d.occurred_at::timestamptz, 'system', 'rolecall', d.action, d.organization_id, d.detail
      FROM derived_events d
      WHERE d.position > p_after AND d.position <= p_upto AND d.occurred_at >= p_since AND d.action = ANY (p_actions)
        AND (p_reach = 'all' OR (d.organization_id = ANY (p_organization_ids)) = (p_reach = 'only'))
      ORDER BY d.position LIMIT p_limit)) e ORDER BY 1 LIMIT p_limit;
END $$;
--> statement-breakpoint
-- Where the events of the last days begin, by the first id that they could have.
CREATE FUNCTION first_event_position(p_first_id text) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(min(x.position) - 1, 0) FROM (SELECT o.id FROM organizations o UNION ALL SELECT 'platform') o
    CROSS JOIN LATERAL (SELECT a.position FROM audit_events a WHERE a.organization_id = o.id AND a.id >= p_first_id
      ORDER BY a.id LIMIT 1) x
    WHERE current_setting('rolecall.instance', true) = 'on' $$;
--> statement-breakpoint
-- Whether what follows a position is older than events are kept.
CREATE FUNCTION is_event_forgotten(p_after bigint, p_since timestamptz) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT a.occurred_at < p_since FROM audit_events a WHERE a.position > p_after ORDER BY a.position LIMIT 1), false)
    AND current_setting('rolecall.instance', true) = 'on' $$;
--> statement-breakpoint
-- Whose access may have changed by what has happened since the last time, up to a settled position: a superset, each of them once for
-- a brand. Whoever cannot be told apart at reasonable cost is meant by a row without a user: everybody there.
CREATE FUNCTION work_out_access(p_upto bigint, p_limit integer, OUT read_events integer, OUT written integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
  SET plan_cache_mode = 'force_generic_plan' AS $$
DECLARE
  v_organization_id text := current_setting('rolecall.organization_id', true);
  v_from bigint;
  v_to bigint;
  v_has_filters boolean;
BEGIN
  read_events := 0;
  written := 0;
  PERFORM FROM organizations o WHERE o.id = v_organization_id;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO event_progress (organization_id, worked_out_to) VALUES (v_organization_id, 0) ON CONFLICT DO NOTHING;
  SELECT p.worked_out_to INTO v_from FROM event_progress p WHERE p.organization_id = v_organization_id FOR UPDATE SKIP LOCKED;
  IF NOT FOUND OR v_from >= p_upto THEN RETURN; END IF;
  SELECT count(*), max(e.position) INTO read_events, v_to FROM (SELECT a.position FROM audit_events a
    WHERE a.organization_id = v_organization_id AND a.position > v_from AND a.position <= p_upto
    ORDER BY a.position LIMIT p_limit) e;
  IF read_events < p_limit THEN v_to := p_upto; END IF;
  v_has_filters := EXISTS (SELECT FROM mappings m WHERE m.organization_id = v_organization_id AND m.filter_path IS NOT NULL)
    OR EXISTS (SELECT FROM team_sources s WHERE s.organization_id = v_organization_id AND s.filter_path IS NOT NULL);
  WITH events AS MATERIALIZED (
    SELECT a.id, a.action, a.target_id, a.detail, a.occurred_at FROM audit_events a
      WHERE a.organization_id = v_organization_id AND a.position > v_from AND a.position <= v_to),
  -- Changes of members, with the brands in which the group or one above it gives something.
  moved AS (
    SELECT e.id, e.detail, g.brand_id FROM events e CROSS JOIN LATERAL (
      SELECT DISTINCT x.brand_id FROM groups_above(v_organization_id, ARRAY[e.target_id]) a CROSS JOIN LATERAL (
        SELECT m.brand_id FROM mappings m WHERE m.organization_id = v_organization_id AND m.group_id = a.group_id
        UNION ALL SELECT r.brand_id FROM team_sources s
          JOIN teams t ON t.organization_id = s.organization_id AND t.id = s.team_id
          JOIN team_roles r ON r.organization_id = s.organization_id AND r.team_id IN (t.id, t.parent_id)
          WHERE s.organization_id = v_organization_id AND s.group_id = a.group_id) x) g
    WHERE e.action IN ('group.members_added', 'group.members_removed')),
  team_changes AS (
    SELECT e.id, e.action, e.target_id AS team_id, e.detail FROM events e WHERE starts_with(e.action, 'team.')),
  concerned (user_id, brand_id, because) AS (
    SELECT e.target_id, NULL::text, e.id FROM events e WHERE e.action IN ('user.provision', 'user.activate', 'user.deactivate',
        'user.reactivate', 'user.delete', 'user.restore', 'user.restore_deleted', 'user.erase', 'user.adopt', 'user.claim_groups',
        'user.import')
      OR v_has_filters AND e.action IN ('user.update', 'user.change_own_profile', 'user.change_own_address', 'user.accept_address')
    UNION SELECT e.detail ->> 'userId', e.detail ->> 'brandId', e.id FROM events e
      WHERE e.action IN ('assignment.create', 'assignment.update', 'assignment.delete', 'assignment.sponsor_left',
        'review_task.open', 'review_task.done', 'review_task.cancel', 'review_task.refuse')
    UNION SELECT i.id, m.brand_id, m.id FROM moved m CROSS JOIN LATERAL jsonb_array_elements_text(m.detail -> 'ids') i (id)
      WHERE NOT starts_with(i.id, 'grp_')
    UNION SELECT u.user_id, m.brand_id, m.id FROM moved m CROSS JOIN LATERAL jsonb_array_elements_text(m.detail -> 'ids') i (id)
      CROSS JOIN LATERAL members_below(i.id) u WHERE starts_with(i.id, 'grp_')
    UNION SELECT NULL, m.brand_id, m.id FROM moved m WHERE (m.detail ->> 'count')::integer > jsonb_array_length(m.detail -> 'ids')
    UNION SELECT u.user_id, e.detail ->> 'brandId', e.id FROM events e CROSS JOIN LATERAL members_below(e.detail ->> 'groupId') u
      WHERE e.action IN ('mapping.create', 'mapping.delete')
    UNION SELECT NULL, e.detail ->> 'brandId', e.id FROM events e
      WHERE e.action IN ('mapping.create', 'mapping.delete') AND e.detail ->> 'groupId' IS NULL
    -- Whoever was in a group that is gone, where it gave something.
    UNION SELECT h.user_id, x.brand_id, e.id FROM events e
      JOIN history.mappings x ON x.organization_id = v_organization_id AND x.group_id = e.target_id
      JOIN history.group_members h ON h.organization_id = v_organization_id AND h.group_id = e.target_id
        AND h.valid_to >= e.occurred_at - interval '1 minute'
      WHERE e.action = 'group.delete'
    UNION SELECT x.user_id, x.brand_id, e.id FROM events e CROSS JOIN LATERAL (
        SELECT a.user_id, a.brand_id FROM assignments a WHERE a.organization_id = v_organization_id AND a.role_id = e.target_id
        UNION SELECT u.user_id, m.brand_id FROM mappings m CROSS JOIN LATERAL members_below(m.group_id) u
          WHERE m.organization_id = v_organization_id AND m.role_id = e.target_id AND m.group_id IS NOT NULL
        UNION SELECT NULL, m.brand_id FROM mappings m
          WHERE m.organization_id = v_organization_id AND m.role_id = e.target_id AND m.group_id IS NULL
        UNION SELECT t.user_id, t.brand_id FROM holders_by_team t
          WHERE t.organization_id = v_organization_id AND t.role_id = e.target_id) x
      WHERE e.action = 'role.update'
    -- Teams: those in it and in the teams below it, and those who are named.
    UNION SELECT p.user_id, r.brand_id, t.id FROM team_changes t
      JOIN people_of_teams p ON p.organization_id = v_organization_id AND (p.team_id = t.team_id OR p.parent_id = t.team_id)
      JOIN teams n ON n.organization_id = v_organization_id AND n.id = p.team_id
      JOIN team_roles r ON r.organization_id = v_organization_id AND r.team_id IN (n.id, n.parent_id)
      WHERE t.action IN ('team.update', 'team.fill', 'team.give_role', 'team.update_role')
    UNION SELECT p.user_id, t.detail ->> 'brandId', t.id FROM team_changes t
      JOIN people_of_teams p ON p.organization_id = v_organization_id AND (p.team_id = t.team_id OR p.parent_id = t.team_id)
      WHERE t.action = 'team.take_role'
    UNION SELECT i.id, NULL, t.id FROM team_changes t CROSS JOIN LATERAL jsonb_array_elements_text(t.detail -> 'ids') i (id)
      WHERE t.action IN ('team.members_added', 'team.members_removed', 'team.leave_out', 'team.let_in')
    UNION SELECT NULL, t.detail ->> 'brandId', t.id FROM team_changes t WHERE t.action IN ('team.delete', 'team.unfill')
      OR (t.detail ->> 'count')::integer > jsonb_array_length(t.detail -> 'ids')
    -- What holds for everybody.
    UNION SELECT NULL, CASE WHEN e.action = 'brand.delete' THEN e.target_id ELSE e.detail ->> 'brandId' END, e.id FROM events e
      WHERE e.action IN ('policy.create', 'policy.delete', 'separation_rule.create', 'separation_rule.update',
        'separation_rule.delete', 'role.delete', 'brand.delete', 'directory.delete', 'directory.move',
        'directory.confirm_losses', 'directory.restore_losses', 'organization.update', 'organization.suspend',
        'organization.resume', 'emergency.use')),
  crowds AS (SELECT c.because, c.brand_id FROM concerned c GROUP BY c.because, c.brand_id HAVING count(*) > 10000),
  told AS (
    SELECT c.user_id, c.brand_id, min(c.because) AS because FROM concerned c
      WHERE NOT EXISTS (SELECT FROM crowds x WHERE x.because = c.because AND x.brand_id IS NOT DISTINCT FROM c.brand_id)
      GROUP BY c.user_id, c.brand_id
    UNION ALL SELECT NULL, x.brand_id, min(x.because) FROM crowds x GROUP BY x.brand_id),
  inserted AS (
    INSERT INTO derived_events (organization_id, id, occurred_at, action, detail)
      SELECT v_organization_id, new_id('evt'), clock_timestamp(), 'access.changed',
        jsonb_build_object('userId', t.user_id, 'brandId', t.brand_id, 'because', t.because)
      FROM told t ORDER BY t.because, t.user_id, t.brand_id RETURNING 1)
  SELECT count(*) INTO written FROM inserted;
  UPDATE event_progress p SET worked_out_to = v_to WHERE p.organization_id = v_organization_id;
END $$;
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
-- What a node that died, or failed, has left: where something has happened since it was last worked out whose access has changed.
CREATE FUNCTION events_to_work_out(p_upto bigint) RETURNS TABLE(organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id FROM organizations o LEFT JOIN event_progress p ON p.organization_id = o.id
  WHERE EXISTS (SELECT FROM audit_events a WHERE a.organization_id = o.id AND a.position > coalesce(p.worked_out_to, 0)
    AND a.position <= p_upto) $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION events_to_work_out(bigint) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION events_to_work_out(bigint) TO rolecall_server;--> statement-breakpoint
REVOKE ALL ON FUNCTION event_tail(bigint, bigint, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION platform_events(bigint, bigint, timestamptz, text, text[], text[], integer) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION first_event_position(text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION is_event_forgotten(bigint, timestamptz) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION work_out_access(bigint, integer) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION event_tail(bigint, bigint, text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION platform_events(bigint, bigint, timestamptz, text, text[], text[], integer) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION first_event_position(text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION is_event_forgotten(bigint, timestamptz) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION work_out_access(bigint, integer) TO rolecall_server;--> statement-breakpoint
-- Whoever reads events learns who comes and goes.
CREATE OR REPLACE FUNCTION public.manages_something(p_permission text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path TO 'public', 'pg_temp' AS $function$
  SELECT EXISTS (SELECT FROM unnest(ARRAY['users.read', 'users.invite', 'users.manage', 'teams.manage', 'roles.assign',
      'roles.manage', 'brands.create', 'brands.manage', 'settings.view', 'settings.manage', 'settings.integrations', 'audit.view',
      'audit.write', 'events.read']) wanted
    WHERE permission_covers(p_permission, wanted)) $function$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE derived_events IS 'Events that the worker works out of changes. Those of the changes themselves are rows of the audit trail; both have their places in one order. Kept for 30 days.';
  COMMENT ON TABLE event_progress IS 'Up to which position it was worked out whose access has changed.';
  COMMENT ON FUNCTION event_tail(bigint, bigint, text) IS 'How far events can be read without missing one that is committed late: the settled position, what has to pass for the next one, and which organizations have something new.';
  COMMENT ON FUNCTION platform_events(bigint, bigint, timestamptz, text, text[], text[], integer) IS 'Events of the organizations that a caller of the platform reaches, in their order.';
  COMMENT ON FUNCTION first_event_position(text) IS 'The position before the first event whose id is not below this one, for a transaction of the platform.';
  COMMENT ON FUNCTION is_event_forgotten(bigint, timestamptz) IS 'Whether what follows a position is older than events are kept, for a transaction of the platform.';
  COMMENT ON FUNCTION events_to_work_out(bigint) IS 'Organizations in which it is not worked out yet whose access has changed, up to a settled position.';
  COMMENT ON FUNCTION work_out_access(bigint, integer) IS 'Writes access.changed for those whose access may have changed since the last time, up to a settled position: a superset; without a user, everybody is meant.';
END $do$;
