-- What some databases do not take: a function that is given a row of a table, and now() in ON CONFLICT DO UPDATE.
CREATE FUNCTION user_document(p_attributes jsonb, p_user_name text, p_external_id text, p_display_name text, p_status text)
  RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT p_attributes || jsonb_strip_nulls(jsonb_build_object('userName', p_user_name, 'externalId', p_external_id,
    'displayName', p_display_name, 'active', p_status IN ('active', 'invited'))) $$;
--> statement-breakpoint
-- Whatever gives it the row gives it the columns.
DO $do$
DECLARE
  v_given text := 'user_document\((\w+)(?:\.\*)?\)';
  v_columns text := 'user_document(\1.attributes, \1.user_name, \1.external_id, \1.display_name, \1.status)';
  v_view regclass;
  v_function oid;
BEGIN
  FOR v_view IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
    AND pg_get_viewdef(c.oid) ~ v_given
  LOOP
    EXECUTE format('CREATE OR REPLACE VIEW %s WITH (security_invoker = true) AS %s', v_view,
      regexp_replace(pg_get_viewdef(v_view), v_given, v_columns, 'g'));
  END LOOP;
  FOR v_function IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace IN ('public'::regnamespace, 'history'::regnamespace)
    AND p.proname <> 'user_document' AND p.prosrc ~ v_given
  LOOP
    EXECUTE regexp_replace(pg_get_functiondef(v_function), v_given, v_columns, 'g');
  END LOOP;
END $do$;
--> statement-breakpoint
-- The mirror of what says who holds what needs no copy of the function any more, which knows no table.
CREATE OR REPLACE FUNCTION history.mirror() RETURNS void LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
  v_names text[] := ARRAY['people_of_teams', 'teams_of_people', 'holders_by_team', 'holdings_by_team', 'effective_assignments'];
  v_views text[] := ARRAY(SELECT pg_get_viewdef(('public.' || n.name)::regclass)
    FROM unnest(v_names) WITH ORDINALITY n (name, at) ORDER BY n.at);
BEGIN
  PERFORM set_config('search_path', 'past, pg_catalog, public', true);
  FOR i IN 1..cardinality(v_names) LOOP
    EXECUTE format('CREATE OR REPLACE VIEW past.%I WITH (security_invoker = true) AS %s', v_names[i], v_views[i]);
    EXECUTE format('GRANT SELECT ON past.%I TO rolecall_server', v_names[i]);
  END LOOP;
END $$;
--> statement-breakpoint
SELECT history.mirror();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION throttle(p_key_hash text, p_limit integer, p_window_seconds integer)
  RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH counted AS (
    INSERT INTO throttles AS t (key_hash, count, window_ends_at)
      VALUES (p_key_hash, 1, now() + make_interval(secs => p_window_seconds))
      ON CONFLICT (key_hash) DO UPDATE SET
        count = CASE WHEN t.window_ends_at <= excluded.window_ends_at - make_interval(secs => p_window_seconds)
          THEN 1 ELSE t.count + 1 END,
        window_ends_at = CASE WHEN t.window_ends_at <= excluded.window_ends_at - make_interval(secs => p_window_seconds)
          THEN excluded.window_ends_at ELSE t.window_ends_at END
      RETURNING t.count, t.window_ends_at)
  SELECT CASE WHEN count <= p_limit THEN 0 ELSE greatest(1, ceil(extract(epoch FROM window_ends_at - now())))::integer END
    FROM counted $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION take_work(p_organization_id text, p_kind text, p_holder text, p_seen_at timestamptz)
  RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH taken AS (
    INSERT INTO work_leases AS l (organization_id, kind, holder, free_at, taken_at)
      SELECT o.id, p_kind, p_holder, now() + interval '30 seconds', clock_timestamp() FROM organizations o
        WHERE o.id = p_organization_id
      ON CONFLICT (organization_id, kind) DO UPDATE SET holder = excluded.holder, free_at = excluded.free_at,
        taken_at = excluded.taken_at, failures = l.failures + (l.holder IS NOT NULL)::integer
        WHERE l.free_at <= excluded.free_at - interval '30 seconds' AND l.taken_at <= p_seen_at
      RETURNING 1)
  SELECT EXISTS (SELECT FROM taken) $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION user_document(jsonb, text, text, text, text) IS 'A user as SCIM has them, for the filters of mappings.';
  COMMENT ON FUNCTION user_document(users) IS 'The same of a row, for servers of the version before this one.';
END $do$;
