-- Whose access may have changed is worked out of all that was so since the changes began, and no more of what is left after them alone.
-- What counts now, and what has counted at any moment since then: the work of a change that is undone, or followed by another one,
-- before it is looked at. A moment earlier than the first of these changes, for transactions that began before they wrote it down.
CREATE FUNCTION groups_above_since(p_organization_id text, p_group_id text, p_since timestamptz) RETURNS TABLE (group_id text)
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH RECURSIVE above (group_id) AS (
    SELECT p_group_id
    UNION SELECT x.group_id FROM above CROSS JOIN LATERAL (
      SELECT n.group_id FROM group_nestings n WHERE n.organization_id = p_organization_id AND n.child_group_id = above.group_id
      UNION ALL SELECT h.group_id FROM history.group_nestings h
        WHERE h.organization_id = p_organization_id AND h.child_group_id = above.group_id AND h.valid_to > p_since) x)
  SELECT above.group_id FROM above $$;
--> statement-breakpoint
CREATE FUNCTION members_since(p_organization_id text, p_group_id text, p_since timestamptz) RETURNS TABLE (user_id text)
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH RECURSIVE below (group_id) AS (
    SELECT p_group_id
    UNION SELECT x.child_group_id FROM below CROSS JOIN LATERAL (
      SELECT n.child_group_id FROM group_nestings n WHERE n.organization_id = p_organization_id AND n.group_id = below.group_id
      UNION ALL SELECT h.child_group_id FROM history.group_nestings h
        WHERE h.organization_id = p_organization_id AND h.group_id = below.group_id AND h.valid_to > p_since) x)
  SELECT m.user_id FROM below JOIN group_members m ON m.organization_id = p_organization_id AND m.group_id = below.group_id
  UNION SELECT h.user_id FROM below JOIN history.group_members h
    ON h.organization_id = p_organization_id AND h.group_id = below.group_id AND h.valid_to > p_since $$;
--> statement-breakpoint
-- Where a team, or the one that it is within, holds something; everywhere where things are restricted to it.
CREATE FUNCTION brands_of_team_since(p_organization_id text, p_team_id text, p_since timestamptz) RETURNS TABLE (brand_id text)
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH t (team_id) AS (
    SELECT p_team_id
    UNION SELECT x.parent_id FROM teams x WHERE x.organization_id = p_organization_id AND x.id = p_team_id AND x.parent_id IS NOT NULL
    UNION SELECT h.parent_id FROM history.teams h
      WHERE h.organization_id = p_organization_id AND h.id = p_team_id AND h.valid_to > p_since AND h.parent_id IS NOT NULL)
  SELECT r.brand_id FROM t JOIN team_roles r ON r.organization_id = p_organization_id AND r.team_id = t.team_id
  UNION SELECT h.brand_id FROM t JOIN history.team_roles h
    ON h.organization_id = p_organization_id AND h.team_id = t.team_id AND h.valid_to > p_since
  UNION SELECT NULL FROM t WHERE EXISTS (
      SELECT FROM asset_teams a WHERE a.organization_id = p_organization_id AND a.team_id = t.team_id)
    OR EXISTS (SELECT FROM history.asset_teams h
      WHERE h.organization_id = p_organization_id AND h.team_id = t.team_id AND h.valid_to > p_since) $$;
--> statement-breakpoint
-- Where a group, or one that it is in, gives something: by mappings, and by teams that it fills.
CREATE FUNCTION brands_given_since(p_organization_id text, p_group_id text, p_since timestamptz) RETURNS TABLE (brand_id text)
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH a AS MATERIALIZED (SELECT g.group_id FROM groups_above_since(p_organization_id, p_group_id, p_since) g)
  SELECT m.brand_id FROM a JOIN mappings m ON m.organization_id = p_organization_id AND m.group_id = a.group_id
  UNION SELECT h.brand_id FROM a JOIN history.mappings h
    ON h.organization_id = p_organization_id AND h.group_id = a.group_id AND h.valid_to > p_since
  UNION SELECT b.brand_id FROM (
      SELECT s.team_id FROM a JOIN team_sources s ON s.organization_id = p_organization_id AND s.group_id = a.group_id
      UNION SELECT h.team_id FROM a JOIN history.team_sources h
        ON h.organization_id = p_organization_id AND h.group_id = a.group_id AND h.valid_to > p_since) s
    CROSS JOIN LATERAL brands_of_team_since(p_organization_id, s.team_id, p_since) b $$;
--> statement-breakpoint
-- Whoever is in a team or in one within it; a row without a user, which means everybody, where a filter over people fills it no more.
CREATE FUNCTION team_people_since(p_organization_id text, p_team_id text, p_since timestamptz) RETURNS TABLE (user_id text)
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH t (team_id) AS MATERIALIZED (
    SELECT p_team_id
    UNION SELECT x.id FROM teams x WHERE x.organization_id = p_organization_id AND x.parent_id = p_team_id
    UNION SELECT h.id FROM history.teams h WHERE h.organization_id = p_organization_id AND h.parent_id = p_team_id AND h.valid_to > p_since),
  s (group_id) AS MATERIALIZED (
    SELECT x.group_id FROM t JOIN team_sources x ON x.organization_id = p_organization_id AND x.team_id = t.team_id
      WHERE x.group_id IS NOT NULL
    UNION SELECT h.group_id FROM t JOIN history.team_sources h
      ON h.organization_id = p_organization_id AND h.team_id = t.team_id AND h.valid_to > p_since)
  SELECT x.leader_id FROM t JOIN teams x ON x.organization_id = p_organization_id AND x.id = t.team_id WHERE x.leader_id IS NOT NULL
  UNION SELECT h.leader_id FROM t JOIN history.teams h
    ON h.organization_id = p_organization_id AND h.id = t.team_id AND h.valid_to > p_since WHERE h.leader_id IS NOT NULL
  UNION SELECT m.user_id FROM t JOIN team_members m ON m.organization_id = p_organization_id AND m.team_id = t.team_id
  UNION SELECT h.user_id FROM t JOIN history.team_members h
    ON h.organization_id = p_organization_id AND h.team_id = t.team_id AND h.valid_to > p_since
  UNION SELECT u.user_id FROM s CROSS JOIN LATERAL members_since(p_organization_id, s.group_id, p_since) u WHERE s.group_id IS NOT NULL
  UNION SELECT NULL FROM s WHERE s.group_id IS NULL
  UNION SELECT p.user_id FROM t JOIN people_of_teams p ON p.organization_id = p_organization_id AND p.team_id = t.team_id
    WHERE p.way = 'filter' $$;
--> statement-breakpoint
-- Who holds a role, and where; a row without a user where a filter gives it.
CREATE FUNCTION holders_since(p_organization_id text, p_role_id text, p_since timestamptz) RETURNS TABLE (user_id text, brand_id text)
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH m (group_id, brand_id) AS MATERIALIZED (
    SELECT x.group_id, x.brand_id FROM mappings x WHERE x.organization_id = p_organization_id AND x.role_id = p_role_id
    UNION SELECT h.group_id, h.brand_id FROM history.mappings h
      WHERE h.organization_id = p_organization_id AND h.role_id = p_role_id AND h.valid_to > p_since),
  r (team_id, brand_id) AS MATERIALIZED (
    SELECT x.team_id, x.brand_id FROM team_roles x WHERE x.organization_id = p_organization_id AND x.role_id = p_role_id
    UNION SELECT h.team_id, h.brand_id FROM history.team_roles h
      WHERE h.organization_id = p_organization_id AND h.role_id = p_role_id AND h.valid_to > p_since)
  SELECT a.user_id, a.brand_id FROM assignments a WHERE a.organization_id = p_organization_id AND a.role_id = p_role_id
  UNION SELECT h.user_id, h.brand_id FROM history.assignments h
    WHERE h.organization_id = p_organization_id AND h.role_id = p_role_id AND h.valid_to > p_since
  UNION SELECT u.user_id, m.brand_id FROM m CROSS JOIN LATERAL members_since(p_organization_id, m.group_id, p_since) u
    WHERE m.group_id IS NOT NULL
  UNION SELECT NULL, m.brand_id FROM m WHERE m.group_id IS NULL
  UNION SELECT p.user_id, r.brand_id FROM r CROSS JOIN LATERAL team_people_since(p_organization_id, r.team_id, p_since) p $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION groups_above_since(text, text, timestamptz), members_since(text, text, timestamptz), brands_of_team_since(text, text, timestamptz), brands_given_since(text, text, timestamptz), team_people_since(text, text, timestamptz), holders_since(text, text, timestamptz)
  FROM PUBLIC;--> statement-breakpoint
CREATE OR REPLACE FUNCTION work_out_access(p_upto bigint, p_limit integer, OUT read_events integer, OUT written integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
  SET plan_cache_mode = 'force_generic_plan' AS $$
DECLARE
  v_organization_id text := current_setting('rolecall.organization_id', true);
  v_from bigint;
  v_to bigint;
  v_has_filters boolean;
  v_since timestamptz;
BEGIN
  read_events := 0;
  written := 0;
  PERFORM FROM organizations o WHERE o.id = v_organization_id;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO event_progress (organization_id, worked_out_to) VALUES (v_organization_id, 0) ON CONFLICT DO NOTHING;
  SELECT p.worked_out_to INTO v_from FROM event_progress p WHERE p.organization_id = v_organization_id FOR UPDATE SKIP LOCKED;
  IF NOT FOUND OR v_from >= p_upto THEN RETURN; END IF;
  SELECT count(*), max(e.position), least(min(e.occurred_at), now()) - interval '10 minutes' INTO read_events, v_to, v_since
    FROM (SELECT a.position, a.occurred_at FROM audit_events a
      WHERE a.organization_id = v_organization_id AND a.position > v_from AND a.position <= p_upto
      ORDER BY a.position LIMIT p_limit) e;
  IF read_events < p_limit THEN v_to := p_upto; END IF;
  v_has_filters := EXISTS (SELECT FROM mappings m WHERE m.organization_id = v_organization_id AND m.filter_path IS NOT NULL)
    OR EXISTS (SELECT FROM team_sources s WHERE s.organization_id = v_organization_id AND s.filter_path IS NOT NULL)
    OR EXISTS (SELECT FROM history.mappings m WHERE m.organization_id = v_organization_id AND m.group_id IS NULL AND m.valid_to > v_since)
    OR EXISTS (SELECT FROM history.team_sources s
      WHERE s.organization_id = v_organization_id AND s.group_id IS NULL AND s.valid_to > v_since);
  WITH events AS MATERIALIZED (
    SELECT a.id, a.action, a.target_id, a.detail FROM audit_events a
      WHERE a.organization_id = v_organization_id AND a.position > v_from AND a.position <= v_to),
  -- Groups that changed, with the brands in which they, or one above them, give something or have given it.
  giving AS MATERIALIZED (
    SELECT g.target_id AS group_id, b.brand_id FROM (
        SELECT DISTINCT e.target_id FROM events e
          WHERE e.action IN ('group.members_added', 'group.members_removed', 'group.delete')) g
      CROSS JOIN LATERAL brands_given_since(v_organization_id, g.target_id, v_since) b),
  moved AS (
    SELECT e.id, e.action, e.target_id, e.detail, g.brand_id FROM events e JOIN giving g ON g.group_id = e.target_id
      WHERE e.action IN ('group.members_added', 'group.members_removed', 'group.delete')),
  -- The same of teams, with their people and those of the teams within them.
  team_changes AS (
    SELECT e.id, e.action, e.target_id AS team_id, e.detail FROM events e WHERE starts_with(e.action, 'team.')),
  teams_touched AS MATERIALIZED (
    SELECT t.team_id, p.user_id FROM (
        SELECT DISTINCT c.team_id FROM team_changes c WHERE c.action IN ('team.create', 'team.update', 'team.delete', 'team.fill',
          'team.unfill', 'team.give_role', 'team.update_role', 'team.take_role')) t
      CROSS JOIN LATERAL team_people_since(v_organization_id, t.team_id, v_since) p),
  concerned (user_id, brand_id, because) AS (
    SELECT e.target_id, NULL::text, e.id FROM events e WHERE e.action IN ('user.provision', 'user.activate', 'user.deactivate',
        'user.reactivate', 'user.delete', 'user.restore', 'user.restore_deleted', 'user.erase', 'user.adopt', 'user.claim_groups',
        'user.import', 'emergency.create')
      OR v_has_filters AND e.action IN ('user.update', 'user.change_own_profile', 'user.change_own_address', 'user.accept_address')
    UNION SELECT e.detail ->> 'userId', e.detail ->> 'brandId', e.id FROM events e
      WHERE e.action IN ('assignment.create', 'assignment.update', 'assignment.delete', 'assignment.sponsor_left', 'invitation.create',
        'review_task.open', 'review_task.done', 'review_task.cancel', 'review_task.refuse')
    UNION SELECT i.id, m.brand_id, m.id FROM moved m CROSS JOIN LATERAL jsonb_array_elements_text(m.detail -> 'ids') i (id)
      WHERE m.action <> 'group.delete' AND NOT starts_with(i.id, 'grp_')
    UNION SELECT u.user_id, m.brand_id, m.id FROM moved m CROSS JOIN LATERAL jsonb_array_elements_text(m.detail -> 'ids') i (id)
      CROSS JOIN LATERAL members_since(v_organization_id, i.id, v_since) u
      WHERE m.action <> 'group.delete' AND starts_with(i.id, 'grp_')
    UNION SELECT NULL, m.brand_id, m.id FROM moved m
      WHERE m.action <> 'group.delete' AND (m.detail ->> 'count')::integer > jsonb_array_length(m.detail -> 'ids')
    -- Whoever was in a group that is gone, or in one that was in it.
    UNION SELECT u.user_id, m.brand_id, m.id FROM moved m CROSS JOIN LATERAL members_since(v_organization_id, m.target_id, v_since) u
      WHERE m.action = 'group.delete'
    UNION SELECT u.user_id, e.detail ->> 'brandId', e.id FROM events e
      CROSS JOIN LATERAL members_since(v_organization_id, e.detail ->> 'groupId', v_since) u
      WHERE e.action IN ('mapping.create', 'mapping.delete') AND e.detail ->> 'groupId' IS NOT NULL
    UNION SELECT NULL, e.detail ->> 'brandId', e.id FROM events e
      WHERE e.action IN ('mapping.create', 'mapping.delete') AND e.detail ->> 'groupId' IS NULL
    UNION SELECT x.user_id, x.brand_id, e.id FROM events e
      CROSS JOIN LATERAL holders_since(v_organization_id, e.target_id, v_since) x WHERE e.action = 'role.update'
    -- Roles of a team are given in a brand or in the organization; what else changes counts wherever the team has something.
    UNION SELECT p.user_id, t.detail ->> 'brandId', t.id FROM team_changes t JOIN teams_touched p ON p.team_id = t.team_id
      WHERE t.action IN ('team.give_role', 'team.update_role', 'team.take_role')
    UNION SELECT p.user_id, b.brand_id, t.id FROM team_changes t JOIN teams_touched p ON p.team_id = t.team_id
      CROSS JOIN LATERAL brands_of_team_since(v_organization_id, t.team_id, v_since) b
      WHERE t.action IN ('team.create', 'team.update', 'team.delete', 'team.fill', 'team.unfill')
    UNION SELECT i.id, NULL, t.id FROM team_changes t CROSS JOIN LATERAL jsonb_array_elements_text(t.detail -> 'ids') i (id)
      WHERE t.action IN ('team.members_added', 'team.members_removed', 'team.leave_out', 'team.let_in')
    UNION SELECT NULL, NULL, t.id FROM team_changes t
      WHERE (t.detail ->> 'count')::integer > jsonb_array_length(t.detail -> 'ids')
    -- What holds for everybody.
    UNION SELECT NULL, CASE WHEN e.action = 'brand.delete' THEN e.target_id ELSE e.detail ->> 'brandId' END, e.id FROM events e
      WHERE e.action IN ('policy.create', 'policy.delete', 'separation_rule.create', 'separation_rule.update',
        'separation_rule.delete', 'role.delete', 'brand.delete', 'directory.delete', 'directory.move',
        'directory.confirm_losses', 'directory.restore_losses', 'organization.update', 'organization.suspend',
        'organization.resume', 'emergency.use', 'permission.register', 'permission.withdraw', 'asset_type.delete')
      OR e.action IN ('asset.put', 'asset.put_many', 'asset.delete') AND e.detail ->> 'isReachChanged' = 'true'),
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
-- What emergency accounts are given where nobody is left to administer is an assignment like any other, with its event.
CREATE OR REPLACE FUNCTION public.require_administrator()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  p_organization_id text := NEW.organization_id;
  v_now timestamptz := clock_timestamp();
  v_alarm text;
BEGIN
  DELETE FROM administrator_checks c WHERE c.organization_id = p_organization_id;
  IF NOT EXISTS (SELECT FROM organizations o WHERE o.id = p_organization_id) THEN RETURN NULL; END IF;
  -- Nobody needs to administer what is being erased.
  IF EXISTS (SELECT FROM platform_organizations p WHERE p.organization_id = p_organization_id AND p.deletion_due_at <= v_now)
    THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('administrators ' || p_organization_id, 0));
  IF EXISTS (SELECT FROM administrators_of(p_organization_id) a
      WHERE NOT NEW.is_lasting OR administers(p_organization_id, a.user_id, true, true)) THEN RETURN NULL; END IF;
  IF NEW.is_restriction AND NOT EXISTS (SELECT FROM holders_of_everything(p_organization_id)) THEN RETURN NULL; END IF;
  IF current_setting('rolecall.last_administrator', true) IS DISTINCT FROM 'honour' THEN
    RAISE EXCEPTION '%', CASE WHEN EXISTS (SELECT FROM administrators_of(p_organization_id))
      THEN 'the last administrator for good' ELSE 'the last administrator' END USING ERRCODE = 'RC409';
  END IF;
  -- What a provider decides stands; those who are left have until their end to see to it.
  IF EXISTS (SELECT FROM administrators_of(p_organization_id)) THEN RETURN NULL; END IF;
  IF EXISTS (SELECT FROM alarms a WHERE a.organization_id = p_organization_id AND a.kind = 'last_administrator'
      AND a.settled_at IS NULL) THEN RETURN NULL; END IF;
  v_alarm := new_id('alm');
  INSERT INTO alarms (organization_id, id, kind, detail, raised_at) VALUES (p_organization_id, v_alarm,
    'last_administrator', jsonb_build_object('emergencyAccounts', (SELECT count(*) FROM emergency_accounts e
      WHERE e.organization_id = p_organization_id)), v_now);
  WITH given AS (
    INSERT INTO assignments (organization_id, id, user_id, role_id, reason, created_at, created_by)
      SELECT p_organization_id, new_id('asg'), e.user_id, r.role_id, 'The last administrator is gone', v_now, v_alarm
      FROM emergency_accounts e CROSS JOIN LATERAL (
        SELECT rp.role_id FROM role_permissions rp JOIN roles x ON x.organization_id = rp.organization_id AND x.id = rp.role_id
        WHERE rp.organization_id = p_organization_id AND rp.effect = 'allow' AND rp.permission = '*'
        ORDER BY x.rank DESC, x.id LIMIT 1) r
      WHERE e.organization_id = p_organization_id ON CONFLICT DO NOTHING RETURNING id, user_id, role_id, reason)
  INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
      request_id)
    SELECT p_organization_id, new_id('evt'), v_now, 'system', 'rolecall', 'assignment.create', 'assignment', g.id,
      jsonb_build_object('userId', g.user_id, 'roleId', g.role_id, 'role', x.key, 'brandId', NULL, 'brand', NULL, 'reason', g.reason,
        'alarm', v_alarm), 'req_alarm'
    FROM given g JOIN roles x ON x.organization_id = p_organization_id AND x.id = g.role_id;
  INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
      request_id)
    VALUES (p_organization_id, new_id('evt'), v_now, 'system', 'rolecall', 'organization.last_administrator_lost',
      'organization', p_organization_id, jsonb_build_object('alarm', v_alarm), 'req_alarm');
  RETURN NULL;
END
$function$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION groups_above_since(text, text, timestamptz) IS 'The group and those that it is in, now or at any moment since then.';
  COMMENT ON FUNCTION members_since(text, text, timestamptz) IS 'Whoever is in the group, or in one that is in it, now or at any moment since then.';
  COMMENT ON FUNCTION brands_of_team_since(text, text, timestamptz) IS 'Where the team, or the one that it is within, holds something, now or at any moment since then; null for the organization.';
  COMMENT ON FUNCTION brands_given_since(text, text, timestamptz) IS 'Where the group, or one that it is in, gives something by a mapping or a team, now or at any moment since then; null for the organization.';
  COMMENT ON FUNCTION team_people_since(text, text, timestamptz) IS 'Whoever is in the team, or in one within it, now or at any moment since then; null for everybody, where a filter fills it no more.';
  COMMENT ON FUNCTION holders_since(text, text, timestamptz) IS 'Who holds the role, and where, now or at any moment since then; null for everybody, where a filter gives it.';
END $do$;
