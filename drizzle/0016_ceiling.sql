-- Whether holding the one permission means having the other: as `covers` says it in the service, for what the database decides.
CREATE FUNCTION permission_covers(p_held text, p_wanted text) RETURNS boolean
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
  v_held text[] := string_to_array(split_part(p_held, ':', 1), '.');
  v_wanted text[] := string_to_array(split_part(p_wanted, ':', 1), '.');
  v_length integer := cardinality(v_held);
BEGIN
  IF p_held = p_wanted THEN RETURN true; END IF;
  IF p_held LIKE '%:%' AND (p_wanted NOT LIKE '%:%' OR split_part(p_held, ':', 2) <> split_part(p_wanted, ':', 2)) THEN
    RETURN false;
  END IF;
  IF v_held[v_length] = '*' THEN
    IF cardinality(v_wanted) < v_length THEN RETURN false; END IF;
  ELSIF cardinality(v_wanted) <> v_length THEN
    RETURN false;
  END IF;
  FOR i IN 1..v_length LOOP
    IF v_held[i] <> '*' AND v_held[i] <> v_wanted[i] THEN RETURN false; END IF;
  END LOOP;
  RETURN true;
END
$$;
--> statement-breakpoint
CREATE INDEX "role_permissions_denies" ON "role_permissions" USING btree ("organization_id") WHERE effect = 'deny';
--> statement-breakpoint
-- Whether it touches what an administrator needs at least to set right whatever went wrong (`essential` in the service).
CREATE FUNCTION touches_administrators(p_permission text) RETURNS boolean
  LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM unnest(ARRAY['users.manage', 'roles.assign', 'roles.manage', 'settings.manage']) w
    WHERE permission_covers(p_permission, w)) $$;
--> statement-breakpoint
-- Whether this person can administer the organization in effect: they hold a role that may do everything, it counts by the way
-- roles are read, and neither a deny nor a policy takes what is needed. Decided as every other question is.
-- p_later: also with what they are to hold from some later time on. p_lasting: only with what has no end.
CREATE FUNCTION administers(p_organization_id text, p_user_id text, p_later boolean, p_lasting boolean DEFAULT false)
  RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH held AS (
    SELECT e.role_id FROM effective_assignments e
    WHERE e.organization_id = p_organization_id AND e.user_id = p_user_id AND e.brand_id IS NULL
      AND (NOT p_lasting OR e.expires_at IS NULL)
    UNION
    SELECT a.role_id FROM assignments a
    WHERE p_later AND a.organization_id = p_organization_id AND a.user_id = p_user_id AND a.brand_id IS NULL
      AND a.valid_from > now() AND (a.expires_at IS NULL OR a.expires_at > a.valid_from AND NOT p_lasting)),
  ranked AS (
    SELECT h.role_id, r.rank, max(r.rank) OVER () AS top FROM held h
    JOIN roles r ON r.organization_id = p_organization_id AND r.id = h.role_id),
  counting AS (
    SELECT k.role_id FROM ranked k JOIN organizations o ON o.id = p_organization_id
    WHERE o.role_strategy = 'union' OR k.rank = k.top)
  SELECT EXISTS (SELECT FROM counting k WHERE is_administrator_role(p_organization_id, k.role_id))
    AND NOT EXISTS (SELECT FROM counting k JOIN role_permissions rp ON rp.organization_id = p_organization_id
      AND rp.role_id = k.role_id AND rp.effect = 'deny' WHERE touches_administrators(rp.permission))
    AND NOT EXISTS (SELECT FROM policies p WHERE p.organization_id = p_organization_id AND p.brand_id IS NULL
      AND touches_administrators(p.permission)
      AND NOT EXISTS (SELECT FROM counting k WHERE p.except_role_ids ? k.role_id)) $$;
--> statement-breakpoint
-- Whoever works and holds a role that may do everything, whatever else restricts them.
CREATE FUNCTION holders_of_everything(p_organization_id text) RETURNS TABLE (user_id text)
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
CREATE OR REPLACE FUNCTION administrators_of(p_organization_id text) RETURNS TABLE (user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT h.user_id FROM holders_of_everything(p_organization_id) h
  WHERE administers(p_organization_id, h.user_id, false) AND administers(p_organization_id, h.user_id, true) $$;
--> statement-breakpoint
-- Roles whose coming or going can decide whether somebody administers: those that may do everything, that deny, that a policy
-- excepts, and all of them where only the highest counts.
CREATE FUNCTION matters_to_administrators(p_organization_id text, p_role_id text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT is_administrator_role(p_organization_id, p_role_id)
    OR EXISTS (SELECT FROM organizations o WHERE o.id = p_organization_id AND o.role_strategy = 'highest')
    OR EXISTS (SELECT FROM role_permissions rp WHERE rp.organization_id = p_organization_id AND rp.role_id = p_role_id
      AND rp.effect = 'deny' AND touches_administrators(rp.permission))
    OR EXISTS (SELECT FROM policies p WHERE p.organization_id = p_organization_id AND p.brand_id IS NULL
      AND p.except_role_ids ? p_role_id) $$;
--> statement-breakpoint
-- Of the roles that members of a group hold through it: whether one matters; and whether one may do everything.
CREATE FUNCTION group_matters(p_organization_id text, p_group_id text) RETURNS TABLE (matters boolean, administers boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(bool_or(matters_to_administrators(m.organization_id, m.role_id)), false),
    coalesce(bool_or(is_administrator_role(m.organization_id, m.role_id)), false)
  FROM groups_above(p_organization_id, ARRAY[p_group_id]) a
  JOIN mappings m ON m.organization_id = p_organization_id AND m.group_id = a.group_id AND m.brand_id IS NULL $$;
--> statement-breakpoint
-- A restriction is no loss where nobody was there to lose anything: an organization that has no administrator yet may have rules.
ALTER TABLE administrator_checks ADD COLUMN is_restriction boolean NOT NULL DEFAULT false;
--> statement-breakpoint
-- What an administrator holds for good has to be left to somebody for good: not to those whose time ends.
ALTER TABLE administrator_checks ADD COLUMN is_lasting boolean NOT NULL DEFAULT false;
--> statement-breakpoint
DROP FUNCTION check_administrators(text);
--> statement-breakpoint
CREATE FUNCTION check_administrators(p_organization_id text, p_lasting boolean DEFAULT true) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ INSERT INTO administrator_checks (organization_id, is_lasting) VALUES (p_organization_id, p_lasting) $$;
--> statement-breakpoint
CREATE FUNCTION check_restriction(p_organization_id text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ INSERT INTO administrator_checks (organization_id, is_restriction) VALUES (p_organization_id, true) $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION require_administrator() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  p_organization_id text := NEW.organization_id;
  v_now timestamptz := clock_timestamp();
  v_alarm text;
BEGIN
  DELETE FROM administrator_checks c WHERE c.organization_id = p_organization_id;
  IF NOT EXISTS (SELECT FROM organizations o WHERE o.id = p_organization_id) THEN RETURN NULL; END IF;
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
-- Whether roles can restrict anybody at all: mostly they cannot, and then joining a group costs nothing more.
CREATE FUNCTION has_restrictions(p_organization_id text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM role_permissions rp WHERE rp.organization_id = p_organization_id AND rp.effect = 'deny')
    OR EXISTS (SELECT FROM organizations o WHERE o.id = p_organization_id AND o.role_strategy = 'highest') $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_administrator_of_assignment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_row assignments := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF (TG_OP <> 'INSERT' OR has_restrictions(v_row.organization_id))
    AND matters_to_administrators(v_row.organization_id, v_row.role_id) AND is_working(v_row.organization_id, v_row.user_id)
  THEN
    IF TG_OP <> 'INSERT' AND is_administrator_role(v_row.organization_id, v_row.role_id)
    THEN PERFORM check_administrators(v_row.organization_id, v_row.expires_at IS NULL);
    ELSE PERFORM check_restriction(v_row.organization_id); END IF;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_administrator_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_lasting boolean;
BEGIN
  IF EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = NEW.organization_id AND e.user_id = NEW.id)
  THEN RETURN NULL; END IF;
  SELECT bool_or(a.expires_at IS NULL) INTO v_lasting FROM effective_assignments a
    WHERE a.organization_id = NEW.organization_id AND a.user_id = NEW.id AND a.brand_id IS NULL
      AND is_administrator_role(a.organization_id, a.role_id);
  IF v_lasting IS NOT NULL THEN PERFORM check_administrators(NEW.organization_id, v_lasting); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_administrator_of_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_lasting boolean;
BEGIN
  SELECT bool_or(h.lasting) INTO v_lasting FROM (
    SELECT a.expires_at IS NULL AS lasting FROM assignments a WHERE a.organization_id = OLD.organization_id
      AND a.role_id = OLD.role_id AND a.brand_id IS NULL AND is_working(a.organization_id, a.user_id)
    UNION ALL
    SELECT true FROM mappings m CROSS JOIN LATERAL groups_below(m.organization_id, ARRAY[m.group_id]) b
      JOIN group_members gm ON gm.organization_id = m.organization_id AND gm.group_id = b.group_id
      WHERE m.organization_id = OLD.organization_id AND m.role_id = OLD.role_id AND m.brand_id IS NULL
        AND m.group_id IS NOT NULL AND is_working(m.organization_id, gm.user_id)) h;
  IF v_lasting IS NOT NULL THEN PERFORM check_administrators(OLD.organization_id, v_lasting); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON assignments FOR EACH ROW WHEN (NEW.brand_id IS NULL)
  EXECUTE FUNCTION keep_administrator_of_assignment();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_administrator_of_mapping() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_row mappings := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF v_row.brand_id IS NULL AND (TG_OP <> 'INSERT' OR has_restrictions(v_row.organization_id))
    AND matters_to_administrators(v_row.organization_id, v_row.role_id)
  THEN
    IF TG_OP <> 'INSERT' AND v_row.group_id IS NOT NULL AND is_administrator_role(v_row.organization_id, v_row.role_id)
      AND EXISTS (SELECT FROM groups_below(v_row.organization_id, ARRAY[v_row.group_id]) b
        JOIN group_members gm ON gm.organization_id = v_row.organization_id AND gm.group_id = b.group_id
        WHERE is_working(v_row.organization_id, gm.user_id))
    THEN PERFORM check_administrators(v_row.organization_id);
    ELSE PERFORM check_restriction(v_row.organization_id); END IF;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
DROP TRIGGER keep_administrator ON mappings;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER INSERT OR DELETE OR UPDATE ON mappings FOR EACH ROW
  EXECUTE FUNCTION keep_administrator_of_mapping();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_administrator_of_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_group record;
  v_roles record;
BEGIN
  FOR v_group IN SELECT DISTINCT g.organization_id, g.group_id FROM changed g LOOP
    CONTINUE WHEN TG_OP = 'INSERT' AND NOT has_restrictions(v_group.organization_id);
    SELECT * INTO v_roles FROM group_matters(v_group.organization_id, v_group.group_id);
    IF v_roles.matters
      AND EXISTS (SELECT FROM changed g WHERE g.organization_id = v_group.organization_id AND g.group_id = v_group.group_id
        AND is_working(g.organization_id, g.user_id))
    THEN
      IF TG_OP = 'DELETE' AND v_roles.administers THEN PERFORM check_administrators(v_group.organization_id);
      ELSE PERFORM check_restriction(v_group.organization_id); END IF;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint
DROP TRIGGER keep_administrator ON group_members;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER DELETE ON group_members REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION keep_administrator_of_members();
--> statement-breakpoint
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON group_members REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION keep_administrator_of_members();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_administrator_of_nesting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_row group_nestings := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
  v_roles record;
BEGIN
  IF TG_OP = 'INSERT' AND NOT has_restrictions(v_row.organization_id) THEN RETURN NULL; END IF;
  SELECT * INTO v_roles FROM group_matters(v_row.organization_id, v_row.group_id);
  IF v_roles.matters THEN
    IF TG_OP = 'DELETE' AND v_roles.administers AND EXISTS (
        SELECT FROM groups_below(v_row.organization_id, ARRAY[v_row.child_group_id]) b
        JOIN group_members gm ON gm.organization_id = v_row.organization_id AND gm.group_id = b.group_id
        WHERE is_working(v_row.organization_id, gm.user_id))
    THEN PERFORM check_administrators(v_row.organization_id);
    ELSE PERFORM check_restriction(v_row.organization_id); END IF;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON group_nestings FOR EACH ROW
  EXECUTE FUNCTION keep_administrator_of_nesting();
--> statement-breakpoint
-- Attributes decide which filters somebody satisfies.
CREATE FUNCTION keep_administrator_of_attributes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM mappings m WHERE m.organization_id = NEW.organization_id AND m.filter_path IS NOT NULL
      AND m.brand_id IS NULL AND matters_to_administrators(m.organization_id, m.role_id))
    AND is_working(NEW.organization_id, NEW.id)
  THEN PERFORM check_restriction(NEW.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator_of_attributes AFTER UPDATE OF attributes, user_name, external_id, display_name ON users
  FOR EACH ROW WHEN ((OLD.attributes, OLD.user_name, OLD.external_id, OLD.display_name)
    IS DISTINCT FROM (NEW.attributes, NEW.user_name, NEW.external_id, NEW.display_name))
  EXECUTE FUNCTION keep_administrator_of_attributes();
--> statement-breakpoint
-- Once a statement, however much a role denies.
CREATE FUNCTION keep_administrator_of_denies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_organization_id text;
BEGIN
  FOR v_organization_id IN SELECT DISTINCT f.organization_id FROM fresh f
    WHERE f.effect = 'deny' AND touches_administrators(f.permission)
  LOOP PERFORM check_restriction(v_organization_id); END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator_of_denies AFTER INSERT ON role_permissions REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION keep_administrator_of_denies();
--> statement-breakpoint
CREATE FUNCTION keep_administrator_of_policy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.brand_id IS NULL AND touches_administrators(NEW.permission)
  THEN PERFORM check_restriction(NEW.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER INSERT OR UPDATE ON policies FOR EACH ROW
  EXECUTE FUNCTION keep_administrator_of_policy();
--> statement-breakpoint
CREATE FUNCTION keep_administrator_of_strategy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM check_restriction(NEW.id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER UPDATE OF role_strategy ON organizations FOR EACH ROW
  WHEN (OLD.role_strategy IS DISTINCT FROM NEW.role_strategy) EXECUTE FUNCTION keep_administrator_of_strategy();
--> statement-breakpoint
CREATE FUNCTION keep_administrator_of_rank() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF has_restrictions(NEW.organization_id) THEN PERFORM check_restriction(NEW.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER UPDATE OF rank ON roles FOR EACH ROW
  WHEN (OLD.rank IS DISTINCT FROM NEW.rank) EXECUTE FUNCTION keep_administrator_of_rank();
--> statement-breakpoint
REVOKE ALL ON FUNCTION touches_administrators(text), administers(text, text, boolean, boolean),
  check_administrators(text, boolean),
  matters_to_administrators(text, text), group_matters(text, text), has_restrictions(text), holders_of_everything(text),
  check_restriction(text) FROM PUBLIC;
--> statement-breakpoint
-- Whoever makes a setup link decides which domains it may prove, and whether the people who come by it wait.
ALTER TABLE "setup_links" ADD COLUMN "arrivals" text DEFAULT 'active' NOT NULL;
--> statement-breakpoint
ALTER TABLE "setup_links" ADD COLUMN "domains" jsonb DEFAULT '[]'::jsonb NOT NULL;
--> statement-breakpoint
-- Whether holding this permission lets somebody manage something; the names are those of src/access/managers/management.ts.
CREATE FUNCTION manages_something(p_permission text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM unnest(ARRAY['users.read', 'users.invite', 'users.manage', 'roles.assign', 'roles.manage',
      'brands.create', 'brands.manage', 'settings.view', 'settings.manage', 'settings.integrations', 'audit.view']) wanted
    WHERE permission_covers(p_permission, wanted)) $$;
--> statement-breakpoint
CREATE FUNCTION is_managing_role(p_organization_id text, p_role_id text) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM role_permissions rp WHERE rp.organization_id = p_organization_id AND rp.role_id = p_role_id
    AND rp.effect = 'allow' AND manages_something(rp.permission)) $$;
--> statement-breakpoint
-- Whether somebody manages anything here, or will: has a role, anywhere, that lets them (`managing` in the service).
CREATE FUNCTION manages_anything(p_organization_id text, p_user_id text) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM (
      SELECT e.role_id FROM effective_assignments e WHERE e.organization_id = p_organization_id AND e.user_id = p_user_id
      UNION SELECT a.role_id FROM assignments a WHERE a.organization_id = p_organization_id AND a.user_id = p_user_id
        AND (a.expires_at IS NULL OR a.expires_at > now())) h
    WHERE is_managing_role(p_organization_id, h.role_id)) $$;
