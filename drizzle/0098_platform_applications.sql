-- Applications of the platform: one client id for all organizations, or for some. They lie in the table of applications under the
-- platform's own name, which is no organization's; a transaction of the platform enters by it. Its audit trail is one like any other,
-- and takes the place of the record of its own.
DROP TABLE platform_events;--> statement-breakpoint
ALTER TABLE applications DROP CONSTRAINT applications_organization_id_organizations_id_fk;--> statement-breakpoint
DROP POLICY own_organization ON idempotent_answers;--> statement-breakpoint
CREATE POLICY own_organization ON idempotent_answers FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
CREATE OR REPLACE FUNCTION enter_platform(p_key_hash text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM FROM public.platform_keys k WHERE k.key_hash = p_key_hash
    AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'platform key refused' USING ERRCODE = 'RC401';
  END IF;
  PERFORM pg_catalog.set_config('rolecall.instance', 'on', true);
  PERFORM pg_catalog.set_config('rolecall.organization_id', 'platform', true);
  RETURN 'platform';
END $$;
--> statement-breakpoint
CREATE TABLE platform_application_terms (
  application_id text PRIMARY KEY,
  reach text NOT NULL,
  organization_ids jsonb NOT NULL,
  is_optional boolean NOT NULL,
  CONSTRAINT platform_application_terms_reach CHECK (reach IN ('all', 'only', 'except'))
);
--> statement-breakpoint
ALTER TABLE platform_application_terms ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY platform_only ON platform_application_terms FOR ALL TO rolecall_server
  USING (current_setting('rolecall.instance', true) = 'on') WITH CHECK (current_setting('rolecall.instance', true) = 'on');--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_application_terms TO rolecall_server;--> statement-breakpoint
CREATE TABLE application_choices (
  organization_id text NOT NULL CONSTRAINT application_choices_organization_id_organizations_id_fk
    REFERENCES organizations(id) ON DELETE CASCADE,
  application_id text NOT NULL,
  switched_off_at timestamp(3) with time zone NOT NULL,
  switched_off_by text NOT NULL,
  CONSTRAINT application_choices_organization_id_application_id_pk PRIMARY KEY (organization_id, application_id)
);
--> statement-breakpoint
ALTER TABLE application_choices ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY own_organization ON application_choices FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true))
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true));--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON application_choices TO rolecall_server;--> statement-breakpoint
CREATE OR REPLACE FUNCTION resolve_application(p_application_id text) RETURNS TABLE(organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.organization_id FROM applications a WHERE a.id = p_application_id AND (a.organization_id = 'platform'
    OR EXISTS (SELECT FROM organizations o WHERE o.id = a.organization_id AND o.status = 'active')) $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION is_browser_origin(p_origin text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM applications a WHERE a.kind = 'public' AND a.status = 'active' AND a.browser_origins ? p_origin
    AND (a.organization_id = 'platform'
      OR EXISTS (SELECT FROM organizations o WHERE o.id = a.organization_id AND o.status = 'active'))) $$;
--> statement-breakpoint
-- Whether an application serves an organization, which is named by its id or slug: its own, or one of the platform that reaches it
-- and that it has not switched off.
CREATE FUNCTION served_organization(p_application_id text, p_reference text) RETURNS TABLE(id text, slug text, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id, o.slug, o.name FROM organizations o JOIN applications a ON a.id = p_application_id AND a.status = 'active'
    LEFT JOIN platform_application_terms t ON t.application_id = a.id
    WHERE (o.id = p_reference OR o.slug = p_reference) AND o.status = 'active' AND (a.organization_id = o.id
      OR a.organization_id = 'platform'
        AND CASE t.reach WHEN 'only' THEN t.organization_ids ? o.id WHEN 'except' THEN NOT t.organization_ids ? o.id ELSE true END
        AND NOT (coalesce(t.is_optional, false) AND EXISTS (
          SELECT FROM application_choices c WHERE c.organization_id = o.id AND c.application_id = a.id))) $$;
--> statement-breakpoint
-- In which organization something of the OpenID provider was issued, where the application still serves it.
CREATE FUNCTION owner_of_artifact(p_model text, p_id_hash text) RETURNS TABLE(id text, slug text, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.id, s.slug, s.name FROM provider_artifacts p CROSS JOIN LATERAL served_organization(p.payload ->> 'clientId', p.organization_id) s
    WHERE p.model = p_model AND p.id_hash = p_id_hash $$;
--> statement-breakpoint
-- Those of the platform that the transaction's organization is served by.
CREATE FUNCTION platform_applications() RETURNS TABLE(id text, name text, kind text, is_optional boolean, is_on boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.name, a.kind, coalesce(t.is_optional, false), NOT (coalesce(t.is_optional, false) AND EXISTS (
      SELECT FROM application_choices c WHERE c.organization_id = o.id AND c.application_id = a.id))
    FROM organizations o CROSS JOIN applications a LEFT JOIN platform_application_terms t ON t.application_id = a.id
    WHERE o.id = current_setting('rolecall.organization_id', true) AND a.organization_id = 'platform' AND a.status = 'active'
      AND CASE t.reach WHEN 'only' THEN t.organization_ids ? o.id WHEN 'except' THEN NOT t.organization_ids ? o.id ELSE true END
    ORDER BY a.id $$;
--> statement-breakpoint
-- Where the end of a session is told, and by which keys: of an application that serves the transaction's organization.
CREATE FUNCTION logout_target(p_application_id text) RETURNS TABLE(uri text, algorithm text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.backchannel_logout_uri, a.id_token_algorithm FROM applications a
    WHERE a.id = p_application_id AND a.organization_id IN (current_setting('rolecall.organization_id', true), 'platform') $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION close_session() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM provider_artifacts p WHERE p.session_id = NEW.id;
  INSERT INTO application_logouts (organization_id, id, application_id, user_id, session_id, status, next_attempt_at, created_at)
    SELECT NEW.organization_id, 'lgo_' || replace(gen_random_uuid()::text, '-', ''), x.application_id, NEW.user_id, NEW.id,
      'queued', now(), now()
    FROM application_sessions x JOIN applications a ON a.id = x.application_id
      AND a.organization_id IN (x.organization_id, 'platform')
    WHERE x.organization_id = NEW.organization_id AND x.session_id = NEW.id AND a.backchannel_logout_uri IS NOT NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- The platform forgets what was issued in any organization; an organization what was issued in it.
CREATE OR REPLACE FUNCTION drop_provider_artifacts_of_application(p_organization_id text, p_application_id text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM provider_artifacts p WHERE p.payload ->> 'clientId' = p_application_id
    AND p_organization_id = current_setting('rolecall.organization_id', true)
    AND (p.organization_id = p_organization_id OR p_organization_id = 'platform' AND EXISTS (
      SELECT FROM applications a WHERE a.id = p_application_id AND a.organization_id = 'platform')) $$;
--> statement-breakpoint
-- Forgets what an application of the platform holds of organizations that it serves no more.
CREATE FUNCTION drop_unserved_artifacts(p_application_id text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM provider_artifacts p WHERE p.payload ->> 'clientId' = p_application_id AND p.organization_id IS NOT NULL
    AND current_setting('rolecall.instance', true) = 'on'
    AND NOT EXISTS (SELECT FROM served_organization(p_application_id, p.organization_id)) $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION organizations_to_seal() RETURNS TABLE(organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id FROM (SELECT id FROM organizations UNION ALL SELECT 'platform') o
  WHERE (SELECT a.position FROM audit_events a WHERE a.organization_id = o.id ORDER BY a.position DESC LIMIT 1)
    > coalesce((SELECT s.last_position FROM audit_segments s WHERE s.organization_id = o.id ORDER BY s.sequence DESC LIMIT 1), 0) $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION erase_due_organization(p_limit integer, OUT organization_id text, OUT slug text, OUT is_gone boolean)
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
          AND c.oid <> 'platform_organizations'::regclass
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
REVOKE ALL ON FUNCTION served_organization(text, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION owner_of_artifact(text, text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION platform_applications() FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION logout_target(text) FROM PUBLIC;--> statement-breakpoint
REVOKE ALL ON FUNCTION drop_unserved_artifacts(text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION served_organization(text, text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION owner_of_artifact(text, text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION platform_applications() TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION logout_target(text) TO rolecall_server;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION drop_unserved_artifacts(text) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE applications IS 'Host products that trust Rolecall. Those under the name platform belong to no organization and serve all of them, or some.';
  COMMENT ON TABLE platform_application_terms IS 'Which organizations an application of the platform serves, and whether they may switch it off for themselves (is_optional).';
  COMMENT ON TABLE application_choices IS 'Applications of the platform that an organization has switched off for itself.';
  COMMENT ON TABLE idempotent_answers IS 'What was answered to POSTs with an Idempotency-Key, sealed, for a day.';
  COMMENT ON FUNCTION enter_platform(text) IS 'The entry of a platform key above the organizations: sets rolecall.instance and the name of the platform, and refuses (RC401) a key that is revoked or expired.';
  COMMENT ON FUNCTION served_organization(text, text) IS 'The active organization of this id or slug, where the application serves it.';
  COMMENT ON FUNCTION owner_of_artifact(text, text) IS 'In which organization something of the OpenID provider was issued, where the application still serves it.';
  COMMENT ON FUNCTION platform_applications() IS 'The applications of the platform that the transaction''s organization is served by.';
  COMMENT ON FUNCTION logout_target(text) IS 'Where an application is told the end of a session, and by which keys.';
  COMMENT ON FUNCTION drop_unserved_artifacts(text) IS 'Forgets what an application of the platform holds of organizations that it serves no more.';
END $do$;
