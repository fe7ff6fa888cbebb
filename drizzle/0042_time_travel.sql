ALTER TABLE "assignments" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "mappings" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "role_permissions" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "roles" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "group_members" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "group_nestings" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "groups" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "brands" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
-- What was, is kept by the database, in the transaction of each change. `history` has the former versions of rows; `past` has views
-- of the same names as the tables, which show how they stood at rolecall.at, and functions that mean that moment. A transaction that
-- looks for relations in `past` first answers every question about access as it would have been answered then.
CREATE SCHEMA history;
--> statement-breakpoint
CREATE SCHEMA past;
--> statement-breakpoint
GRANT USAGE ON SCHEMA history, past TO rolecall_server;
--> statement-breakpoint
CREATE FUNCTION past.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT current_setting('rolecall.at')::timestamptz $$;
--> statement-breakpoint
-- For a migration: has the history of a table kept; once more after the table has got a column, in history, too. A former version is
-- in force until the one that replaces it; several changes of one transaction are one. What goes with its whole organization leaves
-- nothing behind. p_watched: an update that changes none of these makes no version. p_keys: by which former versions are looked up.
CREATE FUNCTION history.keep(p_table text, p_watched text[], p_keys text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_columns text;
  v_organization text := CASE p_table WHEN 'organizations' THEN 'id' ELSE 'organization_id' END;
  v_key text;
BEGIN
  IF to_regclass('history.' || p_table) IS NULL THEN
    EXECUTE format('CREATE TABLE history.%1$I (valid_to timestamptz NOT NULL, LIKE public.%1$I)', p_table);
    EXECUTE format('ALTER TABLE history.%I ENABLE ROW LEVEL SECURITY', p_table);
    EXECUTE format('CREATE POLICY own_organization ON history.%I FOR SELECT TO rolecall_server
      USING (%I = (SELECT current_setting(''rolecall.organization_id'', true)))', p_table, v_organization);
    EXECUTE format('GRANT SELECT ON history.%I TO rolecall_server', p_table);
    FOREACH v_key IN ARRAY p_keys LOOP
      EXECUTE format('CREATE INDEX ON history.%I (%s, valid_to)', p_table, v_key);
    END LOOP;
  END IF;
  IF cardinality(p_watched) > 0 THEN
    EXECUTE format('CREATE OR REPLACE FUNCTION history.keep_version_of_%1$s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $keep$
      BEGIN
        NEW.recorded_at := greatest(now(), OLD.recorded_at);
        IF OLD.recorded_at < NEW.recorded_at THEN INSERT INTO history.%1$I SELECT NEW.recorded_at, OLD.*; END IF;
        RETURN NEW;
      END $keep$', p_table);
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_version BEFORE UPDATE ON public.%1$I FOR EACH ROW
      WHEN ((%2$s) IS DISTINCT FROM (%3$s)) EXECUTE FUNCTION history.keep_version_of_%1$s()', p_table,
      (SELECT string_agg('OLD.' || quote_ident(c), ', ') FROM unnest(p_watched) c),
      (SELECT string_agg('NEW.' || quote_ident(c), ', ') FROM unnest(p_watched) c));
  END IF;
  IF p_table <> 'organizations' THEN
    EXECUTE format('CREATE OR REPLACE FUNCTION history.keep_deleted_%1$s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $keep$
      BEGIN
        INSERT INTO history.%1$I SELECT now(), g.* FROM gone g
          WHERE g.recorded_at < now() AND EXISTS (SELECT FROM organizations o WHERE o.id = g.organization_id);
        RETURN NULL;
      END $keep$', p_table);
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_deleted AFTER DELETE ON public.%1$I REFERENCING OLD TABLE AS gone
      FOR EACH STATEMENT EXECUTE FUNCTION history.keep_deleted_%1$s()', p_table);
  END IF;
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO v_columns FROM pg_attribute a
    WHERE a.attrelid = ('public.' || p_table)::regclass AND a.attnum > 0 AND NOT a.attisdropped;
  EXECUTE format('DROP VIEW IF EXISTS past.%I CASCADE', p_table);
  EXECUTE format('CREATE VIEW past.%1$I WITH (security_invoker = true) AS
      SELECT %2$s FROM public.%1$I WHERE recorded_at <= past.now()
      UNION ALL SELECT %2$s FROM history.%1$I WHERE recorded_at <= past.now() AND valid_to > past.now()', p_table, v_columns);
  EXECUTE format('GRANT SELECT ON past.%I TO rolecall_server', p_table);
END $$;
--> statement-breakpoint
-- For a migration, after history.keep, or after effective_assignments or user_document has changed: what says who holds what, over
-- the relations of the past.
CREATE FUNCTION history.mirror() RETURNS void LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
  v_view text := pg_get_viewdef('public.effective_assignments'::regclass);
  v_document text := pg_get_functiondef('public.user_document(users)'::regprocedure);
BEGIN
  PERFORM set_config('search_path', 'past, pg_catalog, public', true);
  EXECUTE replace(replace(v_document, 'FUNCTION public.', 'FUNCTION past.'), '(u users)', '(u past.users)');
  EXECUTE 'CREATE OR REPLACE VIEW past.effective_assignments WITH (security_invoker = true) AS ' || v_view;
  GRANT SELECT ON past.effective_assignments TO rolecall_server;
END $$;
--> statement-breakpoint
SELECT history.keep('organizations', ARRAY['slug', 'name', 'status', 'administrator_brand_access', 'role_strategy'], ARRAY['id']),
  history.keep('brands', ARRAY['slug', 'name'], ARRAY['organization_id, id']),
  history.keep('users', ARRAY['user_name', 'external_id', 'display_name', 'status', 'status_reason', 'deleted_at', 'attributes',
    'directory_id', 'address_yielded_to'], ARRAY['organization_id, id', 'organization_id, user_name_key']),
  history.keep('groups', ARRAY['display_name', 'directory_id', 'external_id', 'held_by'], ARRAY['organization_id, id']),
  history.keep('group_members', ARRAY['held_by'], ARRAY['organization_id, user_id', 'organization_id, group_id']),
  history.keep('group_nestings', ARRAY['held_by'], ARRAY['organization_id, child_group_id', 'organization_id, group_id']),
  history.keep('roles', ARRAY['key', 'name', 'purpose', 'rank', 'owner', 'review_at'], ARRAY['organization_id, id']),
  history.keep('role_permissions', ARRAY['role_id', 'permission', 'effect'], ARRAY['organization_id, role_id']),
  history.keep('mappings', ARRAY['group_id', 'role_id', 'brand_id', 'filter', 'filter_path'],
    ARRAY['organization_id, group_id', 'organization_id, role_id', 'organization_id, id']),
  history.keep('assignments', ARRAY['user_id', 'role_id', 'brand_id', 'reason', 'sponsor', 'valid_from', 'expires_at', 'review_at'],
    ARRAY['organization_id, user_id', 'organization_id, role_id', 'organization_id, brand_id', 'organization_id, id']),
  history.keep('policies', ARRAY['name', 'permission', 'brand_id', 'except_role_ids'], ARRAY['organization_id, id']);
--> statement-breakpoint
SELECT history.mirror();
--> statement-breakpoint
CREATE FUNCTION history.forget_organization() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_table text;
BEGIN
  FOR v_table IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'history'::regnamespace AND c.relkind = 'r' LOOP
    EXECUTE format('DELETE FROM history.%I WHERE %I = $1', v_table, CASE v_table WHEN 'organizations' THEN 'id' ELSE 'organization_id' END)
      USING OLD.id;
  END LOOP;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER forget_organization AFTER DELETE ON organizations FOR EACH ROW EXECUTE FUNCTION history.forget_organization();
--> statement-breakpoint
-- Somebody is erased: their names and attributes go from the past, too. That an id held a role then stays, as in the audit trail.
CREATE FUNCTION forget_past_of(p_user_id text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM history.users h WHERE h.organization_id = current_setting('rolecall.organization_id') AND h.id = p_user_id
    AND EXISTS (SELECT FROM users u WHERE u.organization_id = h.organization_id AND u.id = h.id AND u.status = 'erased') $$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION forget_past_of(text) TO rolecall_server;
--> statement-breakpoint
-- Since when the organization has a history: since it was made, or since the database keeps one.
CREATE FUNCTION history_begins() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT least(o.recorded_at, (SELECT min(h.recorded_at) FROM history.organizations h WHERE h.id = o.id)) FROM organizations o
    WHERE o.id = current_setting('rolecall.organization_id') $$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION history_begins() TO rolecall_server;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION forget_past_of(text) IS 'Takes the names and attributes of somebody who was erased out of the history.';
  COMMENT ON FUNCTION history_begins() IS 'Since when the organization entered has a history.';
END $do$;
