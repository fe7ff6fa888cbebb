-- A transaction of another database of the cluster, however long it goes on, has no place in the order of this one. Whoever is given a
-- position has a transaction number first, and the lock on it (place_audit_event), and keeps that until after it has ended: where such a
-- lock is not held any more, what was written under it is seen by every later statement. First the locks, which are read all at once,
-- then whose they are: whoever is gone, or not known, counts as one of this database, and is waited for once more.
CREATE FUNCTION is_settled_below(p_below text) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_pids integer[];
  v_prepared xid[];
BEGIN
  IF pg_snapshot_xmin(pg_current_snapshot()) >= p_below::xid8 THEN RETURN true; END IF;
  -- Numbers of locks are of 32 bits, and go round: which one is the earlier is told by the shorter way.
  SELECT array_agg(l.pid) FILTER (WHERE l.pid IS NOT NULL), array_agg(l.transactionid) FILTER (WHERE l.pid IS NULL)
    INTO v_pids, v_prepared FROM pg_locks l
    WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock'
      AND (l.transactionid::text::bigint - p_below::bigint % 4294967296 + 6442450944) % 4294967296 < 2147483648;
  RETURN NOT EXISTS (SELECT FROM unnest(v_pids) h (pid) WHERE NOT EXISTS (
      SELECT FROM pg_stat_activity s WHERE s.pid = h.pid
        AND s.datid <> (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())))
    AND NOT EXISTS (SELECT FROM unnest(v_prepared) h (xid) WHERE NOT EXISTS (
      SELECT FROM pg_prepared_xacts x WHERE x.transaction = h.xid AND x.database <> current_database()));
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION is_settled_below(text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION is_settled_below(text) TO rolecall_server;--> statement-breakpoint
CREATE OR REPLACE FUNCTION public.event_tail(p_settled bigint, p_last bigint, p_below text)
 RETURNS TABLE(settled bigint, last bigint, below text, organization_ids text[])
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
  IF "last" IS NOT NULL AND is_settled_below(below) THEN
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
END $function$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION is_settled_below(text) IS 'Whether every transaction of this database is over whose number is below this one.';
END $do$;
