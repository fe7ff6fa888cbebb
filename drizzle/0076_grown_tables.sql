-- Takes new statistics of tables that have changed by half since the last ones, for the planner to know what is in them before
-- autovacuum looks. In turns: one node at a time, and nothing is waited for.
CREATE FUNCTION analyze_grown() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_table regclass;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('analyze', 0)) THEN RETURN; END IF;
  FOR v_table IN SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace IN ('public'::regnamespace, 'history'::regnamespace) AND c.relkind = 'r'
      AND pg_stat_get_mod_since_analyze(c.oid) > 500 + greatest(c.reltuples, 0) / 2
  LOOP
    EXECUTE format('ANALYZE (SKIP_LOCKED) %s', v_table);
    RETURN NEXT v_table::text;
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION analyze_grown() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION analyze_grown() TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION analyze_grown() IS 'Takes new statistics of tables that have changed by half since the last ones, before autovacuum does; answers with their names.';
END $do$;
