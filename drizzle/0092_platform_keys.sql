-- What stands above the organizations: keys of the platform, what it knows of each organization, and the record of what it did.
-- Only a transaction of the platform (rolecall.instance) sees any of it; an organization never does.
CREATE TABLE platform_keys (
  id text PRIMARY KEY,
  name text NOT NULL,
  key_hash text NOT NULL CONSTRAINT platform_keys_hash UNIQUE,
  last_four text NOT NULL,
  scopes jsonb NOT NULL,
  access text NOT NULL,
  permissions jsonb,
  reach text NOT NULL DEFAULT 'all',
  organization_ids jsonb NOT NULL DEFAULT '[]',
  address_ranges jsonb,
  created_at timestamp(3) with time zone NOT NULL,
  created_by text NOT NULL,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  CONSTRAINT platform_keys_access CHECK (access IN ('nothing', 'decisions', 'permissions', 'everything')
    AND (access = 'permissions') = (permissions IS NOT NULL)),
  CONSTRAINT platform_keys_reach CHECK (reach IN ('all', 'only', 'except'))
);
--> statement-breakpoint
CREATE TABLE platform_organizations (
  organization_id text PRIMARY KEY CONSTRAINT platform_organizations_organization_id_organizations_id_fk
    REFERENCES organizations(id) ON DELETE CASCADE,
  external_id text CONSTRAINT platform_organizations_external_id UNIQUE,
  metadata jsonb NOT NULL DEFAULT '{}',
  deletion_due_at timestamp(3) with time zone,
  deletion_by text,
  CONSTRAINT platform_organizations_deletion CHECK ((deletion_due_at IS NULL) = (deletion_by IS NULL))
);
--> statement-breakpoint
CREATE INDEX platform_organizations_due ON platform_organizations (deletion_due_at) WHERE deletion_due_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE platform_events (
  id text PRIMARY KEY,
  occurred_at timestamp(3) with time zone NOT NULL,
  actor_type text NOT NULL,
  actor_id text NOT NULL,
  action text NOT NULL,
  target_type text NOT NULL,
  target_id text NOT NULL,
  organization_id text,
  detail jsonb NOT NULL,
  request_id text NOT NULL
);
--> statement-breakpoint
CREATE INDEX platform_events_organization ON platform_events (organization_id, id) WHERE organization_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX platform_events_target ON platform_events (target_id, id);--> statement-breakpoint
ALTER TABLE platform_keys ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE platform_organizations ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE platform_events ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY platform_only ON platform_keys FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance', true) = 'on') WITH CHECK (current_setting('rolecall.instance', true) = 'on');--> statement-breakpoint
CREATE POLICY platform_only ON platform_organizations FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance', true) = 'on') WITH CHECK (current_setting('rolecall.instance', true) = 'on');--> statement-breakpoint
CREATE POLICY platform_only ON platform_events FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance', true) = 'on') WITH CHECK (current_setting('rolecall.instance', true) = 'on');--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON platform_keys TO rolecall_server;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON platform_organizations TO rolecall_server;--> statement-breakpoint
GRANT SELECT, INSERT ON platform_events TO rolecall_server;--> statement-breakpoint
-- What a key may do is decided when it is issued and never changes, so it may be remembered; whether it is still good is settled by the entry.
CREATE FUNCTION resolve_platform_key(p_key_hash text)
  RETURNS TABLE(key_id text, scopes jsonb, access text, permissions jsonb, reach text, organization_ids jsonb, address_ranges jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.scopes, k.access, k.permissions, k.reach, k.organization_ids, k.address_ranges
    FROM platform_keys k WHERE k.key_hash = p_key_hash $$;
--> statement-breakpoint
CREATE FUNCTION enter_platform(p_key_hash text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM FROM public.platform_keys k WHERE k.key_hash = p_key_hash
    AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'platform key refused' USING ERRCODE = 'RC401';
  END IF;
  PERFORM pg_catalog.set_config('rolecall.instance', 'on', true);
  RETURN 'platform';
END $$;
--> statement-breakpoint
-- A key of the platform in one organization: where the key reaches, and where there is one. A suspended organization too: the
-- platform is who suspends it.
CREATE FUNCTION enter_by_platform_key(p_organization_id text, p_key_hash text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  v_reaches boolean;
BEGIN
  SELECT k.access <> 'nothing' AND CASE k.reach WHEN 'all' THEN true WHEN 'only' THEN k.organization_ids ? p_organization_id
      ELSE NOT k.organization_ids ? p_organization_id END
    INTO v_reaches FROM public.platform_keys k WHERE k.key_hash = p_key_hash
    AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'platform key refused' USING ERRCODE = 'RC401';
  END IF;
  IF NOT v_reaches OR NOT EXISTS (SELECT FROM public.organizations o WHERE o.id = p_organization_id) THEN
    RAISE EXCEPTION 'organization out of reach' USING ERRCODE = 'RC404';
  END IF;
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  RETURN p_organization_id;
END $$;
--> statement-breakpoint
CREATE FUNCTION touch_platform_key(p_key_hash text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE platform_keys SET last_used_at = now() WHERE key_hash = p_key_hash AND revoked_at IS NULL
    AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute') $$;
--> statement-breakpoint
-- Of a slug; whether the key reaches there is settled by the entry.
CREATE FUNCTION organization_of_slug(p_slug text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id FROM organizations o WHERE o.slug = p_slug $$;
--> statement-breakpoint
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
$function$;
--> statement-breakpoint
-- Erases a deleted organization whose time is over, some thousand rows at a time, so that a large one holds up nobody.
-- True once it is gone; null where there is none that is due.
CREATE FUNCTION erase_due_organization(p_limit integer, OUT organization_id text, OUT slug text, OUT is_gone boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_table text;
  v_refers_to_itself boolean;
  v_erased bigint;
BEGIN
  SELECT p.organization_id, o.slug INTO organization_id, slug
    FROM platform_organizations p JOIN organizations o ON o.id = p.organization_id
    WHERE p.deletion_due_at <= clock_timestamp() AND o.status = 'suspended'
    ORDER BY p.deletion_due_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED;
  IF organization_id IS NULL THEN RETURN; END IF;
  is_gone := false;
  -- What refers to something goes before it; the history, which writes down what goes, after all of it.
  FOR v_table, v_refers_to_itself IN
    WITH RECURSIVE tables AS (
      SELECT c.oid, c.relnamespace FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'history'::regnamespace)
          AND a.attname = 'organization_id' AND NOT a.attisdropped
          AND c.oid NOT IN ('platform_organizations'::regclass, 'platform_events'::regclass)
    ), levels AS (
      SELECT t.oid, 0 AS level FROM tables t
      UNION
      SELECT f.confrelid, l.level + 1 FROM levels l JOIN pg_constraint f ON f.contype = 'f' AND f.conrelid = l.oid
        AND f.confrelid <> l.oid
    )
    SELECT t.oid::regclass::text, EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = t.oid
        AND f.confrelid = t.oid)
      FROM tables t JOIN levels l ON l.oid = t.oid
      GROUP BY t.oid, t.relnamespace ORDER BY t.relnamespace = 'history'::regnamespace, max(l.level), t.oid
  LOOP
    EXECUTE format(CASE WHEN v_refers_to_itself THEN 'DELETE FROM %1$s x WHERE x.organization_id = $1'
      ELSE 'DELETE FROM %1$s x WHERE x.ctid = ANY (ARRAY(SELECT y.ctid FROM %1$s y WHERE y.organization_id = $1 LIMIT $2))' END,
      v_table) USING organization_id, p_limit;
    GET DIAGNOSTICS v_erased = ROW_COUNT;
    IF v_erased >= p_limit THEN RETURN; END IF;
  END LOOP;
  DELETE FROM organizations o WHERE o.id = organization_id;
  is_gone := true;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION erase_due_organization(integer) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION erase_due_organization(integer) TO rolecall_server;--> statement-breakpoint
REVOKE ALL ON FUNCTION resolve_platform_key(text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION enter_platform(text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION enter_by_platform_key(text, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION touch_platform_key(text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION organization_of_slug(text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_platform_key(text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION enter_platform(text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION enter_by_platform_key(text, text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION touch_platform_key(text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION organization_of_slug(text) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE platform_keys IS 'Keys of the platform (rpk_…), by their hash: scopes above the organizations, and what they may do inside of those that they reach.';
  COMMENT ON COLUMN platform_keys.access IS 'Inside of an organization: nothing, decisions, what permissions says, or everything.';
  COMMENT ON COLUMN platform_keys.reach IS 'all; only: organization_ids; except: all but organization_ids.';
  COMMENT ON TABLE platform_organizations IS 'What the platform knows of an organization and the organization does not: its own id and metadata for it, and when it is to be erased.';
  COMMENT ON COLUMN platform_organizations.deletion_due_at IS 'Suspended until then, and erased after it; null: it is not being deleted.';
  COMMENT ON TABLE platform_events IS 'What was done above the organizations, and by whom. The server may insert and read, nothing else; it outlives the organizations that it is about.';
  COMMENT ON FUNCTION resolve_platform_key(text) IS 'Which key of the platform this is and what it may do, by its hash alone.';
  COMMENT ON FUNCTION enter_platform(text) IS 'The entry of a platform key above the organizations: sets rolecall.instance and refuses (RC401) a key that is revoked or expired.';
  COMMENT ON FUNCTION enter_by_platform_key(text, text) IS 'The entry of a platform key in one organization: refuses (RC401) a key that is revoked or expired, and (RC404) an organization that it does not reach or that is not there.';
  COMMENT ON FUNCTION touch_platform_key(text) IS 'Notes the use of a live platform key, to the minute.';
  COMMENT ON FUNCTION erase_due_organization(integer) IS 'Erases a deleted organization whose time is over, some thousand rows at a time; is_gone once nothing of it is left, null where none is due.';
  COMMENT ON FUNCTION organization_of_slug(text) IS 'For keys of the platform, which name an organization by its slug.';
END $do$;
