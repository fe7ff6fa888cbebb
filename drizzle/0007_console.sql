-- Search in names and addresses by trigrams, where the database has them; without, the same search reads all of them.
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX users_search ON users USING gin (search_key gin_trgm_ops) WHERE deleted_at IS NULL;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'pg_trgm is not available; searching users will be slower';
END $$;
--> statement-breakpoint
-- The users of the transaction's organization whose names or addresses hold every one of the texts (bare, each at least one
-- character). Row-level security would keep the index from being used, so it reads past it, inside that organization.
CREATE FUNCTION find_users(p_texts text[]) RETURNS TABLE (user_id text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_organization_id text := current_setting('rolecall.organization_id', true);
  v_patterns text[] := ARRAY(SELECT '%' || replace(replace(replace(t, '\', '\\'), '%', '\%'), '_', '\_') || '%'
    FROM unnest(p_texts) t ORDER BY length(t) DESC);
BEGIN
  IF length(v_patterns[1]) >= 5 THEN
    RETURN QUERY SELECT u.id FROM users u WHERE u.organization_id = v_organization_id AND u.deleted_at IS NULL
      AND u.search_key LIKE v_patterns[1] AND u.search_key LIKE ALL (v_patterns);
  ELSE
    -- Too short for trigrams: the index would be read as a whole.
    RETURN QUERY SELECT u.id FROM users u WHERE u.organization_id = v_organization_id AND u.deleted_at IS NULL
      AND (u.search_key || '') LIKE ALL (v_patterns);
  END IF;
END
$$;
--> statement-breakpoint
-- A user as SCIM has them, for the filters of mappings.
CREATE FUNCTION user_document(u users) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT u.attributes || jsonb_strip_nulls(jsonb_build_object('userName', u.user_name, 'externalId', u.external_id,
    'displayName', u.display_name, 'active', u.status IN ('active', 'invited'))) $$;
--> statement-breakpoint
-- Who holds what, and through what: by a group that is mapped, by a filter that they satisfy, or directly.
CREATE OR REPLACE VIEW effective_assignments WITH (security_invoker = true) AS
SELECT u.organization_id, u.id AS user_id, m.role_id, m.brand_id, 'mapping' AS source, m.id AS source_id,
       reached.path AS group_path, NULL::text AS reason, NULL::timestamptz AS expires_at, NULL::text AS filter
FROM users u
CROSS JOIN LATERAL (
  WITH RECURSIVE climbed (group_id, path) AS (
    SELECT gm.group_id, ARRAY[gm.group_id] FROM group_members gm
    WHERE gm.organization_id = u.organization_id AND gm.user_id = u.id
    UNION ALL
    SELECT n.group_id, climbed.path || n.group_id FROM climbed
    JOIN group_nestings n ON n.organization_id = u.organization_id AND n.child_group_id = climbed.group_id
    WHERE n.group_id <> ALL (climbed.path)
  )
  SELECT group_id, path FROM climbed
) reached
JOIN mappings m ON m.organization_id = u.organization_id AND m.group_id = reached.group_id
UNION ALL
SELECT u.organization_id, u.id, m.role_id, m.brand_id, 'mapping', m.id, NULL, NULL, NULL, m.filter
FROM users u JOIN mappings m ON m.organization_id = u.organization_id AND m.filter_path IS NOT NULL
WHERE jsonb_path_match(user_document(u), m.filter_path::jsonpath, '{}', true)
UNION ALL
SELECT a.organization_id, a.user_id, a.role_id, a.brand_id, 'direct', a.id, NULL, a.reason, a.expires_at, NULL
FROM assignments a
WHERE (a.valid_from IS NULL OR a.valid_from <= now()) AND (a.expires_at IS NULL OR a.expires_at > now());
--> statement-breakpoint
-- An id as the service makes them: prefix, 48 bits of time, 80 random ones, in Crockford base32.
CREATE FUNCTION new_id(p_prefix text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  alphabet CONSTANT text := '0123456789abcdefghjkmnpqrstvwxyz';
  millis bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
  random_bytes bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  result text := '';
BEGIN
  FOR i IN 1..10 LOOP
    result := substr(alphabet, (millis % 32)::int + 1, 1) || result;
    millis := millis / 32;
  END LOOP;
  -- Without bytes 6 and 8 of either half, which hold version and variant of the UUID.
  FOR i IN 0..15 LOOP
    result := result || substr(alphabet, (get_byte(random_bytes, (ARRAY[0,1,2,3,4,5,7,9,16,17,18,19,20,21,23,25])[i + 1]) & 31) + 1, 1);
  END LOOP;
  RETURN p_prefix || '_' || result;
END
$$;
--> statement-breakpoint
-- An organization never loses its last working administrator: somebody active who may do everything in the organization and
-- does not need the sealed emergency accounts. The rule is kept here, where every path ends: SCIM, console, API, commands, jobs.
CREATE FUNCTION is_administrator_role(p_organization_id text, p_role_id text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM role_permissions rp WHERE rp.organization_id = p_organization_id AND rp.role_id = p_role_id
    AND rp.effect = 'allow' AND rp.permission = '*') $$;
--> statement-breakpoint
CREATE FUNCTION is_working(p_organization_id text, p_user_id text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM users u WHERE u.organization_id = p_organization_id AND u.id = p_user_id
    AND u.status = 'active' AND u.deleted_at IS NULL) AND NOT EXISTS (
    SELECT FROM emergency_accounts e WHERE e.organization_id = p_organization_id AND e.user_id = p_user_id) $$;
--> statement-breakpoint
-- The groups whose members are in the given groups, by however many steps.
CREATE FUNCTION groups_below(p_organization_id text, p_group_ids text[]) RETURNS TABLE (group_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE below (group_id) AS (
    SELECT unnest(p_group_ids)
    UNION SELECT n.child_group_id FROM below JOIN group_nestings n
      ON n.organization_id = p_organization_id AND n.group_id = below.group_id)
  SELECT below.group_id FROM below $$;
--> statement-breakpoint
CREATE FUNCTION groups_above(p_organization_id text, p_group_ids text[]) RETURNS TABLE (group_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE above (group_id) AS (
    SELECT unnest(p_group_ids)
    UNION SELECT n.group_id FROM above JOIN group_nestings n
      ON n.organization_id = p_organization_id AND n.child_group_id = above.group_id)
  SELECT above.group_id FROM above $$;
--> statement-breakpoint
CREATE FUNCTION administrators_of(p_organization_id text) RETURNS TABLE (user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH holders AS (
    SELECT gm.user_id FROM groups_below(p_organization_id, ARRAY(
        SELECT m.group_id FROM mappings m WHERE m.organization_id = p_organization_id AND m.brand_id IS NULL
          AND m.group_id IS NOT NULL AND is_administrator_role(p_organization_id, m.role_id))) b
      JOIN group_members gm ON gm.organization_id = p_organization_id AND gm.group_id = b.group_id
    UNION
    SELECT a.user_id FROM assignments a
      JOIN role_permissions rp ON rp.organization_id = a.organization_id AND rp.role_id = a.role_id
        AND rp.effect = 'allow' AND rp.permission = '*'
      WHERE a.organization_id = p_organization_id AND a.brand_id IS NULL
        AND (a.valid_from IS NULL OR a.valid_from <= now()) AND (a.expires_at IS NULL OR a.expires_at > now()))
  SELECT h.user_id FROM holders h WHERE is_working(p_organization_id, h.user_id) $$;
--> statement-breakpoint
-- Who they are, in the transaction's organization.
CREATE FUNCTION effective_administrators() RETURNS TABLE (user_id text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp
  AS $$ SELECT user_id FROM administrators_of(current_setting('rolecall.organization_id', true)) $$;
--> statement-breakpoint
-- How many there are.
CREATE FUNCTION count_administrators() RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT count(*)::integer FROM administrators_of(current_setting('rolecall.organization_id', true)) $$;
--> statement-breakpoint
-- A change that concerned an administrator leaves a row here, and the row is looked at when the transaction ends: what counts is
-- where it arrives, not how. Out of everybody's reach.
CREATE TABLE administrator_checks (organization_id text NOT NULL);
--> statement-breakpoint
ALTER TABLE administrator_checks ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE FUNCTION check_administrators(p_organization_id text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ INSERT INTO administrator_checks VALUES (p_organization_id) $$;
--> statement-breakpoint
-- Changes of administrators follow each other, so that two that are harmless alone cannot remove the last two. What an identity
-- provider decides is honoured: the organization is left to its emergency accounts, and an alarm says so. Everybody else is
-- refused (SQLSTATE RC409).
CREATE FUNCTION require_administrator() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  p_organization_id text := NEW.organization_id;
  v_now timestamptz := clock_timestamp();
  v_alarm text;
BEGIN
  DELETE FROM administrator_checks c WHERE c.organization_id = p_organization_id;
  IF NOT EXISTS (SELECT FROM organizations o WHERE o.id = p_organization_id) THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('administrators ' || p_organization_id, 0));
  IF EXISTS (SELECT FROM administrators_of(p_organization_id)) THEN RETURN NULL; END IF;
  IF current_setting('rolecall.last_administrator', true) IS DISTINCT FROM 'honour' THEN
    RAISE EXCEPTION 'the last administrator' USING ERRCODE = 'RC409';
  END IF;
  IF EXISTS (SELECT FROM alarms a WHERE a.organization_id = p_organization_id AND a.kind = 'last_administrator'
      AND a.settled_at IS NULL) THEN RETURN NULL; END IF;
  v_alarm := new_id('alm');
  INSERT INTO alarms (organization_id, id, kind, detail, raised_at) VALUES (p_organization_id, v_alarm,
    'last_administrator', jsonb_build_object('emergencyAccounts', (SELECT count(*) FROM emergency_accounts e
      WHERE e.organization_id = p_organization_id)), v_now);
  INSERT INTO assignments (organization_id, id, user_id, role_id, reason, created_at, created_by)
    SELECT p_organization_id, new_id('asg'), e.user_id, r.role_id, 'The last administrator is gone', v_now, v_alarm
    FROM emergency_accounts e CROSS JOIN LATERAL (
      SELECT rp.role_id FROM role_permissions rp JOIN roles x ON x.organization_id = rp.organization_id AND x.id = rp.role_id
      WHERE rp.organization_id = p_organization_id AND rp.effect = 'allow' AND rp.permission = '*'
      ORDER BY x.rank DESC, x.id LIMIT 1) r
    WHERE e.organization_id = p_organization_id ON CONFLICT DO NOTHING;
  INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
      request_id)
    VALUES (p_organization_id, new_id('evt'), v_now, 'system', 'rolecall', 'organization.last_administrator_lost',
      'organization', p_organization_id, jsonb_build_object('alarm', v_alarm), 'req_alarm');
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER require_administrator AFTER INSERT ON administrator_checks DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION require_administrator();
--> statement-breakpoint
CREATE FUNCTION keep_administrator_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = NEW.organization_id AND e.user_id = NEW.id)
    AND EXISTS (SELECT FROM effective_assignments a WHERE a.organization_id = NEW.organization_id AND a.user_id = NEW.id
      AND a.brand_id IS NULL AND is_administrator_role(a.organization_id, a.role_id))
  THEN PERFORM check_administrators(NEW.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER UPDATE OF status, deleted_at ON users FOR EACH ROW
  WHEN (OLD.status = 'active' AND OLD.deleted_at IS NULL AND (NEW.status <> 'active' OR NEW.deleted_at IS NOT NULL))
  EXECUTE FUNCTION keep_administrator_of_user();
--> statement-breakpoint
CREATE FUNCTION keep_administrator_of_assignment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF is_administrator_role(OLD.organization_id, OLD.role_id) AND is_working(OLD.organization_id, OLD.user_id)
  THEN PERFORM check_administrators(OLD.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER DELETE OR UPDATE ON assignments FOR EACH ROW WHEN (OLD.brand_id IS NULL)
  EXECUTE FUNCTION keep_administrator_of_assignment();
--> statement-breakpoint
CREATE FUNCTION keep_administrator_of_mapping() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF is_administrator_role(OLD.organization_id, OLD.role_id) AND EXISTS (
    SELECT FROM groups_below(OLD.organization_id, ARRAY[OLD.group_id]) b
    JOIN group_members gm ON gm.organization_id = OLD.organization_id AND gm.group_id = b.group_id
    WHERE is_working(OLD.organization_id, gm.user_id))
  THEN PERFORM check_administrators(OLD.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER DELETE OR UPDATE ON mappings FOR EACH ROW
  WHEN (OLD.brand_id IS NULL AND OLD.group_id IS NOT NULL) EXECUTE FUNCTION keep_administrator_of_mapping();
--> statement-breakpoint
CREATE FUNCTION keep_administrator_of_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM assignments a WHERE a.organization_id = OLD.organization_id AND a.role_id = OLD.role_id
        AND a.brand_id IS NULL AND is_working(a.organization_id, a.user_id)
      UNION ALL
      SELECT FROM mappings m JOIN LATERAL groups_below(m.organization_id, ARRAY[m.group_id]) b ON true
        JOIN group_members gm ON gm.organization_id = m.organization_id AND gm.group_id = b.group_id
        WHERE m.organization_id = OLD.organization_id AND m.role_id = OLD.role_id AND m.brand_id IS NULL
          AND m.group_id IS NOT NULL AND is_working(m.organization_id, gm.user_id))
  THEN PERFORM check_administrators(OLD.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER DELETE ON role_permissions FOR EACH ROW
  WHEN (OLD.permission = '*' AND OLD.effect = 'allow') EXECUTE FUNCTION keep_administrator_of_role();
--> statement-breakpoint
-- Once a statement, however many members leave.
CREATE FUNCTION keep_administrator_of_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_group record;
BEGIN
  FOR v_group IN SELECT DISTINCT g.organization_id, g.group_id FROM gone g LOOP
    IF EXISTS (SELECT FROM groups_above(v_group.organization_id, ARRAY[v_group.group_id]) a
        JOIN mappings m ON m.organization_id = v_group.organization_id AND m.group_id = a.group_id AND m.brand_id IS NULL
        WHERE is_administrator_role(m.organization_id, m.role_id))
      AND EXISTS (SELECT FROM gone g WHERE g.organization_id = v_group.organization_id AND g.group_id = v_group.group_id
        AND is_working(g.organization_id, g.user_id))
    THEN PERFORM check_administrators(v_group.organization_id); END IF;
  END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER DELETE ON group_members REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
  EXECUTE FUNCTION keep_administrator_of_members();
--> statement-breakpoint
CREATE FUNCTION keep_administrator_of_nesting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM groups_above(OLD.organization_id, ARRAY[OLD.group_id]) a
      JOIN mappings m ON m.organization_id = OLD.organization_id AND m.group_id = a.group_id AND m.brand_id IS NULL
      WHERE is_administrator_role(m.organization_id, m.role_id))
    AND EXISTS (SELECT FROM groups_below(OLD.organization_id, ARRAY[OLD.child_group_id]) b
      JOIN group_members gm ON gm.organization_id = OLD.organization_id AND gm.group_id = b.group_id
      WHERE is_working(OLD.organization_id, gm.user_id))
  THEN PERFORM check_administrators(OLD.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER DELETE ON group_nestings FOR EACH ROW
  EXECUTE FUNCTION keep_administrator_of_nesting();
--> statement-breakpoint
-- A directory's entry says, too, that its decisions about the last administrator are honoured.
CREATE OR REPLACE FUNCTION enter_directory(p_organization_id text, p_directory_id text, p_token_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true),
    pg_catalog.set_config('rolecall.last_administrator', 'honour', true);
  PERFORM FROM public.directory_tokens t
    WHERE t.token_hash = p_token_hash AND t.organization_id = p_organization_id AND t.directory_id = p_directory_id
      AND t.is_open AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'directory token refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$$;
--> statement-breakpoint
-- When somebody was last active, to the hour. A row that is being changed is left alone: whoever deactivates a person goes from
-- the user to the session, and this the other way.
CREATE FUNCTION note_activity() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE users u SET last_active_at = now() WHERE (u.organization_id, u.id) IN (
    SELECT x.organization_id, x.id FROM users x WHERE x.organization_id = NEW.organization_id AND x.id = NEW.user_id
      AND (x.last_active_at IS NULL OR x.last_active_at < now() - interval '1 hour')
    FOR NO KEY UPDATE SKIP LOCKED);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER note_activity AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION note_activity();
--> statement-breakpoint
CREATE TRIGGER note_activity_later AFTER UPDATE OF last_seen_at ON sessions FOR EACH ROW
  WHEN (date_trunc('hour', OLD.last_seen_at) <> date_trunc('hour', NEW.last_seen_at)) EXECUTE FUNCTION note_activity();
--> statement-breakpoint
UPDATE users u SET last_active_at = s.last FROM (
  SELECT organization_id, user_id, max(last_seen_at) AS last FROM sessions GROUP BY 1, 2) s
  WHERE s.organization_id = u.organization_id AND s.user_id = u.id;
--> statement-breakpoint
-- Setup links: whose it is, and the entry of what is done with one.
CREATE FUNCTION resolve_setup_link(p_token_hash text) RETURNS TABLE (organization_id text, link_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT l.organization_id, l.id FROM setup_links l WHERE l.token_hash = p_token_hash $$;
--> statement-breakpoint
CREATE FUNCTION enter_setup_link(p_organization_id text, p_token_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.setup_links l JOIN public.organizations o ON o.id = l.organization_id
    WHERE l.token_hash = p_token_hash AND l.organization_id = p_organization_id AND l.revoked_at IS NULL
      AND l.expires_at > pg_catalog.now() AND o.status = 'active';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'setup link refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$$;
--> statement-breakpoint
-- Whether the installation is new: then the first start offers a link that creates its first administrator.
CREATE FUNCTION has_organizations() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$ SELECT EXISTS (SELECT FROM organizations) $$;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON application_permissions, policies, directory_activity, provisioning_events,
  setup_links TO rolecall_server;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON alarms TO rolecall_server;
--> statement-breakpoint
REVOKE ALL ON FUNCTION find_users(text[]), resolve_setup_link(text), enter_setup_link(text, text), has_organizations(),
  is_administrator_role(text, text), is_working(text, text), groups_below(text, text[]), groups_above(text, text[]),
  administrators_of(text), effective_administrators(), count_administrators(), check_administrators(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION find_users(text[]), resolve_setup_link(text), enter_setup_link(text, text), has_organizations(),
  effective_administrators(), count_administrators() TO rolecall_server;
